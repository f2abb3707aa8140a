"""A statement of any kind is refused where it is mistaken, and vacuous outside its assumptions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from checker import judge
from models.debate import debate
from models.imitation import imitation
from spec import (
    Bool,
    Claim,
    Closed,
    Loop,
    Refines,
    Row,
    Settles,
    SpecError,
    Statement,
    Threshold,
    Tolerances,
)
from spec.alignment import Aligned
from spec.statements.base import Answer
from tests.statements.memories import AtMost, F, Memory, Noise, anchored, clean


def sane(p: Noise) -> Bool:
    """The noise is below a third."""
    return p.noise < F(1, 3)


@pytest.mark.parametrize("kind", [Settles, Closed])
def test_a_statement_outside_its_assumptions_is_vacuous(kind: Any) -> None:
    assumed = Loop[Noise, Memory[AtMost]](
        "assumed", parameters=Noise, seed=clean, step=anchored, assumptions=[sane]
    )
    assert judge(kind("s", assumed, AtMost(), at={"noise": "2/5"})).answer is Answer.VACUOUS
    assert judge(kind("s", assumed, AtMost())).answer is Answer.PROVED


@pytest.mark.parametrize(
    ("make", "fix"),
    [
        (lambda: Threshold("t", imitation, Aligned(), parameter="copies", value=1), "no real"),
        (lambda: Threshold("t", imitation, Aligned(), parameter="slip", value="x"), "exact number"),
        (lambda: Settles("s", imitation, Aligned), "write"),  # type: ignore[arg-type]
        (lambda: Settles("s", "imitation", Aligned()), "no scheme"),  # type: ignore[arg-type]
        (lambda: Closed("c", imitation, Aligned(), at={"slop": 1}), "slop"),
        (lambda: Refines("r", imitation, debate, over={"fan_out_": (0, 1)}), "fan_out_"),
        (
            lambda: Tolerances(
                "t",
                imitation,
                Aligned(),
                amplify="slip",
                distill="imitation_error",
                perfect_amplify={},
                perfect_distill={},
                share="1/3",
            ),
            "between 1/2 and 1",
        ),
        (lambda: Row("r", quote="", formal="", statements=[]), "nothing"),
        (lambda: Row("r", quote="", formal="", statements=[3]), "3"),  # type: ignore[list-item]
    ],
)
def test_a_wrong_statement_names_its_line_and_the_fix(make: Callable[[], object], fix: str) -> None:
    with pytest.raises(SpecError) as caught:
        make()
    assert fix in caught.value.message
    assert "test_registry.py" in caught.value.location


def test_a_kind_that_nothing_decides_is_refused() -> None:
    with pytest.raises(SpecError, match="no kind of statement"):
        judge(Statement("s"))


def test_threads_take_turns() -> None:
    """Without turns the solver's memory is broken, and the process with it."""
    claims = [Claim(f"c{n}", imitation, Aligned(), expected="refuted") for n in range(6)]
    with ThreadPoolExecutor(3) as threads:
        answers = [verdict.answer for verdict in threads.map(judge, claims)]
    assert answers == [Answer.REFUTED] * len(claims)
