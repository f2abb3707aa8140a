"""A stated threshold is compared with the one that is computed."""

from __future__ import annotations

from typing import Any

import pytest

from checker import Options, check, judge
from checker.parameters.found_threshold import FoundThreshold
from checker.report.words import describe
from checker.report.would_decide import remedy
from checker.statements.threshold import Mismatch, Undetermined, decide_threshold
from checker.system.verdict import Unknown
from spec import I, Nature, Real, SpecError, Threshold, minimum
from spec.statements.base import Answer
from tests.parameters.memories import SumWithin, split
from tests.statements.memories import AtMost, F, Memory, Noise, loop


def squares(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=minimum(1, memory.error**2 + p.noise))


@pytest.mark.parametrize(
    ("value", "included", "expected"),
    [
        ("1/4", True, "proved"),
        ("1/4", False, "refuted"),
        ("1/5", True, "refuted"),
        ((-1, 4), True, "proved"),
        ((-1, 0, 16), True, "proved"),
        ((-1, 5), True, "refuted"),
    ],
)
def test_a_stated_threshold_is_compared_with_the_computed_one(
    value: Any, included: bool, expected: Any
) -> None:
    claim = Threshold(
        "t",
        loop(squares),
        AtMost(),
        parameter="noise",
        value=value,
        included=included,
        expected=expected,
    )
    found = check(claim).facts[0]
    assert isinstance(found, FoundThreshold)
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (F(1, 4), True)
    assert "noise <= 1/4" in describe(found)


def test_a_polynomial_with_several_roots_says_which_is_meant() -> None:
    """(4 x - 1)(2 x - 1) has both roots in the domain of the noise."""

    def stated(near: str | None, expected: Any) -> Threshold:
        return Threshold(
            "t",
            loop(squares),
            AtMost(),
            parameter="noise",
            value=(1, -6, 8),
            near=near,
            expected=expected,
        )

    check(stated("1/5", "proved"))
    check(stated("9/20", "refuted"))
    with pytest.raises(SpecError, match="2 roots"):
        judge(stated(None, "proved"))


def test_a_threshold_that_is_nowhere_is_refuted() -> None:
    everywhere = AtMost(error=Real(1))
    check(
        Threshold(
            "t", loop(squares), everywhere, parameter="noise", value="1/4", expected="refuted"
        )
    )


def test_a_bracket_refutes_what_lies_outside_it() -> None:
    """An adversary that splits a budget has no greatest choice, and no exact threshold."""
    outside = Threshold("t", split, SumWithin(), parameter="noise", value="1/2", expected="refuted")
    found = judge(outside, options=Options(timeout=6))
    assert found.answer is Answer.REFUTED
    assert found.reason is Mismatch.OUTSIDE_BRACKET
    assert "bracket" in describe(found.reason)


def test_what_was_not_looked_at_is_no_bracket() -> None:
    statement = Threshold("t", split, SumWithin(), parameter="noise", value="1/2")
    found = decide_threshold(statement, {}, Options(timeout=1e-9)).result
    assert isinstance(found, Unknown)
    assert found.reason is Undetermined.NOTHING
    assert "nor a value" in describe(found.reason)
    assert "--timeout" in remedy(found.reason)
