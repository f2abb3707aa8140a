"""Closures and interiors of conditions made of comparisons."""

from __future__ import annotations

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from checker.parameters.comparisons import is_closed, is_open, with_limits, without_limits
from checker.parameters.obstacles import NotExact

X, Y = z3.Reals("x y")


def compared(way: int, first: int, second: int) -> z3.BoolRef:
    one, other = (X, Y, z3.RealVal(0))[first], (Y, z3.RealVal(1), X)[second]
    return [one <= other, one < other, one >= other, one > other][way]


CONDITIONS = st.recursive(
    st.builds(compared, st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)),
    lambda inner: st.one_of(
        st.builds(z3.Not, inner),
        st.builds(z3.And, inner, inner),
        st.builds(z3.Or, inner, inner),
    ),
    max_leaves=6,
)


def implies(one: z3.BoolRef, other: z3.BoolRef) -> bool:
    solver = z3.Solver()
    return bool(solver.check(one, z3.Not(other)) == z3.unsat)


@given(CONDITIONS)
def test_a_condition_lies_between_an_open_and_a_closed_one(condition: z3.BoolRef) -> None:
    closed, inside = with_limits(condition), without_limits(condition)
    assert is_closed(closed)
    assert is_open(inside)
    assert implies(inside, condition)
    assert implies(condition, closed)


@given(CONDITIONS)
def test_what_is_closed_or_open_is_left_as_it_is(condition: z3.BoolRef) -> None:
    assert with_limits(condition).eq(condition) or not is_closed(condition)
    assert without_limits(condition).eq(condition) or not is_open(condition)


def test_an_equation_has_no_interior_made_of_comparisons() -> None:
    assert with_limits(X == Y).eq(X == Y)
    for condition in (z3.Not(X == Y), z3.And(X < 1, z3.Not(X == Y))):
        with pytest.raises(NotExact):
            with_limits(condition)
    with pytest.raises(NotExact):
        without_limits(X == Y)
