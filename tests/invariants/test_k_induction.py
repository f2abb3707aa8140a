"""Induction over k iterations proves what one iteration does not."""

from __future__ import annotations

from typing import Any

from checker.backends.solver import QueryBudget
from checker.invariants.k_induction import induct
from checker.system.problem import pose
from spec import Claim
from tests.plain_schemes import LowT, swap
from tests.turning_schemes import Two, claim_of


def test_k_induction_needs_depth_two_for_the_swap() -> None:
    problem = pose(Claim("swap", swap, LowT()))
    assert not induct(problem, 1, QueryBudget(5.0))
    assert induct(problem, 2, QueryBudget(5.0))


def test_what_only_holds_for_the_first_iterations_is_not_induced() -> None:
    """x grows by an eighth: at most 1/2 for four iterations, and then no longer."""

    def step(s: Any, nature: Any) -> list[Any]:
        return [s.x + "1/8", s.y]

    problem = pose(claim_of(Two, ["0", "0"], step, lambda agent: agent.x <= "1/2"))
    assert not any(induct(problem, depth, QueryBudget(5.0)) for depth in (1, 2, 3, 4, 5))


def test_what_is_inductive_and_broken_at_once_is_not_induced() -> None:
    """Whatever is above 1/2 stays there, and the run begins below; then one step later."""

    def up(s: Any, nature: Any) -> list[Any]:
        return [s.x, s.y]

    below = pose(claim_of(Two, ["1/4", "0"], up, lambda agent: agent.x >= "1/2"))
    assert not induct(below, 1, QueryBudget(5.0))

    def once(s: Any, nature: Any) -> list[Any]:
        return [s.y, s.y]

    later = pose(claim_of(Two, ["1", "0"], once, lambda agent: agent.x >= "1/2"))
    assert not any(induct(later, depth, QueryBudget(5.0)) for depth in (1, 2, 3))
