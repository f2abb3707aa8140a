"""Loops read as polynomials: each piece is the step where its factors say so."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.evaluator import rational
from checker.invariants.polynomial_steps import PolynomialLoop, Scale, polynomial_loop
from checker.system.problem import pose
from spec import Bool, Real, any_of, exp, maximum, minimum, when
from tests.turning_schemes import Two, claim_of

F = Fraction
BOX = ((F(-1), F(3, 2)), (F(-2), F(1)))
number = st.fractions(-2, 2, max_denominator=12)


def loop_of(step: Any, holds: Any = lambda at: at.x <= 2) -> PolynomialLoop | None:
    return polynomial_loop(pose(claim_of(Two, ["0", "1/4"], step, holds)), BOX)


def at(polynomial: Any, values: list[Fraction]) -> Fraction:
    found = polynomial(*map(rational, values))
    return F(int(found.p), int(found.q))


def bent(s: Any, nature: Any) -> list[Real]:
    n = nature.choose("n", at_least="-1/4", at_most="1/2")
    m = nature.choose("m", at_least=0, at_most=s.x * s.x)
    return [when(s.x * s.x <= s.y, s.x * s.y / 2 + n, m - s.x), minimum(s.x, s.y * n)]


def bent_in_fractions(x: Fraction, y: Fraction, n: Fraction, m: Fraction) -> list[Fraction]:
    return [x * y / 2 + n if x * x <= y else m - x, min(x, y * n)]


@settings(max_examples=60, deadline=None)
@given(number, number, number, number)
def test_pieces_are_the_step_where_their_factors_are_not_negative(
    x: Fraction, y: Fraction, n: Fraction, m: Fraction
) -> None:
    loop = loop_of(bent)
    assert loop is not None
    assert len(loop.steps) == 4
    scaled = [(v - s.centre) / s.scale for v, s in zip((x, y, n, m), loop.scales, strict=True)]
    allowed = F(-1, 4) <= n <= F(1, 2) and 0 <= m <= x * x
    here = [
        piece
        for piece in loop.steps
        if all(at(part, scaled) >= 0 for factor in piece.factors for part in factor)
    ]
    assert bool(here) is allowed
    after = bent_in_fractions(x, y, n, m)
    found = [
        [at(p, scaled) * s.scale + s.centre for p, s in zip(each.fields, loop.scales, strict=False)]
        for each in here
    ]
    assert not found or after in found
    if x * x != y and x != y * n:  # away from the seams there is one piece
        assert len(found) <= 1


@given(
    st.tuples(number, st.fractions(F(1, 100), 9, max_denominator=100)),
    st.integers(-400, 400),
    st.booleans(),
)
def test_a_scale_makes_the_box_of_size_one(
    ends: tuple[Fraction, Fraction], decimals: int, crossed: bool
) -> None:
    low, width = (end * F(10) ** decimals for end in ends)
    scale = Scale.of(low + width, low) if crossed else Scale.of(low, low + width)
    half = width / 2 / scale.scale
    assert F(1, 2) < half <= 1
    assert abs(low + width / 2 - scale.centre) <= scale.scale / 16


def test_bounds_that_cross_are_read() -> None:
    """Nature has no choice then, which is for others to say."""

    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="1/2", at_most="1/4")
        return [s.x * s.y + n, s.x]

    loop = loop_of(step)
    assert loop is not None
    assert all(piece.factors for piece in loop.steps)


def test_clauses_that_the_box_implies_are_left_out_and_strict_ones_are_drawn_in() -> None:
    still = lambda s, nature: [s.x, s.y]  # noqa: E731
    loop = loop_of(still, lambda at: (at.x <= "3/2") & (at.x + at.y < 1) & (at.x * at.y <= 1))
    assert loop is not None
    assert [limit.strict for limit in loop.clauses] == [True, False]
    assert loop.clauses[0].drawn_in > 0
    assert loop.clauses[1].drawn_in == 0
    edge = [(v - s.centre) / s.scale for v, s in zip((F(1, 4), F(3, 4)), loop.scales, strict=True)]
    assert at(loop.clauses[0].polynomial, edge) == loop.clauses[0].drawn_in
    nearer = loop_of(still, lambda at: at.x <= "7/5")
    assert nearer is not None
    assert len(nearer.clauses) == 1


@pytest.mark.parametrize(
    "step",
    [
        lambda s, nature: [s.x / (3 + s.y), s.y],
        lambda s, nature: [exp(s.x), s.y],
        lambda s, nature: [
            maximum(maximum(s.x, s.y), maximum(s.x * s.y, maximum(s.x / 2, maximum(s.y / 2, 0)))),
            s.y,
        ],
    ],
)
def test_steps_of_another_form_are_left_alone(step: Any) -> None:
    assert loop_of(step) is None


def test_clauses_of_another_form_are_left_alone() -> None:
    def either(at: Any) -> Bool:
        return any_of(at.x <= 1, at.y <= 1)

    assert loop_of(lambda s, nature: [s.x, s.y], either) is None
    assert loop_of(lambda s, nature: [s.x, s.y], lambda at: maximum(at.x, at.y) <= 1) is None
