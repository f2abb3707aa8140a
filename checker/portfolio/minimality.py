"""Of a run that breaks a claim: the shortest found, what rules out others, and who is to blame."""

from __future__ import annotations

import attrs

from checker.backends.polynomials import degree_of
from checker.backends.solver import QueryBudget, Satisfiability
from checker.counterexamples.first_break import first_break
from checker.counterexamples.random_search import simplify
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.certificate import clear_steps
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.monotone import is_monotone, order_at_a_time, worst_seed
from checker.portfolio.engine import FoundRun
from checker.system.findings import Method
from checker.system.obligations import OVERSIGHT, SEED, Duty, Label
from checker.system.problem import Problem
from checker.system.replay import Run, replay
from checker.system.unrolling import break_at, by_stage, replayed
from checker.system.verdict import Blame, Shortest

MOST_ITERATIONS = 32
"""Iterations of a run up to which it is asked whether a shorter one exists."""
MOST_DEGREE = 2**12
"""Degree up to which runs of a loop that multiplies are asked about: that of a step, to the power
of their length. No limit stops Z3 in time in the powers that come of more."""
MOST_BACK = 1_000
"""Iterations of a run up to which value iteration goes back."""
PATIENCE = 2
"""Lengths that the solver may leave open before no more are asked about."""
SECONDS = 1.0
"""For one query about all runs of some length."""
SHARE = 0.5
"""Of the time that is left, for all of this: the run in hand is an answer already."""
BOXES, WORST = 0.3, 0.4
"""Of that time, for boxes around all runs, and of what is left then for the one worst run."""


def shortest(problem: Problem, found: FoundRun, budget: QueryBudget) -> FoundRun:
    """The shortest run that breaks the claim, as far as one is found, and what rules out others.

    What all runs can reach is worked out from the claim back. Where that is not known exactly,
    boxes around all runs are tried, then the one worst run of a monotone loop, and then the lengths
    below that of the run in hand are asked about in turn. A run that the solver has is the answer
    once it is replayed; it is proved shortest if all lengths below it have none.
    """
    run = found.run
    before, first = run.iteration - 1, 0 if problem.seed_choices else 1
    if before < first:
        return attrs.evolve(found, shortest=Shortest.NONE_SHORTER)
    part = budget.share(SHARE)
    better = _from_the_claim_back(problem, found, part)
    if better is None and before <= MOST_ITERATIONS and _clear_before(problem, before, part):
        better = attrs.evolve(found, shortest=Shortest.CLEAR_BEFORE)
    better = better or _by_worst_run(problem, found, part)
    if better is None and before <= MOST_ITERATIONS:
        better = _by_length(problem, found, first, part)
    budget.count(part)
    return better or attrs.evolve(found, shortest=Shortest.SHORTEST_FOUND)


def _from_the_claim_back(problem: Problem, found: FoundRun, budget: QueryBudget) -> FoundRun | None:
    """The run that breaks first of all, where value iteration tells when that is."""
    before = found.run.iteration - 1
    earliest = first_break(problem.composed(), before, budget) if before <= MOST_BACK else None
    if earliest is None:
        return None
    if earliest.iteration is None:
        return attrs.evolve(found, shortest=Shortest.CLEAR_BEFORE)
    run = replay(problem, by_stage(problem, earliest.units), earliest.iteration)
    if run is None or run.broken is None:
        return None
    return FoundRun(run, Method.VALUE_ITERATION, Shortest.CLEAR_BEFORE)


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


def _by_worst_run(problem: Problem, found: FoundRun, budget: QueryBudget) -> FoundRun | None:
    """The worst run, where it breaks the claim no later than the run in hand.

    No run of a monotone loop is broken before the worst one is (docs/theory/theorems.md,
    theorem 2).
    """
    part, composed = budget.share(WORST), problem.composed()
    order = order_at_a_time(composed, part)
    if order is None or part.exhausted or not is_monotone(composed, order, part):
        budget.count(part)
        return None
    start = worst_seed(composed, order, part)
    worst = None if start is None else follow_worst_run(start, order, found.run.iteration, part)
    budget.count(part)
    if worst is None:
        return None
    if worst.iteration < found.run.iteration:
        return FoundRun(worst, Method.WORST_RUN, Shortest.WORST_RUN_CLEAR)
    return attrs.evolve(found, shortest=Shortest.WORST_RUN_CLEAR)


def _by_length(problem: Problem, found: FoundRun, first: int, budget: QueryBudget) -> FoundRun:
    """The run of the least length at which the solver has one."""
    composed, unanswered = problem.composed(), 0
    degree = degree_of(composed.steps[0].stage.terms)
    for length in range(first, found.run.iteration):
        late = budget.exhausted or (degree > 1 and degree**length > MOST_DEGREE)
        if late or unanswered == PATIENCE:
            return attrs.evolve(found, shortest=Shortest.SHORTEST_FOUND)
        answer = _of_length(problem, composed, length, budget)
        if isinstance(answer, Run):
            found = FoundRun(answer, Method.BOUNDED_MODEL_CHECKING)
            break
        unanswered += answer is not Satisfiability.UNSAT
    ruled_out = Shortest.SHORTEST_FOUND if unanswered else Shortest.CLEAR_BEFORE
    return attrs.evolve(found, shortest=ruled_out)


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
