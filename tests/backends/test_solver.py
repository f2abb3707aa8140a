"""A query answers the same without the hypotheses that are not connected to it."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import cast

import pytest
import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker.backends import solver
from checker.backends.solver import (
    PATIENCE,
    WORK_PER_SECOND,
    Entailment,
    QueryBudget,
    Satisfiability,
    Validity,
    follows,
    follows_anew,
    refuted_soon,
    satisfy,
)
from spec import Real, exp


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3)), max_size=8),
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-3, 3)),
)
def test_leaving_out_unconnected_hypotheses_changes_no_answer(
    edges: list[tuple[int, int, int]], goal: tuple[int, int, int]
) -> None:
    """x_i - x_j <= k: with all hypotheses consistent, the connected ones decide."""
    x = [z3.Real(f"x{i}") for i in range(6)]
    given_ = [x[i] - x[j] <= k for i, j, k in edges]
    conclusion = x[goal[0]] - x[goal[1]] <= goal[2]
    assume(not satisfy(given_, QueryBudget(5.0)).unsat)
    whole = satisfy([*given_, z3.Not(conclusion)], QueryBudget(5.0)).unsat
    assert follows(given_, conclusion, QueryBudget(5.0)).valid == whole


@pytest.mark.parametrize("first_try", [True, False])
def test_a_question_asked_anew_has_the_same_answer(
    first_try: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a fresh context, where the first try gives up at once, as in the shared one."""
    if not first_try:
        monkeypatch.setattr(solver, "follows", lambda *_: Entailment(Validity.UNKNOWN))
    x, y = z3.Reals("x y")
    squares = x * x + y * y >= 2 * x * y
    assert follows_anew([x >= 0, y <= 1], squares, QueryBudget(5.0))
    assert not follows_anew([x >= 0, y <= 1], x >= y, QueryBudget(5.0))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 4), max_size=5), st.booleans())
def test_what_is_refuted_soon_has_no_solution(rows: list[tuple[int, ...]], whole: bool) -> None:
    """a x^2 + b x y + c y <= d, of real and of whole numbers, at points of a grid."""
    x, y = z3.Ints("n m") if whole else z3.Reals("x y")
    conditions = [a * x * x + b * x * y + c * y <= d for a, b, c, d in rows]
    grid = [(n, m) for n in range(-4, 5) for m in range(-4, 5)]
    if any(all(a * n * n + b * n * m + c * m <= d for a, b, c, d in rows) for n, m in grid):
        assert not refuted_soon(conditions, QueryBudget(5.0), 1.0)


def test_squares_are_soon_refuted_to_be_below_zero() -> None:
    x, y = z3.Reals("x y")
    assert refuted_soon([x * x + y * y < 2 * x * y], QueryBudget(5.0), 1.0)


HARD = z3.Reals("u v w")


def _quartic() -> z3.BoolRef:
    """True, by the means of three numbers, and some work to show."""
    u, v, w = HARD
    return u**4 + v**4 + w**4 >= u * u * v * w + u * v * v * w + u * v * w * w


def test_a_query_is_ended_by_its_work_before_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much time there is, so that a slow machine answers what a quick one does."""
    monkeypatch.setattr(solver, "PATIENCE", 1e9)
    given_ = [symbol >= 1 for symbol in HARD]
    assert follows(given_, _quartic(), QueryBudget(1e-6)).answer is Validity.UNKNOWN
    assert follows(given_, _quartic(), QueryBudget(5.0)).valid


def test_an_answer_is_asked_for_once_and_no_answer_again() -> None:
    x, y = z3.Reals("a b")
    conditions, budget = [x * y == 7, x + y == 6, x <= y], QueryBudget(5.0)
    hurried = QueryBudget(1e-6)
    assert satisfy(conditions, hurried).undecided
    assert satisfy(conditions, budget).sat
    assert satisfy(list(reversed(conditions)), hurried).values == (
        satisfy(conditions, budget).values
    )
    assert (hurried.queries, budget.queries) == (1, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2), st.integers(-3, 3)), max_size=4))
def test_what_is_remembered_is_what_would_be_answered(rows: list[tuple[int, int, int]]) -> None:
    x, y = z3.Reals("p q")
    conditions = [a * x * y + b * x >= c for a, b, c in rows]
    first = satisfy(conditions, QueryBudget(5.0))
    solver._answers.clear()
    assert satisfy(conditions, QueryBudget(5.0)).answer is first.answer


def test_a_part_is_over_after_so_much_work_however_late_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wall clock may run as it likes: a part counts the solver's work."""
    whole = QueryBudget(5.0)
    part = whole.within(1.0)
    monkeypatch.setattr("time.monotonic", lambda: 1e9)
    solver._answers.clear()
    assert not part.exhausted
    x, y = z3.Reals("work_x work_y")
    assert satisfy([x * y == 7, x + y == 6, x < y - 1], part).sat
    assert 0 < part.worked < part.work
    assert not part.exhausted
    part.worked += int(part.work)
    assert part.exhausted
    assert not whole.exhausted
    whole.count(part)
    assert (whole.queries, whole.worked) == (part.queries, part.worked)


