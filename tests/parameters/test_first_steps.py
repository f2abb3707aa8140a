"""Claims that break soon or are inductive: against formulas and verdicts, and what is not said."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import judge
from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget
from checker.parameters.first_steps import FirstSteps, first_steps
from checker.parameters.meaning import Meaning, Span
from checker.parameters.obstacles import NotExact
from checker.parameters.pinned import at_ends, pinned
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
    between,
    budget,
    minimum,
    parameter,
    when,
)
from spec.nature import Choice
from spec.statements.base import Answer
from tests.parameters.memories import SLOW

FEW = settings(SLOW, max_examples=4)
ZERO, ONE = Fraction(0), Fraction(1)


class Share(Parameters):
    share: Real = parameter("1/4", 0, 1, "a share")


class Pair(Agent[I]):
    one: Real = between(0, 1)
    other: Real = between(0, 1)


class NoMore(Invariant):
    """The one is no more than the other."""

    slack: Real = budget(0, 1, "what it may be more", limit=0)

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.one <= pair.other + self.slack


Draw = Callable[[Pair[Any], Share, Nature], Pair[Any]]


def drawn(draw: Draw, invariant: Invariant) -> Claim:
    def start(p: Share) -> Pair[NoMore]:
        return Pair(one=Real(0), other=Real(0))

    scheme = Loop[Share, Pair[NoMore]]("drawn", parameters=Share, seed=start, step=draw)
    return Claim("drawn", scheme, invariant)


def mixed(weight: Fraction) -> Draw:
    """Two mixtures of two numbers that nature chooses, the one with as much as is left open."""

    def draw(pair: Pair[I], p: Share, nature: Nature) -> Pair[I]:
        less = nature.choose("less", at_most=1)
        more = nature.choose("more", at_least=less, at_most=1)
        kept = nature.choose("kept", at_least=p.share, at_most=1)
        return Pair(
            one=kept * less + (1 - kept) * more,
            other=weight * more + (1 - weight) * less,
        )

    return draw


def adding(pair: Pair[I], p: Share, nature: Nature) -> Pair[I]:
    """Up to a share is added in each of so many rounds, which are counted in fifths."""
    part = nature.choose("part", at_most=p.share)
    more = pair.other < Real("3/5")
    return Pair(
        one=when(more, minimum(1, pair.one + part), pair.one),
        other=when(more, pair.other + Real("1/5"), pair.other),
    )


class Little(Invariant):
    most: Real = budget(0, 1, "the one", limit="1/2")

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.one <= self.most


def slowly(pair: Pair[I], p: Share, nature: Nature) -> Pair[I]:
    """A tenth of the share is added in each round, without an end."""
    part = nature.choose("part", at_most=p.share / 10)
    return Pair(one=minimum(1, pair.one + part), other=pair.other)


def now_and_then(pair: Pair[I], p: Share, nature: Nature) -> Pair[I]:
    """Nature takes all, but at a few values of the parameter nothing."""
    kept = all_of(p.share > Real("6/10"), p.share < Real("7/10"))
    return Pair(one=when(kept, 0, nature.choose("part", at_most=1)), other=pair.other)


def condition_of(claim: Claim) -> FirstSteps:
    parametric = ParametricProblem(claim, ("share",), {})
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, QueryBudget(5.0))
    return FirstSteps(parametric, meaning)


@FEW
@given(st.integers(1, 19).map(lambda n: Fraction(n, 20)))
def test_what_nature_draws_is_bounded_by_what_it_may_choose(weight: Fraction) -> None:
    """One is the less by at most 1 - share of the difference, other by weight: share >= 1 - w."""
    claim = drawn(mixed(weight), NoMore())
    found = threshold(claim, "share", timeout=30.0)
    assert found.exact is not None
    assert (found.exact.fraction, found.included, found.rising) == (1 - weight, True, False)
    near = Fraction(1, 10**6)
    for value, answer in ((1 - weight + near, Answer.PROVED), (1 - weight - near, Answer.REFUTED)):
        assert judge(claim, {"share": value}).answer is answer


@FEW
@given(st.integers(1, 9).map(lambda n: Fraction(n, 10)))
def test_rounds_that_come_to_an_end(limit: Fraction) -> None:
    """Three times the share is added: no clause is inductive by itself, but the rounds are."""
    search = RangeSearch(
        condition_of(drawn(adding, Little(most=Real(limit)))), lambda: False, Fraction(1, 4)
    )
    first, last = search.ranges((ZERO, ONE))
    assert (first.answer, last.answer) == (Answer.PROVED, Answer.REFUTED)
    assert (first.high.fraction, first.high_included) == (limit / 3, True)


def test_rounds_that_break_the_claim_somewhere_in_an_interval() -> None:
    condition = condition_of(drawn(adding, Little()))
    zero, sixth, one = (rational(Fraction(n, 6)) for n in (0, 1, 6))
    assert condition.all_over(Span(zero, sixth), Answer.PROVED)
    assert not condition.all_over(Span(zero, one), Answer.PROVED)


def test_a_round_in_which_nature_has_no_choice_shows_nothing() -> None:
    """In the second round there is no part to choose if the share is less than a tenth."""

    def lacking(pair: Pair[I], p: Share, nature: Nature) -> Pair[I]:
        second = all_of(pair.other >= Real("1/5"), pair.other < Real("2/5"))
        part = nature.choose("part", at_least=when(second, Real("1/10"), 0), at_most=p.share)
        more = pair.other < Real("3/5")
        return Pair(
            one=when(more, minimum(1, pair.one + part), pair.one),
            other=when(more, pair.other + Real("1/5"), pair.other),
        )

    condition = condition_of(drawn(lacking, Little()))
    assert condition.at(rational(Fraction(1, 20))) is Answer.UNKNOWN
    assert condition.at(rational(Fraction(1, 3))) is Answer.REFUTED


def test_choices_are_pinned_at_ends_where_these_break_it_too() -> None:
    share, part = z3.Reals("share part")
    choice = Choice("part", part, z3.RealVal(0), share, "", "")
    at, chosen = (share, Fraction(1)), {"part": Fraction(3, 4)}
    found = pinned(z3.And(part <= share, part > Fraction(1, 2)), [choice], at, chosen)
    solver = z3.Solver()
    assert solver.check(found != (share > Fraction(1, 2))) == z3.unsat
    between = pinned(z3.And(part > Fraction(1, 2), part < 1), [choice], at, chosen)
    expected = z3.And(share * 3 / 4 > Fraction(1, 2), share * 3 / 4 < 1)
    assert solver.check(between != expected) == z3.unsat


def test_choices_are_put_at_ends_as_long_as_the_condition_is_met() -> None:
    share, part, rest, other = z3.Reals("share part rest other")
    first = Choice("part", part, z3.RealVal(0), share, "", "")
    second = Choice("rest", rest, part, z3.RealVal(1), "", "")
    elsewhere = Choice("rest", rest, other, other + 1, "", "")
    condition = z3.And(part >= 0, part <= share, part > Fraction(1, 2), rest >= part, rest <= 1)

    def met(asked: z3.BoolRef) -> bool:
        return bool(z3.Solver().check(asked, share == 1) == z3.sat)

    solver = z3.Solver()
    found = at_ends(condition, [first, second], share, met)
    assert solver.check(found != z3.And(share > Fraction(1, 2), share <= 1)) == z3.unsat
    assert at_ends(condition, [first, elsewhere], share, met).eq(
        at_ends(condition, [first], share, met)
    )
    assert at_ends(condition, [first, second], share, lambda asked: False).eq(condition)


def turning(pair: Pair[I], p: Share, nature: Nature) -> Pair[I]:
    """The two change places, and a twentieth of the share is added to nineteen twentieths."""
    part = nature.choose("part", at_most=p.share / 20)
    return Pair(one="19/20" * pair.other + part, other="19/20" * pair.one)


def test_what_breaks_later_is_not_said_to_hold() -> None:
    """Of a share, 20/39 are reached in the end, far from the steps that are looked at."""
    condition = condition_of(drawn(turning, Little(most=Real("1/4"))))
    assert condition.at(rational(ONE)) is Answer.REFUTED
    assert condition.at(rational(Fraction(49, 100))) is Answer.UNKNOWN
    assert condition.at(rational(ZERO)) is Answer.PROVED
    assert not condition.all_over(Span(rational(ZERO), rational(ONE)), Answer.PROVED)


def test_a_condition_that_says_nothing_somewhere_is_none() -> None:
    parametric = ParametricProblem(drawn(turning, Little(most=Real("1/4"))), ("share",), {})
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, QueryBudget(5.0))
    with pytest.raises(NotExact):
        first_steps(parametric, (ZERO, Fraction(98, 100)), meaning)


def test_an_answer_is_said_of_an_interval_only_where_it_is_so_all_over() -> None:
    condition = condition_of(drawn(now_and_then, Little()))
    zero, half, one = (rational(Fraction(n, 2)) for n in range(3))
    assert condition.all_over(Span(zero, half), Answer.REFUTED)
    assert not condition.all_over(Span(zero, one), Answer.REFUTED)
    assert not condition.all_over(Span(half, one), Answer.PROVED)
    found = condition.another(Span(half, one), Answer.PROVED)
    assert found is not None
    assert condition.at(rational(found)) is Answer.REFUTED


@FEW
@given(st.integers(0, 20), st.integers(1, 9))
def test_single_values_agree_with_verdicts(share: int, limit: int) -> None:
    value = Fraction(share, 20)
    for draw, invariant in (
        (mixed(Fraction(limit, 10)), NoMore()),
        (adding, Little(most=Real(Fraction(limit, 10)))),
    ):
        claim = drawn(draw, invariant)
        answer = condition_of(claim).at(rational(value))
        assert answer in (judge(claim, {"share": value}).answer, Answer.UNKNOWN)
