"""Distinguishing runs: a replayed run of one scheme that no run of another follows.

Candidate runs are guessed. What counts is the solver's answer, at the exact state or for all states
of its enclosure, that no choice of the other scheme answers the run's last iteration.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget
from checker.counterexamples.random_search import following
from checker.refinement.candidate_runs import CandidateRuns, Rows
from checker.refinement.correspondence import Link
from checker.refinement.simulation import Case, RefinementQuestion
from checker.refinement.unmatched_run import Nearest, UnmatchedRun
from checker.system.problem import Problem, numeral_value
from checker.system.replay import EXACT_ARITHMETIC, Enclosure, Run, replay
from spec.errors import SpecError

WHOLE_RUN = 6
"""Iterations for which all of the other scheme's steps are put to the solver at once."""
SIMPLIFIED = 48
"""Choices of a run up to which each is tried at its low end by itself."""
NEAREST = 3
"""Fields for which it is worked out how near the other scheme gets."""


@attrs.frozen
class DistinguishingRun:
    """A run of one scheme whose last iteration the other cannot follow.

    Args:
        parameters: values of the free parameters.
        run: the run, replayed.
        iteration: its last iteration; 0 where the seeds differ.
        fields: those that the other cannot match together. There are none where the iteration is
            broken for one of the schemes and not for the other.
        nearest: how near the other gets to some of them.
        whole: whether this takes all of the other's iterations into account, and not only the
            last.
        broken: whether the run is broken at its last iteration.
    """

    parameters: Mapping[str, Fraction]
    run: Run
    iteration: int
    fields: tuple[str, ...]
    nearest: tuple[Nearest, ...]
    whole: bool
    broken: bool


@attrs.frozen(slots=False)
class DistinguishingSearch:
    """Two schemes at exact parameters, and the first as a problem that can be replayed."""

    question: RefinementQuestion
    problem: Problem
    parameters: Mapping[str, Fraction]

    def run(self, cases: Sequence[Case], budget: QueryBudget) -> DistinguishingRun | None:
        """A distinguishing run, the shortest that was found, with few choices made.

        Args:
            cases: known cases of a witness; the run is looked for where none of them answers.
            budget: limits on the queries.
        """
        start = self._differing_seeds()
        if start is not None:
            return start
        composed = self.problem.composed()
        candidates = CandidateRuns(self.question)
        for rows in itertools.chain(
            candidates.screened(cases), candidates.suggested(composed, cases, budget)
        ):
            if budget.exhausted:
                return None
            found = self._unmatched(rows, budget)
            if found is not None:
                return self._stated(self._simplified(rows, found, budget), budget)
        return None

    def _differing_seeds(self) -> DistinguishingRun | None:
        """The run of no iteration, if it distinguishes the schemes already."""
        first, second = self.question.first, self.question.second
        seeds = [numeral_value(term) for term in first.seed]
        differing = [
            link
            for link in self.question.links
            if not z3.is_true(z3.simplify(link.holds(first.seed, second.seed)))
        ]
        if not differing:
            return None
        named = {s.name: Enclosure(v, v) for s, v in zip(first.fields, seeds, strict=True)}
        nearest = []
        for link in differing:
            wanted, value = named[link.names[0]], numeral_value(second.seed[link.second])
            there = Enclosure(value, value)
            below = there if value < wanted.low else None
            above = there if value > wanted.low else None
            nearest.append(Nearest(link.name, wanted, below, above))
        return DistinguishingRun(
            self.parameters,
            Run(named, (), 0, "agent", None, EXACT_ARITHMETIC),
            0,
            tuple(link.name for link in differing),
            tuple(nearest),
            False,
            False,
        )

    def _unmatched(self, rows: Rows, budget: QueryBudget) -> UnmatchedRun | None:
        """The run, if its last iteration is shown to be one that the other cannot follow."""
        run = self._replayed(rows)
        if run is None:
            return None
        reached = UnmatchedRun(
            self.question, self.problem.steps[0].name, run, tuple(rows[-1]), False
        )
        if reached.impossible(self.question.links, budget):
            return reached
        if not self.question.determined and run.iteration <= WHOLE_RUN:
            reached = attrs.evolve(reached, whole=True)
            if reached.impossible(self.question.links, budget):
                return reached
        return None

    def _replayed(self, rows: Rows) -> Run | None:
        """The run of these choices, unless it breaks before its last iteration."""
        widths = [len(step.stage.choices) for step in self.problem.steps]
        strategy = [_by_step(row, widths) for row in rows]
        try:
            run = replay(self.problem, following(strategy), len(rows))
        except SpecError:
            return None
        return run if run is not None and run.iteration == len(rows) else None

    def _simplified(self, rows: Rows, best: UnmatchedRun, budget: QueryBudget) -> UnmatchedRun:
        """A run that is unmatched as well, with as few choices away from their low ends as can
        be."""
        plan = [list(row) for row in rows]
        for group in _groups(len(plan), len(plan[0]) if plan else 0):
            if budget.exhausted or all(plan[i][k] == 0 for i, k in group):
                continue
            tried = [list(row) for row in plan]
            for i, k in group:
                tried[i][k] = Fraction(0)
            again = self._unmatched(tried, budget)
            if again is not None:
                best, plan = again, tried
        return best

    def _stated(self, reached: UnmatchedRun, budget: QueryBudget) -> DistinguishingRun:
        """The run with the fewest fields that cannot be matched, and how near the other gets."""
        links: list[Link] = list(self.question.links)
        for link in list(links):
            fewer = [other for other in links if other is not link]
            if reached.impossible(fewer, budget):
                links = fewer
        nearest = tuple(reached.nearest(link, links, budget) for link in links[:NEAREST])
        return DistinguishingRun(
            self.parameters,
            reached.run,
            reached.run.iteration,
            tuple(link.name for link in links),
            nearest,
            reached.whole,
            reached.run.broken is not None,
        )


def _groups(length: int, width: int) -> list[list[tuple[int, int]]]:
    """Choices that are put to their low ends together, as pairs of iteration and choice: each in
    all iterations, then one by one."""
    groups = [[(i, k) for i in range(length)] for k in range(width)]
    if length * width <= SIMPLIFIED and length > 1:
        groups += [[(i, k)] for k in range(width) for i in range(length)]
    return groups


def _by_step(row: Sequence[Fraction], widths: Sequence[int]) -> list[list[Fraction]]:
    """The units of one iteration, dealt out to its steps."""
    found, start = [], 0
    for width in widths:
        found.append(list(row[start : start + width]))
        start += width
    return found
