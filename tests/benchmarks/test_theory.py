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
    keeps_sublevel,
    nonnegative,
    nonnegative_over,
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


@given(
    st.lists(small, min_size=9, max_size=9),
    st.lists(st.tuples(small, small).map(sorted), min_size=2, max_size=2),
    shares,
    shares,
)
def test_polynomials_of_two_numbers_that_are_shown_are_nonnegative(
    rows: Any, box: Any, s: Any, t: Any
) -> None:
    def p(at: Any) -> Fraction:
        powers = ((n // 3, n % 3) for n in range(9))
        return sum((c * at[0] ** a * at[1] ** b for c, (a, b) in zip(rows, powers)), ZERO)  # noqa: B905

    at = [low + share * (high - low) for (low, high), share in zip(box, (s, t), strict=True)]
    for sign in (1, -1):
        if nonnegative_over(lambda x, sign=sign: sign * p(x), (2, 2), box):  # type: ignore[misc]
            assert sign * p(at) >= 0


DISC: dict[tuple[int, ...], int] = {(2, 0): 1, (0, 2): 1, (0, 0): -1}
UNIT_BOX = [(Fraction(-6, 5), Fraction(6, 5))] * 2


def circling(shrink: Fraction) -> System:
    """A turn that shrinks, and shrinks more farther out."""

    def step(s: Any, x: Any) -> Any:
        size = shrink * (2 - s[0] * s[0] - s[1] * s[1]) / 2
        return (size * (3 * s[0] - 4 * s[1]) / 5, size * (4 * s[0] + 3 * s[1]) / 5)

    return System(ranges(["x", "y"], -4, 4), (), (HALF, HALF), step, Fraction(6, 5), lambda s: s)


def test_a_disc_is_kept() -> None:
    keeps_sublevel(circling(ONE), DISC, HALF, UNIT_BOX, [UNIT_BOX], (6, 6))


@pytest.mark.parametrize(
    ("system", "terms", "box"),
    [
        (circling(Fraction(5)), DISC, UNIT_BOX),  # leaves the disc
        (attrs.evolve(circling(ONE), seed=(ONE, ONE)), DISC, UNIT_BOX),  # begins outside
        (attrs.evolve(circling(ONE), seed=(2 * ONE, ONE)), DISC, UNIT_BOX),
        (attrs.evolve(circling(ONE), limit=HALF), DISC, UNIT_BOX),  # is not within the limit
        (circling(ONE), {**DISC, (0, 0): -2}, UNIT_BOX),  # is cut off by the box
        (attrs.evolve(circling(ONE), fields=ranges(["x", "y"], 0, 4)), DISC, UNIT_BOX),
    ],
)
def test_what_is_not_kept_is_refused(system: System, terms: Any, box: Any) -> None:
    with pytest.raises(AssertionError):
        keeps_sublevel(system, terms, HALF, box, [box], (6, 6))


def test_a_degree_that_is_too_low_is_noticed() -> None:
    with pytest.raises(AssertionError):
        nonnegative_over(lambda at: at[0] ** 4 + 1, (2,), [(-ONE, 2 * ONE)])
