"""Exact thresholds of monotone loops: one existential condition on the parameter.

Theorem (docs/theory/theorems.md, theorem 4). Let the worst case G_p meet the conditions of
``checker.parameters.worst_case`` at every value p of the parameter, so that the claim I holds
forever at p exactly where some c in I has seed_p <= c and G_p(c) <= c. If besides G_p and the seed
are monotone in p, the values at which it holds are one interval that begins at an end of the
domain.

Its other end is found by bisection, named by lattice reduction, and the name is proved by queries:
such a c exists at it (or at all values before it) and at no value beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.algebraic import Algebraic, beside, names, rational, room_for_name, simplest
from checker.backends.solver import QueryBudget, satisfy
from checker.invariants.monotone import Order
from checker.parameters.comparisons import with_limits, without_limits
from checker.parameters.extent import Edge, Extent
from checker.parameters.named_ends import rests_at_limits
from checker.parameters.obstacles import NotExact, Obstacle
from checker.parameters.worst_case import WorstCase, worst_case
from checker.system.parametric import ParametricProblem
from spec.terms import numeral

DIGITS = (6, 9, 12, 15, 18, 24, 30, 36, 48, 72, 96)
"""Decimal digits of the bracket at which a name is looked for."""
ROUGHLY = 3
"""Digits at which it is seen whether the worst run rests at a limit there."""
NEAR = 9
"""Digits of the bracket that is told beside a name."""
RARE = 4
"""How much rarer than chance a fraction between two values must be before it is looked at."""
FEW = 3
"""Iterations within which the worst run must break a claim that it breaks at its very limits."""

Claimed = Sequence[z3.BoolRef]
"""The conditions of a claim, over the agent's symbols."""
Settles = Callable[[Fraction], bool]
"""Whether the worst case settles within a claim at a value of the parameter."""


@attrs.frozen
class Exact:
    """An exact threshold. ``rising`` says that greater values are worse, and ``order`` which way
    states are.

    ``bounded_away`` is the same question for staying away from the claim's own limits by some
    margin, however small; None where it is not asked.
    """

    rising: bool
    edge: Edge
    bounded_away: Edge | None
    order: Order


class OneEnd(NotExact):
    """The claim holds at ``exact.edge.holds_at``, and nowhere from ``fails_at`` on; of the values
    on the other side nothing is shown."""

    def __init__(self, exact: Exact) -> None:
        super().__init__(Obstacle.NO_DIRECTION)
        self.exact = exact


def exact_threshold(
    parametric: ParametricProblem, seconds: float = 5.0, deadline: float = float("inf")
) -> Exact:
    """The exact threshold of a parametric problem with one free parameter.

    Args:
        parametric: the problem.
        seconds: for one query.
        deadline: when to give up, by ``time.monotonic``.

    Raises:
        NotExact: naming the side condition that could not be proved.
        OneEnd: where all is proved but what holds before the threshold.
    """
    worst = worst_case(parametric, QueryBudget(seconds, deadline))
    claim = worst.conditions
    closed = [with_limits(condition) for condition in claim]
    inside = [without_limits(condition) for condition in claim]
    if not worst.directed:
        return _undirected(worst, claim, closed)
    edge = _edge(worst, closed)
    away = _edge(worst, inside, edge)
    if any(not a.eq(b) for a, b in zip(claim, closed, strict=True)):
        edge = _edge_of_strict(worst, claim, edge, away)
    return Exact(worst.rising, edge, away, worst.order)


def _undirected(worst: WorstCase, claim: Claimed, closed: Claimed) -> Exact:
    """The threshold where no direction of the parameter is proved.

    The same bisection gives a guess, which is the threshold if nothing settles beyond it and
    something settles at every value before it.

    Raises:
        OneEnd: where only the first is shown.
        NotExact: where that is not shown either.
    """
    if any(not a.eq(b) for a, b in zip(claim, closed, strict=True)):
        raise NotExact(Obstacle.NO_DIRECTION)
    settled = worst.settled(closed)
    at_low, at_high = (worst.exists(settled, [worst.symbol == numeral(v)]) for v in worst.bounds)
    if at_low == at_high:
        raise NotExact(Obstacle.NO_DIRECTION)
    turned = attrs.evolve(worst, rising=at_low)
    edge = _edge(turned, closed)
    if edge.holds_at is None or edge.fails_at is None:
        raise NotExact(Obstacle.NO_DIRECTION)
    if edge.number is not None and _settles_before(turned, settled, edge.number):
        return Exact(turned.rising, edge, None, turned.order)
    beyond = [*turned.given, turned.beyond(numeral(edge.fails_at))]
    if edge.number is None and turned.exists(settled, beyond):
        raise NotExact(Obstacle.NO_DIRECTION)
    unnamed = attrs.evolve(edge, number=None, included=None)
    raise OneEnd(Exact(turned.rising, unnamed, None, turned.order))


