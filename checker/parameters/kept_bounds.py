"""Bounds on single fields that no run leaves, whatever the parameter's value in an interval.

Theorem (docs/theory/regions.md, "Kept bounds"). A claim holds forever exactly if it does with such
bounds added to the domain. What is not monotone on the whole domain may be so within them.
"""

from __future__ import annotations

from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.invariants.houdini import kept_by_step
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Clause, ClauseKind, Problem, Step, bound_on
from checker.system.region import Box, seed_box
from spec.trace import Position

ZERO = Fraction(0)
SECONDS = 1.0
"""For the question whether a domain implies a clause."""


def kept_bounds(parametric: ParametricProblem, span: Interval, budget: QueryBudget) -> Box | None:
    """The domain, narrowed to bounds that are kept at every value in an interval; None if no bound
    is.

    Tried are the least and the greatest value of the seed, and 0. What is kept is the greatest part
    of these that is inductive (Flanagan and Leino, "Houdini, an annotation assistant" (2001)).
    """
    problem = parametric.problem.composed()
    given = parametric.meant_within((span,))
    kept = kept_by_step(problem, _guesses(problem, parametric, span), given, budget)
    if not kept:
        return None
    box = []
    for field in problem.agent.fields:
        bounds = [c.bound for c in kept if c.bound is not None and c.bound.quantity == field.name]
        low = max([field.low, *(bound.value for bound in bounds if bound.relation == ">=")])
        high = min([field.high, *(bound.value for bound in bounds if bound.relation == "<=")])
        box.append((low, high))
    return tuple(box)


def _guesses(problem: Problem, parametric: ParametricProblem, span: Interval) -> list[Clause]:
    """Bounds that the seed meets at the ends of the interval."""
    over = problem.over(parametric.choices((span,)))
    found = []
    agent = problem.agent
    for field, symbol, (least, most) in zip(
        agent.fields, agent.symbols, seed_box(over), strict=True
    ):
        floors = {least, min(least, ZERO)}
        ceilings = {most, max(most, ZERO)}
        found += [bound_on(field.name, symbol, ">=", f) for f in floors if f > field.low]
        found += [
            bound_on(field.name, symbol, "<=", c) for c in ceilings if not field.reaches_top(c)
        ]
    return found


def narrowed(problem: Problem, box: Box) -> Problem:
    """A problem of one step, with the ends of a box for the domains of its fields.

    What is claimed and is so at all states of this domain is left out.
    """
    (step,) = problem.steps
    agent = problem.agent
    fields = tuple(
        attrs.evolve(field, low=low, high=high, unbounded=field.open_above(high))
        for field, (low, high) in zip(agent.fields, box, strict=True)
    )
    parts = [
        part
        for field, symbol in zip(fields, agent.symbols, strict=True)
        for part in field.conditions(symbol)
    ]
    place: Position = attrs.evolve(agent, fields=fields, domain=z3.And(agent.domain, *parts))
    stage = attrs.evolve(step.stage, source=place, target=place)
    bounds = [Clause(f"domain of the {agent.name}", part, ClauseKind.DOMAIN) for part in parts]
    budget = QueryBudget(SECONDS)
    left = [
        clause
        for clause in problem.clauses[agent.name]
        if clause.of_domain or not follows([place.domain], clause.condition, budget).valid
    ]
    return attrs.evolve(
        problem,
        traced=attrs.evolve(problem.traced, positions=(place,), stages=(stage,)),
        steps=(Step(stage, place, place),),
        clauses={agent.name: (*left, *bounds)},
    )
