"""Intervals with ends that are multiples of one small number, rounded outward.

*Lemma.* Each operation gives an interval that holds every result for numbers of its operands. Sums
and differences have their ends at ends; so have products and quotients, which are monotone in each
operand while the other is fixed; a smaller end is rounded down, a greater one up. A comparison is
true, or false, only if it is for all numbers of both.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

BITS = 96
"""Ends are multiples of 2 to minus this."""


class Interval:
    """All numbers from ``low`` to ``high``, which count multiples of the small number."""

    __slots__ = ("high", "low")

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        found = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(found) >> BITS, -(-max(found) >> BITS))

    def __truediv__(self, other: Interval) -> Interval:
        pairs = [(a << BITS, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(a // b for a, b in pairs), max(-(-a // b) for a, b in pairs))

    def __le__(self, other: Interval) -> bool:
        return self.high <= other.low

    def __lt__(self, other: Interval) -> bool:
        return self.high < other.low

    def __ge__(self, other: Interval) -> bool:
        return other <= self

    def __gt__(self, other: Interval) -> bool:
        return other < self

    def is_exact(self) -> bool:
        """Whether it is a single number."""
        return self.low == self.high

    def overlaps(self, other: Interval) -> bool:
        """Whether some number is in both."""
        return self.low <= other.high and other.low <= self.high

    def contains(self, number: int) -> bool:
        """Whether a whole number is in it."""
        return self.low <= number << BITS <= self.high

    def union(self, other: Interval) -> Interval:
        """An interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Interval) and (self.low, self.high) == (other.low, other.high)

    def __hash__(self) -> int:
        return hash((self.low, self.high))


def interval(value: Any) -> Interval:
    """The least interval around an exact number."""
    return around((value,))


def around(values: Iterable[Any]) -> Interval:
    """The least interval around some exact numbers."""
    pairs = [(value.numerator << BITS, value.denominator) for value in values]
    return Interval(min(n // d for n, d in pairs), max(-(-n // d) for n, d in pairs))
