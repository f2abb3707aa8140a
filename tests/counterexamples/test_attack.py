"""Runs drawn plainly against a claim break a false one, and stop with the time."""

from __future__ import annotations

from typing import Any

import pytest

from checker.backends.solver import QueryBudget
from checker.counterexamples.attack import attack
from checker.system.problem import Problem, pose
from spec import Claim, I, Loop, Nature, minimum
from tests.plain_schemes import Half, NoParameters, Tiny, tiny_loop


def drifting(share: str) -> Problem:
    """From 0, each iteration up by at most this."""

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x + nature.choose("n", at_most=share)))

    return pose(Claim("drift", tiny_loop(step), Half()))


@pytest.mark.parametrize(("share", "broken"), [("1/4", True), ("1/12", False)])
def test_a_break_within_the_iterations_is_found(share: str, broken: bool) -> None:
    """Six iterations of 1/12 come to 1/2, which is still within."""
    found = attack(drifting(share), 6, 25, QueryBudget(1.0))
    assert (found is not None) is broken
    if found is not None:
        assert found.broken == "Half"
        assert 3 <= found.iteration <= 6  # three iterations of 1/4 come to more than 1/2


def test_a_choice_in_the_seed_is_drawn_too() -> None:
    def seed(p: NoParameters, nature: Nature) -> Tiny[Half]:
        return Tiny(x=nature.choose("start", at_most="3/4"))

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return s

    loop: Any = Loop[NoParameters, Tiny[Half]](
        "still", parameters=NoParameters, seed=seed, step=step
    )
    found = attack(pose(Claim("still", loop, Half())), 1, 25, QueryBudget(1.0))
    assert found is not None
    assert found.iteration == 0


def test_no_run_is_drawn_when_the_time_is_up() -> None:
    assert attack(drifting("1/4"), 6, 25, QueryBudget(1.0, deadline=0.0)) is None
