"""Deciding whole cells of parameters, with what neighbouring cells were decided by.

Safe: one region is inductive for every point of the cell (the parameters are choices of nature,
within the cell). Unsafe: one strategy of nature breaks a clause at every point of the cell. Regions
and strategies that worked elsewhere are tried first, which is what makes a map quick.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Literal

import attrs

from checker.backends.solver import QueryBudget
from checker.counterexamples.cell_run import breaks_all_over, seems_to_break
from checker.counterexamples.random_search import Strategy, screen
from checker.counterexamples.two_phase import two_phase_strategies
from checker.invariants.certificate import Blocked, Certificate, discharge, prove
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.parameters.monotonicity import best, directions, worst
from checker.system.parametric import Cell, ParametricProblem, Point, centre
from checker.system.problem import Problem
from checker.system.region import Region, seed_box
from spec.errors import SpecError

Kind = Literal["proved", "refuted", "vacuous", "undecided"]

REMEMBERED = 6
FIRST_HORIZON = 200
LONGEST = 2_000
SETTLED = 48
"""Iterations after which a first phase of nature's strategy is taken to have settled."""
MARGINS = (3e-2, 3e-3, 3e-4, 1e-5)

Regions = Mapping[str, Region]


@attrs.frozen
class CellAnswer:
    """The answer for a cell, and what shows it.

    ``iteration`` is one by which the claim breaks everywhere in the cell; ``evidence`` names the
    region or the strategy, in words.
    """

    kind: Kind
    iteration: int | None = None
    evidence: str = ""


@attrs.define(slots=False)
class CellChecker:
    """Decides cells of one parametric problem; it remembers what worked.

    Args:
        parametric: the claim and its free parameters.
        query: seconds for one solver query.
        margins: how far regions are widened beyond what is reached, the widest first.
    """

    parametric: ParametricProblem
    query: float = 2.0
    margins: Sequence[float] = MARGINS
    horizon: int = FIRST_HORIZON
    last: str = ""
    strategies: dict[int, Strategy] = attrs.field(factory=dict)
    regions: dict[int, list[Regions]] = attrs.field(factory=dict)
    _limits: bool = True
    _known: dict[Point, dict[int, int]] = attrs.field(factory=dict)
    _numbers: Iterator[int] = attrs.field(factory=itertools.count)

    @cached_property
    def directions(self) -> tuple[int, ...]:
        """Which parameters only widen what nature may do (``checker.parameters.monotonicity``)."""
        return directions(self.parametric)

    def decide(self, cell: Cell) -> CellAnswer:
        """The answer for every point of a cell, or "undecided" when it should be cut."""
        budget = QueryBudget(self.query)
        if self.parametric.vacuous(cell, budget):
            return CellAnswer("vacuous", evidence="an assumption fails")
        at_best = best(cell, self.directions)
        at_once = breaks_all_over(self.parametric, at_best, [], 0)
        if at_once is not None:
            return CellAnswer("refuted", 0, f"{at_once.clause} breaks at the seed")
        if self._seem_broken(worst(cell, self.directions)) or self._seem_broken(at_best):
            return self._unsafe(at_best) or CellAnswer("undecided")
        safe = self._safe(worst(cell, self.directions), budget)
        if safe is not None:
            self.last = safe.evidence
            return safe
        found = self._search(centre(at_best))
        return (self._unsafe(at_best) if found else None) or CellAnswer("undecided")

    def seems_unsafe(self, point: Point) -> bool:
        """Whether a strategy that is known seems to break the claim at a point."""
        return any(self._seems(point))

    def _seem_broken(self, cell: Cell) -> bool:
        return any(self.seems_unsafe(point) for point in _sampled(cell))

    def _seems(self, point: Point) -> list[int]:
        """Per strategy, the iteration at which it seems to break at a point; 0 if it does not."""
        known = self._known.setdefault(point, {})
        for number, strategy in self.strategies.items():
            if number not in known:
                known[number] = seems_to_break(self.parametric, point, strategy, self.horizon)
        return [known[number] for number in self.strategies]

    def _unsafe(self, cell: Cell) -> CellAnswer | None:
        """A strategy that breaks a clause all over the cell, the quickest first."""
        rows = zip(*map(self._seems, _sampled(cell)), strict=True)
        lengths = zip(self.strategies, rows, strict=True)
        order = sorted((max(row), number) for number, row in lengths if all(row))
        for length, number in order[:2]:
            strategy = self.strategies[number]
            swept = breaks_all_over(self.parametric, cell, strategy, 2 * length + 8)
            if swept is not None:
                return CellAnswer(
                    "refuted",
                    swept.iteration,
                    f"{swept.clause} breaks at the {swept.position}: {told(self.parametric, strategy)}",
                )
        return None

    def _safe(self, cell: Cell, budget: QueryBudget) -> CellAnswer | None:
        """A proof for the cell: step by step, else of whole iterations."""
        problem = self.parametric.over(cell)
        if self._limits:
            limits = {p.name: problem.clauses[p.name] for p in problem.traced.positions}
            if not isinstance(discharge(problem, limits, budget), Blocked):
                return CellAnswer("proved", evidence="the limits are inductive")
            self._limits = False  # rarely worth a second try
        forms = [problem] if len(problem.steps) == 1 else [problem, problem.composed()]
        for form in forms:
            synthesizer, known = (
                RegionSynthesizer(form),
                self.regions.setdefault(len(form.steps), []),
            )
            for regions in known:
                if synthesizer.seems_inductive(regions) and inductive(form, regions, budget):
                    known.remove(regions)
                    known.insert(0, regions)
                    return CellAnswer("proved", evidence=said(form, regions))
            for margin in self.margins:
                guessed = synthesizer.inflate(seed_box(form), margin)
                if guessed is not None and inductive(form, guessed, budget):
                    known.insert(0, guessed)
                    del known[REMEMBERED:]
                    return CellAnswer("proved", evidence=said(form, guessed))
        return None

    def thorough(self, cell: Cell) -> CellAnswer:
        """The answer for a cell after every engine of proof was tried."""
        certificate = prove(self.parametric.over(cell), QueryBudget(self.query), terse=False)
        if not isinstance(certificate, Certificate):
            return CellAnswer("undecided")
        entered = f" after {certificate.prefix} iterations" if certificate.prefix else ""
        return CellAnswer("proved", evidence=certificate.method + entered)

    def _search(self, point: Point) -> bool:
        """Look for a strategy that breaks the claim at a point, and remember it."""
        try:
            problem = self.parametric.at(point)
        except SpecError:
            return False
        screened = screen(problem, self.horizon) or two_phase_strategies(problem, SETTLED)
        for length, strategy in screened[:1]:
            self.learn(length, strategy)
        return bool(screened)

    def learn(self, length: int, strategy: Strategy) -> None:
        """Remember a strategy that breaks the claim after so many iterations somewhere."""
        self.horizon = max(self.horizon, min(LONGEST, 4 * length))
        self.strategies[next(self._numbers)] = strategy
        while len(self.strategies) > REMEMBERED:
            del self.strategies[min(self.strategies)]


