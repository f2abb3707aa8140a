"""Intervals hold whatever their numbers come to, and are no wider than rounding makes them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recheck.parts.intervals import BITS, Interval, around, interval

numbers = st.fractions(-4, 4, max_denominator=30)
shares = st.fractions(0, 1, max_denominator=12)
GRAIN = Fraction(1, 2**BITS)


def holds(found: Interval, value: Fraction) -> bool:
    return found.low * GRAIN <= value <= found.high * GRAIN


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv])
@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers), shares, shares)
def test_every_result_is_within(
    operation: Callable[..., Any],
    one: tuple[Fraction, Fraction],
    other: tuple[Fraction, Fraction],
    first: Fraction,
    second: Fraction,
) -> None:
    a, b = around(one), around(other)
    x = one[0] + first * (one[1] - one[0])
    y = other[0] + second * (other[1] - other[0])
    assume(operation is not operator.truediv or not b.contains(0))
    found = operation(a, b)
    assert holds(found, operation(x, y))
    corners = [operation(p, q) for p in one for q in other]
    assert holds(found, min(corners))
    assert holds(found, max(corners))
    slack = 2**12 * GRAIN  # a quotient by a small number makes more of what was rounded
    assume(operation is not operator.truediv or min(map(abs, other)) > Fraction(1, 40))
    assert found.low * GRAIN >= min(corners) - slack
    assert found.high * GRAIN <= max(corners) + slack


@given(numbers, numbers, numbers, numbers)
def test_what_is_compared_is_true_of_all_numbers(
    a: Fraction, b: Fraction, c: Fraction, d: Fraction
) -> None:
    one, other = around((a, b)), around((c, d))
    assert not (one <= other) or max(a, b) <= min(c, d) + 2 * GRAIN
    assert not (one < other) or max(a, b) < min(c, d)
    assert not (one > other) or min(a, b) > max(c, d)
    assert (one >= other) == (other <= one)
    common = max(min(a, b), min(c, d)) <= min(max(a, b), max(c, d))
    assert one.overlaps(other) or not common
    assert all(holds(one.union(other), x) for x in (a, b, c, d))


def test_a_number_is_itself_where_it_can_be() -> None:
    assert interval(Fraction(3, 8)).is_exact()
    third = interval(Fraction(1, 3))
    assert third.high - third.low == 1
    assert interval(2).contains(2)
    assert not third.contains(0)
    assert -third == interval(Fraction(-1, 3))
    assert hash(-third) == hash(interval(Fraction(-1, 3)))
