"""The ends of symbols, and the ways to do away with a symbol of a goal: *monotone* says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from recheck.parts.algebra import Quotient
from recheck.parts.boxes import Condition
from recheck.parts.conditionals import Conditional
from recheck.parts.known import FUEL, UP, Known
from recheck.parts.polynomials import (
    ZERO,
    Polynomial,
    constant,
    key,
    least,
    powers,
    put,
    read_by,
    reads,
)

MOST_PAIRS = 4
"""Pairs of ends that stand in for the conditions on a symbol that the goal does not read."""
ALONE, CORNERS, SPLIT, EITHER, SEVERAL, SIGN, LOST = 0, 1, 2, 3, 4, 5, 10
"""What is done first: a symbol with one end, one of unknown slope between numbers, a conditional by
its test, the less or greater of two, a symbol with several ends, one of unknown slope. Each
condition that is lost comes on top."""

Alternative = tuple[Sequence[Condition], Quotient]
"""What is given where a symbol is put at an end, and the end."""


class Ends(NamedTuple):
    """The ends of a symbol, and how many conditions say something else of it."""

    lows: Sequence[Polynomial]
    highs: Sequence[Polynomial]
    lost: int


class Way(NamedTuple):
    """How to do away with a symbol: all cases must be impossible, each by one alternative; or else
    all cases of a conditional."""

    cost: int
    width: int
    symbol: int
    cases: Sequence[Sequence[Alternative]]
    otherwise: Sequence[Alternative] = ()


def without_idle(here: Known, used: frozenset[int] | set[int]) -> Known:
    """What is known without symbols that are not used: in place of the conditions on one stands
    that its ends are on the right sides of one another."""
    idle = set[int]().union(*(read_by(each.size) for each in here.conditions)) - used
    for symbol in sorted(idle):
        lows, highs, lost = _ends(here, symbol)
        if not lost and len(lows) * len(highs) <= MOST_PAIRS:
            rest = [each for each in here.conditions if not reads(each.size, symbol)]
            pairs = [Condition(high - low, strict=False) for low in lows for high in highs]
            here = here._replace(conditions=[*rest, *pairs])
    return here


def _ends(here: Known, symbol: int) -> Ends:
    """The ends of a symbol that matter."""
    lows, highs, lost = list[Polynomial](), list[Polynomial](), 0
    for size, _ in here.conditions:
        if reads(size, symbol):
            rest, *slopes = powers(size, symbol)
            slope = constant(slopes[0]) if len(slopes) == 1 else None
            if slope is None:
                lost += 1
            else:
                (lows if slope > 0 else highs).append(rest * (-1 / slope))
    return Ends(_tightest(here, lows, 1), _tightest(here, highs, -1), lost)


def _tightest(here: Known, ends: Sequence[Polynomial], side: int) -> list[Polynomial]:
    """The ends without those that another implies."""
    found: list[Polynomial] = []
    for end in ends:
        if not any(_implies(here, other, end, side) for other in found):
            found = [other for other in found if not _implies(here, end, other, side)]
            found.append(end)
    return sorted(found, key=lambda end: len(end.monoms()))


def _implies(here: Known, one: Polynomial, other: Polynomial, side: int) -> bool:
    """Whether an end is known to be no wider than another."""
    apart = (one - other) * side
    if apart.is_zero() or key(apart) in here.signs:
        return True
    return least(apart, here.box, iter(range(FUEL)), ZERO) is not None


def way_of(here: Known, goal: Condition, symbol: int, own: Conditional | None) -> Way | None:
    """How to do away with a symbol of the goal, if there is a way."""
    rest = [each for each in here.conditions if not reads(each.size, symbol)]
    parts = powers(goal.size, symbol)
    sign = here.sign(parts[1]) if len(parts) == 2 else None
    if own is not None:
        split = [_in_case(here, symbol, *each) for each in own.cases]
        if sign is not None and own.upper is not None and (sign in UP) == own.upper:
            return Way(EITHER, 2, symbol, [[(rest, value) for _, value in own.cases]], split)
        return Way(SPLIT, 2, symbol, [[each] for each in split])
    if len(parts) > 2:
        return None
    lows, highs, lost = _ends(here, symbol)
    down, up = _sided(rest, lows, highs, 1), _sided(rest, highs, lows, -1)
    if sign is None:
        if not lows or not highs:
            return None
        rising, falling = (_linear([s]) for s in (parts[1], -parts[1]))
        cases = [[([*g, *rising], e) for g, e in up], [([*g, *falling], e) for g, e in down]]
        numbers = all(constant(end) is not None for end in (*lows, *highs))
        cost = (CORNERS if numbers else SIGN) + LOST * lost
        return Way(cost, len(up) + len(down), symbol, cases)
    ends = up if sign in UP else down
    cost = (ALONE if len(ends) == 1 else SEVERAL) + LOST * lost
    return Way(cost, len(ends), symbol, [ends]) if ends else None


def _in_case(here: Known, symbol: int, case: Sequence[Condition], value: Quotient) -> Alternative:
    """A conditional in one of its cases."""
    conditions = [each.with_(put(each.size, symbol, *value)) for each in here.conditions]
    return [*conditions, *case], value


def _sided(
    rest: Sequence[Condition], ends: Sequence[Polynomial], others: Sequence[Polynomial], side: int
) -> list[Alternative]:
    """A symbol at each of its ends on one side, on the right side of those on the other; of which
    only the linear conditions are kept."""
    found = list[Alternative]()
    for end in ends:
        apart = _linear([(other - end) * side for other in others])
        found.append(([*rest, *apart], (end, end.context().constant(1))))
    return found


def _linear(sizes: Sequence[Polynomial]) -> list[Condition]:
    """That polynomials are not below 0, of those that are linear."""
    return [Condition(size, strict=False) for size in sizes if size.total_degree() <= 1]
