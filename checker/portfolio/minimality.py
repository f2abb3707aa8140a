"""Of a run that breaks a claim: the shortest found, what rules out others, and who is to blame."""

from __future__ import annotations

from checker.backends.solver import QueryBudget, Satisfiability
from checker.counterexamples.random_search import simplify
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.certificate import clear_steps
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.monotone import is_monotone, order_of, worst_seed
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
SHARE = 0.5
"""Of the time that is left, for all of this: the run in hand is an answer already."""
BOXES, WORST = 0.3, 0.4
"""Of that time, for boxes around all runs, and of what is left then for the one worst run."""


def shortest(problem: Problem, run: Run, budget: QueryBudget) -> tuple[Run, Shortest]:
    """The shortest run that breaks the claim, as far as one is found, and what rules out others.

    Boxes around all runs are tried, then the one worst run of a monotone loop, and then the lengths
    below that of the run in hand are asked about in turn. A run that the solver has is the answer
    once it is replayed; it is proved shortest if all lengths below it have none.
    """
    before, first = run.iteration - 1, 0 if problem.seed_choices else 1
    if before < first:
        return run, Shortest.NONE_SHORTER
    part = budget.share(SHARE)
    found = None
    if before <= MOST_ITERATIONS and _clear_before(problem, before, part):
        found = run, Shortest.CLEAR_BEFORE
    found = found or _by_worst_run(problem, run, part)
    if found is None and before <= MOST_ITERATIONS:
        found = _by_length(problem, run, first, part)
    budget.count(part)
    return found or (run, Shortest.SHORTEST_FOUND)


def _clear_before(problem: Problem, before: int, budget: QueryBudget) -> bool:
    """Whether boxes around all runs meet the clauses for so many iterations."""
    whole = before * len(problem.steps) + 1
    part = budget.share(BOXES)
    chain = RegionSynthesizer(problem).chain(before, part)
    if len(chain) < whole:
        return False
    clear = clear_steps(problem, chain[:whole], part)
    budget.count(part)
    return clear == whole


def _by_worst_run(problem: Problem, run: Run, budget: QueryBudget) -> tuple[Run, Shortest] | None:
    """The worst run, where it breaks the claim no later than the run in hand.

    No run of a monotone loop is broken before the worst one is (docs/theory/theorems.md,
    theorem 2).
    """
    part, composed = budget.share(WORST), problem.composed()
    order = order_of(composed, part)
    if order is None or part.exhausted or not is_monotone(composed, order, part):
        budget.count(part)
        return None
    start = worst_seed(composed, order, part)
    worst = None if start is None else follow_worst_run(start, order, run.iteration, part)
    budget.count(part)
    if worst is None:
        return None
    return (worst if worst.iteration < run.iteration else run), Shortest.WORST_RUN_CLEAR


def _by_length(problem: Problem, run: Run, first: int, budget: QueryBudget) -> tuple[Run, Shortest]:
    """The run of the least length at which the solver has one."""
    before = run.iteration - 1
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
