"""An assembled answer is no worse than independent parts make it."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.iterated_amplification import IteratedAmplification, assembled
from spec import Real
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at


@SIXTY
@given(st.integers(0, 3), CHANCES, CHANCES, CHANCES)
def test_an_assembled_answer_is_no_worse_than_independent_parts(
    asked: int, error: Fraction, alone: Fraction, slip: Fraction
) -> None:
    """Wrong if the overseer slips or any part is wrong, over every outcome of the parts."""
    p = parameters_at(IteratedAmplification, parts=3, questions=asked, slip=slip, alone_error=alone)
    wrong = [slip, *[error] * asked, *[alone] * (3 - asked)]
    chance = Fraction(0)
    for outcome in itertools.product((False, True), repeat=4):
        weight = Fraction(1)
        for happens, probability in zip(outcome, wrong, strict=True):
            weight *= probability if happens else 1 - probability
        chance += weight if any(outcome) else 0
    bound = number(assembled(Real(error), p))
    assert chance <= bound <= min(Fraction(1), sum(wrong, Fraction(0)))
