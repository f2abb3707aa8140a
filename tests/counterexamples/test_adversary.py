"""Adversaries plan pushes that turn and change sign with the state."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import z3
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker import decide
from checker.backends.solver import QueryBudget
from checker.counterexamples.adversary import (
    SHORT,
    Simulator,
    backward,
    excess,
    forward,
    periodic,
    planned_counterexample,
)
from checker.system.problem import pose
from checker.system.replay import EXACT_ARITHMETIC
from spec import Agent, I, Real, between
from spec.statements.base import Answer
from tests.turning_schemes import TURN, State, Two, claim_of, coefficient, spiral, turned


def test_a_spiral_that_is_pushed_is_refuted_when_the_push_turns_with_it() -> None:
    """Constant pushes leave x small; pushes in step with the turn break it, and are found."""
    shrink, width = Fraction(9, 10), Fraction(1, 5)
    verdict = decide(spiral(shrink, "5/4", "1/5"))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    run = verdict.run
    assert run.arithmetic == EXACT_ARITHMETIC
    state: State = (Fraction(1), Fraction(0))
    for step in run.steps[:20]:
        push = step.chosen["n"].low
        assert abs(push) <= width
        first, second = turned(state, shrink)
        state = (first + push, second)
        assert state == (step.after["x"].low, step.after["y"].low)


def flip(shrink: str, width: str) -> Any:
    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="-" + width, at_most=width)
        return [s.y, -s.x * shrink + n]

    return step


@pytest.mark.parametrize(
    ("shrink", "width", "limit"),
    [("9/10", "1/10", "9/10"), ("99/100", "1/100", "1/2"), ("99/100", "1/100", "19/20")],
)
def test_pushes_that_change_sign_are_planned(shrink: str, width: str, limit: str) -> None:
    """x'' = -r x + n: the worst pushes change sign every second iteration, and their effect after
    2 k iterations is w (1 + r + ... + r^(k-1))."""
    r, w, total, pushes = Fraction(shrink), Fraction(width), Fraction(0), 0
    while total <= Fraction(limit):
        total, pushes = total + w * r**pushes, pushes + 1
    claim = claim_of(Two, ["0", "0"], flip(shrink, width), lambda agent: agent.x <= limit)
    found = planned_counterexample(pose(claim), QueryBudget(5.0), longest=1024)
    assert found is not None
    assert found[0].iteration >= 2 * pushes  # no run is quicker
    assert found[0].iteration <= 2 * pushes + 16
    assert found[0].broken == "Kept"


@pytest.mark.parametrize(
    ("shrink", "width", "limit"),
    [("9/10", "1/5", "11/10"), ("99/100", "1/50", "6/5")],
    ids=["soon", "after hundreds of iterations"],
)
def test_pushes_that_turn_with_the_state_are_planned(shrink: str, width: str, limit: str) -> None:
    """The angle is no part of a turn, so no periodic pushes keep step with it."""
    r, w = Fraction(shrink), Fraction(width)

    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least=-w, at_most=w)
        first, second = ((s.x * a + s.y * b) * r for a, b in TURN)
        return [first + n, second]

    claim = claim_of(Two, ["0", "0"], step, lambda agent: agent.x <= limit)
    x, y, most, least = 1.0, 0.0, 0.0, 0  # the effect of one push after some iterations
    while most <= float(Fraction(limit)):  # no run breaks the limit before every push helps
        most, least = most + abs(x) * float(w), least + 1
        x, y = float(r) * (0.6 * x - 0.8 * y), float(r) * (0.8 * x + 0.6 * y)
    problem = pose(claim)
    found = planned_counterexample(problem, QueryBudget(5.0), longest=SHORT)
    assert found is not None
    assert least <= found[0].iteration <= SHORT
    simulator = Simulator.of(problem)
    assert not list(periodic(simulator, SHORT))


def test_a_plan_goes_by_the_sign_of_the_derivative() -> None:
    """x' = -9/10 x + n: what is pushed up at the end was pushed down one iteration before."""

    class Wide(Agent[I]):
        x: Real = between(-2, 2)

    def step(s: Any, nature: Any) -> list[Real]:
        return [-s.x * "9/10" + nature.choose("n", at_least="-1/10", at_most="1/10")]

    problem = pose(claim_of(Wide, ["0"], step, lambda agent: agent.x <= "95/100"))
    simulator, horizon = Simulator.of(problem), 31
    claimed = len(problem.clauses["agent"]) - 1
    units = np.full((horizon, 1, 1), 0.5)
    visited, broken = forward(simulator, units)
    assert visited is not None
    assert broken is None
    wanted = backward(simulator, visited, units, [(claimed, horizon)])
    assert [float(u) for u in wanted[:, 0, 0]] == [float(t % 2 == 0) for t in range(horizon)]


def test_a_hunt_finds_nothing_where_nothing_breaks() -> None:
    claim = claim_of(Two, ["0", "0"], flip("9/10", "1/10"), lambda agent: agent.x <= 1)
    assert planned_counterexample(pose(claim), QueryBudget(5.0), longest=128) is None


def test_a_long_chaotic_run_is_followed_to_its_exact_iteration() -> None:
    """x' = 3.9 x (1 - x) is chaotic and y counts it up; simulated apart in 1500-digit decimals."""

    class Counted(Agent[I]):
        x: Real = between(0, 1)
        y: Real = between(0, 1)

    def step(s: Any, nature: Any) -> list[Real]:
        return [Real("39/10") * s.x * (1 - s.x), s.y + s.x / 1500]

    verdict = decide(claim_of(Counted, ["1/3", "0"], step, lambda agent: agent.y <= "9/10"))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    with localcontext() as context:
        context.prec = 1500
        x, y, iteration = Decimal(1) / 3, Decimal(0), 0
        while y <= Decimal("0.9"):
            x, y = Decimal("3.9") * x * (1 - x), y + x / 1500
            iteration += 1
    assert iteration > 2000
    assert verdict.run.iteration == iteration


conditions = st.recursive(
    st.tuples(st.sampled_from(["<=", "<", ">=", ">"]), coefficient),
    lambda inner: st.tuples(st.sampled_from(["and", "or", "not"]), inner, inner),
    max_leaves=5,
)


def built(shape: Any, x: Any) -> Any:
    if shape[0] == "not":
        return z3.Not(built(shape[1], x))
    if shape[0] in ("and", "or"):
        join = z3.And if shape[0] == "and" else z3.Or
        return join(built(shape[1], x), built(shape[2], x))
    bound = z3.RealVal(str(shape[1]))
    return {"<=": x <= bound, "<": x < bound, ">=": x >= bound, ">": x > bound}[shape[0]]


@settings(max_examples=100, deadline=None)
@given(conditions, st.fractions(-2, 2, max_denominator=30))
def test_an_excess_is_positive_exactly_where_a_condition_fails(shape: Any, value: Fraction) -> None:
    x, at = z3.Real("x"), z3.RealVal(str(value))
    condition = built(shape, x)
    exceeded = z3.simplify(z3.substitute(excess(condition), (x, at)))
    fraction = Fraction(exceeded.as_fraction())
    assume(fraction != 0)  # the edge belongs to either side
    assert (fraction > 0) == z3.is_false(z3.simplify(z3.substitute(condition, (x, at))))