def _edge(worst: WorstCase, claim: Claimed, wider: Edge | None = None) -> Edge:
    """How far the worst case settles within a claim.

    ``wider`` is how far it does within a claim that this one implies, and so the most for this one.
    Where it settles just before that end, the search begins there.
    """
    settled = worst.settled(claim)

    def settles(value: Fraction) -> bool:
        return worst.exists(settled, [worst.symbol == numeral(value)])

    inside, outside = worst.safe_end, worst.unsafe_end
    if wider is not None and wider.extent is Extent.NONE:
        return wider
    if wider is not None and wider.extent is Extent.EDGE:
        assert wider.holds_at is not None
        assert wider.fails_at is not None
        outside = wider.fails_at
        if settles(wider.holds_at):
            inside = wider.holds_at
    if inside == worst.safe_end and not settles(inside):
        return Edge(Extent.NONE, fails_at=inside)
    if outside == worst.unsafe_end and settles(outside):
        return Edge(Extent.ALL, holds_at=outside)
    return _named(worst, settled, settles, inside, outside)


def _named(
    worst: WorstCase, settled: Claimed, settles: Settles, inside: Fraction, outside: Fraction
) -> Edge:
    """The end between two values, with its name if one is proved: that of a limit at which the
    worst run rests, or else with more and more digits, until a name that is not proved comes
    back."""
    low, high = worst.bounds
    asked, refused = set[tuple[int, ...]](), set[tuple[int, ...]]()
    for digits in (ROUGHLY, *DIGITS):
        width = (high - low) / Fraction(10) ** digits
        inside, outside = _narrowed(settles, inside, outside, width)
        between = min(inside, outside), max(inside, outside)
        found = rests_at_limits(worst, *between) if digits == ROUGHLY else names(*between)
        for number in found:
            if number.coefficients in refused:
                return Edge(Extent.EDGE, inside, outside)
            if digits != ROUGHLY:
                refused.add(number.coefficients)
            if number.coefficients in asked:
                continue
            asked.add(number.coefficients)
            included = _included(worst, settled, number)
            if included is not None:
                number = number.refined()
                near = _nearer(worst, settles, inside, outside, number)
                return Edge(Extent.EDGE, *near, number, included)
    return Edge(Extent.EDGE, inside, outside)


def _nearer(
    worst: WorstCase, settles: Settles, inside: Fraction, outside: Fraction, number: Algebraic
) -> tuple[Fraction, Fraction]:
    """The two values, or nearer ones to the end between them: nothing settles beyond it."""
    low, high = worst.bounds
    room = (high - low) / 10**NEAR
    room = room if number.fraction is None else min(room, room_for_name(number.fraction))
    below, above = number.low - room, number.high + room
    first, last = (below, above) if worst.rising else (above, below)
    if abs(last - number.nearest) < abs(outside - number.nearest):
        outside = last
    if abs(first - number.nearest) < abs(inside - number.nearest) and settles(first):
        inside = first
    return inside, outside


def _narrowed(
    settles: Settles, inside: Fraction, outside: Fraction, width: Fraction
) -> tuple[Fraction, Fraction]:
    """Two values no further apart, between which the end lies: by halves, or on either side of the
    simplest fraction between them, once that is rarer than chance."""
    tried: set[Fraction] = set()
    while abs(outside - inside) > width:
        low, high = min(inside, outside), max(inside, outside)
        looked_at, short = [(low + high) / 2], simplest(low, high)
        if short not in tried and short.denominator**2 * RARE * (high - low) < 1:
            tried.add(short)
            looked_at = beside(short, width)
        for value in looked_at:
            if min(inside, outside) < value < max(inside, outside):
                inside, outside = (value, outside) if settles(value) else (inside, value)
    return inside, outside


