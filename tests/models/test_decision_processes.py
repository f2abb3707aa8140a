"""Processes are solved rightly, and each wrong bound on search, imitation and gate is refuted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import decide
from models.alphago_zero import AlphaGoZero
from models.decision_processes import (
    Bound,
    KeepsToBounds,
    Kept,
    KeptWithin,
    Move,
    OneState,
    PassesOn,
    Ply,
    Rounds,
    no_games,
    no_ply,
    none_yet,
    played,
    ply_within,
    round_within,
    worth,
)
from models.expert_iteration import ExpertIteration, Search, imitated, searched
from spec import Bool, Claim, I, Loop, Nature, Number, Real
from spec.statements.base import Answer
from tests.models.draws import CHANCES, SIXTY
from tests.support import number


@SIXTY
@given(CHANCES, CHANCES, st.booleans(), st.booleans(), st.integers(0, 9))
def test_a_policy_is_worth_what_its_equations_say(
    first: Fraction, second: Fraction, away: bool, stays: bool, tenths: int
) -> None:
    """V(s) = r(s) + g V(m(s)), put in."""
    g = Fraction(tenths, 10)
    policy = [Move(Real(first), Bool(away)), Move(Real(second), Bool(stays))]
    values = [number(v) for v in worth(policy, Real(g))]
    assert values[0] == first + g * values[int(away)]
    assert values[1] == second + g * values[int(stays)]


def half_the_error(gap: Real, p: Search) -> Real:
    """g^d gap + g^d eps / (1 - g)."""
    shrunk = p.discount**p.depth
    return shrunk * gap + shrunk * p.value_error / (1 - p.discount)


def one_more_ply(gap: Real, p: Search) -> Real:
    """As if a search of d plies were one of d + 1."""
    return p.discount * searched(gap, p)


def one_move(gap: Real, p: Search) -> Real:
    """As if imitation lost its error once, and not in every state."""
    return gap + p.imitation_error


AT: dict[str, Number] = {"value_error": "1/20", "imitation_error": "1/20", "action_gap": "1/2"}


@pytest.mark.parametrize(
    ("search", "imitation", "holds"),
    [
        (searched, imitated, True),
        (half_the_error, imitated, False),
        (one_more_ply, imitated, False),
        (searched, one_move, False),
    ],
)
def test_a_wrong_bound_on_a_round_is_refuted_by_a_process(
    search: Bound, imitation: Bound, holds: bool
) -> None:
    def step(last: Rounds[I], p: ExpertIteration, nature: Nature) -> Rounds[I]:
        return round_within(p, nature, search, imitation)

    loop = Loop[ExpertIteration, Rounds[KeepsToBounds]](
        "mutant", parameters=ExpertIteration, seed=none_yet, step=step
    )
    verdict = decide(Claim("mutant", loop, KeepsToBounds(), at={**AT, "discount": "1/2"}))
    assert verdict.answer is (Answer.PROVED if holds else Answer.REFUTED)


@pytest.mark.parametrize(
    ("lost_by", "holds"),
    [
        (lambda off, p: 2 * p.discount * off, True),
        (lambda off, p: p.discount * off, False),
        (lambda off, p: 2 * p.discount * p.discount * off, False),
    ],
)
def test_a_wrong_bound_on_a_ply_is_refuted_at_a_state(
    lost_by: Callable[[Real, OneState], Real], holds: bool
) -> None:
    def step(last: Ply[I], p: OneState, nature: Nature) -> Ply[I]:
        return ply_within(p, nature, lost_by)

    loop = Loop[OneState, Ply[PassesOn]]("mutant", parameters=OneState, seed=no_ply, step=step)
    verdict = decide(Claim("mutant", loop, PassesOn()))
    assert verdict.answer is (Answer.PROVED if holds else Answer.REFUTED)


def test_a_gate_that_notices_everything_is_refuted() -> None:
    def all_noticed(last: Kept[I], p: AlphaGoZero, nature: Nature) -> Kept[I]:
        kept = played(last, p, nature)
        gap_most = kept.gap_most - p.power * p.resolution
        return Kept(
            gap=kept.gap, gap_most=gap_most, failed=kept.failed, failed_most=kept.failed_most
        )

    loop = Loop[AlphaGoZero, Kept[KeptWithin]](
        "mutant", parameters=AlphaGoZero, seed=no_games, step=all_noticed
    )
    assert decide(Claim("mutant", loop, KeptWithin())).answer is Answer.REFUTED


def test_a_gate_that_passes_worse_networks_more_easily_is_refuted() -> None:
    loop = Loop[AlphaGoZero, Kept[KeptWithin]](
        "biased", parameters=AlphaGoZero, seed=no_games, step=played
    )
    at: dict[str, Any] = {"games": 3, "wins": 2, "power": "1/4"}
    assert decide(Claim("biased", loop, KeptWithin(), at=at)).answer is Answer.REFUTED
    fair = decide(Claim("fair", loop, KeptWithin(), at={**at, "power": "1/2"}))
    assert fair.answer is Answer.PROVED
