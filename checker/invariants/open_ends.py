"""Ends of domains that no run comes to (docs/theory/regions.md).

A probability that is halved in every round is never 0, and a step that takes its logarithm is
defined all along. No box with ends of its own says so: what is said is that the number stays off
the end of its domain.
"""

from __future__ import annotations

import attrs

from checker.backends.solver import QueryBudget, follows
from checker.invariants.houdini import kept_by_step
from checker.system.problem import Clause, ClauseKind, Problem, bound_on

SECONDS = 3.0
"""For all queries about the ends together."""


def stays_off(problem: Problem, budget: QueryBudget) -> tuple[Clause, ...]:
    """The ends of domains that the seed is off, and stays off as long as all clauses hold; none
    where every step is defined in any case.

    A proof of these together with the claim is one of the claim; and a run that breaks any of them
    has broken the claim before.

    Args:
        problem: a loop, with parameters that are symbols or without.
        budget: limits on the queries.
    """
    if not any(side.division for step in problem.steps for side in step.stage.sides):
        return ()
    part = budget.within(SECONDS)
    kept = _kept(problem, part)
    budget.count(part)
    return kept


def _kept(problem: Problem, budget: QueryBudget) -> tuple[Clause, ...]:
    whole = problem.composed()
    (step,), agent = whole.steps, whole.agent
    known = [whole.safe(agent), step.stage.bounds]
    sides = [side.condition for side in step.stage.sides if side.division]
    if all(follows([*problem.given, *known], side, budget).valid for side in sides):
        return ()
    return tuple(kept_by_step(whole, _off(whole), whole.seed_given, budget))


def _off(problem: Problem) -> list[Clause]:
    """That each real number is off each end of its domain."""
    found = []
    for field, symbol in zip(problem.agent.fields, problem.agent.symbols, strict=True):
        if field.kind != "real":
            continue
        found.append(bound_on(field.name, symbol, ">", field.low))
        if not field.unbounded:
            found.append(bound_on(field.name, symbol, "<", field.high))
    return [attrs.evolve(clause, kind=ClauseKind.DOMAIN) for clause in found]
