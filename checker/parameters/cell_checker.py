"""Deciding whole cells of parameters, with what neighbouring cells were decided by.

Safe: one region is inductive for every point of the cell (the parameters are choices of nature,
within the cell). Unsafe: one course of nature, which is a strategy and where in a set of seeds it
begins, breaks a clause at every point of the cell. Regions and courses that worked elsewhere are
tried first, which is what makes a map quick.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import attrs

from checker.backends.cases import follows_by_cases, follows_if_need_be_by_cases
from checker.backends.solver import QueryBudget, follows
from checker.counterexamples.cell_run import CellRun, Course, breaks_all_over, seems_to_break
from checker.counterexamples.random_search import screen
from checker.counterexamples.starts import starts
from checker.counterexamples.two_phase import two_phase_strategies
from checker.invariants.certificate import Certificate, discharge
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.parameters.evidence import (
    UNDECIDED,
    AssumptionsFail,
    BreaksAtSeed,
    BrokenBy,
    ByProof,
    CellAnswer,
    InductiveRegions,
    NoSeed,
)
from checker.parameters.monotonicity import best, monotone_directions, worst
from checker.portfolio.proving import prove
from checker.system.announcements import in_silence
from checker.system.findings import Blocked, Fact, Method
from checker.system.gaps import Ask
from checker.system.obligations import SEED
from checker.system.parametric import Cell, ParametricProblem, Point, centre
from checker.system.problem import Problem
from checker.system.region import Box, Region, bounds_of, seed_box
from checker.system.seeds import begun, corners
from checker.system.verdict import Proof
from spec.errors import SpecError
from spec.statements.base import Answer

REMEMBERED = 6
FIRST_HORIZON = 200
LONGEST = 2_000
MOST_CORNERS = 16
"""Of a set of seeds, of which it is seen whether the claim breaks at once."""
A_POINT = 1.0
"""Seconds to see whether the limits are kept at a point."""
SETTLED = 48
"""Iterations after which a first phase of nature's strategy is taken to have settled."""
MARGINS = (3e-2, 3e-3, 3e-4, 1e-5)
BY_ENGINES, AT_MOST = 0.5, 2.0
"""Seconds of a solver's work for all engines of proof together, of one cell: at first, and if they
showed nothing of others."""

Regions = Mapping[str, Region]
"""A region for each position of the loop."""

Bounds = Mapping[str, tuple[Box, tuple[Fraction, ...]]]
"""Regions as plain data: for each position its box, and the greatest values of its directions."""


@attrs.frozen
class Memory:
    """What worked in the cells that were decided, as plain data.

    Args:
        courses: of nature, those that broke the claim somewhere, the oldest first.
        horizon: iterations for which a course is followed in floats.
        regions: by the number of steps in an iteration, those that were inductive somewhere.
        limits: whether the limits themselves are worth trying.
        in_vain: how often in a row the engines of proof showed nothing.
    """

    courses: tuple[Course, ...] = ()
    horizon: int = FIRST_HORIZON
    regions: tuple[tuple[int, tuple[Bounds, ...]], ...] = ()
    limits: bool = True
    in_vain: int = 0


