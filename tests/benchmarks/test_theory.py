"""The checks behind the labels hold, and refuse reasons that do not."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.plain_loop import breaks, in_floats
from benchmarks.question import Interval, System, maximum, minimum, ranges, when
from benchmarks.theory import (
    climbs,
    first_break,
    keeps_box,
    keeps_interval,
    nonnegative,
    polynomial_of,
    positive,
    value_at,
)

HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)


small = st.fractions(-3, 3, max_denominator=8)
intervals = st.tuples(small, small).map(lambda ends: Interval(min(ends), max(ends)))
shares = st.fractions(0, 1, max_denominator=4)


@given(intervals, intervals, shares, shares)
def test_intervals_cover_the_arithmetic(a: Interval, b: Interval, s: Any, t: Any) -> None:
    x, y = a.low + s * (a.high - a.low), b.low + t * (b.high - b.low)

    def covers(found: Interval, value: Fraction) -> bool:
        return found.low <= value <= found.high

    assert covers(a + b, x + y)
    assert covers(a - b, x - y)
    assert covers(2 - a, 2 - x)
    assert covers(a * b, x * y)
    assert covers(a**2, x**2)
    assert covers(a**3, x**3)
    assert covers(minimum(a, b), min(x, y))
    assert covers(maximum(a, b), max(x, y))
    assert covers(when(a <= b, a, b), x if x <= y else y)
    assert covers(a.outward(Fraction(1, 7)), x)
    if b.low > 0 or b.high < 0:
        assert covers(a / b, x / y)


@given(st.lists(small, min_size=1, max_size=4), intervals, shares)
def test_shown_polynomials_are_nonnegative(p: Any, over: Interval, share: Fraction) -> None:
    value = value_at(p, over.low + share * (over.high - over.low))
    if nonnegative(p, over.low, over.high, depth=6):
        assert value >= 0
    if positive(p, over.low, over.high, depth=6):
        assert value > 0


def polynomial(*coefficients: Fraction, limit: Fraction = ONE) -> System:
    return System(
        ranges(["e"], 0, 1), (), (ZERO,), lambda s, x: (value_at(coefficients, s[0]),), limit
    )


@given(st.lists(small, min_size=3, max_size=3))
def test_interpolation_finds_the_polynomial(p: list[Fraction]) -> None:
    assert list(polynomial_of(polynomial(*p), (), 2)) == p
    if p[2]:
        with pytest.raises(AssertionError):
            polynomial_of(polynomial(*p), (), 1)


def test_reasons_that_do_not_hold_are_refused() -> None:
    touching = polynomial(Fraction(1, 4), ZERO, ONE)  # e^2 + 1/4 touches e at 1/2
    keeps_interval(touching, ZERO, HALF, 2)
    for refused in (
        lambda: climbs(touching, 2),
        lambda: keeps_interval(touching, ZERO, Fraction(3, 4), 2),
        lambda: keeps_interval(polynomial(Fraction(251, 1000), ZERO, ONE), ZERO, HALF, 2),
        lambda: keeps_box(touching, [(ZERO, Fraction(49, 100))]),
        lambda: keeps_box(attrs.evolve(touching, limit=Fraction(1, 4)), [(ZERO, HALF)]),
        lambda: keeps_box(attrs.evolve(touching, seed=(Fraction(3, 5),)), [(ZERO, HALF)]),
        lambda: first_break(attrs.evolve(touching, limit=HALF), most=50),
    ):
        with pytest.raises(AssertionError):
            refused()
    assert first_break(attrs.evolve(touching, limit=Fraction(2, 5))) == 6


def test_a_counterexample_of_rounding_does_not_count() -> None:
    """In floats 0.1 + 0.2 exceeds 0.3."""
    tenth, three = Fraction(1, 10), Fraction(3, 10)
    sums = System(
        ranges(["e"], 0, 1),
        ranges(["x"], 0, "1/5"),
        (tenth,),
        lambda s, x: (tenth + x[0],),
        three,
    )
    keeps_box(sums, [(ZERO, three)])
    rounded = in_floats(sums)
    assert not rounded.safe(tuple(rounded.step(rounded.seed, (0.2,))))
    assert not breaks(sums, [(0.2,)])
    assert breaks(attrs.evolve(sums, limit=Fraction(29, 100)), [(0.2,)])
