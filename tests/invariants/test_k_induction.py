"""Induction over k iterations proves what one iteration does not."""

from __future__ import annotations

from checker.backends.solver import QueryBudget
from checker.invariants.k_induction import induct
from checker.system.problem import pose
from spec import Claim
from tests.plain_schemes import LowT, swap


def test_k_induction_needs_depth_two_for_the_swap() -> None:
    problem = pose(Claim("swap", swap, LowT()))
    assert not induct(problem, 1, QueryBudget(5.0))
    assert induct(problem, 2, QueryBudget(5.0))