def inductive(problem: Problem, regions: Regions, budget: QueryBudget) -> bool:
    """Whether regions hold the seed and are never left, all over the problem's cell."""
    held = {
        p.name: (*problem.domain(p), *regions[p.name].clauses(p)) for p in problem.traced.positions
    }
    return not isinstance(discharge(problem, held, budget), Blocked)


def said(problem: Problem, regions: Regions) -> str:
    """A region in words: the bounds at each position."""
    return "; ".join(
        f"{p.name}: " + ", ".join(rounded(clause.label) for clause in regions[p.name].clauses(p))
        for p in problem.traced.positions
    )


def rounded(label: str) -> str:
    """A bound whose long fraction is shown as a decimal, marked as such."""
    name, _, value = label.rpartition(" ")
    return label if len(value) <= 9 else f"{name} ~{float(Fraction(value)):.6g}"


def told(parametric: ParametricProblem, strategy: Strategy) -> str:
    """A strategy in words: which choices are made, from low (0) to high (1)."""
    if not strategy:
        return "nature need not do anything"
    named = [choice.name for step in parametric.problem.steps for choice in step.stage.choices]
    constant = [unit for stage in strategy[-1] for unit in stage]
    made = [
        name if unit == 1 else f"{name} at {float(unit):g} of its range"
        for name, unit in zip(named, constant, strict=True)
        if unit
    ]
    text = ", ".join(made) or "nothing beyond its least"
    return f"nature chooses {text}" + (", after other choices" if len(strategy) > 1 else "")


def _sampled(cell: Cell) -> list[Point]:
    """The corners of a cell and its middle, each once."""
    return list(dict.fromkeys([*itertools.product(*cell), centre(cell)]))
