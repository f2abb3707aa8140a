"""Cells of parameters that are decided whole agree with exact runs at their points."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker.cli.shipped import shipped_claims
from checker.parameters.cell_checker import CellChecker
from checker.parameters.partition import explore
from checker.portfolio.decision import Options, decide
from checker.system.parametric import ParametricProblem, share
from spec import Claim
from spec.statements.base import Answer
from tests.parameters.memories import Memory, SumWithin, claim, majority, split


def parametric_problems() -> list[ParametricProblem]:
    the_split = Claim("split", split, SumWithin())
    named = {c.name: c for c in shipped_claims()}
    return [
        ParametricProblem(claim(majority(3), "2/5"), ("noise", "other")),
        ParametricProblem(the_split, ("noise", "other")),
        ParametricProblem(named["debate/benign"], ("flaw_finding", "judge_error")),
        ParametricProblem(named["debate-bare/aligned"], ("judge_rank", "gain")),
    ]


@pytest.mark.parametrize("number", range(4))
def test_every_point_of_a_decided_box_agrees(number: int) -> None:
    """Points of boxes against the deciding engines at those points, which share no cell logic."""
    parametric = parametric_problems()[number]
    boxes, _ = explore(CellChecker(parametric), parametric.domain, parametric.domain, 4.0)
    assert {box.decided.answer for box in boxes} <= {Answer.PROVED, Answer.REFUTED}
    for box in sorted(boxes, key=lambda b: -share(b.cell, parametric.domain))[:12]:
        for part in (Fraction(1, 7), Fraction(6, 7)):
            point = {
                n: a + part * (b - a) for n, (a, b) in zip(parametric.free, box.cell, strict=True)
            }
            found = decide(parametric.claim, point, Options(attack=20, timeout=20))
            assert found.answer in (box.decided.answer, Answer.UNKNOWN), (box, point)
            if found.run is not None and box.decided.iteration is not None:
                assert found.run.iteration <= box.decided.iteration


def test_a_seed_that_depends_on_the_parameter() -> None:
    """The seed is the noise itself: safe to 1/4, and broken at once beyond."""

    def halve(error: Any, p: Any, nature: Any) -> Any:
        return error / 2

    found = claim(halve, "1/4", seed=lambda p: Memory(error=p.noise))
    cell_checker = CellChecker(ParametricProblem(found, ("noise", "other")))
    rest = (Fraction(0), Fraction(1))
    answers = [
        cell_checker.decide(((Fraction(low), Fraction(high)), rest)).answer
        for low, high in (("0", "1/2"), ("0", "1/8"), ("1/8", "1/4"), ("3/8", "1/2"))
    ]
    assert answers == [Answer.UNKNOWN, Answer.PROVED, Answer.PROVED, Answer.REFUTED]
