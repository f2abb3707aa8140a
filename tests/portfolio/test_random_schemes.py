"""Verdicts on random schemes agree with brute force."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.counterexamples.random_search import falsify
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Process,
    Real,
    between,
    maximum,
    minimum,
    when,
)
from spec.statements.base import Answer
from tests.plain_schemes import NoParameters


class Two(Agent[I]):
    x: Real = between(0, 1)
    y: Real = between(0, 1)


small = st.fractions(min_value=-1, max_value=1, max_denominator=4)
rows = st.tuples(small, small, small, st.fractions(0, Fraction(1, 2), max_denominator=4))
starts = st.tuples(*[st.fractions(0, 1, max_denominator=4)] * 2)
shapes = st.sampled_from(["linear", "quadratic", "threshold"])
Row = tuple[Fraction, Fraction, Fraction, Fraction]


def _raw(row: Row, shape: str, x: Any, y: Any, noise: Any, switch: Any) -> Any:
    a, b, c, _ = row
    base = a * x + b * y + c + noise
    if shape == "quadratic":
        return base * x + y * "1/4" if isinstance(base, Real) else base * x + y / 4
    return switch(base, x) if shape == "threshold" else base


def scheme_of(first: Row, second: Row, shape: str, start: tuple[Fraction, Fraction]) -> Process:
    def seed(p: NoParameters) -> Two[Invariant]:
        return Two(x=Real(start[0]), y=Real(start[1]))

    def step(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
        def switch(base: Real, x: Real) -> Real:
            return when(x <= "1/2", base, x / 2 + "1/4")

        n = nature.choose("n", at_most=first[3])
        m = nature.choose("m", at_most=second[3])
        x = _raw(first, shape, s.x, s.y, n, switch)
        y = _raw(second, "linear", s.y, s.x, m, switch)
        return Two(x=maximum(0, minimum(1, x)), y=maximum(0, minimum(1, y)))

    return Loop[NoParameters, Two[Invariant]](
        "random", parameters=NoParameters, seed=seed, step=step
    )


def plain_step(
    first: Row, second: Row, shape: str, x: Fraction, y: Fraction, n: Fraction, m: Fraction
) -> tuple[Fraction, Fraction]:
    """The same step in plain Python, written apart from the language."""

    def switch(base: Fraction, at: Fraction) -> Fraction:
        return base if at <= Fraction(1, 2) else at / 2 + Fraction(1, 4)

    a = _raw(first, shape, x, y, n, switch)
    b = _raw(second, "linear", y, x, m, switch)
    return max(Fraction(0), min(Fraction(1), a)), max(Fraction(0), min(Fraction(1), b))


def brute_force(first: Row, second: Row, shape: str, start: Any, limit: Fraction) -> int | None:
    """The first iteration at which some run, choices at the ends or halfway, breaks the limit."""
    states = {start}
    if start[0] > limit:
        return 0
    for iteration in range(1, 5):
        shares = itertools.product((Fraction(0), Fraction(1, 2), Fraction(1)), repeat=2)
        states = {
            plain_step(first, second, shape, x, y, u * first[3], v * second[3])
            for (x, y), (u, v) in itertools.product(states, list(shares))
        }
        if any(x > limit for x, _ in states):
            return iteration
    return None


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows, rows, shapes, starts, st.fractions(0, 1, max_denominator=5))
def test_random_schemes_agree_with_brute_force(
    first: Row, second: Row, shape: str, start: tuple[Fraction, Fraction], limit: Fraction
) -> None:
    class Limited(Invariant):
        def holds(self, agent: Two[Any]) -> Bool:
            return agent.x <= limit

    claim = Claim("random", scheme_of(first, second, shape, start), Limited())
    verdict = decide(claim, options=Options(timeout=8.0, query=1.0))
    broken = brute_force(first, second, shape, start, limit)
    if broken is not None:
        assert verdict.answer is Answer.REFUTED
    if verdict.answer is Answer.REFUTED:
        assert verdict.run is not None
        run = verdict.run
        if broken is not None:
            assert run.iteration <= broken
        x, y = start
        for step in run.steps[:8]:
            if step.after["x"].low == step.after["x"].high:  # the run is exact up to here
                n, m = step.chosen["n"].low, step.chosen["m"].low
                assert 0 <= n <= first[3]
                assert 0 <= m <= second[3]
                x, y = plain_step(first, second, shape, x, y, n, m)
                assert (x, y) == (step.after["x"].low, step.after["y"].low)
    if verdict.answer is Answer.PROVED:
        assert falsify(pose(claim), 60) is None
