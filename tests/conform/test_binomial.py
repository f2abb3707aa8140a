"""Intervals of counts, against binomial tails summed in exact fractions."""

from fractions import Fraction
from math import comb

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.conform.binomial import GRAIN, SHARE, clopper_pearson


def tail(count: int, of: int, p: Fraction) -> Fraction:
    """P(X >= count), exactly."""
    terms = (comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(count, of + 1))
    return sum(terms, Fraction(0))


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_the_ends_are_outward_of_the_exact_ones_and_near_them(data: st.DataObject) -> None:
    of = data.draw(st.integers(1, 60))
    count = data.draw(st.integers(0, of))
    missed = Fraction(1, data.draw(st.integers(2, 10**6)))
    low, high = clopper_pearson(count, of, missed)
    assert 0 <= low <= Fraction(count, of) <= high <= 1
    near = max(2 * GRAIN, 4 * (high - low) / SHARE)
    if count:
        assert tail(count, of, low) <= missed / 2 < tail(count, of, low + near)
    if count < of:
        assert tail(of - count, of, 1 - high) <= missed / 2 < tail(of - count, of, 1 - high + near)


@given(st.integers(1, 12), st.integers(0, 24), st.integers(2, 50))
@settings(max_examples=25, deadline=None)
def test_it_covers_every_probability_with_the_confidence(of: int, share: int, parts: int) -> None:
    p, missed = Fraction(share, 24), Fraction(1, parts)
    covering = Fraction(0)
    for count in range(of + 1):
        low, high = clopper_pearson(count, of, missed)
        if low <= p <= high:
            covering += comb(of, count) * p**count * (1 - p) ** (of - count)
    assert covering >= 1 - missed


def test_known_values() -> None:
    # 0 of n at 95%: 1 - (1/40)^(1/n), the rule of three's exact form; here n = 1
    assert clopper_pearson(0, 1, Fraction(1, 20))[1] - Fraction(39, 40) < Fraction(1, 10**5)
    low, high = clopper_pearson(500_000, 10**9, Fraction(1, 20))
    assert Fraction(49, 10**5) < low < Fraction(5, 10**4) < high < Fraction(51, 10**5)
