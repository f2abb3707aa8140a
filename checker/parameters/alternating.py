"""Loops of one number that falls where it was high: exact conditions on one parameter.

Theorem (docs/theory/regions.md, "Maps that turn the order round"). Where the step falls in the
state, the runs lie between two ends that are each led to the other, and both are states of runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.invariants.interval_analysis import sampled_signs
from checker.parameters.comparisons import with_limits, without_limits
from checker.parameters.obstacles import NotExact, Obstacle
from checker.system.gaps import met
from checker.system.obligations import preservation
from checker.system.parametric import Interval, ParametricProblem
from checker.system.problem import Problem, with_choices
from checker.system.region import region_of
from spec.nodes import topological


@attrs.frozen
class Alternating:
    """A loop of one number whose step falls in it.

    Args:
        symbol: the parameter.
        settled: that two constants are the ends of an interval that holds the first two states of
            every run, is kept, and meets the claim; with every comparison non-strict.
        inside: what is enough for the claim to hold: the same, or with every comparison of a strict
            claim strict.
        ends: the two constants.
    """

    symbol: z3.ArithRef
    ends: tuple[z3.ArithRef, z3.ArithRef]
    settled: z3.BoolRef
    inside: z3.BoolRef


def alternating(parametric: ParametricProblem, span: Interval, budget: QueryBudget) -> Alternating:
    """The condition that a claim holds, exact at every value in an interval.

    Raises:
        NotExact: where the loop is not shown to be of this kind.
    """
    problem = parametric.problem.composed()
    (step,) = problem.steps
    if len(step.source.fields) != 1 or not z3.is_real(step.source.symbols[0]):
        raise NotExact(Obstacle.NO_ORDER)
    if any(map(_jumps, topological(step.stage.outputs))):
        raise NotExact(Obstacle.STEP_JUMPS)
    given = parametric.meant_within((span,))
    tops = _tops(problem, parametric, span)
    low, high = z3.Real("least state"), z3.Real("greatest state")
    _require_falling(problem, tops, given, budget)
    _require_between(problem, low, high, given, budget)
    (seed,) = problem.seed
    ends = [
        low <= high,
        *(low <= value for value in (seed, _extreme(problem, tops, seed, most=False))),
        *(value <= high for value in (seed, _extreme(problem, tops, seed, most=True))),
        low <= _extreme(problem, tops, high, most=False),
        _extreme(problem, tops, low, most=True) <= high,
        *_said(problem, [c.condition for c in problem.domain(problem.agent)], low, high),
    ]
    claim = [clause.condition for clause in problem.claimed(problem.agent)]
    closed = [with_limits(condition) for condition in claim]
    strict = any(not a.eq(b) for a, b in zip(claim, closed, strict=True))
    enough = [without_limits(condition) for condition in claim] if strict else closed
    settled, inside = (
        z3.And(*ends, *_said(problem, conditions, low, high)) for conditions in (closed, enough)
    )
    return Alternating(parametric.symbols[0], (low, high), settled, inside)


def _jumps(node: z3.ExprRef) -> bool:
    kinds = (z3.Z3_OP_ITE, z3.Z3_OP_TO_INT, z3.Z3_OP_IDIV)
    return any(z3.is_app_of(node, kind) for kind in kinds)


def _said(
    problem: Problem, conditions: Sequence[z3.BoolRef], low: z3.ArithRef, high: z3.ArithRef
) -> list[z3.BoolRef]:
    """Conditions on the state, said of two others."""
    (here,) = problem.agent.symbols
    return [z3.substitute(c, (here, end)) for c in conditions for end in (low, high)]


def _tops(problem: Problem, parametric: ParametricProblem, span: Interval) -> list[bool]:
    """Guessed: whether each choice raises the next state."""
    over = problem.over(parametric.choices((span,)))
    signs = sampled_signs(over, region_of(over))
    choices = len(problem.steps[0].stage.choices)
    return [bool(sign > 0) for sign in signs[0, signs.shape[1] - choices :]]


def _extreme(
    problem: Problem, tops: Sequence[bool], state: z3.ExprRef, *, most: bool
) -> z3.ArithRef:
    """The greatest, or the least, successor of a state."""
    (step,) = problem.steps
    here = [(step.source.symbols[0], state)]
    pairs = with_choices(here, step.stage.choices, [top == most for top in tops])
    return z3.substitute(step.stage.outputs[0], *pairs)


def _require_falling(
    problem: Problem, tops: Sequence[bool], given: Sequence[z3.BoolRef], budget: QueryBudget
) -> None:
    """Every successor of a state is at most the greatest of any lesser state, and at least the
    least of any greater one; the step is defined at every safe state."""
    (step,) = problem.steps
    (here,) = step.source.symbols
    other = z3.Real("another state")
    safe = problem.safe(problem.agent)
    known = [*given, safe, z3.substitute(safe, (here, other)), step.stage.bounds]
    output = step.stage.outputs[0]
    falls = (
        follows(
            [*known, other <= here], output <= _extreme(problem, tops, other, most=True), budget
        ).valid
        and follows(
            [*known, here <= other], output >= _extreme(problem, tops, other, most=False), budget
        ).valid
    )
    defined = preservation(step, problem.clauses[problem.agent.name], ())
    if not falls or not met(defined, budget, given):
        raise NotExact(Obstacle.NOT_MONOTONE)


def _require_between(
    problem: Problem,
    low: z3.ArithRef,
    high: z3.ArithRef,
    given: Sequence[z3.BoolRef],
    budget: QueryBudget,
) -> None:
    """What holds at two states holds between them, and is a closed condition when made so."""
    (here,) = problem.agent.symbols
    for clause in problem.clauses[problem.agent.name]:
        ends = _said(problem, [clause.condition], low, high)
        if any(map(_jumps, topological([clause.condition]))) or not (
            follows([*given, *ends, low <= here, here <= high], clause.condition, budget).valid
        ):
            raise NotExact(Obstacle.NO_ORDER)
