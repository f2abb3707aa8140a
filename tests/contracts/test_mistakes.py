"""Mistakes in the statement of an instance are refused."""

from __future__ import annotations

from typing import Any

import pytest

from checker.statements.registry import judge
from spec import BeyondItsRank, Channel, SpecError
from tests.contracts.school import instance


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"channel": None}, "is no channel"),
        ({"calls": 3}, "calls=3 is no function"),
        ({"distance": lambda e, s, p: e.wrong}, "no docstring"),
        ({"improvement": None}, "says of no agent that it is improved"),
        ({"improvement": BeyondItsRank(lambda p: 1)}, "loss='error' is no field of Pupil"),
        ({"capability": "rank"}, "is no field of Pupil, which has skill, wrong, price"),
        ({"at": {"steps": 1}}, "no parameter steps"),
        ({"over": {"step": (0, 9)}}, "outside its domain"),
        ({"over": {"step": (2, 5)}}, "step = 1 is not within 2 to 5"),
        ({"over": {"copies": (1, 5)}}, "shapes the steps"),
    ],
)
def test_mistakes_in_a_statement(other: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        instance(**other)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"calls": lambda p: p.slip}, "count them as a plain int"),
        ({"calls": lambda p: True}, "count them as a plain int"),
        ({"improvement": BeyondItsRank(lambda p: p.no, loss="wrong")}, "has no no"),
        ({"improvement": BeyondItsRank(lambda p: "x", loss="wrong")}, "x"),
        ({"eps": lambda e, p: e.wrong <= 1}, "return a number"),
        ({"eps": lambda e, p: e.error}, "has no error"),
        ({"channel": Channel("none", lambda e: {})}, "shows returned"),
        ({"channel": Channel("odds", lambda e: {"odds": 1 / e.wrong})}, "may not divide"),
    ],
)
def test_mistakes_in_what_it_is_given(other: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        judge(instance(**other))
