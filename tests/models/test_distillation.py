"""A filter moves no more than it rejects, and a scheme with this one step swapped is decided."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given

from checker import decide
from examples.swapped import benign
from models.distillation import Filtering, sift
from spec import Assistant, Real
from spec.statements.base import Answer
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at


@SIXTY
@given(CHANCES, CHANCES, CHANCES, CHANCES)
def test_a_filter_moves_no_more_than_it_rejects(
    malign: Fraction, mistaken: Fraction, caught: Fraction, false_alarm: Fraction
) -> None:
    """Answers are right, mistaken or malign; the rejected count as mistakes."""
    mistaken = mistaken * (1 - malign)
    right = 1 - malign - mistaken
    student: Assistant[Any] = Assistant(
        capability=Real(1),
        error=Real(mistaken + malign),
        malign=Real(malign),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )
    sifted = sift(student, parameters_at(Filtering, caught=caught, false_alarm=false_alarm))
    assert number(sifted.malign) == malign - caught * malign
    assert number(sifted.error) >= min(Fraction(1), mistaken + malign + false_alarm * right)


def test_a_scheme_with_one_step_swapped_is_decided() -> None:
    assert decide(benign).answer is Answer.PROVED
    unfiltered = decide(benign, {"caught": Fraction(0)})
    assert unfiltered.answer is Answer.REFUTED