@attrs.define(slots=False)
class CellChecker:
    """Decides cells of one parametric problem; it remembers what worked.

    Args:
        parametric: the claim and its free parameters.
        query: seconds for one solver query.
        deadline: when to stop, by ``time.monotonic``.
        margins: how far regions are widened beyond what is reached, the widest first.
        horizon: iterations for which a course is followed in floats.
        last: what showed the last cell that was proved.
        courses: courses of nature that broke the claim somewhere, by number.
        regions: by the number of steps in an iteration, regions that were inductive somewhere.
    """

    parametric: ParametricProblem
    query: float = 2.0
    deadline: float = float("inf")
    margins: Sequence[float] = MARGINS
    horizon: int = FIRST_HORIZON
    last: Fact | None = None
    courses: dict[int, Course] = attrs.field(factory=dict)
    regions: dict[int, list[Bounds]] = attrs.field(factory=dict)
    _try_limits: bool = True
    _in_vain: int = 0
    _passed_over: int = 0
    _known: dict[Point, dict[int, int]] = attrs.field(factory=dict)
    _numbers: Iterator[int] = attrs.field(factory=itertools.count)

    @classmethod
    def remembering(cls, parametric: ParametricProblem, memory: Memory) -> CellChecker:
        """One that knows what worked elsewhere."""
        found = cls(
            parametric,
            horizon=memory.horizon,
            try_limits=memory.limits,
            in_vain=memory.in_vain,
        )
        for course in memory.courses:
            found.courses[next(found._numbers)] = course
        found.regions = {steps: list(known) for steps, known in memory.regions}
        return found

    @property
    def memory(self) -> Memory:
        """What worked until now."""
        regions = tuple((steps, tuple(known)) for steps, known in self.regions.items())
        courses = tuple(self.courses.values())
        return Memory(courses, self.horizon, regions, self._try_limits, self._in_vain)

    @cached_property
    def directions(self) -> tuple[int, ...]:
        """Which parameters only widen what nature may do (``checker.parameters.monotonicity``)."""
        return monotone_directions(self.parametric)

    def _budget(self) -> QueryBudget:
        return QueryBudget(self.query, self.deadline)

    def decide(self, cell: Cell) -> CellAnswer:
        """The answer for every point of a cell, or "unknown" when it should be cut."""
        budget = self._budget()
        if self.parametric.vacuous(cell, budget):
            return CellAnswer(Answer.VACUOUS, evidence=AssumptionsFail())
        if not self.parametric.seed_stands(cell, budget):
            nowhere = self.parametric.without_seed(cell, budget)
            return CellAnswer(Answer.VACUOUS, evidence=NoSeed()) if nowhere else UNDECIDED
        at_best, at_worst = best(cell, self.directions), worst(cell, self.directions)
        at_once = self._at_once(at_best)
        if at_once is not None:
            return CellAnswer(Answer.REFUTED, 0, BreaksAtSeed(at_once[1].clause))
        if self._seem_broken(at_worst) or self._seem_broken(at_best):
            return self._unsafe(at_best) or UNDECIDED
        safe = self._proved(self._certificate(at_worst, budget))
        if safe is not None:
            return safe
        if self._search(centre(at_best)):
            return self._unsafe(at_best) or UNDECIDED
        return self._by_engines_at_times(at_worst) or UNDECIDED

    def _by_engines_at_times(self, cell: Cell) -> CellAnswer | None:
        """What any engine of proof shows of a cell. Each time that they show nothing they are
        passed over for twice as many cells, since they take longest, and then have longer."""
        self._passed_over += 1
        if self._passed_over < 2**self._in_vain:
            return None
        self._passed_over = 0
        seconds = min(AT_MOST, BY_ENGINES * 2**self._in_vain)
        shown = self._shown(cell, self._budget().within(seconds))
        self._in_vain = 0 if shown is not None else self._in_vain + 1
        return shown

    def by_one_proof(self, cell: Cell) -> CellAnswer:
        """The answer for a cell of which one proof is likely, since nothing seems to break the
        claim at its corners and its middle.

        That no step leads out of the limits is asked case by case, for as long as it takes before
        the deadline, if it is so at those points; else every engine of proof is asked, but not for
        long. Of a cell that holds values at which nothing is claimed there is no answer.
        """
        budget = self._budget()
        claimed = self.parametric.assumed(cell, budget)
        if not claimed or not self.parametric.seed_stands(cell, budget):
            return UNDECIDED
        at_worst, sampled = worst(cell, self.directions), _sampled(cell)
        if all(map(self._kept_to_limits_at, sampled)):
            shown = _kept_to_limits(self.parametric.over(at_worst), budget, follows_by_cases)
            return self._proved(shown) or UNDECIDED
        if any(map(self._search, sampled)):
            return UNDECIDED
        return self._shown(at_worst, budget.within(BY_ENGINES)) or UNDECIDED

    def _kept_to_limits_at(self, point: Point) -> bool:
        try:
            problem = self.parametric.at(point)
        except SpecError:
            return False
        part = self._budget().within(A_POINT)
        return isinstance(_kept_to_limits(problem, part, follows), Certificate)

    def _at_once(self, cell: Cell) -> tuple[Course, CellRun] | None:
        """A seed that breaks a clause all over the cell."""
        for start in itertools.islice(corners(self.parametric.problem), MOST_CORNERS):
            run = breaks_all_over(self.parametric, cell, Course(start=start), 0)
            if run is not None:
                return Course(start=start), run
        return None

    def seems_unsafe(self, point: Point) -> bool:
        """Whether a course that is known seems to break the claim at a point."""
        return any(self._seems(point))

    def _seem_broken(self, cell: Cell) -> bool:
        return any(self.seems_unsafe(point) for point in _sampled(cell))

    def _seems(self, point: Point) -> list[int]:
        """Per course, the iteration at which it seems to break at a point; 0 if it does not."""
        known = self._known.setdefault(point, {})
        for number, course in self.courses.items():
            if number not in known:
                known[number] = seems_to_break(self.parametric, point, course, self.horizon)
        return [known[number] for number in self.courses]

    def _unsafe(self, cell: Cell) -> CellAnswer | None:
        """The answer of a course that breaks a clause all over the cell."""
        found = self._breaking(cell)
        if found is None:
            return None
        course, run = found
        choices, later = _last_choices(self.parametric, course)
        broken = BrokenBy(run.clause, run.position, choices, later)
        return CellAnswer(Answer.REFUTED, run.iteration, broken)

    def breaking(self, cell: Cell) -> tuple[Course, int] | None:
        """A course that breaks a clause all over a cell, those that are known first, and the
        iteration by which it does."""
        at_best = best(cell, self.directions)
        found = self._at_once(at_best) or self._breaking(at_best)
        if found is None and self._search(centre(at_best)):
            found = self._breaking(at_best)
        return None if found is None else (found[0], found[1].iteration)

    def _breaking(self, cell: Cell) -> tuple[Course, CellRun] | None:
        """A course that breaks a clause all over the cell, the quickest first."""
        rows = zip(*map(self._seems, _sampled(cell)), strict=True)
        lengths = zip(self.courses, rows, strict=True)
        order = sorted((max(row), number) for number, row in lengths if all(row))
        for length, number in order[:2]:
            course = self.courses[number]
            run = breaks_all_over(self.parametric, cell, course, 2 * length + 8)
            if run is not None:
                return course, run
        return None

    def _proved(self, found: Certificate | Blocked | None) -> CellAnswer | None:
        """The answer that a proof for a cell is, and what it rests on."""
        if not isinstance(found, Certificate) or found.form is None:
            return None
        proof = ByProof(Proof(found.method))
        self.last = inductive_regions(found.form, found.regions) if found.regions else proof
        return CellAnswer(Answer.PROVED, evidence=self.last)

    def certificate(self, cell: Cell) -> Certificate | None:
        """A proof for a cell: as cells are decided, or by any engine."""
        at_worst, budget = worst(cell, self.directions), self._budget()
        found = self._certificate(at_worst, budget)
        return found or self._by_engines(at_worst, budget.within(AT_MOST))

    def _certificate(self, cell: Cell, budget: QueryBudget) -> Certificate | None:
        """A proof for the cell: the limits themselves, else regions step by step, else regions of
        whole iterations."""
        problem = self.parametric.over(cell)
        if self._try_limits:
            shown = _kept_to_limits(problem, budget, follows_if_need_be_by_cases)
            if isinstance(shown, Certificate):
                return shown
            # a step that leads out of the limits rarely keeps them in another cell
            self._try_limits = shown.obligation == SEED
        forms = [problem] if len(problem.steps) == 1 else [problem, problem.composed()]
        for form in forms:
            found = self._inductive(form, budget)
            if found is not None:
                return found
        return None

    def _inductive(self, problem: Problem, budget: QueryBudget) -> Certificate | None:
        """Inductive regions: those that were so elsewhere, else guessed ones."""
        synthesizer = RegionSynthesizer(problem)
        known = self.regions.setdefault(len(problem.steps), [])
        for bounds in known:
            regions = _regions(synthesizer, bounds)
            if not synthesizer.seems_inductive(regions):
                continue
            found = inductive(problem, regions, budget)
            if found is not None:
                known.remove(bounds)
                known.insert(0, bounds)
                return found
        for margin in self.margins:
            guessed = synthesizer.inflate(seed_box(problem), margin)
            found = None if guessed is None else inductive(problem, guessed, budget)
            if guessed is not None and found is not None:
                known.insert(0, _bounds(guessed))
                del known[REMEMBERED:]
                return found
        return None

    def thorough(self, cell: Cell) -> CellAnswer:
        """The answer for a cell after every engine of proof was tried, for as long as it takes."""
        return self._shown(cell, self._budget()) or UNDECIDED

    def _shown(self, cell: Cell, budget: QueryBudget) -> CellAnswer | None:
        """The answer for a cell that an engine of proof gives."""
        certificate = self._by_engines(cell, budget)
        if certificate is None:
            return None
        proof = Proof(certificate.method, certificate.stated(self.parametric.over(cell)))
        self.last = ByProof(proof)
        return CellAnswer(Answer.PROVED, evidence=self.last)

    def _by_engines(self, cell: Cell, budget: QueryBudget) -> Certificate | None:
        with in_silence():
            found = prove(self.parametric.over(cell), budget, terse=False)
        return found if isinstance(found, Certificate) else None

    def _search(self, point: Point) -> bool:
        """Look for a course that breaks the claim at a point, and remember it."""
        try:
            problem = self.parametric.at(point)
        except SpecError:
            return False
        found = new_course(problem, self.horizon, SETTLED)
        if found is not None:
            self.learn(*found)
        return found is not None

    def learn(self, length: int, course: Course) -> None:
        """Remember a course that breaks the claim after so many iterations somewhere."""
        self.horizon = max(self.horizon, min(LONGEST, 4 * length))
        self.courses[next(self._numbers)] = course
        while len(self.courses) > REMEMBERED:
            del self.courses[min(self.courses)]


