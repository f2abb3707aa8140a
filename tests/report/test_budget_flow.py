"""A proof is told by its budgets."""

from __future__ import annotations

from tests.support import alignspec


def test_explain_tells_a_proof_by_its_budget_flow() -> None:
    answer = alignspec("explain", "any-invariant/aligned")
    assert answer.returncode == 0
    assert "Where the budget goes: proved bounds, step by step" in answer.stdout
    assert "wrong" in answer.stdout
