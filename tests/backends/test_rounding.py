"""Numbers are rounded and shown on the side that is said, whatever their size."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from checker.backends.rounding import cut_off, decimal_above, decimal_below, short_decimal

sizes = st.integers(-400, 400).map(lambda power: Fraction(10) ** power)
numbers = st.builds(lambda value, size: value * size, st.fractions(-9, 9), sizes)
digits = st.integers(1, 20)


@given(numbers, digits)
@example(Fraction(1, 2) + Fraction(1, 10**96), 12)
def test_an_enclosure_holds_the_number(value: Fraction, count: int) -> None:
    low, high = Fraction(decimal_below(value, count)), Fraction(decimal_above(value, count))
    assert low <= value <= high
    assert (low == high) == (low == value)
    assert high - low <= abs(value) * Fraction(10) ** (1 - count)
    assert Fraction(short_decimal(value, count)) in (low, high)


@given(numbers, digits)
@example(Fraction(1, 2) + Fraction(1, 10**96), 12)
@example(Fraction(19, 100) - Fraction(1, 10**96), 12)
def test_digits_are_cut_off_and_what_is_cut_off_is_marked(value: Fraction, count: int) -> None:
    text = cut_off(value, count)
    shown = Fraction(text.replace("...", ""))
    assert ("..." in text) == (shown != value)
    assert abs(shown) <= abs(value)
    assert abs(value) - abs(shown) < abs(value) * Fraction(10) ** (1 - count) or value == 0
