"""Monotone comparison proves limits that are touched, or approached and never reached."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker import decide
from checker.backends.solver import QueryBudget
from checker.invariants.monotone import is_monotone, order_of
from checker.system.findings import Method
from checker.system.problem import pose
from spec import Bool, Claim, I, Invariant, Nature, Real, minimum
from spec.statements.base import Answer
from tests.plain_schemes import NoParameters, Tiny, tiny_loop
from tests.turning_schemes import Two, claim_of


@pytest.mark.parametrize(
    ("noise", "answer"),
    [("1/4", Answer.PROVED), ("24999/100000", Answer.PROVED), ("2501/10000", Answer.REFUTED)],
)
def test_two_copies_bear_exactly_one_quarter(noise: str, answer: Answer) -> None:
    """x' = x^2 + eps has a fixed point iff eps <= 1/4, where it is 1/2 and is touched only."""

    class Within(Invariant):
        def holds(self, agent: Tiny[Any]) -> Bool:
            return agent.x <= "3/4"

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x**2 + Real(noise)))

    found = decide(Claim("two copies", tiny_loop(step), Within()))
    assert found.answer is answer
    if noise == "1/4":
        assert found.method is Method.POST_FIXPOINT
    if found.run is not None:
        x, iteration = Fraction(0), 0
        while x <= Fraction(3, 4):  # rounded down, so never early; the gap to 3/4 is far larger
            x = Fraction(int((x * x + Fraction(noise)) * 10**40), 10**40)
            iteration += 1
        assert found.run.iteration == iteration


def test_a_supremum_that_is_only_approached_is_not_refuted() -> None:
    """x' = x/2 + 1/4 from 0 never reaches 1/2, so x < 1/2 holds at every finite iteration."""

    class Below(Invariant):
        def holds(self, agent: Tiny[Any]) -> Bool:
            return agent.x < "1/2"

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=s.x / 2 + "1/4")

    assert decide(Claim("approached", tiny_loop(step), Below())).answer is Answer.PROVED


def test_an_order_turns_with_the_signs_along_the_step() -> None:
    """x rises as y falls and with m, y rises as x falls and with n: more of x is worse, less of y,
    more of m and less of n."""

    def step(s: Any, nature: Any) -> list[Any]:
        m, n = nature.choose("m", at_most="1/8"), nature.choose("n", at_most="1/8")
        return [s.x / 4 - s.y / 2 + m, s.y / 4 - s.x / 2 + n]

    for holds, worse in (
        (lambda agent: agent.x <= 1, {0: 1, 1: -1}),
        (lambda agent: agent.x >= -1, {0: -1, 1: 1}),
        (lambda agent: agent.y <= 1, {0: -1, 1: 1}),
    ):
        problem = pose(claim_of(Two, ["0", "0"], step, holds))
        order = order_of(problem, QueryBudget(5.0))
        assert order is not None
        assert order.worse == worse
        assert order.tops == (worse[0] == 1, worse[1] == 1)
        assert is_monotone(problem, order, QueryBudget(5.0))


def test_a_step_that_turns_against_the_order_has_none() -> None:
    def step(s: Any, nature: Any) -> list[Any]:
        return [s.y - s.x / 4, s.x / 2]

    problem = pose(claim_of(Two, ["0", "0"], step, lambda agent: agent.x <= 1))
    assert order_of(problem, QueryBudget(5.0)) is None


def test_constants_that_are_chosen_first_need_no_worst_value() -> None:
    """The first choice makes x worse and y better; with the second both are worse."""

    def step(s: Any, nature: Nature) -> list[Real]:
        c, n = nature.choose("c", at_most="1/4"), nature.choose("n", at_most="1/4")
        return [s.x / 2 + c + n / 4, s.y / 2 + "1/4" - c + n / 4]

    problem = pose(claim_of(Two, ["0", "0"], step, lambda agent: agent.x + agent.y <= 1))
    assert order_of(problem, QueryBudget(5.0)) is None
    found = order_of(problem, QueryBudget(5.0), constants_first=1)
    assert found is not None
    assert found.tops == (True,)
    assert found.worse == {0: 1, 1: 1}
