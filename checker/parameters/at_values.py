"""Which of two conditions on a parameter hold, at a few values and where the one gives way to the
other: what is false somewhere the solver need not be asked of all values."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import attrs
import z3

from spec.terms import numeral

SHARES = tuple(Fraction(n, 64) for n in (0, 1, 4, 16, 32, 48, 60, 63, 64))
"""Of an interval, at which it is looked."""
TURN = 48
"""How often the span between two such values is halved."""

Truths = tuple[Fraction, tuple[bool, bool]]
"""A value of the parameter, and which of the two conditions hold there."""


@attrs.frozen
class AtValues:
    """Two conditions on a parameter.

    Args:
        symbol: the parameter.
        meant: where the claim means something; elsewhere nothing is said.
        conditions: the two.
    """

    symbol: z3.ArithRef
    meant: z3.BoolRef
    conditions: tuple[z3.BoolRef, z3.BoolRef]

    def looked_at(self, low: Fraction, high: Fraction) -> list[Truths]:
        """Which hold at a few values of an interval."""
        values = [low + share * (high - low) for share in SHARES]
        found = [(value, self._truths(value)) for value in values]
        return [(value, truths) for value, truths in found if truths is not None]

    def neither_somewhere(self, known: Sequence[Truths]) -> bool:
        """Whether both are false at a known value, or at one between two of them where it is the
        one that holds at the first and the other at the next."""
        return any(True not in truths for _, truths in known) or any(
            self._neither_between(*pair) for pair in itertools.pairwise(known)
        )

    def _neither_between(self, first: Truths, last: Truths) -> bool:
        """Whether both are false at a value that is come upon as the turn is bisected."""
        for _ in range(TURN):
            if _share_one(first[1], last[1]):
                return False
            value = (first[0] + last[0]) / 2
            found = self._truths(value)
            if found is None or True not in found:
                return found is not None
            between = (value, found)
            first, last = (between, last) if _share_one(first[1], found) else (first, between)
        return False

    def _truths(self, value: Fraction) -> tuple[bool, bool] | None:
        """Which hold at a value; None where the claim means nothing there, or arithmetic alone does
        not tell."""
        put = (self.symbol, numeral(value))
        meant, one, other = (
            z3.simplify(z3.substitute(each, put)) for each in (self.meant, *self.conditions)
        )
        told = all(z3.is_true(each) or z3.is_false(each) for each in (one, other))
        return (z3.is_true(one), z3.is_true(other)) if told and z3.is_true(meant) else None


def _share_one(one: tuple[bool, bool], other: tuple[bool, bool]) -> bool:
    """Whether some condition holds at both of two values."""
    return any(a and b for a, b in zip(one, other, strict=True))
