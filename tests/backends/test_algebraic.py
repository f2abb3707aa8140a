"""Numbers are named by the simplest fraction, a polynomial or a decimal that is near."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.algebraic import Algebraic, names, simplest


@given(st.fractions(-5, 5, max_denominator=1000), st.integers(1, 10**12))
def test_the_simplest_fraction(value: Fraction, scale: int) -> None:
    near = Fraction(1, scale)
    found = simplest(value - near, value + near)
    assert value - near <= found <= value + near
    assert found.denominator <= value.denominator
    whole = range(1, min(found.denominator, 60))
    assert not any(-((-(value - near) * d) // 1) <= ((value + near) * d) // 1 for d in whole), (
        "a smaller denominator would do"
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=3, max_size=5))
def test_roots_are_named_by_a_polynomial_that_has_them(coefficients: list[int]) -> None:
    def value(x: Fraction) -> Fraction:
        return sum((c * x**n for n, c in enumerate(coefficients)), Fraction(0))

    low, high = Fraction(0), Fraction(3)
    if value(low) * value(high) >= 0:
        return
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if value(low) * value(middle) > 0 else (low, middle)
    if value(low) == 0 or value(high) == 0:
        return
    for number in names(low, high):
        named = sum(c * low**n for n, c in enumerate(number.coefficients))
        other = sum(c * high**n for n, c in enumerate(number.coefficients))
        assert named * other < 0 or number.fraction is not None


def test_polynomials_read_as_written() -> None:
    number = Algebraic((-4, 0, 27), Fraction(1, 4), Fraction(1, 2))
    assert number.polynomial("p") == "27 p^2 - 4"
