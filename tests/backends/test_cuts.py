"""Boxes that are cut: no solution is lost, none is made up, and what is not known is left open."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.backends import cuts
from checker.backends.cuts import Empty, Search
from checker.backends.evaluator import BALLS, ball, compile_terms
from checker.backends.rounding import precision
from spec import Real, exp, log, logistic
from spec.terms import numeral

F = Fraction
X, Y = Real(z3.Real("x")), Real(z3.Real("y"))
M, N, P = z3.Int("m"), z3.Int("n"), z3.Bool("p")
MANY = 40_000
small = st.fractions(-2, 2, max_denominator=4)
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def within(*numbers: Any, low: int = 0, high: int = 1) -> list[z3.BoolRef]:
    return [c for each in numbers for c in (each >= low, each <= high)]


def asked(*conditions: z3.BoolRef, work: int = MANY, late: bool = False) -> Search:
    search = Search.of(conditions)
    search.go_on(work, lambda: late)
    return search


def surely(
    conditions: Sequence[z3.BoolRef], x: Fraction, y: Fraction, bits: int = 200
) -> list[Any]:
    """Whether each condition holds at a point, in balls of many digits; None where that is open."""
    program = compile_terms([X.term, Y.term], (), conditions)
    with precision(bits):
        truths: list[Any] = program.bind(BALLS)([ball(x), ball(y)], ())[0]
    return truths


@SETTINGS
@given(*[small] * 6, st.sampled_from([exp, logistic, lambda t: log(t * t + "1/8")]), st.booleans())
def test_no_solution_is_lost_and_none_is_made_up(
    a: Fraction,
    b: Fraction,
    c: Fraction,
    d: Fraction,
    e: Fraction,
    limit: Fraction,
    curve: Any,
    ordered: bool,
) -> None:
    value = curve(a * X + b * Y) * X + c * curve(X * Y + d) / (1 + Y * Y) + e * Y
    also = curve(X) <= Y + "1/2" if ordered else (X + Y) >= "1/2"
    conditions = [*within(X.term, Y.term), (value >= limit).term, also.term]
    found = asked(*conditions).answer
    grid = [F(n, 12) for n in range(13)]
    if isinstance(found, Empty):
        met = [p for p in itertools.product(grid, grid) if False not in surely(conditions, *p)]
        assert not met
    elif found is not None:
        assert False not in surely(conditions, found["x"], found.get("y", F(0)))


@SETTINGS
@given(st.lists(st.integers(-3, 3), min_size=5, max_size=5), st.booleans())
def test_counts_and_flags_are_decided_as_by_counting(numbers: list[int], truth: bool) -> None:
    a, b, c, d, e = numbers
    low, high = numeral(F(-3, 2)), numeral(F(5, 2))
    bounds = [low <= M, high >= M, low <= N, high >= N]
    wanted = z3.If(z3.BoolVal(truth) == P, a * M + b * N, c * M * N + d) >= e + z3.If(P, 1, 0)
    conditions = [*bounds, wanted, M != N]
    places = [
        [(M, z3.IntVal(m)), (N, z3.IntVal(n)), (P, z3.BoolVal(p))]
        for m, n, p in itertools.product(range(-1, 3), range(-1, 3), (False, True))
    ]
    met = [
        at
        for at in places
        if all(z3.is_true(z3.simplify(z3.substitute(each, *at))) for each in conditions)
    ]
    for tried in (cuts.TRIED, 0):  # with points that are guessed, and without
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cuts, "TRIED", tried)
            found = asked(*conditions).answer
        assert isinstance(found, Empty) == (not met)
        if not isinstance(found, Empty):
            assert found is not None
            point = [(M, z3.IntVal(int(found["m"]))), (N, z3.IntVal(int(found["n"])))]
            assert any(at[:2] == point for at in met)


def test_what_the_solver_does_not_show_is_plain_on_parts() -> None:
    """The share of a softmax stays small while the other scores are high."""
    share = exp(Y) / (1 + exp(X) + exp(Y))
    bounds = within(X.term, Y.term, low=-1, high=1)
    assert asked(*bounds, (share >= "67/100").term).answer is Empty.EMPTY
    found = asked(*bounds, (share >= "66/100").term).answer
    assert isinstance(found, dict)
    assert all(
        truth is True for truth in surely([(share >= "66/100").term], found["x"], found["y"])
    )


def test_what_is_not_known_is_left_open() -> None:
    just = (exp(X) - 1 - X <= 0).term  # at 0 alone
    assert asked(*within(X.term, low=-1, high=2), just).answer is None
    assert asked((exp(X) >= 3).term, (X <= 1).term).answer is None  # no least value
    bounds = within(X.term)
    assert asked(*bounds, (log(X) >= 1).term).answer is None  # nothing is known of log(0)
    less = (X + Real(F(1, 10**30)) <= X).term  # true in floats
    assert asked(*bounds, less).answer is None
    assert asked(M >= 0, M <= 1, (log(Real(z3.ToReal(M))) >= 1).term).answer is None
    assert asked(M >= 0, M <= 3, M * M == 2).answer is Empty.EMPTY
    empty = [*bounds, (X * X - X >= "1/1000").term, (exp(X) <= 9).term]
    assert asked(*empty).answer is Empty.EMPTY
    assert asked(*empty, work=20).answer is None
    assert asked(*empty, late=True).answer is None


def test_numbers_beyond_all_floats_are_compared_exactly() -> None:
    far = numeral(F(10) ** 400)
    assert (
        asked(X.term >= 0, X.term <= far, X.term * X.term >= numeral(F(10) ** 900)).answer
        is Empty.EMPTY
    )
    assert asked(*within(X.term), X.term * far >= numeral(F(10) ** 401)).answer is Empty.EMPTY
    found = asked(*within(X.term), X.term * far >= 2).answer
    assert isinstance(found, dict)
    assert found["x"] * F(10) ** 400 >= 2


def test_quantifiers_and_unknown_functions_are_left_open() -> None:
    unknown = z3.Function("f", z3.RealSort(), z3.RealSort())
    every = z3.ForAll([Y.term], (X + Y * Y >= 0).term)
    for strange in (every, unknown(X.term) >= 0, z3.Not(every)):
        assert asked(*within(X.term), strange).answer is None


def test_a_point_that_is_rational_and_exact_meets_an_equation() -> None:
    conditions = [(exp(X) == 1).term, (Y * Y == 4).term]
    search = Search.of(conditions)
    assert search.met_at({"x": F(0), "y": F(-2)})
    assert not search.met_at({"x": F(0), "y": F(1)})
    assert not search.met_at({"x": F(0)})


def test_a_search_that_goes_on_comes_to_what_it_comes_to_at_once() -> None:
    conditions = [*within(X.term), (X * X - X >= "1/1000").term, (exp(X) <= 9).term]
    at_once, resumed = asked(*conditions), asked(*conditions, work=50)
    assert resumed.answer is None
    resumed.go_on(MANY, lambda: False)
    assert (resumed.answer, resumed.worked) == (at_once.answer, at_once.worked)
    open_ = asked(M >= 0, M <= 1, (log(Real(z3.ToReal(M))) >= 1).term)
    open_.go_on(2 * MANY, lambda: False)
    assert open_.answer is None
