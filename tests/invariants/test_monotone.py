"""Monotone comparison proves limits that are touched, or approached and never reached."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker import decide
from checker.system.findings import Method
from spec import Bool, Claim, I, Invariant, Nature, Real, minimum
from spec.statements.base import Answer
from tests.plain_schemes import NoParameters, Tiny, tiny_loop


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
