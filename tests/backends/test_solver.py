"""A query answers the same without the hypotheses that are not connected to it."""

from __future__ import annotations

import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.backends.solver import QueryBudget, follows, satisfy


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3)), max_size=8),
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3)),
)
def test_leaving_out_unconnected_hypotheses_changes_no_answer(
    edges: list[tuple[int, int, int]], goal: tuple[int, int, int]
) -> None:
    """x_i - x_j <= k: with all hypotheses consistent, the connected ones decide."""
    x = [z3.Real(f"x{i}") for i in range(6)]
    given_ = [x[i] - x[j] <= k for i, j, k in edges]
    conclusion = x[goal[0]] - x[goal[1]] <= goal[2]
    assume(not satisfy(given_, QueryBudget(5.0)).unsat)
    whole = satisfy([*given_, z3.Not(conclusion)], QueryBudget(5.0)).unsat
    assert follows(given_, conclusion, QueryBudget(5.0)).valid == whole
