"""A shape that is read off a term is the shape it has; what is not seen is left open."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.worlds.shape import Shape, peeled, rises, shape_of
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


@pytest.mark.parametrize(
    ("term", "sign", "expected"),
    [
        (C * D, 0, True),
        (2 * X + minimum(1, Y) - C, 1, True),
        (C * X, 1, True),
        (C * X, 0, False),
        (C * X, -1, False),
        (1 - (1 - C) * (1 - X), 1, True),
        (1 - X, 1, False),
        (X - Y, 1, False),
        (X / C, 1, True),
        (C / X, 1, False),
        (X * Y, 1, False),
        (-maximum(1 - X, -Y), 1, True),
        (when(C > 0, X, Y), 1, True),
        (when(X > C, X, Y), 1, False),
    ],
)
def test_whether_a_term_rises_is_read_off_it(term: Real, sign: int, expected: bool) -> None:
    assert rises(term.term, {"x", "y"}, lambda _: sign) is expected


NAMED = {"x": X, "y": Y, "c": C, "d": D}


@given(st.data())
@settings(max_examples=150, derandomize=True)
def test_a_term_that_is_said_to_rise_does(data: st.DataObject) -> None:
    """Random terms, random points: nothing said to rise falls where its factors have their sign."""
    generator = random.Random(data.draw(st.integers(0, 10**6)))

    def grown(depth: int) -> Real:
        if depth == 0:
            return generator.choice([X, Y, C, D, Real(1)])
        a, b = grown(depth - 1), grown(depth - 1)
        picked = generator.randrange(6)
        return [a + b, a - b, a * b, minimum(a, b), maximum(a, b), when(C > D, a, b)][picked]

    def at(term: Real, values: dict[str, Fraction]) -> Fraction:
        pairs = [(NAMED[n].term, z3.RatVal(v.numerator, v.denominator)) for n, v in values.items()]
        return Fraction(z3.simplify(z3.substitute(term.term, *pairs)).as_fraction())

    def sign(term: z3.ArithRef) -> int:
        return 1 if "-" not in str(term) else 0  # at least 0, as c, d are, without a difference

    term = grown(3)
    low = {n: Fraction(generator.randint(-8, 8), 4) for n in "xy"}
    high = {n: v + Fraction(generator.randint(0, 8), 4) for n, v in low.items()}
    fixed = {n: Fraction(generator.randint(0, 8), 4) for n in "cd"}
    if rises(term.term, {"x", "y"}, sign):
        assert at(term, {**low, **fixed}) <= at(term, {**high, **fixed})


def test_what_both_sides_are_the_cap_of_is_peeled_off() -> None:
    inside = peeled((3 * minimum(1, X)).term, (3 * minimum(1, Y)).term)
    assert [str(term) for term in inside] == ["x", "y"]
    for lesser, greater in (
        (minimum(1, X), minimum(2, Y)),
        (maximum(1, X), maximum(1, Y)),
        (3 * X, 2 * Y),
        (-1 * X, -1 * Y),
        (C * X, C * Y),
    ):
        assert peeled(lesser.term, greater.term) == (lesser.term, greater.term)
