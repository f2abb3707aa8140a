"""A bracket holds the threshold that a formula gives, and agrees with direct checks."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker import Options, decide
from checker.parameters.bisection import bracket
from checker.parameters.cell_checker import CellChecker
from checker.parameters.evidence import CellAnswer
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import BothSides, ShownBy
from checker.parameters.point_checker import PointChecker
from checker.parameters.threshold import threshold
from checker.report.words import describe
from checker.system.parametric import Cell, ParametricProblem
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Real,
    SpecError,
    between,
    budget,
    flag,
    maximum,
    minimum,
    when,
)
from spec.statements.base import Answer
from tests.parameters.memories import Noise, SumWithin, claim, power, split, split_threshold


def test_an_adversary_that_splits_a_budget() -> None:
    """Whatever the split, the sum tends to noise / 20 / (1 - 19/20) = noise."""
    found = split_threshold()
    end = Fraction(249, 1000)
    assert found.extent is Extent.EDGE
    assert found.safe is not None
    assert found.unsafe is not None
    assert found.safe <= end < found.unsafe
    assert found.unsafe - found.safe <= Fraction(1, 10**9)
    assert found.counterexample is not None
    assert found.shown == BothSides(rising=True, by=ShownBy.BOUNDS)
    assert "only bounds what nature may do" in describe(found.shown)


def test_the_bracket_agrees_with_a_direct_check() -> None:
    found = split_threshold()
    assert found.safe is not None
    assert found.unsafe is not None
    the_claim = Claim("split", split, SumWithin())
    off = Fraction(1, 10**4)
    assert decide(the_claim, {"noise": found.safe - off}, Options()).answer is Answer.PROVED
    assert decide(the_claim, {"noise": found.unsafe + off}, Options()).answer is Answer.REFUTED


class Guarded(Agent[I]):
    paused: Bool = flag("held until the error is low again")
    error: Real = between(0, 1)


class FewErrors(Invariant):
    error: Real = budget(0, 1, "share of wrong answers", limit="11/50")

    def holds(self, guarded: Guarded[Any]) -> Bool:
        return guarded.error <= self.error


def _clean(p: Noise) -> Guarded[FewErrors]:
    return Guarded(paused=Bool(False), error=Real(0))


def _go_on(guarded: Guarded[I], p: Noise, nature: Nature) -> Guarded[I]:
    """From an error of 1/5 on it is paused, until the error is below 1/10."""
    grown = minimum(1, guarded.error + nature.choose("slip", at_most=p.noise))
    error = when(guarded.paused, guarded.error * "9/10", grown)
    return Guarded(paused=when(guarded.paused, error >= "1/10", error >= "1/5"), error=error)


def test_where_single_values_show_as_much_no_narrow_cells_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An error below 1/5 grows by the noise once more: more than 1/50 is too much, if nature takes
    its time before."""
    loop = Loop[Noise, Guarded[FewErrors]]("guarded", parameters=Noise, seed=_clean, step=_go_on)
    asked: list[Fraction] = []

    def decided(cells: CellChecker, cell: Cell) -> CellAnswer:
        asked.append(cell[0][1] - cell[0][0])
        return decide_cell(cells, cell)

    decide_cell = CellChecker.decide
    monkeypatch.setattr(CellChecker, "decide", decided)
    found = threshold(Claim("c", loop, FewErrors()), "noise", width=Fraction(1, 1000))
    assert found.safe is not None
    assert found.unsafe is not None
    assert found.safe <= Fraction(1, 50) < found.unsafe <= found.safe + Fraction(1, 1000)
    assert min(asked) > Fraction(1, 1000)


def test_unknown_parameters_are_named() -> None:
    with pytest.raises(SpecError, match="noise, other"):
        threshold(claim(power(2), "3/4"), "noize")


def test_values_at_which_nature_has_nothing_to_choose_are_no_end_of_it() -> None:
    """Below 1/4 its bounds cross, which is a mistake of the specification there and nowhere
    else."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        least = maximum("1/4", Fraction(1, 2) - 2 * p.noise)
        slip = nature.choose("slip", at_least=least, at_most=p.noise)
        return minimum(1, error / 2 + maximum(0, slip))

    of_memory = claim(rewrite, "3/4")
    verdict = decide(of_memory, {"noise": Fraction(3, 8)})
    assert verdict.answer is Answer.PROVED
    found = bracket(of_memory, verdict, "noise", Options())
    assert found.proved_to == Fraction(3, 8)
    assert found.refuted_from is not None
    points = PointChecker(
        ParametricProblem(of_memory, ("noise",)),
        CellChecker(ParametricProblem(of_memory, ("noise",))),
        float("inf"),
        lambda said: None,
    )
    values = (Fraction(0), Fraction(1, 5), Fraction(3, 8), Fraction(9, 20))
    answers = [points.decide(value) for value in values]
    assert answers == [Answer.UNKNOWN, Answer.UNKNOWN, Answer.PROVED, Answer.REFUTED]
