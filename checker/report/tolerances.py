"""Tolerances for people: how imperfect each half of a loop may be, and what share it carries."""

from __future__ import annotations

from checker.backends.rounding import decimal_above, decimal_below
from checker.report.words import describe, number
from checker.statements.tolerances import NotEnclosed, Shares, SharesUndecided, Tolerance
from checker.system.parametric import Interval

DIGITS = 4
"""Of the ends of an interval."""


def between(ends: Interval) -> str:
    """The number if it is known, else an interval, widened to short decimals."""
    low, high = ends
    if low == high:
        return number(low)
    return f"{decimal_below(low, DIGITS)} to {decimal_above(high, DIGITS)}"


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
