"""A filter moves no more than it rejects, and a scheme with this one step swapped is decided."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, comb, log
from typing import Any

import pytest
from hypothesis import given

from checker import decide
from examples.swapped import benign
from models.distillation import Filtering, PartlyLabelled, labels_leave, sift
from spec import Assistant, Overseer, Real
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


# --- what labels teach ----------------------------------------------------------------------------


def seen_at_most(labels: int, departs: Fraction, seen: int) -> Fraction:
    """P(a student that departs so often is seen to depart in so many labels or fewer), exactly."""
    return sum(
        (comb(labels, n) * departs**n * (1 - departs) ** (labels - n) for n in range(seen + 1)),
        Fraction(0),
    )


def left(labels: int, seen: Fraction, doubt: Fraction) -> Fraction:
    """What the step says that labels leave of one student, ln(1 / doubt) rounded up."""
    complexity = Fraction(ceil(log(1 / doubt) * 10**9), 10**9)
    p = parameters_at(
        PartlyLabelled,
        imitation_error=seen,
        label_noise=0,
        complexity=complexity,
        episodes=labels,
        labelled=1,
    )
    expert: Overseer[Any] = Overseer(
        capability=Real(1),
        error=Real(0),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(3),
        regret=Real(0),
    )
    return number(labels_leave(expert, p))


@pytest.mark.parametrize("labels", [1, 5, 20, 100])
@pytest.mark.parametrize("doubt", [Fraction(1, 10), Fraction(1, 100)])
def test_a_student_seldom_departs_more_than_its_labels_show(labels: int, doubt: Fraction) -> None:
    """Beyond the bound, the exact probability of looking so good is at most the doubt; a union
    over |H| students multiplies it by |H|. It falls with the departure, so the edge is enough."""
    for seen in range(0, labels + 1, max(1, labels // 10)):
        bound = left(labels, Fraction(seen, labels), doubt)
        if bound < 1:
            assert seen_at_most(labels, bound, seen) <= doubt


def test_the_sum_of_what_is_seen_and_what_labels_leave_is_no_bound() -> None:
    """As it stood before: a student that departs by more than that looks good one time in three."""
    labels, seen, doubt = 400, 120, Fraction(1, 20)
    shares = Fraction(seen, labels)
    old = shares + (left(labels, shares, doubt) / 2 - shares)
    assert shares < old < Fraction(31, 100)
    assert seen_at_most(labels, old, seen) > 6 * doubt
    assert seen_at_most(labels, left(labels, shares, doubt), seen) <= doubt
