"""A bracket holds the threshold that a formula gives, and agrees with direct checks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from checker import Options, decide
from checker.parameters.bisection import bracket
from checker.parameters.cell_checker import CellChecker
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import BothSides, ShownBy
from checker.parameters.point_checker import PointChecker
from checker.parameters.threshold import threshold
from checker.report.words import describe
from checker.system.parametric import ParametricProblem
from spec import Claim, Nature, Real, SpecError, maximum, minimum
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