def test_a_query_of_a_part_takes_no_more_work_than_is_left() -> None:
    conditions = [symbol >= 1 for symbol in HARD]
    solver._answers.clear()
    spent = QueryBudget(5.0).within(1.0)
    spent.worked = int(spent.work) - 1
    assert follows(conditions, _quartic(), spent).answer is Validity.UNKNOWN


class Bound:
    """Takes what a solver's limits are set to."""

    def __init__(self) -> None:
        self.limits: dict[str, int] = {}

    def set(self, name: str, value: int) -> None:
        self.limits[name] = value


@given(st.floats(0.01, 4), st.floats(0, 1))
def test_a_query_of_a_part_takes_no_longer_than_the_part_when_work_is_slow(
    seconds: float, share: float
) -> None:
    """Some of Z3's work takes longer than it counts: then the time for what is left holds."""
    part, bound = QueryBudget(5.0).within(seconds), Bound()
    part.worked = int(part.work * share)
    part.bind(cast("z3.Solver", bound))
    left = part.work - part.worked
    assert bound.limits["rlimit"] <= max(1, left)
    assert bound.limits["timeout"] <= max(1, 1000 * PATIENCE * left / WORK_PER_SECOND)


X, Y = z3.Reals("x y")


def test_an_answer_comes_with_values_that_show_it() -> None:
    budget = QueryBudget(5.0)
    found = satisfy([X + Y == 3, X - Y == 1], budget)
    assert (found.sat, found.unsat, found.undecided, found.may_be_met) == (True, False, False, True)
    assert found.values == {"x": 2, "y": 1}
    never = satisfy([X > Y, Y > X], budget)
    assert (never.sat, never.unsat, never.undecided, never.may_be_met) == (
        False,
        True,
        False,
        False,
    )
    fails = follows([X >= 0, X <= 2], X <= 1, budget)
    assert fails.invalid
    assert 1 < fails.values["x"] <= 2
    holds = follows([X >= 0, X <= 1], X <= 1, budget)
    assert (holds.valid, holds.invalid) == (True, False)


def test_what_is_evident_is_not_asked() -> None:
    budget = QueryBudget(5.0)
    assert follows([X < Y, Y < X + 1], Y < X + 1, budget).valid
    assert follows([], X <= X + 1, budget).valid
    assert budget.queries == 0
    assert not follows([X < Y], Y < X, budget).valid
    assert not follows([], X <= 1, budget).valid
    assert budget.queries == 2


def test_hypotheses_that_contradict_each_other_elsewhere_do_not_prove_anything() -> None:
    """They share no constant with the conclusion, which is then left to itself."""
    assert not follows([Y < 0, Y > 0], X <= 1, QueryBudget(5.0)).valid
    chain = [X == Y, z3.Real("z") == Y, z3.Real("z") <= 1]
    assert follows(chain, X <= 1, QueryBudget(5.0)).valid


def test_a_hypothesis_without_constants_counts() -> None:
    assert follows([z3.RealVal(1) > 2], X <= 1, QueryBudget(5.0)).valid


def test_the_greatest_values_are_found_first_goal_first() -> None:
    box = [X >= 0, Y >= 0, X + 2 * Y <= 4, X <= 3]
    assert solver.optimum(box, [X, Y], QueryBudget(5.0)) == {"x": Fraction(3), "y": Fraction(1, 2)}
    assert solver.optimum(box, [Y, X], QueryBudget(5.0)) == {"x": Fraction(0), "y": Fraction(2)}
    assert solver.optimum([X < 0, X > 0], [X], QueryBudget(5.0)) is None


