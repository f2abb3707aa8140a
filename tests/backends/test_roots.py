"""Roots of terms in one constant, against the factors that they are made of."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.roots import roots
from spec.terms import numeral

P, X = z3.Reals("p x")
LOW, HIGH = Fraction(0), Fraction(1)
SHARES = st.fractions(-1, 2, max_denominator=12)
LONG = st.builds(lambda a, b: Fraction(a, a + b), *[st.integers(10**90, 10**92)] * 2)
FEW = settings(max_examples=40, deadline=None)


def found(term: z3.ArithRef, low: Fraction = LOW, high: Fraction = HIGH) -> set[Fraction | None]:
    return {number.fraction for number in roots(term, P, low, high)}


@FEW
@given(st.lists(st.one_of(SHARES, LONG), min_size=1, max_size=3), SHARES)
def test_a_quotient_is_zero_where_a_factor_is_that_it_does_not_divide_by(
    zeros: list[Fraction], pole: Fraction
) -> None:
    term = z3.Product(*(numeral(zero) - P for zero in zeros)) / (P - numeral(pole)) + 0 * P
    inside = {zero for zero in zeros if LOW <= zero <= HIGH}
    assert found(term) == inside - ({pole} if zeros.count(pole) == 1 else set())


@FEW
@given(st.integers(2, 10**40))
def test_an_irrational_root_has_its_polynomial(square: int) -> None:
    """The root of ``square`` p^2 = 1, of p / (1 + p) = 1 / (square p + square p^2) too."""
    for term in (square * P * P - 1, P / (1 + P) - 1 / (square * P + square * P * P)):
        (number,) = roots(term, P, Fraction(1, isqrt(square) + 1), Fraction(1, isqrt(square)))
        value = number.fraction
        if value is not None:
            assert square * value**2 == 1
        else:
            assert number.coefficients == (-1, 0, square)
            assert square * number.low**2 < 1 < square * number.high**2


def test_branches_are_those_at_the_middle() -> None:
    term = z3.If(2 * P < 1, P - numeral(Fraction(1, 4)), 4 * P - 3)
    assert found(term, LOW, Fraction(1, 2)) == {Fraction(1, 4)}
    assert found(term, Fraction(1, 2), HIGH) == {Fraction(3, 4)}
    assert found(term, Fraction(1, 2) + Fraction(1, 100), Fraction(7, 10)) == set()
    within = z3.If(term > 0, term - numeral(Fraction(1, 8)), term)
    assert found(within, Fraction(5, 16), Fraction(6, 16)) == {Fraction(3, 8)}


def test_what_is_no_quotient_of_polynomials_in_it_has_none() -> None:
    assert not found(P - X)
    assert not found(P - P)
    assert not found(P / (P - P))
    assert not found(z3.Function("f", z3.RealSort(), z3.RealSort())(P))
