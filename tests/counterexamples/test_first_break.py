"""The first break of a loop, against all runs of choices at their ends."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.solver import QueryBudget
from checker.counterexamples.first_break import first_break
from checker.counterexamples.random_search import following
from checker.system.problem import Problem, pose
from checker.system.replay import replay
from checker.system.unrolling import by_stage
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
)

HORIZON = 4
NOTHING = [Fraction(0)] * 9


def in_time() -> QueryBudget:
    return QueryBudget(5.0, time.monotonic() + 60)


class Pair(Agent[I]):
    a: Real = between(0, 4, "share")
    b: Real = between(0, 4, "share")


class Nothing(Parameters):
    """None."""


class Few(Invariant):
    """A weighted sum is at most the limit."""

    most: Real = budget(-4, 4, "sum", limit=1)
    weight: Real = budget(-2, 2, "weight", limit=1)

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.a + self.weight * pair.b <= self.most


class Fewer(Few):
    """It is below the limit."""

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.a + self.weight * pair.b < self.most


tenths = st.integers(0, 10).map(lambda n: Fraction(n, 10))
signed = st.integers(-10, 10).map(lambda n: Fraction(n, 10))
shares = st.integers(0, 20).map(lambda n: Fraction(n, 100))
"""Coefficients of a choice, so small that a few of them stay within the domain."""


def stepping(
    table: dict[str, list[Fraction]], start: tuple[Fraction, Fraction], claim: Few
) -> Claim:
    """Each field becomes what its row says of 1, a, b, u, u a, u b, v, v a and v b, if that is a
    share, and the nearest share if the row may leave them."""

    def begin(p: Nothing) -> Pair[Few]:
        return Pair(a=Real(start[0]), b=Real(start[1]))

    def step(pair: Pair[I], p: Nothing, nature: Nature) -> Pair[I]:
        u, v = (nature.choose(name, at_least="1/4", at_most="3/4") for name in ("u", "v"))
        read = [Real(1), pair.a, pair.b]
        read += [one * other for one in (u, v) for other in read]
        rows = [sum((c * x for c, x in zip(table[f], read, strict=True)), Real(0)) for f in "ab"]
        return Pair(a=rows[0], b=rows[1])

    return Claim(
        "stepping",
        Loop[Nothing, Pair[Few]]("stepping", parameters=Nothing, seed=begin, step=step),
        claim,
    )


def brute_force(problem: Problem) -> int | None:
    """The first iteration at which a run with all choices at ends breaks."""
    ends = list(itertools.product((Fraction(0), Fraction(1)), repeat=2))
    for length in range(1, HORIZON + 1):
        for plan in itertools.product(ends, repeat=length):
            run = replay(problem, following([(units,) for units in plan]), length)
            if run is not None and run.broken is not None and run.iteration <= length:
                return run.iteration
    return None


@st.composite
def rows(draw: st.DrawFn) -> list[Fraction]:
    """What a field becomes: each choice rises in it, or each falls from a start high enough."""
    slopes = draw(st.lists(shares, min_size=6, max_size=6))
    start = draw(st.lists(shares, min_size=3, max_size=3))
    if draw(st.booleans()):
        return start + slopes
    return [a + sum(slopes, Fraction(0)) for a in start] + [-slope for slope in slopes]


@settings(max_examples=100)
@given(rows(), rows(), tenths, tenths, st.sampled_from([Few, Fewer]), tenths, signed)
def test_no_run_of_extreme_choices_breaks_before_and_one_breaks_then(
    first: list[Fraction],
    second: list[Fraction],
    a: Fraction,
    b: Fraction,
    kind: type[Few],
    gap: Fraction,
    weight: Fraction,
) -> None:
    limits = kind(most=Real(a + weight * b + gap), weight=Real(weight))
    claim = stepping({"a": first, "b": second}, (a, b), limits)
    problem = pose(claim)
    found = first_break(problem.composed(), HORIZON, in_time())
    seed = replay(problem, lambda iteration, stage: (), 0)
    if found is None or (seed is not None and seed.broken is not None):
        return  # some slope has both signs
    assert found.iteration == brute_force(problem)
    if found.iteration is not None:
        run = replay(problem, by_stage(problem, found.units), found.iteration)
        assert run is not None
        assert run.broken is not None
        assert run.iteration == found.iteration


def test_a_slope_with_both_signs_is_left_open() -> None:
    claim = stepping({"a": row(u=1, ua=-2), "b": NOTHING}, (Fraction(0), Fraction(0)), Few())
    assert first_break(pose(claim).composed(), HORIZON, in_time()) is None


def row(**coefficients: int) -> list[Fraction]:
    """A field that becomes a sum of these of 1, a, b, u and v, the choices from 1/4 to 3/4."""
    found = dict(zip(("one", "a", "b", "u", "ua", "ub", "v", "va", "vb"), NOTHING, strict=True))
    return [Fraction(value) for value in (found | coefficients).values()]


def first_of(a: list[Fraction], b: list[Fraction], claim: Few) -> int | None:
    """The first break from zero within the horizon, its run replayed."""
    problem = pose(stepping({"a": a, "b": b}, (Fraction(0), Fraction(0)), claim))
    found = first_break(problem.composed(), HORIZON, in_time())
    assert found is not None
    if found.iteration is not None:
        run = replay(problem, by_stage(problem, found.units), found.iteration)
        assert run is not None
        assert run.broken is not None
        assert run.iteration == found.iteration
    return found.iteration


def test_a_limit_that_is_reached_breaks_only_a_strict_claim() -> None:
    climbing, still = row(a=1, u=1), row()
    assert first_of(climbing, still, Fewer(most=Real(Fraction(3, 2)))) == 2
    assert first_of(climbing, still, Few(most=Real(Fraction(3, 2)))) == 3


def test_a_choice_may_be_worst_high_at_first_and_low_at_last() -> None:
    claim = Few(most=Real(1), weight=Real(0))
    assert first_of(row(one=1, b=1, u=-1), row(b=1, u=1), claim) == 2


def test_a_choice_whose_bounds_read_the_state_is_left_open() -> None:
    def begin(p: Nothing) -> Pair[Few]:
        return Pair(a=Real("1/2"), b=Real(0))

    def step(pair: Pair[I], p: Nothing, nature: Nature) -> Pair[I]:
        return Pair(a=nature.choose("more", at_most=pair.a), b=pair.b)

    loop = Loop[Nothing, Pair[Few]]("bound", parameters=Nothing, seed=begin, step=step)
    assert first_break(pose(Claim("bound", loop, Few())), HORIZON, in_time()) is None


def test_nothing_breaks_within_the_horizon() -> None:
    assert first_of(row(a=1), row(b=1), Few()) is None
