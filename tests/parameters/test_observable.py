"""Loops that read one observable: thresholds against formulas, and what must not be proved."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget
from checker.parameters.comparisons import without_conditionals
from checker.parameters.meaning import Meaning, Span
from checker.parameters.observable import ObservedLoop, observed_loop
from checker.parameters.observed_condition import KeepsObserved
from checker.parameters.observed_runs import ObservedRuns
from checker.parameters.obstacles import NotExact
from checker.parameters.ranges import RangeSearch
from checker.parameters.threshold import threshold
from checker.system.parametric import ParametricProblem
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
    all_of,
    any_of,
    between,
    budget,
    exp,
    parameter,
    when,
)
from spec.statements.base import Answer
from tests.parameters.memories import SLOW

FEW = settings(SLOW, max_examples=4)


class Leak(Parameters):
    leak: Real = parameter("1/4", 0, 1, "what is lost of the share in a round, at most")


class Vessel(Agent[I]):
    """What nature fills in, what of it arrives, and how many rounds have been played."""

    whole: Real = between(0, 1)
    good: Real = between(0, 1)
    rounds: Real = between(0, 100)


class KeepsItsShare(Invariant):
    """For so many rounds; of those that come later nothing is said."""

    share: Real = budget(0, 1, "the share that arrives", limit="1/2")
    last: Real = budget(0, 50, "rounds of which it is said", limit=2)

    def holds(self, vessel: Vessel[Any]) -> Bool:
        return any_of(vessel.rounds > self.last, vessel.good >= self.share * vessel.whole)


def full(p: Leak) -> Vessel[KeepsItsShare]:
    """Everything has arrived."""
    return Vessel(whole=Real(1), good=Real(1), rounds=Real(0))


def cracked(p: Leak) -> Vessel[KeepsItsShare]:
    """Some of it is lost before the first round."""
    return Vessel(whole=Real(1), good=1 - p.leak, rounds=Real(0))


Seed = Callable[[Leak], Vessel[KeepsItsShare]]
Loss = Callable[[Nature, Leak], Real]


def up_to(nature: Nature, p: Leak) -> Real:
    """Nature loses what it likes."""
    return p.leak * nature.choose("loss", at_most=1)


def within(nature: Nature, p: Leak) -> Real:
    """Nature loses most strictly between the ends of its choice."""
    place = nature.choose("place", at_most=1)
    return p.leak * 4 * place * (1 - place)


def nothing(nature: Nature, p: Leak) -> Real:
    """Nature loses nothing that counts."""
    return nature.choose("loss", at_most=1) * 0


def along_a_curve(nature: Nature, p: Leak) -> Real:
    """Nature loses what it likes of a number that is no fraction."""
    return p.leak * exp(-nature.choose("loss", at_most=1)) / 4


def vessel(loss: Loss, invariant: Invariant, seed: Seed = full) -> Claim:
    def poured(before: Vessel[I], p: Leak, nature: Nature) -> Vessel[I]:
        whole = nature.choose("whole", at_most=1)
        share = when(before.good < before.whole, before.good / before.whole, 1)
        rounds = when(before.rounds < 50, before.rounds + 1, 50)
        return Vessel(whole=whole, good=share * (1 - loss(nature, p)) * whole, rounds=rounds)

    scheme = Loop[Leak, Vessel[KeepsItsShare]]("vessel", parameters=Leak, seed=seed, step=poured)
    return Claim("vessel", scheme, invariant)


def condition_of(claim: Claim) -> KeepsObserved:
    parametric = ParametricProblem(claim, ("leak",), {})
    budget_ = QueryBudget(10.0)
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, budget_)
    return KeepsObserved(ObservedRuns(observed_loop(parametric, budget_)), meaning)


@FEW
@given(st.integers(1, 9).map(lambda n: Fraction(n, 10)), st.integers(1, 3))
def test_a_share_that_leaks_for_some_rounds(limit: Fraction, rounds: int) -> None:
    """After n rounds (1 - leak)^n is left, however much nature fills in."""
    condition = condition_of(vessel(up_to, KeepsItsShare(share=Real(limit), last=Real(rounds))))
    found = RangeSearch(condition, lambda: False, Fraction(1, 4)).ranges((Fraction(0), Fraction(1)))
    first, *between_, last = found
    assert (first.answer, last.answer) == (Answer.PROVED, Answer.REFUTED)
    assert all(each.answer is Answer.UNKNOWN for each in between_)
    assert (1 - first.high.low) ** rounds >= limit >= (1 - last.low.high) ** rounds
    assert last.low.high - first.high.low <= Fraction(1, 10**9)


@FEW
@given(st.integers(1, 63).map(lambda n: Fraction(n, 64)), st.sampled_from([1, 2]))
def test_what_is_worst_within_the_bounds_is_never_proved(value: Fraction, rounds: int) -> None:
    """At the ends of the choice nothing is lost, so runs at the ends see no harm."""
    condition = condition_of(vessel(within, KeepsItsShare(last=Real(rounds))))
    answer = condition.at(rational(value))
    kept = (1 - value) ** rounds >= Fraction(1, 2)
    if rounds == 1:  # the first step from the seed needs no worst run
        assert answer is (Answer.UNKNOWN if kept else Answer.REFUTED)
    else:
        assert answer is not Answer.PROVED


def test_an_answer_is_said_of_an_interval_only_where_it_is_so_all_over() -> None:
    condition = condition_of(vessel(up_to, KeepsItsShare(last=Real(1))))
    zero, quarter, half, one = (rational(Fraction(n, 4)) for n in (0, 1, 2, 4))
    assert condition.all_over(Span(zero, half), Answer.PROVED)
    assert condition.all_over(Span(half, one), Answer.REFUTED)
    for answer in (Answer.PROVED, Answer.REFUTED):
        assert not condition.all_over(Span(quarter, one), answer)
    assert condition.another(Span(quarter, one), Answer.PROVED) is not None
    assert condition.another(Span(rational(Fraction(49, 100)), one), Answer.REFUTED) is not None


@FEW
@given(st.integers(0, 64).map(lambda n: Fraction(n, 64)))
def test_a_seed_that_breaks_the_claim(value: Fraction) -> None:
    """Of the rounds that follow nothing is said, so only the seed can break it."""
    claim = vessel(nothing, KeepsItsShare(last=Real(0)), cracked)
    answer = condition_of(claim).at(rational(value))
    assert answer is (Answer.PROVED if value <= Fraction(1, 2) else Answer.REFUTED)


def test_a_seed_that_breaks_the_claim_somewhere_in_an_interval() -> None:
    condition = condition_of(vessel(nothing, KeepsItsShare(last=Real(0)), cracked))
    zero, quarter, half, one = (rational(Fraction(n, 4)) for n in (0, 1, 2, 4))
    assert condition.all_over(Span(zero, half), Answer.PROVED)
    assert not condition.all_over(Span(quarter, one), Answer.PROVED)
    assert condition.all_over(Span(half, one), Answer.REFUTED)


def but_for_a_while(nature: Nature, p: Leak) -> Real:
    """Nature loses all, but at a few values of the parameter nothing."""
    kept = all_of(p.leak > Real("6/10"), p.leak < Real("7/10"))
    return when(kept, 0, nature.choose("loss", at_most=1))


def test_values_between_those_looked_at_count() -> None:
    condition = condition_of(vessel(but_for_a_while, KeepsItsShare(last=Real(1))))
    zero, half, one = (rational(Fraction(n, 2)) for n in range(3))
    assert condition.all_over(Span(zero, half), Answer.REFUTED)
    assert not condition.all_over(Span(zero, one), Answer.REFUTED)


def one_or_the_other(nature: Nature, p: Leak) -> Real:
    """Nature loses a quarter, or what may leak, or anything between."""
    place = nature.choose("place", at_most=1)
    return place * p.leak + (1 - place) / 4


@FEW
@given(st.sampled_from([8, 9, 10, 11]).map(lambda n: Fraction(n, 16)))
def test_the_worst_choice_changes_within_an_interval(limit: Fraction) -> None:
    """After two rounds (1 - max(leak, 1/4))^2 is left, and no one choice is the worst of all."""
    condition = condition_of(vessel(one_or_the_other, KeepsItsShare(share=Real(limit))))
    zero, one = rational(Fraction(0)), rational(Fraction(1))
    assert condition.all_over(Span(zero, one), Answer.REFUTED) is (limit > Fraction(9, 16))
    assert not condition.all_over(Span(zero, one), Answer.PROVED)
    by_one = list(condition.runs.broken([], Fraction(1, 2)))
    assert by_one != list(condition.runs.broken([], Fraction(1, 8)))
    for value in (Fraction(n, 16) for n in (0, 3, 5, 8, 16)):
        kept = (1 - max(value, Fraction(1, 4))) ** 2 >= limit
        assert condition.at(rational(value)) is (Answer.PROVED if kept else Answer.REFUTED)


@FEW
@given(st.integers(1, 9).map(lambda n: Fraction(n, 10)), st.integers(1, 3))
def test_guesses_between_two_values(limit: Fraction, rounds: int) -> None:
    """By how it breaks at one of them, which may be earlier than at others, or else by all."""
    condition = condition_of(vessel(up_to, KeepsItsShare(share=Real(limit), last=Real(rounds))))
    by_one = condition.between({Answer.PROVED: Fraction(0), Answer.REFUTED: Fraction(1)})
    by_all = condition.between({Answer.PROVED: Fraction(0)})
    for value in (Fraction(n, 8) for n in range(1, 8)):
        after = (1 - value) ** rounds
        assert by_all(value) is (Answer.PROVED if after >= limit else Answer.REFUTED)
        assert by_one(value) is (Answer.PROVED if 1 - value >= limit else Answer.REFUTED)


class Pair(Agent[I]):
    one: Real = between(0, 1)
    two: Real = between(0, 1)


class Small(Invariant):
    most: Real = budget(0, 1, "the first", limit="1/2")

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.one <= self.most


def test_a_loop_that_reads_two_numbers_is_not_of_this_kind() -> None:
    def start(p: Leak) -> Pair[Small]:
        return Pair(one=Real(0), two=Real(0))

    def step(pair: Pair[I], p: Leak, nature: Nature) -> Pair[I]:
        push = nature.choose("push", at_most=p.leak)
        return Pair(one=pair.two / 2 + push, two=pair.one * push)

    scheme = Loop[Leak, Pair[Small]]("pair", parameters=Leak, seed=start, step=step)
    with pytest.raises(NotExact):
        observed_loop(
            ParametricProblem(Claim("pair", scheme, Small()), ("leak",), {}), QueryBudget(5.0)
        )


def test_a_loop_along_a_curve_is_not_of_this_kind() -> None:
    """Its worst values are no fractions: they would have to be exact."""
    claim = vessel(along_a_curve, KeepsItsShare())
    with pytest.raises(NotExact):
        observed_loop(ParametricProblem(claim, ("leak",), {}), QueryBudget(5.0))
    assert threshold(claim, "leak", timeout=1.0).exact is None


def test_which_way_is_worse() -> None:
    def loop(kind: Invariant) -> ObservedLoop:
        def start(p: Leak) -> Pair[Small]:
            return Pair(one=Real(0), two=Real(0))

        def step(pair: Pair[I], p: Leak, nature: Nature) -> Pair[I]:
            one = pair.one * nature.choose("kept", at_most=1) + p.leak / 2
            return Pair(one=one / 2, two=1 - one / 2)

        scheme = Loop[Leak, Pair[Small]]("pair", parameters=Leak, seed=start, step=step)
        parametric = ParametricProblem(Claim("pair", scheme, kind), ("leak",), {})
        return observed_loop(parametric, QueryBudget(5.0))

    class Large(Invariant):
        least: Real = budget(0, 1, "the first", limit=0)

        def holds(self, pair: Pair[Any]) -> Bool:
            return pair.one >= self.least / 2

    assert loop(Small()).rising
    assert not loop(Large()).rising


def test_conditionals_are_replaced_by_what_they_are() -> None:
    x, y = z3.Reals("x y")
    nested = z3.If(x < y, z3.If(x < 0, -x, x), y)
    plain, branches = without_conditionals(nested >= 1)
    assert len(branches) == 2
    free = z3.Exists(branches, plain)
    assert z3.Solver().check(free != (nested >= 1)) == z3.unsat
