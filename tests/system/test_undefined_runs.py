"""A run stops where it is undefined, where nature has nothing to choose, and where it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from checker import decide
from checker.system.obligations import Duty
from checker.system.replay import Enclosure
from spec import (
    Agent,
    Bool,
    Claim,
    Count,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    SpecError,
    between,
    flag,
    minimum,
    parameter,
    when,
    whole,
)
from spec.statements.base import Answer


class Pair(Agent[I]):
    x: Real = between(0, 1, "first")
    y: Real = between(0, "3/10", "second")


class Low(Invariant):
    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.x <= "1/2"


class Pace(Parameters):
    d: Real = parameter("3/6001", 0, 1, "how much the first grows")


def both_zero(p: Pace) -> Pair[Low]:
    return Pair(x=Real(0), y=Real(0))


def cancelling(pair: Pair[I], p: Pace, nature: Nature) -> Pair[I]:
    weight = 1 / pair.y  # 0 at the start, though what is made of it cancels out
    return Pair(x=minimum(1, pair.x + "1/10" + 0 * weight), y=Real(0))


def leaving(pair: Pair[I], p: Pace, nature: Nature) -> Pair[I]:
    return Pair(x=pair.x + p.d, y=pair.y + "1/1000")


def claim(step: Any) -> Claim:
    loop = Loop[Pace, Pair[Low]]("pair", parameters=Pace, seed=both_zero, step=step)
    return Claim("pair/low", loop, Low())


def test_a_division_by_zero_that_cancels_out_ends_the_run() -> None:
    with pytest.raises(SpecError, match="divides by zero at iteration 1"):
        decide(claim(cancelling))


def test_the_worst_run_ends_where_another_field_leaves_its_domain() -> None:
    verdict = decide(claim(leaving))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.left_domain
    assert verdict.run.iteration == 301


class Clock(Agent[I]):
    x: Real = between(0, 1, "a chaotic number")
    n: Real = between(0, 100, "time")
    bad: Real = between(0, 1, "whether it went wrong")


class Fine(Invariant):
    def holds(self, clock: Clock[Any]) -> Bool:
        return clock.bad <= "1/10"


def started(p: Pace) -> Clock[Fine]:
    return Clock(x=Real("1/3"), n=Real(0), bad=Real(0))


def impossible(clock: Clock[I], p: Pace, nature: Nature) -> Clock[I]:
    """From time 20 on the choice's bounds are the wrong way round, by less than balls can tell."""
    late = clock.n >= 20
    y = 1 + clock.x
    top = y * y - 2 * clock.x
    choice = nature.choose("c", at_least=1 + clock.x**2, at_most=when(late, top - "1e-60", top))
    folded = when(clock.x <= "1/2", 2 * clock.x, 2 - 2 * clock.x) * "63/64"
    bad = when(late, 0 * choice + 1, 0)
    return Clock(x=folded**2, n=minimum(clock.n + 1, 100), bad=bad)


def test_a_choice_that_may_not_exist_is_no_counterexample() -> None:
    loop = Loop[Pace, Clock[Fine]]("clock", parameters=Pace, seed=started, step=impossible)
    verdict = decide(Claim("clock/fine", loop, Fine()))
    assert verdict.answer is Answer.UNKNOWN
    assert verdict.reason.blocked.obligation.duty is Duty.WELL_DEFINED  # type: ignore[union-attr]


class Mixed(Agent[I]):
    x: Real = between(0, 1, "how far it is")
    n: Count = whole(0, 9, "how often it was late")
    bad: Bool = flag("whether it was ever late")


class Never(Invariant):
    def holds(self, mixed: Mixed[Any]) -> Bool:
        return ~mixed.bad


class Few(Invariant):
    def holds(self, mixed: Mixed[Any]) -> Bool:
        return mixed.n <= 3


def early(p: Pace) -> Mixed[Never]:
    return Mixed(x=Real(0), n=Count(0), bad=Bool(False))


def later(mixed: Mixed[I], p: Pace, nature: Nature) -> Mixed[I]:
    late = mixed.x > "1/2"
    counted = when(late & (mixed.n <= 8), mixed.n.plus(1), mixed.n)
    return Mixed(x=minimum(1, mixed.x + "1/1000"), n=counted, bad=mixed.bad | late)


@pytest.mark.parametrize(("invariant", "iteration"), [(Never(), 502), (Few(), 505)])
def test_claims_about_flags_and_counts_are_decided(invariant: Invariant, iteration: int) -> None:
    loop = Loop[Pace, Mixed[Never]]("mixed", parameters=Pace, seed=early, step=later)
    verdict = decide(Claim("mixed/claim", loop, invariant))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.iteration == iteration


def test_a_number_beyond_floats_is_shown() -> None:
    from fractions import Fraction

    assert str(Enclosure(Fraction(10) ** 400, Fraction(10) ** 400)) == "1e+400"
