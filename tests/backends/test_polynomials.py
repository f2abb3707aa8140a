"""Terms as polynomials, against Z3's own arithmetic."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import z3
from hypothesis import given
from hypothesis import strategies as st

from checker.backends import polynomials as module
from checker.backends.polynomials import degree_of, is_piecewise_linear, polynomials
from spec.nodes import number_in
from spec.terms import numeral

X, Y = z3.Reals("x y")
numbers = st.fractions(-3, 3, max_denominator=4)
leaves = st.one_of(st.sampled_from([X, Y]), numbers.map(numeral))
terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] - pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        inner.map(lambda term: -term),
        st.tuples(inner, numbers.filter(bool)).map(lambda pair: pair[0] / numeral(pair[1])),
    ),
    max_leaves=8,
)


@given(st.lists(terms, min_size=1, max_size=3), numbers, numbers)
def test_a_polynomial_has_the_term_s_values(
    read: list[z3.ArithRef], x: Fraction, y: Fraction
) -> None:
    found = polynomials(read, [X, Y])
    assert found is not None
    for term, polynomial in zip(read, found, strict=True):
        put = z3.simplify(z3.substitute(term, (X, numeral(x)), (Y, numeral(y))))
        value = sum(
            (
                Fraction(int(c.p), int(c.q)) * x ** int(powers[0]) * y ** int(powers[1])
                for powers, c in polynomial.to_dict().items()
            ),
            Fraction(0),
        )
        assert value == number_in(put)


def test_what_is_no_polynomial_is_none() -> None:
    assert polynomials([X / Y], [X, Y]) is None
    assert polynomials([X / (Y - Y)], [X, Y]) is None
    assert polynomials([z3.If(X > Y, X, Y)], [X, Y]) is None
    assert polynomials([X + Y], [X]) is None


def test_a_product_that_grows_too_long_is_none() -> None:
    many = [z3.Real(f"x{n}") for n in range(200)]
    total = z3.Sum(many)
    assert len(many) ** 2 > module.MOST_TERMS
    assert polynomials([total], many) is not None
    assert polynomials([total * total], many) is None


def test_linear_is_what_multiplies_by_numbers_only() -> None:
    linear = [2 * X + Y / 3, z3.If(X * 4 > Y, X, -Y), numeral(Fraction(1, 2))]
    assert is_piecewise_linear(linear)
    for other in (X * Y, X * X, 1 / X, X**2, z3.If(X * Y > 1, X, Y)):
        assert not is_piecewise_linear([*linear, other])


@given(terms)
def test_no_polynomial_has_a_greater_degree_than_its_term(term: z3.ArithRef) -> None:
    (found,) = polynomials([term], [X, Y]) or [None]
    assert found is not None
    assert degree_of([term]) >= max(map(sum, found.monoms()), default=0)


def test_degrees_of_what_is_no_polynomial() -> None:
    curve = z3.Function("exp", z3.RealSort(), z3.RealSort())
    read = {
        X * X * Y: 3,
        z3.If(X * Y > 1, X, Y): 2,
        1 / X: 2,
        X * Y / X: 3,
        X**2: inf,
        curve(X): inf,
    }
    assert {term: degree_of([term]) for term in read} == read