def test_an_irrational_value_is_told_closely() -> None:
    found = satisfy([X * X == 2, X > 0], QueryBudget(5.0))
    assert abs(found.values["x"] ** 2 - 2) < Fraction(1, 10**20)


def test_a_budget_adds_up_and_is_exhausted_by_any_of_its_limits() -> None:
    whole, part = QueryBudget(5.0), QueryBudget(5.0)
    assert (whole.queries, whole.seconds, whole.worked) == (0, 0.0, 0)
    satisfy([X * X * X == 5 + Y, Y > 7], part)
    assert part.queries == 1
    assert part.seconds > 0
    whole.count(part)
    whole.count(part)
    assert (whole.queries, whole.seconds) == (2, 2 * part.seconds)
    assert whole.worked == 2 * part.worked
    assert not whole.exhausted
    assert QueryBudget(5.0, deadline=0.0).exhausted
    assert QueryBudget(5.0, processor=0.0).exhausted
    assert QueryBudget(5.0, work=0.0).exhausted


def test_curves_are_asked_about_until_the_answer_is_one() -> None:
    """exp(x) > 8 and x < 2 contradict each other, since e < 2.8284; with 7 they do not."""
    for least, unsat in ((8, True), (7, False)):
        condition = (exp(Real(X)) > least).term
        found = satisfy([condition, X < 2, X > 0], QueryBudget(5.0))
        assert found.unsat == unsat
        assert unsat or found.may_be_met


def test_all_conditions_of_a_conjunction_are_its_parts() -> None:
    parts = solver.parts(z3.And(X > 0, z3.And(Y > 0, z3.Or(X > 1, Y > 1))))
    assert [str(part) for part in parts] == ["x > 0", "y > 0", "Or(x > 1, y > 1)"]
    assert solver.constants(z3.RealVal(1) < X + Y * 2) == {"x", "y"}


def test_a_share_ends_that_much_earlier_and_has_what_work_is_left() -> None:
    now = time.monotonic()
    whole = QueryBudget(5.0, now + 1000, work=100.0)
    part = whole.share(0.25)
    assert now + 249 < part.deadline < now + 500
    assert (part.limit_seconds, part.work) == (whole.limit_seconds, whole.work)


def test_what_a_query_took_is_counted() -> None:
    budget, started = QueryBudget(5.0), time.perf_counter()
    satisfy([_quartic()], budget)
    assert 0 < budget.seconds <= time.perf_counter() - started
    assert budget.queries == 1


def test_no_query_is_begun_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun() -> None:
        raise AssertionError("a query is begun")

    monkeypatch.setattr(solver, "_default_solver", begun)
    x = z3.Real("x begun late")
    assert satisfy([x * x > x + 7], QueryBudget(5.0, deadline=0.0)).undecided
    with pytest.raises(AssertionError):
        satisfy([x * x > x + 8], QueryBudget(5.0))


def test_the_tactic_is_made_anew_after_a_query_that_is_given_up() -> None:
    """It would hand the limits of every later query to all that it made for this one."""
    before = solver._tactics[0]
    x, y = z3.Reals("x y")
    budget = QueryBudget(5.0)
    assert satisfy([x < y], budget).sat
    assert solver._tactics[0] is before
    numbers = [z3.Real(f"v{index}") for index in range(10)]
    chained = [a * b + a**3 > c for a, b, c in zip(numbers, numbers[1:], numbers[2:], strict=False)]
    hard = [*chained, z3.Sum([n * n for n in numbers]) < 2, numbers[0] * numbers[4] > 0.9]
    assert satisfy(hard, budget, seconds=0.001).undecided
    assert solver._tactics[0] is not before


def test_what_the_solver_leaves_open_is_asked_of_the_parts_of_a_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solver, "_put", lambda *_: (Satisfiability.UNKNOWN, None))
    x, y = z3.Reals("cut_x cut_y")
    box = [x >= 0, x <= 1, y >= 0, y <= 1]
    budget = QueryBudget(1.0)
    assert satisfy([*box, x * x + y * y >= z3.Q(201, 100)], budget).unsat
    found = satisfy([*box, x * x * x + y >= z3.Q(199, 100)], budget)
    assert found.sat
    assert found.values["cut_x"] ** 3 + found.values["cut_y"] >= Fraction(199, 100)
    assert satisfy([x >= 0, x * x >= 2], budget).undecided  # no box
    assert satisfy([*box, x * x == z3.Q(1, 2)], budget).undecided  # a root