def new_course(problem: Problem, horizon: int, settled: int) -> tuple[int, Course] | None:
    """A course that breaks the claim at exact parameters, as far as floats can tell, and after how
    many iterations; a strategy's first phase has ``settled`` of them, if it needs two."""
    for start in starts(problem):
        one = begun(problem, start)
        for length, strategy in screen(one, horizon) or two_phase_strategies(one, settled):
            return length, Course(strategy, start)
    return None


def _kept_to_limits(problem: Problem, budget: QueryBudget, ask: Ask) -> Certificate | Blocked:
    """That no step leads out of the limits, all over the problem's cell; or what is not shown."""
    limits = {p.name: problem.clauses[p.name] for p in problem.traced.positions}
    shown = discharge(problem, limits, budget, ask=ask)
    if isinstance(shown, Blocked):
        return shown
    return Certificate(Method.LIMITS, discharged=shown, form=problem)


def inductive(problem: Problem, regions: Regions, budget: QueryBudget) -> Certificate | None:
    """That regions hold the seed and are never left, all over the problem's cell, if shown."""
    held = {
        p.name: (*problem.domain(p), *regions[p.name].clauses(p)) for p in problem.traced.positions
    }
    shown = discharge(problem, held, budget)
    if isinstance(shown, Blocked):
        return None
    return Certificate(Method.REGION, discharged=shown, regions=dict(regions), form=problem)


