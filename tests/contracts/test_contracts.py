"""Each contract fails where it alone is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checker.contracts.findings import Contract, Remark
from checker.report.contracts import CONTRACTS
from checker.report.words import describe
from checker.statements.instance import LeftOpen
from checker.statements.registry import judge
from spec import I, Nature, Real, maximum, minimum, when
from spec.statements.base import Answer
from tests.contracts.school import (
    TOP,
    Pupil,
    School,
    Teacher,
    broken,
    findings_of,
    instance,
    pupil_of,
    scheme,
    teacher,
)


def test_the_school_is_an_instance() -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    "amplify",
    [
        lambda a, p, n: teacher(a, p, n, price=1 + 2 * a.price),
        lambda a, p, n: teacher(a, p, n, price=1 + 3 * a.price + a.price**2 / 1000),
        lambda a, p, n: teacher(
            a, p, n, price=1 + n.choose("calls", at_least=2, at_most=3) * a.price
        ),
        lambda a, p, n: teacher(a, p, n, wrong=a.wrong / 2 + a.price / 1000),
        lambda a, p, n: teacher(a, p, n, wrong=a.wrong * n.choose("w", at_most=a.price / 1000)),
        lambda a, p, n: teacher(a, p, n, price=3 * a.price + when(a.wrong >= 1, -1, 1)),
    ],
    ids=["fewer", "quadratic", "unsettled", "answers-read-cost", "nature-reads-cost", "refund"],
)
def test_only_programs_over_calls(amplify: Callable[..., Any]) -> None:
    assert Contract.PROGRAM in broken(amplify=amplify)
    assert broken(amplify=amplify) <= {Contract.PROGRAM, Contract.COSTS}


def test_a_program_without_calls() -> None:
    assert Contract.PROGRAM in broken(calls=lambda p: 0)


@pytest.mark.parametrize(
    ("wrong", "improves"),
    [
        (lambda a, n: Real("1/10"), True),
        (lambda a, n: n.choose("anything", at_most=1), False),
        (lambda a, n: a.skill / 100, True),
    ],
    ids=["constant", "anything", "rank-alone"],
)
def test_only_what_consults_the_agent(wrong: Callable[..., Real], improves: bool) -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=wrong(a, n))

    expected = {Contract.CONSULTS}
    assert broken(amplify=amplify) == expected | (set() if improves else {Contract.IMPROVES})


def test_it_consults_by_what_nature_may_choose() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=n.choose("w", at_most=a.wrong))

    assert broken(amplify=amplify) == set()


def test_what_another_choice_makes_up_for_is_left_open() -> None:
    """The same choice gives another expert, but the experts that nature can make are the same."""

    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        shift = n.choose("shift", at_least=-1 * a.wrong, at_most=Real("2/5") - a.wrong)
        return teacher(a, p, n, wrong=a.wrong + shift)

    verdict = judge(instance(scheme(amplify=amplify)))
    assert verdict.answer is Answer.UNKNOWN
    assert verdict.reason == LeftOpen((Contract.CONSULTS,))
    assert findings_of(verdict)[Contract.CONSULTS].evidence is Remark.NO_PAIR_FOUND
    open_one = CONTRACTS[Contract.CONSULTS]
    assert describe(verdict.reason) == f"left open: {open_one} (of {len(Contract)} contracts)"


def test_consulting_what_no_answer_shows_is_none() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=Real("1/10"), secret=a.wrong)

    assert broken(amplify=amplify) == {Contract.CONSULTS}


@pytest.mark.parametrize(
    "skill",
    [
        lambda a: a.skill,
        lambda a: minimum(5, a.skill + 1),
        lambda a: when(a.wrong >= 1, a.skill, minimum(TOP, a.skill + 1)),
    ],
    ids=["the-same", "a-ceiling", "not-all"],
)
def test_only_what_raises_capability(skill: Callable[..., Real]) -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, skill=skill(a))

    assert broken(amplify=amplify) - {Contract.IMPROVES} == {Contract.RAISES}


def test_only_what_costs_more() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, price=a.price)

    assert broken(amplify=amplify, calls=lambda p: 1) == {Contract.COSTS}


@pytest.mark.parametrize(
    "distill",
    [
        lambda e, p, n: pupil_of(e, p, n, skill=e.skill / 2 + e.secret),
        lambda e, p, n: pupil_of(e, p, n, skill=(e.skill + n.choose("s", at_most=e.secret)) / 2),
        lambda e, p, n: pupil_of(e, p, n, skill=e.price / 100),
        lambda e, p, n: pupil_of(e, p, n, skill=n.choose("s", at_most=1 - e.price / 1000)),
    ],
    ids=["secret", "bound-reads-secret", "price", "dearer-labels-tell-more"],
)
def test_only_what_sees_through_the_channel(distill: Callable[..., Any]) -> None:
    assert broken(distill=distill) == {Contract.SEES}


def test_the_price_may_buy_fewer_labels() -> None:
    def distill(e: Teacher[I], p: School, n: Nature) -> Pupil[I]:
        return pupil_of(e, p, n, skill=n.choose("s", at_most=e.price / 1000))

    assert broken(distill=distill) == set()


@pytest.mark.parametrize(
    "price", [lambda e: Real(2), lambda e: maximum(1, e.wrong + "1/2")], ids=["always", "some"]
)
def test_only_what_returns_cost(price: Callable[..., Real]) -> None:
    def distill(e: Teacher[I], p: School, n: Nature) -> Pupil[I]:
        return pupil_of(e, p, n, price=price(e))

    assert broken(distill=distill) == {Contract.RETURNS}


def nothing(expert: Teacher[Any], student: Pupil[Any], p: School) -> Real:
    """No distance at all."""
    return Real(0)


def prices(expert: Teacher[Any], student: Pupil[Any], p: School) -> Real:
    """The student's cost beyond 1, which says nothing of its answers."""
    return student.price - 1


@pytest.mark.parametrize(
    "other",
    [
        {"eps": lambda e, p: p.slip - "1/1000"},
        {"eps": lambda e, p: 1},
        {"distance": nothing},
        {"distance": prices},
        {"distill": lambda e, p, n: n.anything(Pupil)},
        {"smart_enough": lambda e, s, p: s.wrong > 1},
    ],
    ids=["too-near", "eps-of-everything", "no-distance", "no-answers", "anything", "no-oversight"],
)
def test_only_what_lands_near(other: dict[str, Any]) -> None:
    assert Contract.LANDS in broken(**other)
    assert "distill" in other or broken(**other) == {Contract.LANDS}
