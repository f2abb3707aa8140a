"""Sums of squares: what is found holds exactly, and what is changed is refused."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from typing import Any

import attrs
import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.evaluator import rational
from checker.invariants.sums_of_squares import (
    Identity,
    Squares,
    Wanted,
    exact,
    guessed,
    monomials,
)

RING = flint.fmpq_mpoly_ctx.get(["x", "y"], "lex")
X, Y = RING.gens()
ONE = RING.constant(1)
F = Fraction
coefficient = st.fractions(-2, 2, max_denominator=5)


def shown(polynomial: Any, *factors: Any) -> Identity | None:
    """A polynomial as a sum of squares times the factors, if one is found with room."""
    wanted = Wanted({1: polynomial}, tuple((each,) for each in factors), ONE)
    guess = guessed([wanted], [(0.0, 1.0), (1.0, 1.0)], inf)
    return None if guess is None else exact(wanted, [F(0), F(1)], guess.matrices[0])


def value(polynomial: Any, at: tuple[Fraction, Fraction]) -> Fraction:
    found = polynomial(*map(rational, at))
    return F(int(found.p), int(found.q))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.lists(coefficient, min_size=6, max_size=6), min_size=1, max_size=3),
    st.tuples(coefficient, coefficient),
)
def test_a_sum_of_squares_with_room_is_found(
    rows: list[list[Fraction]], at: tuple[Fraction, Fraction]
) -> None:
    basis = [X**a * Y**b for a, b in monomials(2, [2, 2])]
    squares = [sum((rational(c) * m for c, m in zip(r, basis, strict=True)), ONE * 0) for r in rows]
    total = sum((each**2 for each in squares), ONE * 0) + sum((m**2 for m in basis), ONE * 0) / 50
    found = shown(total)
    assert found is not None
    assert found.left == total
    assert found.holds()
    assert value(total, at) >= 0


@pytest.mark.parametrize("polynomial", [X**2 - 1, X * Y, -X * X - Y * Y, X**4 - 3 * X**2 + 1, X])
def test_what_is_negative_somewhere_is_not_shown(polynomial: Any) -> None:
    assert shown(polynomial) is None


def test_a_polynomial_without_negative_values_may_be_no_sum_of_squares() -> None:
    """Motzkin's: the search does not say that it is one."""
    motzkin = X**4 * Y**2 + X**2 * Y**4 - 3 * X**2 * Y**2 + 1
    assert shown(motzkin) is None


def test_factors_say_where() -> None:
    disc = 1 - X**2 - Y**2
    assert shown(2 - X) is None
    found = shown(2 - X, disc)
    assert found is not None
    assert shown(F_HALF - X, disc) is None  # negative at (1, 0), where the factor is not


F_HALF = RING.constant(flint.fmpq(1, 2))


def a_found_identity() -> Identity:
    found = shown(3 - X - Y, 1 - X**2 - Y**2)
    assert found is not None
    return found


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_changed_identity_does_not_hold(data: st.DataObject) -> None:
    found = a_found_identity()
    number = data.draw(st.integers(0, len(found.squares) - 1))
    each = found.squares[number]
    size = len(each.gram)
    i, j = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    little = data.draw(st.sampled_from([F(1, 10**12), F(-1, 10**12), F(1)]))
    rows = [list(row) for row in each.gram]
    rows[i][j] += little
    changed = attrs.evolve(each, gram=tuple(map(tuple, rows)))
    squares = (*found.squares[:number], changed, *found.squares[number + 1 :])
    assert not attrs.evolve(found, squares=squares).holds()
    assert not attrs.evolve(found, left=found.left + rational(little)).holds()


def test_a_true_equation_with_a_matrix_that_is_not_semidefinite_does_not_hold() -> None:
    for left, gram in ((-ONE, ((F(-1),),)), (X * X - ONE, ((F(-1), F(0)), (F(0), F(1))))):
        basis = ((0, 0), (1, 0))[: len(gram)]
        squares = Squares((), basis, gram)
        assert squares.product(ONE) == left
        assert not Identity(left, (squares,)).holds()
