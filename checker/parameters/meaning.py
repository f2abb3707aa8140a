"""Where a claim means something along a parameter, and what a condition on the parameter answers.

Conditions: ``checker.parameters.exact_condition``. One answers for single numbers, rational or
algebraic, and for all numbers between two.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Protocol

import attrs
import z3

from checker.backends.algebraic import Algebraic, rational
from checker.backends.solver import QueryBudget, follows, satisfy
from checker.parameters.named_ends import turns_of
from spec.statements.base import Answer

SHARES = (Fraction(1, 10**6), Fraction(1, 2), 1 - Fraction(1, 10**6))
"""Where between the ends of an interval it is looked at."""


@attrs.frozen
class Span:
    """All numbers between two, without the two."""

    low: Algebraic
    high: Algebraic

    def holds(self, symbol: z3.ArithRef) -> list[z3.BoolRef]:
        """That a term lies in the span."""
        low, high = z3.Real("the lower end"), z3.Real("the upper end")
        return [*self.low.says(low), *self.high.says(high), low < symbol, symbol < high]


def near_ends(span: Span) -> list[Fraction]:
    """A value near each end of a span, and one between."""
    low, high = span.low.high, span.high.low
    return [low + share * (high - low) for share in SHARES] if low < high else [low]


class Condition(Protocol):
    """At which values of a parameter a claim holds, breaks, or means nothing."""

    def at(self, number: Algebraic) -> Answer:
        """The answer at a number: "unknown" where none is proved."""

    def likely(self, number: Algebraic) -> Answer:
        """A guess of the answer, where that is quicker."""

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        """Guesses of the answers between a value that has one answer and one that has another,
        where these make it quicker; they may be wrong where it turns more than once."""

    def all_over(self, span: Span, answer: Answer) -> bool:
        """Whether an answer is proved of every number in a span."""

    def another(self, span: Span, answer: Answer) -> Fraction | None:
        """A number in a span, or next to one, that may well have another answer; None if the
        solver finds none."""

    def named(self, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
        """Numbers between two at which the answer may turn, for a reason that names them."""


@attrs.frozen
class Meaning:
    """Where a claim means something.

    Args:
        symbol: the parameter.
        conditions: those on the parameter alone.
        budget: limits on the queries.
    """

    symbol: z3.ArithRef
    conditions: tuple[z3.BoolRef, ...]
    budget: QueryBudget

    def nowhere(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether it means nothing at all values that meet some conditions."""
        return satisfy([*where, *self.conditions], self.budget).unsat

    def everywhere(self, where: Sequence[z3.BoolRef]) -> bool:
        """Whether it means something at all of them."""
        return all(follows(where, c, self.budget).valid for c in self.conditions)

    def another(self, where: Sequence[z3.BoolRef], *, means: bool) -> Fraction | None:
        """One at which it does, or does not."""
        conditions = z3.And(*self.conditions)
        wanted = conditions if means else z3.Not(conditions)
        return value_of(self.symbol, [*where, wanted], self.budget)


def value_of(
    symbol: z3.ArithRef, conditions: Sequence[z3.BoolRef], budget: QueryBudget
) -> Fraction | None:
    """A value of the parameter at which some conditions can be met, or a number next to one."""
    return satisfy(conditions, budget).values.get(str(symbol))


class OfMeaning(ABC):
    """A condition of one kind, asked where the claim means something."""

    meaning: Meaning

    def at(self, number: Algebraic) -> Answer:
        """The answer at a number."""
        there = number.says(self.meaning.symbol)
        if self.meaning.nowhere(there):
            return Answer.VACUOUS
        if not self.meaning.everywhere(there):
            return Answer.UNKNOWN
        return self._at_number(number, there)

    def _at_number(self, number: Algebraic, there: list[z3.BoolRef]) -> Answer:
        """The answer at a number, at which the claim means something."""
        return self._at(there)

    def likely(self, number: Algebraic) -> Answer:
        """The answer at a number, proved, unless a guess is quicker."""
        return self.at(number)

    def between(self, values: Mapping[Answer, Fraction]) -> Callable[[Fraction], Answer]:
        """Guesses of the answers between two values."""
        return lambda value: self.likely(rational(value))

    def named(self, low: Fraction, high: Fraction) -> Iterator[Algebraic]:
        """Numbers between two at which the answer may turn: where the claim begins or ceases to
        mean something."""
        return turns_of(self.meaning.conditions, self.meaning.symbol, low, high)

    def all_over(self, span: Span, answer: Answer) -> bool:
        """Whether an answer is proved all over a span."""
        where = span.holds(self.meaning.symbol)
        if answer is Answer.VACUOUS:
            return self.meaning.nowhere(where)
        if answer is Answer.UNKNOWN or not self.meaning.everywhere(where):
            return False
        return (self._broken if answer is Answer.REFUTED else self._kept)(span, where)

    @abstractmethod
    def _at(self, there: list[z3.BoolRef]) -> Answer:
        """The answer at one number, at which the claim means something."""

    @abstractmethod
    def _broken(self, span: Span | None, where: list[z3.BoolRef]) -> bool:
        """Whether the claim is proved to break at all of some values, those in a span if given."""

    @abstractmethod
    def _kept(self, span: Span, where: list[z3.BoolRef]) -> bool:
        """Whether it is proved to hold at all values in a span."""
