"""Honesty bears as many questions out of reach as a computation by hand says."""

from __future__ import annotations

from fractions import Fraction

import pytest

from checker import decide
from models.eliciting import eliciting
from spec import Claim
from spec.alignment import Honest
from spec.statements.base import Answer


@pytest.mark.parametrize("unchecked", ["3/100", "301/10000"])
def test_the_questions_out_of_reach_that_honesty_bears(unchecked: str) -> None:
    """d = 2 (1 - 4/5) d + unchecked + (1/200 + 2/100) + 1/200 at the limit 1/10."""
    fixed = (Fraction(unchecked) + Fraction(3, 100)) / (1 - Fraction(2, 5))
    verdict = decide(Claim("honest", eliciting, Honest(), at={"unchecked": unchecked}))
    assert (verdict.answer is Answer.PROVED) == (fixed <= Fraction(1, 10))
