"""Whether an invariant is inductive as it stands, with nothing else known of the agent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.portfolio.decision import Options
from checker.statements.posing import decided, posed
from checker.system.findings import Fact, Method
from checker.system.gaps import gaps
from checker.system.obligations import Duty, Label, preservation
from checker.system.problem import Problem
from checker.system.replay import Run, replay
from checker.system.unrolling import by_stage, units_of
from checker.system.verdict import (
    Blame,
    Proof,
    Refutation,
    Result,
    Shortest,
    Unknown,
    Vacuous,
    Verdict,
)
from spec.statements.dynamics import Closed
from spec.terms import numeral

ONE_ITERATION = Blame(Label(Duty.PRESERVATION, "one iteration"))


@attrs.frozen
class StepUndecided(Fact):
    """The solver does not say whether one iteration keeps the invariant."""


def decide_closed(
    statement: Closed, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether one iteration keeps the invariant with nothing else known of the agent.

    Raises:
        SpecError: for a mistake in the specification.
    """
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    problem, blank = posed(statement, overriding, budget)
    if isinstance(blank.result, Vacuous):
        return blank
    return decided(blank, budget, _decide(problem, budget))


def _decide(problem: Problem, budget: QueryBudget) -> Result:
    composed = problem.composed()
    (step,) = composed.steps
    inside = composed.clauses[composed.agent.name]
    proved = True
    for gap in gaps(preservation(step, inside, inside), budget):
        proved, found = False, gap.outcome
        run = _one_iteration(problem, composed, found.values) if found.invalid else None
        if run is not None:
            return Refutation(Method.ONE_STEP, run, Shortest.FROM_INSIDE, ONE_ITERATION)
    return Proof(Method.ONE_STEP) if proved else Unknown(Method.ONE_STEP, StepUndecided())


def _one_iteration(
    problem: Problem, composed: Problem, values: Mapping[str, Fraction]
) -> Run | None:
    """The run of one iteration that a model describes, if it begins inside and ends outside."""
    agent = composed.agent
    start = [
        min(max(values.get(str(symbol), field.low), field.low), field.high)
        for symbol, field in zip(agent.symbols, agent.fields, strict=True)
    ]
    seed = tuple(numeral(value) for value in start)
    at_state = attrs.evolve(problem, traced=problem.traced.starting_at(seed))
    whole = attrs.evolve(composed, traced=composed.traced.starting_at(seed))
    (step,) = composed.steps
    chosen = {c.name: values.get(str(c.symbol), Fraction(0)) for c in step.stage.choices}
    run = replay(at_state, by_stage(at_state, units_of(whole, [chosen])), 1)
    return run if run is not None and run.iteration == 1 and run.broken is not None else None
