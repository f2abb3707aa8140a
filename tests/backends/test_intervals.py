"""Interval arithmetic against values at points, and against what it must not claim."""

from __future__ import annotations

from fractions import Fraction

import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.backends.intervals import Enclosed, shown_by_intervals
from checker.backends.solver import QueryBudget, follows
from spec.terms import numeral

F = Fraction
X, Y, N = z3.Real("x"), z3.Real("y"), z3.Int("n")
small = st.fractions(-3, 3, max_denominator=6)
shares = st.fractions(0, 1, max_denominator=4)


def between(symbol: z3.ArithRef, low: Fraction, high: Fraction) -> list[z3.BoolRef]:
    return [symbol >= numeral(low), numeral(high) >= symbol]


def terms(depth: int) -> st.SearchStrategy[z3.ArithRef]:
    leaves = st.one_of(st.sampled_from([X, Y]), small.map(numeral))
    if not depth:
        return leaves
    inner = terms(depth - 1)
    pairs = st.tuples(inner, inner)
    return st.one_of(
        leaves,
        pairs.map(lambda p: p[0] + p[1]),
        pairs.map(lambda p: p[0] - p[1]),
        pairs.map(lambda p: p[0] * p[1]),
        inner.map(lambda t: t * t),
        inner.map(lambda t: t * t * t),
        inner.map(lambda t: -t),
        pairs.map(lambda p: p[0] / (p[1] * p[1] + 1)),
        pairs.map(lambda p: z3.If(p[0] <= p[1], p[0], p[1])),
        pairs.map(lambda p: z3.If(p[0] > p[1], p[0], p[1])),
        st.tuples(inner, inner, inner).map(lambda p: z3.If(p[0] < 0, p[1], p[2])),
    )


def value_at(term: z3.ExprRef, x: Fraction, y: Fraction) -> Fraction:
    found = z3.simplify(z3.substitute(term, (X, numeral(x)), (Y, numeral(y))))
    return Fraction(found.as_fraction())


@settings(max_examples=200, deadline=None)
@given(terms(3), small, small, small, small, shares, shares)
def test_the_interval_holds_the_value_at_every_point(
    term: z3.ArithRef,
    a: Fraction,
    b: Fraction,
    c: Fraction,
    d: Fraction,
    s: Fraction,
    t: Fraction,
) -> None:
    (a, b), (c, d) = sorted((a, b)), sorted((c, d))
    hypotheses = [*between(X, a, b), *between(Y, c, d)]
    value = value_at(term, a + s * (b - a), c + t * (d - c))
    bound = numeral(value)
    assert not shown_by_intervals(hypotheses, term < bound)
    assert not shown_by_intervals(hypotheses, term > bound)
    assert not shown_by_intervals(hypotheses, z3.Not(term == bound))
    assert shown_by_intervals([numeral(a) == X, numeral(c) == Y], term == value_at(term, a, c))


@settings(max_examples=60, deadline=None)
@given(terms(2), terms(1), small, small, st.booleans())
def test_what_is_shown_follows_by_the_solver_too(
    term: z3.ArithRef, other: z3.ArithRef, a: Fraction, b: Fraction, strict: bool
) -> None:
    a, b = sorted((a, b))
    hypotheses = [*between(X, a, b), *between(Y, F(0), F(1))]
    conclusion = term < other if strict else term <= other
    assume(shown_by_intervals(hypotheses, conclusion))
    solver = z3.Solver()
    solver.set("timeout", 5000)
    solver.add(*hypotheses, z3.Not(conclusion))
    assert solver.check() != z3.sat


def test_ends_that_touch_are_decided_exactly() -> None:
    unit = between(X, F(0), F(1, 3))
    assert shown_by_intervals(unit, X / 3 + numeral(F(2, 9)) <= numeral(F(1, 3)))
    assert not shown_by_intervals(unit, X / 3 + numeral(F(2, 9)) < numeral(F(1, 3)))


def test_a_bound_may_read_what_is_bounded() -> None:
    hypotheses = [*between(X, F(0), F(1)), Y >= 0, Y <= X / 2, N >= 0, N <= 3]
    assert shown_by_intervals(hypotheses, numeral(F(3, 2)) >= X + Y)
    assert not shown_by_intervals(hypotheses, numeral(F(4, 3)) >= X + Y)
    assert shown_by_intervals(hypotheses, z3.ToReal(N) * X <= 3)


def test_nothing_is_said_of_what_has_no_end() -> None:
    assert not shown_by_intervals([X >= 0], X <= 10)
    assert not shown_by_intervals([], X * X >= 0)
    assert not shown_by_intervals(between(X, F(-1), F(1)), 1 / X <= 5)
    assert not shown_by_intervals([X >= 1, X <= 0], X >= 100)  # no X; that is for the solver


def test_an_alternative_bounds_nothing() -> None:
    either = z3.Or(z3.And(X >= 0, X <= 1), z3.And(X >= 5, X <= 6))
    assert not shown_by_intervals([either], X <= 1)
    ten = [*between(X, F(0), F(10)), *between(Y, F(0), F(10))]
    assert not shown_by_intervals([*ten, z3.Or(X <= 1, Y <= 1)], X <= 1)
    assert not shown_by_intervals([z3.Not(X <= 1), X >= 0], X <= 1)


def test_the_greater_and_the_lesser_of_two_numbers_are_known_as_such() -> None:
    unit, half = between(X, F(0), F(1)), numeral(F(1, 2))
    for greater in (z3.If(half <= X, X, half), z3.If(half > X, half, X), z3.If(half > X, half, X)):
        assert shown_by_intervals(unit, greater >= half)
        assert not shown_by_intervals(unit, half >= greater)
    for lesser in (z3.If(half >= X, X, half), z3.If(half < X, half, X), z3.If(half < X, half, X)):
        assert shown_by_intervals(unit, half >= lesser)
        assert not shown_by_intervals(unit, lesser >= half)


def test_a_high_power_is_quick_and_a_far_one_is_rounded_outward() -> None:
    power = X
    for _ in range(12):
        power = power * power
    half = between(X, F(0), F(1, 2))
    assert shown_by_intervals(half, power / 2 <= numeral(F(1, 2)))
    assert not shown_by_intervals(half, power <= 0)
    for _ in range(12):
        power = power * power
    assert shown_by_intervals(half, power <= numeral(F(1, 2)))
    assert not shown_by_intervals(half, power <= 0)
    third = between(X, F(1, 3), F(2, 3))
    assert not shown_by_intervals(third, power <= 0)
    assert shown_by_intervals(third, power >= 0)


def test_the_solver_is_not_asked_what_intervals_show() -> None:
    budget = QueryBudget(1.0)
    assert follows(between(X, F(0), F(1)), X * X * X <= 1, budget).valid
    assert budget.queries == 0


def test_a_value_is_not_taken_for_another_hypothesis() -> None:
    assert shown_by_intervals(between(X, F(0), F(1)), X <= 1)
    assert not shown_by_intervals(between(X, F(0), F(2)), X <= 1)


def test_long_ends_are_rounded_outward() -> None:
    ninth = numeral(F(1, 9))
    box = Enclosed((), {})
    term = ninth
    for _ in range(14):
        term = term * term * numeral(F(9))
    low, high = box.value(z3.simplify(ninth)), box.value(term)
    assert isinstance(low, tuple)
    assert isinstance(high, tuple)
    assert low[0] == low[1]
    assert high[0] <= low[0] <= high[1]  # 1/9 again, however long the way
