"""Two schemes agree about an invariant, or do not, as formulas say."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checker import Options
from checker.refinement.agreement import Agreement, AgreementMethod, agrees
from checker.refinement.compared import ComparedScheme, Ranges, Side
from checker.refinement.correspondence import pair
from checker.report.words import describe
from spec import Nature, Process, Real, minimum
from spec.parameters import settle
from spec.statements.base import Answer
from tests.parameters.memories import AtMost, Noise
from tests.refinement.pairs import WHOLE, both, confirm, loop


def agreement(left: Process, right: Process, limit: Any, over: Ranges) -> Agreement:
    one = ComparedScheme(left, settle(left.parameters, {}), Side.LEFT)
    two = ComparedScheme(right, settle(right.parameters, {}), Side.RIGHT)
    found = both(left, right, over)
    within = AtMost(error=Real(limit))
    return agrees(one, two, within, pair(left, right), over, found, Options(timeout=6, query=2))


def confirm_otherwise(e: Real, p: Noise, nature: Nature) -> Real:
    return minimum(1, (e - 1) * (e + 1) + 1 + p.noise)


def test_the_same_map_written_twice_agrees_everywhere() -> None:
    left, right = loop("one", confirm), loop("two", confirm_otherwise)
    found = agreement(left, right, "3/4", {"noise": WHOLE})
    assert (found.answer, found.method) == (Answer.PROVED, AgreementMethod.SAME_RUNS)
    assert describe(found.method) == "the same runs"


def test_different_thresholds_are_told_apart_by_a_value_between_them() -> None:
    """e^2 + noise bears 1/4 and e^3 + noise bears 2 / (3 sqrt 3) = 0.3849."""
    cube = loop("cube", lambda e, p, nature: minimum(1, e**3 + p.noise))
    found = agreement(loop("square", confirm), cube, "3/4", {"noise": WHOLE})
    assert found.answer is Answer.REFUTED
    assert found.difference is not None
    value = found.difference.parameters["noise"]
    assert Fraction(1, 4) < value
    assert 27 * value**2 < 4
    assert found.difference.left.answer is Answer.REFUTED
    assert found.difference.right.answer is Answer.PROVED


def test_agreement_up_to_a_shared_threshold_is_not_claimed() -> None:
    """Other runs and one threshold: cells settle all but its neighbourhood."""
    half = loop("half", lambda e, p, nature: e / 2 + p.noise / 2)
    third = loop("third", lambda e, p, nature: e / 3 + p.noise * "2/3")
    found = agreement(half, third, "1/4", {"noise": WHOLE})
    assert found.answer is Answer.UNKNOWN
    assert found.safe + found.unsafe + found.undecided == 1
    assert found.undecided < Fraction(1, 50)
    assert abs(found.safe - Fraction(1, 2)) <= found.undecided
