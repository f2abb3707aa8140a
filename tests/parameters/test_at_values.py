"""Two conditions on a parameter: where one gives way to the other, what lies between is found."""

from __future__ import annotations

from fractions import Fraction

import z3
from hypothesis import given
from hypothesis import strategies as st

from checker.parameters.at_values import AtValues
from spec.terms import numeral
from tests.parameters.memories import SLOW

P = z3.Real("p")
SOMEWHERE = st.fractions(Fraction(1, 8), Fraction(7, 8), max_denominator=10**6)


def pair(low: Fraction, high: Fraction, meant: z3.BoolRef) -> AtValues:
    """p at most one number, or at least another."""
    return AtValues(P, meant, (numeral(low) >= P, numeral(high) <= P))


@SLOW
@given(SOMEWHERE, SOMEWHERE)
def test_a_gap_is_found_however_narrow(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    everywhere = z3.BoolVal(True)
    gap = pair(low, high, everywhere)
    assert gap.neither_somewhere(gap.looked_at(Fraction(0), Fraction(1))) is (low < high)
    overlap = pair(high, low, everywhere)
    assert not overlap.neither_somewhere(overlap.looked_at(Fraction(0), Fraction(1)))


def test_nothing_is_said_of_values_that_mean_nothing() -> None:
    low, high = Fraction(1, 3), Fraction(2, 3)
    outside = z3.Or(numeral(low) >= P, numeral(high) <= P)
    gap = pair(low, high, outside)
    assert not gap.neither_somewhere(gap.looked_at(Fraction(0), Fraction(1)))


def test_what_arithmetic_does_not_tell_is_left_out() -> None:
    other = z3.Real("other")
    unknown = AtValues(P, z3.BoolVal(True), (other > P, P > 2))
    assert unknown.looked_at(Fraction(0), Fraction(1)) == []
    assert not unknown.neither_somewhere([])