def _bounds(regions: Regions) -> Bounds:
    """Regions as plain data."""
    return {
        name: (region.box, tuple(cap for _, cap in region.caps)) for name, region in regions.items()
    }


def _regions(synthesizer: RegionSynthesizer, bounds: Bounds) -> Regions:
    """The regions of a problem that plain data say."""
    return {
        name: Region(box, tuple(zip(synthesizer.directions[name], caps, strict=True)))
        for name, (box, caps) in bounds.items()
    }


def inductive_regions(problem: Problem, regions: Regions) -> InductiveRegions:
    """Regions that were proved inductive, as plain data."""
    return InductiveRegions(
        {p.name: bounds_of(regions[p.name].clauses(p)) for p in problem.traced.positions}
    )


def _last_choices(
    parametric: ParametricProblem, course: Course
) -> tuple[tuple[tuple[str, Fraction], ...], bool]:
    """The choices of the seed and of a strategy's last iteration that are above their least value,
    and whether a strategy makes other choices before."""
    problem, strategy = parametric.problem, course.strategy
    choices = [*problem.seed_choices, *(c for step in problem.steps for c in step.stage.choices)]
    units = [*course.start, *(unit for stage in strategy[-1] for unit in stage)]
    pairs = zip(choices, units, strict=True)
    return tuple((choice.name, unit) for choice, unit in pairs if unit), len(strategy) > 1


def _sampled(cell: Cell) -> list[Point]:
    """The corners of a cell and its middle, each once."""
    return list(dict.fromkeys([*itertools.product(*cell), centre(cell)]))