def _included(worst: WorstCase, settled: Claimed, number: Algebraic) -> bool | None:
    """Whether it holds at a number that is proved to be the end: nothing settles beyond it, and
    all does before it. None if that is not proved."""
    end = z3.Real("the end")
    try:
        if worst.exists(settled, [*number.says(end), *worst.given, worst.beyond(end)]):
            return None
        if worst.exists(settled, number.says(worst.symbol)):
            return True
    except NotExact:
        return None
    return False if _settles_before(worst, settled, number) else None


def _settles_before(worst: WorstCase, settled: Claimed, number: Algebraic) -> bool:
    """Whether the worst case settles at every value before the number."""
    end = z3.Real("the end")
    return worst.exists_all_over(settled, [*number.says(end), *worst.given, worst.before(end)])


def _edge_of_strict(worst: WorstCase, claim: Claimed, closed: Edge, away: Edge) -> Edge:
    """The end for a claim with strict comparisons.

    Where nothing settles within the claim's closure the run leaves it. Where the claim itself is
    inductive it holds, though the run may come as near to its limits as it likes.
    """
    if away.extent is Extent.ALL:
        return away
    if closed.extent is Extent.NONE:
        return closed
    if away.included and away.number == closed.number:
        return away
    if closed.extent is Extent.EDGE and closed.number is None:
        return _unnamed_of_strict(worst, claim, closed)
    number = rational(worst.unsafe_end) if closed.number is None else closed.number
    end = z3.Real("the end")
    if not is_inductive(worst, claim, [*number.says(end), worst.before(end)]):
        raise NotExact(Obstacle.NOT_INDUCTIVE)
    included = _holds_at(worst, claim, number)
    if closed.extent is not Extent.ALL:
        inside, outside = closed.holds_at, closed.fails_at
    elif included:
        return Edge(Extent.ALL, holds_at=worst.unsafe_end)
    else:
        inside, outside = away.holds_at, worst.unsafe_end
    return Edge(
        Extent.EDGE, worst.safe_end if inside is None else inside, outside, number, included
    )


def _unnamed_of_strict(worst: WorstCase, claim: Claimed, closed: Edge) -> Edge:
    """The end of a strict claim, between two values, where that of its closure has no name: from
    one on nothing settles within the closure, and at the other and before the claim is inductive.

    Raises:
        NotExact: where it is not.
    """
    assert closed.holds_at is not None
    end = numeral(closed.holds_at)
    if not is_inductive(worst, claim, [z3.Not(worst.beyond(end))]):
        raise NotExact(Obstacle.CLOSURE_UNNAMED)
    return Edge(Extent.EDGE, closed.holds_at, closed.fails_at)


def _holds_at(worst: WorstCase, claim: Claimed, number: Algebraic) -> bool | None:
    """Whether a claim holds forever at a number; None if neither is shown."""
    there = number.says(worst.symbol)
    if is_inductive(worst, claim, there):
        return True
    return False if breaks_soon(worst, claim, there) else None


def is_inductive(worst: WorstCase, claim: Claimed, at: Sequence[z3.BoolRef]) -> bool:
    """Whether the claim holds the seed and is kept by the worst step, for parameters as given."""
    symbols = worst.symbols
    known = [*worst.given, *at]
    seed = list(zip(symbols, worst.problem.seed, strict=True))
    after = list(zip(symbols, worst.step(symbols), strict=True))
    here = [*known, *worst.order.within(symbols), *claim]
    return all(
        worst.follows(known, z3.substitute(part, *seed))
        and worst.follows(here, z3.substitute(part, *after))
        for part in claim
    )


def breaks_soon(worst: WorstCase, claim: Claimed, at: Sequence[z3.BoolRef]) -> bool:
    """Whether the worst run breaks the claim within a few iterations."""
    state: Sequence[z3.ExprRef] = worst.problem.seed
    for _ in range(FEW):
        pairs = list(zip(worst.symbols, state, strict=True))
        holds = z3.And(*[z3.substitute(part, *pairs) for part in claim])
        if satisfy([*worst.given, *at, holds], worst.budget).unsat:
            return True
        state = worst.step(state)
    return False
