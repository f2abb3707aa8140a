"""Of a run that breaks a claim: the shortest found, what rules out others, and who is to blame."""

from __future__ import annotations

from checker.backends.solver import QueryBudget, Satisfiability
from checker.counterexamples.random_search import simplify
from checker.invariants.certificate import clear_steps
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.system.obligations import OVERSIGHT, SEED, Duty, Label
from checker.system.problem import Problem
from checker.system.replay import Run
from checker.system.unrolling import break_at, replayed
from checker.system.verdict import Blame, Shortest

MOST_ITERATIONS = 32
"""Iterations of a run up to which it is asked whether a shorter one exists."""
PATIENCE = 2
"""Lengths that the solver may leave open before no more are asked about."""
SECONDS = 1.0
"""For one query about all runs of some length."""


def shortest(problem: Problem, run: Run, budget: QueryBudget) -> tuple[Run, Shortest]:
    """The shortest run that breaks the claim, as far as one is found, and what rules out others.

    The lengths below that of the run in hand are asked about in turn. A run that the solver has is
    the answer once it is replayed; it is proved shortest if all lengths below it have none.
    """
    before, first = run.iteration - 1, 0 if problem.seed_choices else 1
    if before < first:
        return run, Shortest.NONE_SHORTER
    if before > MOST_ITERATIONS:
        return run, Shortest.SHORTEST_FOUND
    whole = before * len(problem.steps) + 1
    chain = RegionSynthesizer(problem).chain(before)
    if len(chain) >= whole and clear_steps(problem, chain[:whole], budget) == whole:
        return run, Shortest.CLEAR_BEFORE
    composed, unanswered = problem.composed(), 0
    for length in range(first, before + 1):
        if budget.exhausted or unanswered == PATIENCE:
            return run, Shortest.SHORTEST_FOUND
        found = _of_length(problem, composed, length, budget)
        if isinstance(found, Run):
            return found, Shortest.SHORTEST_FOUND if unanswered else Shortest.CLEAR_BEFORE
        unanswered += found is not Satisfiability.UNSAT
    return run, Shortest.SHORTEST_FOUND if unanswered else Shortest.CLEAR_BEFORE


def _of_length(
    problem: Problem, composed: Problem, length: int, budget: QueryBudget
) -> Run | Satisfiability:
    """A replayed run that breaks the claim after so many iterations, or the solver's answer."""
    values = break_at(composed, length, budget, SECONDS)
    if isinstance(values, Satisfiability):
        return values
    found = replayed(problem, composed, values, length)
    if found is None:
        return Satisfiability.UNKNOWN
    stages = range(len(problem.steps))
    plan = [[list(found.units(i, stage)) for stage in stages] for i in range(1, length + 1)]
    return simplify(found.start, found.run, plan)[0]


def blame_for(run: Run) -> Blame | None:
    """The first obligation that the run breaks; None where the run keeps no steps."""
    if run.iteration == 0:
        return Blame(SEED)
    unseen = next((step for step in run.steps if step.oversight_holds is False), None)
    if unseen is not None:
        return Blame(OVERSIGHT, unseen.iteration)
    if not run.steps:
        return None
    names = list(dict.fromkeys(step.step for step in run.steps))
    last = run.steps[-1]
    obligation = Label(Duty.PRESERVATION, last.step, names.index(last.step) + 2)
    return Blame(obligation, last.iteration)
