"""What a comparison says: which side is at most the other, and whether it is below it."""

from __future__ import annotations

from typing import NamedTuple

import z3


class Comparison(NamedTuple):
    """``low <= high``, or ``low < high`` if it is strict."""

    low: z3.ArithRef
    high: z3.ArithRef
    strict: bool


def comparison_in(condition: z3.ExprRef) -> Comparison | None:
    """What an inequality says, whichever way round it is written; None for any other term."""
    strict = bool(z3.is_lt(condition) or z3.is_gt(condition))
    if strict or z3.is_le(condition) or z3.is_ge(condition):
        first, second = condition.children()
        upward = z3.is_ge(condition) or z3.is_gt(condition)
        return Comparison(second, first, strict) if upward else Comparison(first, second, strict)
    return None


def comparison_said(condition: z3.ExprRef) -> Comparison | None:
    """What an inequality, or the negation of one, says; None for any other term."""
    if not z3.is_not(condition):
        return comparison_in(condition)
    denied = comparison_in(condition.children()[0])
    return None if denied is None else Comparison(denied.high, denied.low, not denied.strict)
