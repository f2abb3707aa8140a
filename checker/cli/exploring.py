"""What the explorer has done in processes of its own: verdicts and region maps at given values."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.cli.targets import claims_of_loop
from checker.counterexamples.simulation import Nature, simulate
from checker.explain.budget_flow import budget_flow
from checker.parameters.axes import Axis, main_axes
from checker.parameters.cell_checker import CellChecker
from checker.parameters.partition import begin, refine
from checker.portfolio.decision import Options, decide_with_proof
from checker.report.explorer import Mapped
from checker.system.announcements import announce
from checker.system.parametric import Cell, ParametricProblem
from checker.system.problem import pose
from checker.system.verdict import Verdict
from spec.errors import SpecError
from spec.statements.base import Answer
from spec.statements.claim import Claim

ROUNDS = 24
"""Rounds of the run that is shown of a scheme whose claim is not refuted."""
SLICE = 0.25
"""Seconds between two announcements of a map."""
FINE = Fraction(1, 200)
"""The share of a map that may stay undecided."""
MOST_CELLS = 4_000
"""Cells of a map, beyond which a picture of this size shows no difference."""


def explored(target: str) -> list[Claim]:
    """What is claimed at its defaults of the one loop that a target names, each invariant once.

    Raises:
        SpecError: when the target names no one loop.
    """
    named: dict[str, Claim] = {}
    for claim in claims_of_loop(target):
        named.setdefault(type(claim.invariant).__name__, claim)
    return list(named.values())


@attrs.frozen
class Deciding:
    """A claim at given values of its parameters: its verdict, a run, and where its budgets go.

    Args:
        target: what a person typed.
        number: of the claim among those that are ``explored``.
        overriding: values of all its parameters.
        seconds: for the verdict, and again for the budgets.
    """

    target: str
    number: int
    overriding: Mapping[str, Fraction]
    seconds: float

    @property
    def statement(self) -> Claim:
        """The claim itself."""
        return explored(self.target)[self.number]

    def run(self) -> Verdict:
        """Decide it, and announce what is found on the way."""
        claim, options = self.statement, Options(timeout=self.seconds, state=True)
        verdict, certificate = decide_with_proof(claim, self.overriding, options)
        announce(verdict)
        if verdict.run is None and verdict.answer is not Answer.VACUOUS:
            self._announce_run(claim)
        if verdict.answer is Answer.PROVED:
            budget = QueryBudget(self.seconds, time.monotonic() + self.seconds)
            announce(budget_flow(pose(claim, self.overriding), certificate, budget))
        return verdict

    def _announce_run(self, claim: Claim) -> None:
        """A run in which nature does its worst, if one can be followed."""
        try:
            problem = pose(claim, self.overriding)
            announce(simulate({claim.name: problem}, Nature.WORST, ROUNDS))
        except SpecError:
            return  # the verdict says what is wrong; there is only no picture


@attrs.frozen
class ChoosingAxes:
    """The parameters that the map of a scheme's first claim begins with.

    Args:
        target: what a person typed.
        overriding: values at which sliders stand first.
    """

    target: str
    overriding: Mapping[str, Fraction]

    def run(self) -> tuple[Axis, ...]:
        """Choose them."""
        return main_axes(explored(self.target)[0], self.overriding)


@attrs.frozen
class DrawingMap:
    """A region map of two parameters of a claim, announced cell by cell as it is refined.

    Args:
        target: what a person typed.
        number: of the claim among those that are ``explored``.
        others: the values of the other parameters.
        axes: the two parameters.
        window: the part of their domains that is shown.
        seconds: to work.
    """

    target: str
    number: int
    others: Mapping[str, Fraction]
    axes: tuple[str, str]
    window: Cell
    seconds: float

    def run(self) -> None:
        """Decide the largest open cell, over and over."""
        claim = explored(self.target)[self.number]
        parametric = ParametricProblem(claim, self.axes, self.others)
        cells, partition = CellChecker(parametric), begin(parametric, self.window)
        until = time.monotonic() + self.seconds
        while partition.open and time.monotonic() < until and len(partition.boxes) < MOST_CELLS:
            boxes = refine(cells, partition, SLICE)
            left = partition.area(Answer.UNKNOWN)
            announce(Mapped(tuple(boxes), left))
            if left <= FINE:
                return
