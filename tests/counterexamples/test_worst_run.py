"""The worst run of a monotone loop is followed to its exact iteration."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker import decide
from checker.backends.solver import QueryBudget
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.monotone import is_monotone, order_of
from checker.system.problem import pose
from spec import Agent, Claim, I, Nature, Real, SpecError, between, minimum
from spec.statements.base import Answer
from tests.plain_schemes import Half, NoParameters, Tiny, tiny_loop
from tests.turning_schemes import One, claim_of


def test_a_long_drift_is_followed_to_its_exact_iteration() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x + nature.choose("n", at_most="1/9999")))

    verdict = decide(Claim("drift", tiny_loop(step), Half()))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.iteration == 9999 // 2 + 1


def worst_run(claim: Claim, most: int) -> Any:
    problem = pose(claim)
    order = order_of(problem, QueryBudget(5.0))
    assert order is not None
    assert is_monotone(problem, order, QueryBudget(5.0))
    return follow_worst_run(problem, order, most)


def test_a_run_is_not_followed_when_the_time_is_over() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x + nature.choose("n", at_most="1/9999")))

    problem = pose(Claim("drift", tiny_loop(step), Half()))
    order = order_of(problem, QueryBudget(5.0))
    assert order is not None
    assert follow_worst_run(problem, order, 10_000, QueryBudget(5.0)) is not None
    assert follow_worst_run(problem, order, 10_000, QueryBudget(5.0, deadline=0.0)) is None


share = st.fractions(0, 1, max_denominator=6)


@settings(max_examples=40, deadline=None)
@given(share, share, st.fractions(0, Fraction(1, 2), max_denominator=9), share)
def test_the_march_breaks_where_exact_fractions_do(
    a: Fraction, b: Fraction, n: Fraction, limit: Fraction
) -> None:
    assume(a + b + n <= 1)  # the domain is kept, and the step rises with x and with the choice

    def step(s: Any, nature: Any) -> list[Real]:
        return [a * s.x + b * s.x * s.x + nature.choose("n", at_most=n)]

    value, first, touched = Fraction(0), None, False
    for iteration in range(1, 9):  # exact: digits double at every iteration
        value = a * value + b * value * value + n
        if value > limit:
            first = iteration
            break
        touched |= value == limit  # no enclosure of a third ever decides that it is at most a third
    run = worst_run(claim_of(One, ["0"], step, lambda agent: agent.x <= limit), 8)
    assert (None if run is None else run.iteration) == first or (touched and run is None)
    if run is not None:
        last = run.steps[-1].after["x"]
        assert last.low <= value <= last.high


def test_the_march_does_not_pass_an_empty_choice() -> None:
    """After x = 3/8 nature has no value left, so no run reaches the limit that it seems to."""

    def step(s: Any, nature: Any) -> list[Real]:
        nature.choose("room", at_most="1/4" - s.x)
        return [s.x + "1/8"]

    with pytest.raises(SpecError, match='no value for "room" at iteration 4'):
        worst_run(claim_of(One, ["0"], step, lambda agent: agent.x <= "1/2"), 100)


def test_the_march_does_not_pass_a_choice_that_may_be_empty() -> None:
    """Whether there is room depends on a field that the worst run does not follow."""

    class Roomy(Agent[I]):
        x: Real = between(0, 1)
        y: Real = between(0, 1)

    def step(s: Any, nature: Any) -> list[Real]:
        nature.choose("room", at_most=s.y - "1/4")
        return [s.x + "1/8", s.y]

    assert worst_run(claim_of(Roomy, ["0", "1/2"], step, lambda a: a.x <= "1/2"), 100) is None

    def roomy(s: Any, nature: Any) -> list[Real]:
        nature.choose("room", at_most=s.y)
        return [s.x + "1/8", s.y]

    run = worst_run(claim_of(Roomy, ["0", "1/2"], roomy, lambda a: a.x <= "1/2"), 100)
    assert run is not None
    assert run.iteration == 5
