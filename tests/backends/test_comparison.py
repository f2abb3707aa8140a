"""What a comparison says, whichever way round it is written."""

from __future__ import annotations

from fractions import Fraction

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from checker.backends.comparison import comparison_in
from spec.terms import numeral

X, Y = z3.Reals("x y")
numbers = st.integers(-1, 1).map(Fraction)


@pytest.mark.parametrize("condition", [X <= Y, X < Y, X >= Y, X > Y], ids=str)
@given(numbers, numbers)
def test_it_says_the_same_as_the_condition(condition: z3.BoolRef, x: Fraction, y: Fraction) -> None:
    said = comparison_in(condition)
    assert said is not None
    again = said.low < said.high if said.strict else said.low <= said.high
    at = [(X, numeral(x)), (Y, numeral(y))]
    first, second = (z3.simplify(z3.substitute(each, *at)) for each in (condition, again))
    assert z3.is_true(first) == z3.is_true(second)


@pytest.mark.parametrize("other", [X == Y, z3.Not(X <= Y), z3.BoolVal(True), X + Y], ids=str)
def test_other_terms_say_none(other: z3.ExprRef) -> None:
    assert comparison_in(other) is None
