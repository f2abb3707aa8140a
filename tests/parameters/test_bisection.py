"""A bracket holds the threshold that a formula gives, and agrees with direct checks."""

from __future__ import annotations

from fractions import Fraction

import pytest

from checker import Options, decide
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import BothSides, ShownBy
from checker.parameters.threshold import threshold
from checker.report.words import describe
from spec import Claim, SpecError
from spec.statements.base import Answer
from tests.parameters.memories import SumWithin, claim, power, split, split_threshold


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
