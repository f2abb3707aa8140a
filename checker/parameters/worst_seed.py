"""The worst seed of a set, from which a claim holds forever just where it does from all of them.

Theorem (docs/theory/regions.md, "Sets of seeds along a parameter"). Let there be an order of states
in which, at every value of the parameter, every iteration under nature's greatest choice is
monotone and only worse states break the claim. Let an iteration from a state that meets the claim
be defined, leave nature a choice and stay in the domain. If one seed of the set is nowhere better
than any other, at every value alike, then at each value the claim holds forever from all seeds
exactly where it holds forever from that one.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.backends.solver import QueryBudget
from checker.invariants.monotone import Order, is_monotone, is_worst_seed, seemingly_worst
from checker.parameters.obstacles import NotExact
from checker.parameters.worst_case import order_along
from checker.system.gaps import met
from checker.system.obligations import Obligation, entry, preservation
from checker.system.parametric import ParametricProblem
from checker.system.problem import Problem
from checker.system.seeds import Point, begun
from spec.errors import SpecError


def from_worst_seed(parametric: ParametricProblem, budget: QueryBudget) -> ParametricProblem:
    """The problem from the worst of its seeds, along its one free parameter; itself where the seed
    is a point, or none of the set is proved to be the worst at every value."""
    if not parametric.problem.seed_choices:
        return parametric
    (span,), problem = parametric.domain, parametric.problem.composed()
    given = parametric.bound(parametric.domain)
    try:
        order = order_along(parametric, problem, span, problem.claimed(problem.agent), budget)
    except NotExact:
        return parametric
    for start in _likely(parametric, order):
        seed = begun(problem, start).seed
        if is_worst_seed(problem, seed, order, budget, given):
            sure = met(_due(problem), budget, given) and is_monotone(
                problem, order, budget, given, leaving=True
            )
            return parametric.starting(start) if sure else parametric
    return parametric


def _likely(parametric: ParametricProblem, order: Order) -> Iterator[Point]:
    """Corners of the set that seem to be its worst at a value of the parameter, each once."""
    (low, high), seen = parametric.domain[0], set[Point]()
    for value in (parametric.own[0], low, (low + high) / 2, high):
        try:
            start = seemingly_worst(parametric.at((value,)), order)
        except SpecError:
            continue
        if start is not None and start not in seen:
            seen.add(start)
            yield start


def _due(problem: Problem) -> list[Obligation]:
    """That there are seeds, all of them in their domain; and that an iteration from any state that
    meets the clauses is defined, leaves nature a value for each choice, and stays in the domain."""
    (step,), agent = problem.steps, problem.agent
    domain = problem.domain(agent)
    return [*entry(problem, domain), *preservation(step, problem.clauses[agent.name], domain)]
