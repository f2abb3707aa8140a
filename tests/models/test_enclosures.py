"""The ends of an enclosure lie on either side of the number, by integer arithmetic alone."""

from __future__ import annotations

from fractions import Fraction

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enclosures import DIGITS, logarithm, outward, power_of_ten, square_root
from tests.models.draws import SIXTY

NEAR = Fraction(2, 10**DIGITS)


@SIXTY
@given(st.integers(-40, 40), st.integers(1, 30))
def test_a_power_of_ten_lies_between_the_ends(p: int, q: int) -> None:
    """10^(p/q) lies above x exactly if 10^p lies above x^q."""
    found = power_of_ten(Fraction(p, q))
    assert found.low**q <= Fraction(10) ** p <= found.high**q
    assert found.high - found.low <= NEAR * (1 + found.high)


@SIXTY
@given(st.fractions(min_value="1/50", max_value=50, max_denominator=50))
def test_a_root_and_a_logarithm_lie_between_the_ends(x: Fraction) -> None:
    root, log = square_root(x), logarithm(x)
    assert root.low**2 <= x <= root.high**2
    assert _exponential(log.low, up=False) <= x <= _exponential(log.high, up=True)
    assert log.high - log.low <= NEAR


def _exponential(x: Fraction, *, up: bool) -> Fraction:
    """e^x from the side asked for, from the series of e^|x| and a bound on what it leaves out."""
    size, term, total = abs(x), Fraction(1), Fraction(0)
    for n in range(1, 60):
        total += term
        term = (term * size / n).limit_denominator(10**60)
    slack = Fraction(1, 10**25)
    low, high = total - slack, total + slack
    if x < 0:
        low, high = 1 / high, 1 / low
    return high if up else low


def test_ends_are_rounded_away_from_one_another() -> None:
    third = outward(Fraction(1, 3), Fraction(1, 3))
    assert third.low < Fraction(1, 3) < third.high
    assert outward(Fraction(1, 4), Fraction(1, 4)).low == Fraction(1, 4)


def test_the_precision_of_others_is_left_alone() -> None:
    before = flint.ctx.prec
    power_of_ten("1/3")
    assert flint.ctx.prec == before
    with pytest.raises(ValueError, match=r"\w"):
        logarithm(0)
    assert flint.ctx.prec == before
