"""The engines that search for a run: what they find is replayed before it counts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

import attrs

from checker.backends.evaluator import PLAIN
from checker.backends.polynomials import is_piecewise_linear
from checker.backends.solver import QueryBudget, Satisfiability
from checker.counterexamples.adversary import LONG, SHORT, planned_counterexample
from checker.counterexamples.random_search import falsify
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.monotone import Order, is_monotone, order_at_a_time, worst_seed
from checker.portfolio.engine import Cost, Engine, FoundRun, Need, Shows, Task
from checker.system.findings import Method
from checker.system.gaps import always_a_successor
from checker.system.problem import Problem
from checker.system.replay import replay
from checker.system.unrolling import break_at, by_stage, replayed
from checker.system.verdict import Shortest

SHORT_SEARCH, LONG_SEARCH = 200, 20_000
"""Iterations of the two searches over strategies."""
WORST_RUN, LIKELY_RUN = 2_000_000, 8_000
"""Iterations for which a worst run is followed, and for which it is looked at in floats."""
DRAWN_LENGTH = 6
"""Iterations of the runs that Hypothesis draws."""
DRAWN_EXAMPLES = 200
BRIEF, UNROLLED = 2, 4
"""Iterations of which all runs are asked about in one query, before what takes longer."""
DEEP, DEEP_SECONDS = 64, 5.0
"""The same once nothing else has decided, for so many seconds."""


@attrs.frozen
class StrategySearch(Engine):
    """Runs many strategies of nature side by side in floats, and replays those that break."""

    iterations: int = SHORT_SEARCH
    tries: int = 6
    name = "search"
    shows = Shows.RUN

    def attempt(self, task: Task) -> FoundRun | None:
        """The quickest break, made simple if the task wants it so."""
        found = falsify(task.problem, self.iterations, tries=self.tries, simple=task.simple)
        short = self.iterations <= SHORT_SEARCH
        return found and FoundRun(found[0], Method.SEARCH if short else Method.LONG_SEARCH)


@attrs.frozen
class BreadthFirst(Engine):
    """Explores the states of a finite loop until one breaks a clause."""

    name = "breadth-first"
    shows = Shows.RUN
    needs = (Need.ONE_STEP, Need.FINITE)

    def attempt(self, task: Task) -> FoundRun | None:
        """The run to the first state that breaks a clause, replayed step by step.

        It is the shortest, where the step is defined at every state that breaks none.
        """
        explored = task.explored
        if explored is None or explored.broken is None:
            return None
        way = explored.way()
        units = by_stage(task.problem, lambda iteration, _: way[min(iteration, len(way)) - 1])
        run = replay(task.problem, units, len(way))
        if run is None or run.broken is None:
            return None
        least = 1 < run.iteration == len(way) and always_a_successor(task.composed, task.budget)
        return FoundRun(run, Method.BREADTH_FIRST, Shortest.CLEAR_BEFORE if least else None)


@attrs.frozen
class WorstRun(Engine):
    """Follows the one worst run of a monotone loop, its two ends rounded outward."""

    name = "worst-run"
    shows = Shows.RUN
    takes_sets = True
    needs = (Need.MONOTONE,)
    cost = Cost.SECONDS

    likely: bool = False

    def attempt(self, task: Task) -> FoundRun | None:
        """The worst run, if the order is proved and the run breaks a clause.

        With ``likely`` it must seem to do so in floats before anything is proved.
        """
        order = order_at_a_time(task.composed, task.budget)
        if order is None or (self.likely and not _seems_to_break(task.composed, order)):
            return None
        if not is_monotone(task.composed, order, task.budget):
            return None
        start = worst_seed(task.composed, order, task.budget)
        if start is None:
            return None
        run = follow_worst_run(start, order, WORST_RUN, task.budget)
        if run is None:
            return None
        return FoundRun(run, Method.WORST_RUN, Shortest.WORST_RUN_CLEAR)


def _seems_to_break(problem: Problem, order: Order) -> bool:
    """Whether a run under the greatest choice breaks a clause soon, as far as floats can tell."""
    if problem.seed_choices:
        return False
    (step,) = problem.steps
    program, guard = step.program.bind(PLAIN), problem.guards[problem.agent.name].bind(PLAIN)
    greatest = [float(top) for top in order.tops]
    state = list(problem.seed_in(PLAIN))
    for _ in range(LIKELY_RUN):
        before, state = state, program(state, greatest)[0][: len(state)]
        if not all(guard(state, ())[0]):
            return True
        if state == before:
            break
    return False


@attrs.frozen
class Planning(Engine):
    """Lets adversaries plan: periodic, greedy, and by derivatives along a whole run."""

    longest: int = SHORT
    name = "planning"
    shows = Shows.RUN
    needs = (Need.CHOICES,)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> FoundRun | None:
        """The first plan that breaks a clause when it is replayed."""
        found = planned_counterexample(task.problem, task.budget, longest=self.longest)
        return found and FoundRun(found[0], Method.PLANNED)


@attrs.frozen
class LongPlanning(Planning):
    """Lets adversaries plan, and look further ahead."""

    longest: int = LONG
    cost = Cost.TENS_OF_SECONDS


@attrs.frozen
class HypothesisDraws(Engine):
    """Lets Hypothesis draw exact choices, and shrink what breaks."""

    name = "hypothesis"
    shows = Shows.RUN
    takes_sets = True
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> FoundRun | None:
        """The run that Hypothesis shrinks to."""
        from checker.counterexamples.drawn_runs import draw  # most claims need no draws

        found = draw(task.problem, DRAWN_LENGTH, DRAWN_EXAMPLES, task.budget)
        return found and FoundRun(found[0], Method.HYPOTHESIS)


@attrs.frozen
class BoundedModelChecking(Engine):
    """Asks the solver for a run that breaks a clause, of one length after the other.

    After ``patience`` lengths without an answer, or after ``seconds``, it asks about no more.
    """

    shortest: int = 0
    longest: int = UNROLLED
    patience: int = UNROLLED + 1
    seconds: float = math.inf
    name = "bounded-model-checking"
    shows = Shows.RUN
    takes_sets = True
    needs: ClassVar[Sequence[Need]] = (Need.ONE_STEP,)
    cost = Cost.SECONDS

    def attempt(self, task: Task) -> FoundRun | None:
        """The first length at which the solver has values whose replay breaks a clause."""
        part = task.budget.within(self.seconds)
        found = self._found(task, part)
        task.budget.count(part)
        return found

    def _found(self, task: Task, budget: QueryBudget) -> FoundRun | None:
        first = 0 if task.problem.seed_choices else 1  # a seed that is a point is looked at before
        unanswered = 0
        for length in range(max(first, self.shortest), self.longest + 1):
            if budget.exhausted or unanswered == self.patience:
                return None
            values = break_at(task.composed, length, budget)
            if isinstance(values, Satisfiability):
                unanswered += values is Satisfiability.UNKNOWN
                continue
            found = replayed(task.problem, task.composed, values, length)
            if found is not None:
                return FoundRun(found.run, Method.BOUNDED_MODEL_CHECKING)
        return None


@attrs.frozen
class DeepBoundedModelChecking(BoundedModelChecking):
    """The same for longer runs of piecewise linear loops, as of programs with turns to take."""

    shortest: int = UNROLLED + 1
    longest: int = DEEP
    patience: int = 2
    seconds: float = DEEP_SECONDS
    needs = (Need.ONE_STEP, Need.AFFINE)
    cost = Cost.TENS_OF_SECONDS

    def attempt(self, task: Task) -> FoundRun | None:
        """The same, for a few seconds: the queries grow with the length.

        Where a step multiplies, they grow so fast that no limit stops Z3 in time.
        """
        linear = is_piecewise_linear(task.composed.steps[0].stage.terms)
        return super().attempt(task) if linear else None
