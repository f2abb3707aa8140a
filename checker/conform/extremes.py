"""The least value of a term under some conditions: guessed by optimisation, bounded by queries."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, optimum, satisfy
from spec.nodes import name_of
from spec.terms import numeral

NEAR = Fraction(1, 10**6)
"""The two sides are brought together within this share of the first value that is found."""
TINY = Fraction(1, 10**15)
TURNS = 30


@attrs.frozen
class Extreme:
    """The least value of a term: proved to be at least ``least``, and ``found`` at ``values``.

    Nothing is found where the conditions were not met by any value the solver came up with.
    """

    least: Fraction
    found: Fraction | None
    values: dict[str, Fraction] = attrs.field(factory=dict)


def least(
    conditions: Sequence[z3.BoolRef],
    symbol: z3.ArithRef,
    low: Fraction,
    high: Fraction,
    budget: QueryBudget,
) -> Extreme | None:
    """The least value of a symbol in [low, high] at which the conditions hold.

    Returns:
        what is known of it; None if it is proved that there is none.
    """
    within = [*conditions, numeral(low) <= symbol, symbol <= numeral(high)]
    name = name_of(symbol)
    first = satisfy(within, budget)
    if first.unsat:
        return None
    if not first.sat:
        return Extreme(low, None)
    found, values = first.values.get(name, low), dict(first.values)
    guessed = optimum(within, [-symbol], budget.within(1.0))
    if guessed is not None and guessed.get(name, low) < found:
        found, values = guessed.get(name, low), dict(guessed)
    if found > low and satisfy([*within, symbol < numeral(found)], budget).unsat:
        return Extreme(found, found, values)
    below, near = low, max((found - low) * NEAR, TINY)
    step = near
    for _ in range(TURNS):
        if found - below <= near or budget.exhausted:
            break
        trial = max(found - step, below)
        again = satisfy([*within, symbol <= numeral(trial)], budget)
        if again.sat:
            found, values = again.values.get(name, low), dict(again.values)
            step *= 16
        elif again.unsat:
            below, step = trial, max(near, (found - trial) / 2)
        else:
            break
    return Extreme(below, found, values)


def greatest(
    conditions: Sequence[z3.BoolRef],
    symbol: z3.ArithRef,
    low: Fraction,
    high: Fraction,
    budget: QueryBudget,
) -> Extreme | None:
    """The greatest value of a symbol; ``least`` of it is an upper bound."""
    mirrored = z3.Real(f"{symbol} (mirrored)")
    put = [z3.substitute(condition, (symbol, -mirrored)) for condition in conditions]
    found = least(put, mirrored, -high, -low, budget)
    if found is None:
        return None
    return Extreme(-found.least, None if found.found is None else -found.found, found.values)
