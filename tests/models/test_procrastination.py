"""The world in which search loses all that it can, solved by walking through it."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models.procrastination as world
from checker.statements.registry import judge
from models.expert_iteration import Search, searchable, searched
from models.procrastination import (
    AllIsLost,
    NotLessenedWithin,
    plan_value,
    reward_of_staying,
    search_that_puts_off,
)
from spec import Claim, Real
from spec.statements.base import Answer
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at

Step = tuple[int, Fraction]


def walk(state: int, stay: bool, reward: Fraction) -> Step:
    """Where a step leads and what it pays."""
    if state:
        return state + 1, Fraction(1)
    return (0, reward) if stay else (1, Fraction(0))


def worth(state: int, discount: Fraction) -> Fraction:
    """The most there is: state 0 is left at once, and each step beyond pays 1."""
    return (discount if state == 0 else 1) / (1 - discount)


def said(state: int, gap: Fraction, p: Search) -> Fraction:
    """The network's value of a state: the policy's, over- and underrated in two of them."""
    discount, error = number(p.discount), number(p.value_error)
    policy = worth(state, discount) - discount ** (p.depth - state) * gap
    return policy + error * ((state == p.depth - 1) - (state == p.depth))


@SIXTY
@given(st.integers(1, 9), CHANCES, CHANCES, st.integers(1, 4))
def test_every_plan_and_what_is_lost(
    tenths: int, error: Fraction, share: Fraction, depth: int
) -> None:
    """All plans of d steps, each step stay or leave; then the search stays forever."""
    discount = Fraction(tenths, 10)
    gap = share / (1 - discount)
    p = parameters_at(
        Search, discount=discount, value_error=error / 4, depth=depth, simulations=5000
    )
    reward = number(reward_of_staying(Real(gap), p))
    if not 0 <= reward <= 1:
        return
    seen: dict[bool, Fraction] = {}
    for plan in product((True, False), repeat=depth):
        state, total, weight, staying = 0, Fraction(0), Fraction(1), 0
        for stay in plan:
            staying += stay and state == 0
            state, paid = walk(state, stay, reward)
            total, weight = total + weight * paid, weight * discount
        total += weight * said(state, gap, p)
        assert total == number(plan_value(staying, Real(reward), Real(gap), p))
        seen[plan[0]] = max(seen.get(plan[0], total), total)
    assert seen[True] >= seen[False]
    lost = worth(0, discount) - reward / (1 - discount)
    bound = discount**depth * gap + 2 * discount**depth * error / 4 / (1 - discount)
    assert lost == bound
    assert number(searched(Real(gap), p)) == min(bound, 1 / (1 - discount))
    assert (lost < gap) == (gap > number(searchable(p)))


def test_a_reward_that_is_less_tempting_breaks_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """If staying pays a little less, the search leaves, and loses nothing."""
    claims = [
        Claim("world", search_that_puts_off, invariant, at={"depth": 2})
        for invariant in (AllIsLost(), NotLessenedWithin())
    ]
    original = world.reward_of_staying
    monkeypatch.setattr(
        world, "reward_of_staying", lambda gap, p: original(gap, p) - Real("1/1000")
    )
    assert [judge(claim).answer for claim in claims] == [Answer.REFUTED] * 2
