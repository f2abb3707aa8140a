"""Deciding single values of one parameter, with what neighbouring values were decided by.

Proved: a region is inductive there. Refuted: a run is replayed that breaks the claim. Near a
threshold regions must be narrow and runs long, so both start from what worked nearby.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.counterexamples.cell_run import Course, seems_to_break
from checker.counterexamples.fixed_strategy import FixedStrategyLoop, fix_strategy
from checker.counterexamples.random_search import following
from checker.counterexamples.two_phase import stretched
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.parameters.cell_checker import (
    CellChecker,
    Regions,
    inductive,
    inductive_regions,
    new_course,
)
from checker.parameters.evidence import ByProof
from checker.portfolio.decision import Options, decide
from checker.system.findings import Fact
from checker.system.parametric import Interval, ParametricProblem, point_cell
from checker.system.problem import Problem
from checker.system.region import seed_box
from checker.system.replay import Run, replay
from checker.system.seeds import begun
from checker.system.verdict import Proof
from spec.errors import SpecError
from spec.statements.base import Answer

MARGINS = (3e-2, 1e-3, 1e-5)
"""How far regions are widened beyond what is reached, the widest first."""
FINE = (1e-6, 1e-8, 1e-10, 1e-11)
"""The same next to a threshold."""
QUERY = 5.0
"""Seconds for one solver query."""
SECONDS = 15.0
"""For a value at which the quick ways gave no answer."""
FIRST_HORIZON = 2_000
MOST_FLOATS = 20_000
"""Iterations for which a strategy is followed in floats, at first and at most."""
SHORT = 400
"""Iterations up to which a run that seems to break is replayed exactly."""
FIRST_PHASES = (48, 96, 192, 384, 768)
"""Lengths that are tried for the first phase of a strategy in two phases."""
SEARCHED = 2_000
SETTLED = 192
"""Iterations of the searches for a new course: in one phase, and before the second of two."""
MOST_ITERATIONS = 1_000_000
"""Of a worst run."""


@attrs.define(slots=False)
class PointChecker:
    """Decides values of a problem's one free parameter; it remembers what showed each.

    Args:
        parametric: the claim and its free parameter.
        cells: decides cells of the same problem; its courses are shared.
        deadline: when to stop, by ``time.monotonic``.
        tell: is told what is being done.
        evidence: by value, what proved the claim there.
        runs: by value, the replayed run that breaks the claim there.
        span: two values between which the threshold is known to lie.
    """

    parametric: ParametricProblem
    cells: CellChecker
    deadline: float
    tell: Callable[[str], None]
    evidence: dict[Fraction, Fact] = attrs.field(factory=dict)
    runs: dict[Fraction, Run] = attrs.field(factory=dict)
    span: Interval = (Fraction(0), Fraction(0))
    _regions: list[Regions] = attrs.field(factory=list)
    _first_margin: int = 0
    _horizon: int = FIRST_HORIZON
    _fixed_loop: FixedStrategyLoop | None = None
    _tried_width: Fraction | None = None

    def decide(self, value: Fraction) -> Answer:
        """The answer at a value: by a region, by a replayed run, or by every engine. None is known
        where runs come upon a mistake, such as bounds of nature that cross."""
        if value in self.evidence:
            return Answer.PROVED
        if value in self.runs:
            return Answer.REFUTED
        try:
            return self._decided(value)
        except SpecError:
            return Answer.UNKNOWN

    def _decided(self, value: Fraction) -> Answer:
        if not self.parametric.seed_stands(point_cell((value,)), QueryBudget(SECONDS)):
            return Answer.UNKNOWN
        if not any(self._lengths(value).values()) and self._find_region(value):
            return Answer.PROVED
        run = self._find_run(value)
        if run is None:
            return self._by_every_engine(value)
        self.runs[value] = run
        self._horizon = max(self._horizon, min(MOST_FLOATS, 8 * run.iteration))
        return Answer.REFUTED

    def _by_every_engine(self, value: Fraction) -> Answer:
        name, left = self.parametric.free[0], self.deadline - time.monotonic()
        if left <= 0:
            return Answer.UNKNOWN
        options = Options(timeout=min(left, SECONDS), attack=0)
        found = decide(self.parametric.claim, {**self.parametric.overriding, name: value}, options)
        if isinstance(found.result, Proof):
            self.evidence[value] = ByProof(found.result)
            return Answer.PROVED
        if found.run is not None:
            self.runs[value] = found.run
            return Answer.REFUTED
        return Answer.UNKNOWN

    def _lengths(self, value: Fraction) -> dict[int, int]:
        """Per course, the iteration at which it seems to break; 0 if it does not."""
        return {
            number: seems_to_break(self.parametric, (value,), course, self._horizon, still=1e-13)
            for number, course in self.cells.courses.items()
        }

    def _find_region(self, value: Fraction) -> bool:
        """Look for inductive regions at a value, and remember them."""
        problem, budget = self.parametric.over(point_cell((value,))), QueryBudget(QUERY)
        synthesizer = RegionSynthesizer(problem)
        regions = self._regions_nearby(problem, synthesizer, budget)
        if regions is None:
            regions = self._new_regions(problem, synthesizer, budget)
        if regions is not None:
            self.evidence[value] = inductive_regions(problem, regions)
        return regions is not None

    def _regions_nearby(
        self, problem: Problem, synthesizer: RegionSynthesizer, budget: QueryBudget
    ) -> Regions | None:
        likely = [r for r in self._regions[:2] if synthesizer.seems_inductive(r)]
        return next((r for r in likely if inductive(problem, r, budget)), None)

    def _new_regions(
        self, problem: Problem, synthesizer: RegionSynthesizer, budget: QueryBudget
    ) -> Regions | None:
        margins = (*MARGINS, *FINE)
        for number in range(self._first_margin, len(margins)):
            for guess in (synthesizer.inflate, synthesizer.sharpen):
                guessed = guess(seed_box(problem), margins[number])
                if guessed is not None and inductive(problem, guessed, budget):
                    self._first_margin = max(0, number - 1)
                    self._regions = [guessed, *self._regions]
                    return guessed
        return None

    def _find_run(self, value: Fraction) -> Run | None:
        """A replayed run that breaks the claim at a value, by the ways from quick to slow."""
        problem = self.parametric.at((value,))
        return (
            self._by_known_course(problem, value)
            or self._by_longer_phase(problem, value)
            or self._by_worst_run(value)
            or self._by_new_course(problem)
        )

    def _by_known_course(self, problem: Problem, value: Fraction) -> Run | None:
        lengths = self._lengths(value)
        quickest = sorted((n, number) for number, n in lengths.items() if n and n <= SHORT)[:2]
        for length, number in quickest:
            run = _broken(problem, self.cells.courses[number], length + 2)
            if run is not None:
                return run
        return None

    def _by_longer_phase(self, problem: Problem, value: Fraction) -> Run | None:
        """A two-phase strategy whose first phase is made longer, as thresholds are neared."""
        for course in self.cells.courses.values():
            strategy = course.strategy
            if len(strategy) < 2 or len({str(part) for part in strategy[:-1]}) > 1:
                continue
            for rounds in FIRST_PHASES:
                longer = attrs.evolve(course, strategy=stretched(strategy, rounds))
                if seems_to_break(self.parametric, (value,), longer, rounds + 4, still=0.0):
                    run = _broken(problem, longer, rounds + 4)
                    if run is not None:
                        return run
        return None

    def _by_worst_run(self, value: Fraction) -> Run | None:
        loop = self._loop_nearby()
        if loop is None:
            return None
        longest = max((known.iteration for known in self.runs.values()), default=0)
        return loop.run((value,), min(MOST_ITERATIONS, 3_000 + 20 * longest))

    def _loop_nearby(self) -> FixedStrategyLoop | None:
        """The problem under a strategy that breaks it, if that is one monotone run all over the
        span.

        What could not be proved over a span is tried again once the span is much shorter.
        """
        width = self.span[1] - self.span[0]
        tried = self._tried_width
        if self._fixed_loop is None and (tried is None or 8 * width <= tried):
            self._tried_width = width
            self.tell("looking for the worst run")
            for course in reversed(self.cells.courses.values()):
                budget = QueryBudget(QUERY)
                self._fixed_loop = fix_strategy(
                    self.parametric.starting(course.start), course.strategy, (self.span,), budget
                )
                if self._fixed_loop is not None:
                    break
        return self._fixed_loop

    def _by_new_course(self, problem: Problem) -> Run | None:
        found = new_course(problem, SEARCHED, SETTLED)
        if found is None:
            return None
        length, course = found
        run = _broken(problem, course, length + 2)
        self.cells.learn(length, course)
        return run


def _broken(problem: Problem, course: Course, most: int) -> Run | None:
    """The run of a course, if it breaks a clause within so many iterations."""
    run = replay(begun(problem, course.start), following(course.strategy), most)
    return run if run is not None and run.broken is not None else None
