"""A shape that is read off a term is the shape it has; what is not seen is left open."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.worlds.shape import Shape, shape_of
from spec import Real, maximum, minimum, when

X, Y, C, D = (Real(z3.Real(name)) for name in "xycd")


def shape(term: Real, sign: int = 1) -> Shape:
    return shape_of(term.term, {"x", "y"}, lambda _: sign)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (C * D, Shape.AFFINE),
        (2 * X + C * Y - 1, Shape.AFFINE),
        (-X / C, Shape.AFFINE),
        (minimum(1, X, X + Y), Shape.CONCAVE),
        (maximum(X, Y), Shape.CONVEX),
        (-minimum(X, Y), Shape.CONVEX),
        (1 - maximum(X, Y), Shape.CONCAVE),
        (C * minimum(1, X), Shape.CONCAVE),
        (minimum(1, X) / C, Shape.CONCAVE),
        (minimum(1, X) + maximum(1, X), Shape.OPEN),
        (minimum(maximum(X, Y), 1), Shape.OPEN),
        (when(C > 0, X, minimum(X, Y)), Shape.CONCAVE),
        (when(X > C, X, Y), Shape.OPEN),
        (when(X < Y, X, Y), Shape.CONCAVE),
        (when(X < Y, Y, X), Shape.CONVEX),
        (X * Y, Shape.OPEN),
        (X**2, Shape.OPEN),
        (C / X, Shape.OPEN),
    ],
)
def test_a_shape_is_read_off_the_term(term: Real, expected: Shape) -> None:
    assert shape(term) is expected


def test_the_sign_of_a_factor_turns_a_shape() -> None:
    assert shape(C * minimum(1, X), 1) is Shape.CONCAVE
    assert shape(C * minimum(1, X), -1) is Shape.CONVEX
    assert shape(C * minimum(1, X), 0) is Shape.OPEN
    assert shape(minimum(1, X) / C, -1) is Shape.CONVEX
    assert shape(C * X, 0) is Shape.AFFINE


NUMBERS = st.fractions(-2, 2, max_denominator=8)


def drawn(draw: random.Random, depth: int) -> Real:
    """A term of sums, multiples, least and greatest numbers, and branches."""
    if depth == 0 or draw.random() < 0.2:
        return draw.choice([X, Y, Real(1), Real("1/3")])
    a, b = drawn(draw, depth - 1), drawn(draw, depth - 1)
    makes: list[Callable[[], Real]] = [
        lambda: a + b,
        lambda: a - b,
        lambda: minimum(a, b),
        lambda: maximum(a, b),
        lambda: a * draw.choice([Fraction(-3, 2), Fraction(1, 2), Fraction(2)]),
        lambda: when(a <= b, a, b),
        lambda: when(a >= b, a, b),
    ]
    return draw.choice(makes)()


def sign_of(term: z3.ArithRef) -> int:
    value = z3.simplify(term).as_fraction()
    return (value > 0) - (value < 0) or 1


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.lists(NUMBERS, min_size=4, max_size=4))
def test_midpoints_keep_to_the_shape(seed: int, at: list[Fraction]) -> None:
    term = drawn(random.Random(seed), 3)

    def value(x: Fraction, y: Fraction) -> Fraction:
        pairs = [(X.term, Real(x).term), (Y.term, Real(y).term)]
        return Fraction(z3.simplify(z3.substitute(term.term, *pairs)).as_fraction())

    found = shape_of(term.term, {"x", "y"}, sign_of)
    middle = value((at[0] + at[2]) / 2, (at[1] + at[3]) / 2)
    mean = (value(at[0], at[1]) + value(at[2], at[3])) / 2
    if found & Shape.CONCAVE:
        assert middle >= mean
    if found & Shape.CONVEX:
        assert middle <= mean
