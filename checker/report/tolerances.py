"""Tolerances for people: how imperfect each half of a loop may be, and what share it carries."""

from __future__ import annotations

from fractions import Fraction

from checker.backends.rounding import ceil_to, cut_off, floor_to
from checker.report.words import describe
from checker.statements.tolerances import NotEnclosed, Shares, SharesUndecided, Tolerance
from checker.system.parametric import Interval

GRAIN = Fraction(1, 10_000)
"""To which intervals are widened for people."""


def between(ends: Interval) -> str:
    """An interval, widened to short decimals."""
    low, high = floor_to(ends[0], GRAIN), ceil_to(ends[1], GRAIN)
    return f"{cut_off(low)} to {cut_off(high)}"


@describe.register
def _(fact: Tolerance) -> str:
    return f"{fact.half.value} alone bears {fact.parameter} up to {between(fact.ends)}"


@describe.register
def _(fact: Shares) -> str:
    carried = (f"{half.value} carries {between(share)}" for half, share in fact.shares.items())
    return ", ".join(carried) + " of the difficulty"


@describe.register
def _(fact: NotEnclosed) -> str:
    named = f"{fact.half.value} ({fact.parameter})"
    return f"the tolerance of {named} could not be enclosed above 0"


@describe.register
def _(fact: SharesUndecided) -> str:
    return f"the enclosures do not tell whether a share reaches {fact.wanted}"
