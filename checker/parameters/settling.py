"""Exact thresholds of settling: from which value on every run enters an invariant, and stays.

Theorem (docs/theory/theorems.md, theorem 7). Let G be the worst case of a monotone loop whose every
agent steps into the domain, at every value of the parameter, and let the domain have a worst agent
t_0. Then the invariant holds from some iteration on, from every agent, exactly where the run t_0,
G(t_0), G(G(t_0)), ... comes into it. So settling is the opposite of a claim: that this one run
stays outside the invariant forever. Its threshold is that of theorem 4, turned round.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, satisfy
from checker.counterexamples.fixed_strategy import at_values
from checker.invariants.monotone import Order, greatest, is_monotone
from checker.parameters.exact_threshold import Exact, exact_threshold
from checker.parameters.extent import Edge, Extent
from checker.parameters.found_threshold import Range
from checker.parameters.obstacles import Obstacle, require
from checker.parameters.ranges import ranges_on
from checker.parameters.worst_case import order_along
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.parametric import ParametricProblem, Point
from checker.system.problem import Clause, Problem, Step, with_choices
from spec.statements.base import Answer
from spec.terms import conjunction, numeral


@attrs.frozen(slots=False, kw_only=True)
class _StaysOutside(ParametricProblem):
    """The run of the worst choices from the worst agent, and the claim that it stays outside."""

    outside: Problem

    @property
    def problem(self) -> Problem:
        """The problem with the free parameter as a symbol."""
        return self.outside

    def at(self, point: Point) -> Problem:
        """The problem at one point."""
        pairs = [(s, numeral(v)) for s, v in zip(self.symbols, point, strict=True)]
        return at_values(self.outside, pairs)


def exact_settling(
    parametric: ParametricProblem, seconds: float = 5.0, deadline: float = float("inf")
) -> Exact:
    """How far along its one free parameter every run settles in the invariant.

    Args:
        parametric: the scheme, the invariant, and the parameter.
        seconds: for one query.
        deadline: when to give up, by ``time.monotonic``.

    Raises:
        NotExact: naming the side condition that could not be proved.
    """
    return _turned(exact_threshold(_staying_outside(parametric, seconds), seconds, deadline))


def settling_ranges(
    parametric: ParametricProblem, deadline: float, seconds: float = 5.0
) -> tuple[Range, ...]:
    """The domain of its one free parameter in ranges, by whether every run settles; none without a
    condition that is exact whichever way the parameter turns.

    Args:
        parametric: the scheme, the invariant, and the parameter.
        deadline: when to stop, by ``time.monotonic``.
        seconds: for the side conditions.

    Raises:
        NotExact: naming the side condition that could not be proved.
    """
    outside = _staying_outside(parametric, seconds)
    other = {Answer.PROVED: Answer.REFUTED, Answer.REFUTED: Answer.PROVED}
    return tuple(
        attrs.evolve(each, answer=other.get(each.answer, each.answer))
        for each in ranges_on(outside, parametric.domain[0], deadline)
    )


def _staying_outside(parametric: ParametricProblem, seconds: float) -> _StaysOutside:
    """The claim that the worst run from the worst agent never comes in: settling is its opposite.

    Raises:
        NotExact: naming the side condition that could not be proved.
    """
    budget = QueryBudget(seconds)
    claimed = parametric.problem.claimed(parametric.problem.agent)
    loop = anywhere(parametric.problem).composed()
    order = order_along(parametric, loop, parametric.domain[0], claimed, budget)
    given = parametric.bound(parametric.domain)
    require(is_monotone(loop, order, budget, given), Obstacle.NOT_MONOTONE)
    require(_keeps_the_domain(loop, given, budget), Obstacle.LEAVES_DOMAIN)
    outside = _worst_run(loop, order, claimed, _worst_agent(loop, order, budget))
    return _StaysOutside(
        claim=parametric.claim,
        free=parametric.free,
        overriding=parametric.overriding,
        outside=outside,
    )


def anywhere(problem: Problem) -> Problem:
    """The same loop with nothing claimed but the domains, from no particular seed."""
    clauses = {position.name: problem.domain(position) for position in problem.traced.positions}
    return attrs.evolve(problem, clauses=clauses)


def _keeps_the_domain(loop: Problem, given: Sequence[z3.BoolRef], budget: QueryBudget) -> bool:
    """Whether every step from the domain is defined, leaves nature a choice and stays inside."""
    (step,) = loop.steps
    domain = loop.domain(loop.agent)
    return met(preservation(step, domain, domain), budget, given)


def _worst_agent(loop: Problem, order: Order, budget: QueryBudget) -> list[z3.ExprRef]:
    """An agent of the domain that no other is worse than: each field of the cone at its worse end,
    the others anywhere.

    Raises:
        NotExact: where the domain has no such end, or no agent at that corner.
    """
    symbols = loop.agent.symbols
    ends: dict[int, Fraction] = {}
    for index, sign in order.worse.items():
        field = loop.agent.fields[index]
        require(sign < 0 or not field.unbounded, Obstacle.NO_WORST_AGENT)
        ends[index] = field.high if sign > 0 else field.low
    there = [loop.agent.domain, *(symbols[i] == numeral(end) for i, end in ends.items())]
    outcome = satisfy(there, budget)
    require(outcome.sat, Obstacle.NO_WORST_AGENT)
    found = [
        ends.get(index, outcome.values.get(str(symbol), field.low))
        for index, (field, symbol) in enumerate(zip(loop.agent.fields, symbols, strict=True))
    ]
    agent = [
        z3.IntVal(int(value)) if symbol.is_int() else numeral(value)
        for value, symbol in zip(found, symbols, strict=True)
    ]
    pairs = list(zip(symbols, agent, strict=True))
    inside = z3.simplify(z3.substitute(loop.agent.domain, *pairs))
    require(z3.is_true(inside), Obstacle.NO_WORST_AGENT)
    return agent


def _worst_run(
    loop: Problem, order: Order, claimed: Sequence[Clause], start: Sequence[z3.ExprRef]
) -> Problem:
    """The loop that starts at the worst agent and leaves nature its worst choices alone, and the
    claim that it does not meet the invariant."""
    (step,) = loop.steps
    symbols = loop.agent.symbols
    pairs = with_choices(zip(symbols, symbols, strict=True), step.stage.choices, order.tops)
    outputs = tuple(z3.simplify(term) for term in greatest(loop, order, symbols))
    sides = tuple(
        attrs.evolve(side, condition=z3.substitute(side.condition, *pairs))
        for side in step.stage.sides
    )
    stage = attrs.evolve(step.stage, choices=(), outputs=outputs, sides=sides)
    outside = z3.Not(conjunction([clause.condition for clause in claimed]))
    return attrs.evolve(
        loop,
        traced=loop.traced.starting_at(start),
        steps=(Step(stage, step.source, step.target),),
        clauses={
            loop.agent.name: (*loop.domain(loop.agent), Clause("outside", z3.simplify(outside)))
        },
    )


def _turned(exact: Exact) -> Exact:
    """Where a run does not stay outside forever, by where it does."""
    edge = exact.edge
    extents = {Extent.ALL: Extent.NONE, Extent.NONE: Extent.ALL}
    turned = Edge(
        extents.get(edge.extent, edge.extent),
        holds_at=edge.fails_at,
        fails_at=edge.holds_at,
        number=edge.number,
        included=None if edge.included is None else not edge.included,
    )
    return attrs.evolve(exact, rising=not exact.rising, edge=turned, bounded_away=None)
