"""What undoes a logarithm: the equations are true, and prove what no tangent does."""

from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.backends.solver import QueryBudget, follows
from spec import exp, log, logistic, power
from spec.curves import Curve
from tests.backends.test_curves import valid, x, y

BETWEEN = [x >= "1/2", x <= 2, y >= "1/2", y <= 2]
times = st.integers(-2, 2)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([Curve.EXP, Curve.LOGISTIC]),
    times,
    times,
    st.fractions(-2, 2, max_denominator=4),
    st.fractions(0, 4, max_denominator=16),
)
def test_what_is_proved_of_sums_of_logarithms_is_so(
    curve: Curve, one: int, two: int, more: Fraction, limit: Fraction
) -> None:
    """The sum is greatest where both logarithms are at an end, log 2 away from 0."""
    total = one * log(x) - log(y) * two + more
    claim = (exp if curve is Curve.EXP else logistic)(total) <= limit
    top = math.exp((abs(one) + abs(two)) * math.log(2) + float(more))
    most = top if curve is Curve.EXP else top / (1 + top)
    found = follows([each.term for each in BETWEEN], claim.term, QueryBudget(3.0))
    assert not found.valid or most <= float(limit) + 1e-9
    assert not found.invalid or most > float(limit) - 1e-9
    assert found.valid or most > float(limit) - 0.01


def test_bounds_that_are_met_are_proved() -> None:
    share = [x > 0, x < 1]
    assert valid(logistic(log(x / (1 - x)) - y) <= x, *share, y >= 0)
    assert not valid(logistic(log(x / (1 - x)) - y) < x, *share, y >= 0)
    assert not valid(logistic(log(x / (1 - x)) + y) <= x, *share, y >= 0)
    assert valid(logistic(log(x / (1 - x))) == x, *share)
    assert valid(exp(log(x) - log(y)) == x / y, x > 0, y > 0)
    assert valid(exp(-log(x) - y) * x == exp(-y), x > 0)
    assert not valid(exp(-log(x) - y) == exp(-y) * x, x > 0)
    assert valid(exp(2 * log(x)) == x**2, x > 0)
    assert not valid(exp("3/2" * log(x)) == x, x > 0)
    assert not valid(power(x, y + 1) == x * power(x, y), x > 0)  # true; a product is no multiple
    assert valid(log(exp(x)) == x)


def test_nothing_is_said_of_a_logarithm_where_there_is_none() -> None:
    """At 0 and below the logarithm is any number to the solver, and so is what undoes it."""
    assert not valid(exp(log(x)) == x)
    assert not valid(logistic(log(x) - log(y)) * (x + y) == x, x > 0)
    assert not valid(exp(log(x)) == x, x >= 0)


def test_a_sum_that_shares_its_parts_is_read_once() -> None:
    """Sums of what was summed before, sixty times over: as a tree it has 2^60 summands."""
    many, more = log(x), y
    for _ in range(60):
        many, more = many + many, more + more
    assert valid(exp(many) > 0)
    assert valid(exp(log(x) + more) == x * exp(more), x > 0)
    assert not valid(exp(log(x) + more) == x, x > 0)
