"""Statements that all runs settle agree with closed forms, and traps do not deceive them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from checker import check, judge
from checker.backends.solver import QueryBudget
from checker.counterexamples.fixed_strategy import fix_choices
from checker.portfolio.decision import Options
from checker.report.words import describe, detail
from checker.report.would_decide import remedy
from checker.statements import settles
from checker.statements.settles import RunStaysOut, Settled, decide_settles
from checker.system.problem import pose
from checker.system.replay import Enclosure
from checker.system.verdict import Unknown
from spec import (
    Agent,
    Bool,
    Claim,
    Count,
    I,
    Invariant,
    Loop,
    Nature,
    Real,
    Settles,
    SpecError,
    all_of,
    between,
    budget,
    minimum,
    unbounded,
    when,
    whole,
)
from spec.statements.base import Answer
from tests.plain_schemes import NoParameters
from tests.statements.memories import FEW, AtMost, F, Memory, Noise, affine, anchored, loop, vote


@FEW
@given(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9))
def test_settling_of_an_affine_loop_is_where_its_worst_fixed_point_lies(
    slope: int, push: int, limit: int
) -> None:
    a, b, most = F(slope, 10), F(push, 100), F(limit, 10)
    highest = b / (1 - a)
    if highest > 1:  # it leaves its domain
        return
    verdict = judge(Settles("s", affine(a, b), AtMost(error=Real(most))))
    if highest < most:
        assert verdict.answer is Answer.PROVED
    elif highest > most:
        assert verdict.answer is Answer.REFUTED
    elif a:  # approached from above and never reached
        assert verdict.answer in (Answer.REFUTED, Answer.UNKNOWN)


def test_voting_alone_keeps_a_wrong_start_and_an_anchor_does_not() -> None:
    alone = check(Settles("alone", loop(vote), AtMost(), expected="refuted"))
    (stays_out,) = alone.facts
    assert isinstance(stays_out, RunStaysOut)
    assert stays_out.run.seed == {"error": Enclosure(F(1), F(1))}
    assert any("error = 1" in line for line in detail(stays_out))
    check(Settles("anchored", loop(anchored), AtMost()))
    check(Claim("from the seed", loop(vote), AtMost()))


def test_a_run_that_stays_outside_needs_no_fixed_point() -> None:
    def swings(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=1 - memory.error / 4)

    check(Settles("swings", loop(swings), AtMost(), expected="refuted"))


def test_a_run_that_leaves_late_is_not_taken_to_stay_outside() -> None:
    def fades(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=memory.error * F(999, 1000))

    assert judge(Settles("s", loop(fades), AtMost())).answer is not Answer.REFUTED


def test_a_run_that_comes_and_goes_does_not_settle() -> None:
    def turns(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=1 - memory.error)

    assert judge(Settles("s", loop(turns), AtMost())).answer is not Answer.PROVED


def test_a_trap_that_samples_miss_is_not_taken_to_settle() -> None:
    """Two narrow windows lead into each other; everything else is halved."""

    def trapped(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        e = memory.error
        low = all_of(e > F(304, 1000), e < F(306, 1000))
        high = all_of(e > F(609, 1000), e < F(611, 1000))
        return Memory(error=when(low, "61/100", when(high, "305/1000", e / 2)))

    assert judge(Settles("s", loop(trapped), AtMost(error=Real("1/5")))).answer is not Answer.PROVED


def test_a_run_on_which_nature_has_nothing_to_choose_refutes_nothing() -> None:
    """Above 1/2 the choice has no value: with it made all the same, the run would stay outside."""

    def squeezed(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        low = nature.choose("low", at_least=memory.error / 2, at_most="1/4")
        return Memory(error=minimum(1, low + memory.error * F(3, 5)))

    composed = pose(Claim("c", loop(squeezed), AtMost())).composed()
    with_choice = fix_choices(composed, [F(0)])
    strict = fix_choices(composed, [F(0)], strict=True)
    assert not with_choice.steps[0].stage.sides
    (side,) = strict.steps[0].stage.sides
    (error,) = composed.agent.symbols
    assert z3.is_false(z3.simplify(z3.substitute(side.condition, (error, z3.RealVal(1)))))
    with pytest.raises(SpecError, match="nature has no value"):
        judge(Settles("s", loop(squeezed), AtMost()))


class Learner(Agent[I]):
    data: Real = unbounded("examples", at_least=1)
    error: Real = between(0, 1, "probability of a wrong answer")


class Seldom(Invariant):
    """Errors are rare."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/3")

    def holds(self, learner: Learner[Any]) -> Bool:
        return learner.error <= self.error


def _ignorant(p: NoParameters) -> Learner[Seldom]:
    return Learner(data=Real(1), error=Real(1))


def _collect(learner: Learner[I], p: NoParameters, nature: Nature) -> Learner[I]:
    return Learner(data=learner.data + 1, error=1 / (learner.data + 1))


collecting = Loop[NoParameters, Learner[Seldom]](
    "collecting", parameters=NoParameters, seed=_ignorant, step=_collect
)


@pytest.mark.parametrize(("most", "iterations"), [("1/2", 1), ("1/3", 2), ("1/10", 9)])
def test_what_has_no_greatest_value_is_no_hindrance(most: str, iterations: int) -> None:
    """With n examples at first the error is 1 / (n + k) after k rounds, for every n >= 1: at most
    1 / (1 + k), and no least number."""
    verdict = check(Settles("learns", collecting, Seldom(error=Real(most))))
    (settled,) = verdict.facts
    assert isinstance(settled, Settled)
    assert settled.iterations == iterations
    assert [bound.relation for bound in settled.bounds if bound.quantity == "error"] == ["<="]


class Turns(Agent[I]):
    turn: Count = whole(0, 4, "rounds since the first")
    error: Real = between(0, 1, "probability of a wrong answer")


class Rare(Invariant):
    """Errors are rare."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/3")

    def holds(self, turns: Turns[Any]) -> Bool:
        return turns.error <= self.error


def _first(p: NoParameters) -> Turns[Rare]:
    return Turns(turn=Count(0), error=Real(1))


def _turn(turns: Turns[I], p: NoParameters, nature: Nature) -> Turns[I]:
    over = turns.turn >= 4
    return Turns(turn=when(over, Count(0), turns.turn.plus(1)), error=turns.error / 2)


def test_a_count_that_begins_again_is_no_hindrance() -> None:
    """At its ends the step leads to 0 and 1, between them further."""
    turning = Loop[NoParameters, Turns[Rare]](
        "turning", parameters=NoParameters, seed=_first, step=_turn
    )
    (settled,) = check(Settles("s", turning, Rare())).facts
    assert isinstance(settled, Settled)
    assert settled.iterations == 2


class Pair(Agent[I]):
    first: Real = between(0, 1)
    second: Real = between(0, 1)


class Ordered(Invariant):
    """The first is no more than the second."""

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.first <= pair.second


def _pair(p: NoParameters) -> Pair[Ordered]:
    return Pair(first=Real(0), second=Real(1))


def _copy(pair: Pair[I], p: NoParameters, nature: Nature) -> Pair[I]:
    return Pair(first=pair.first, second=pair.first)


def _fade(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error * F(999, 1000))


def _divide(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error * memory.error / memory.error / 2)


copying = Loop[NoParameters, Pair[Ordered]](
    "copying", parameters=NoParameters, seed=_pair, step=_copy
)


@pytest.mark.parametrize(
    ("statement", "seconds", "said"),
    [
        (Settles("s", loop(_fade), AtMost()), 60.0, "do not settle within 400 iterations"),
        (Settles("s", loop(_fade), AtMost()), 1e-9, "the time was up after 0 iterations"),
        (Settles("s", copying, Ordered()), 60.0, "come to rest after 0 iterations"),
        (Settles("s", loop(_divide), AtMost()), 60.0, "is shown for 0 iterations, and no further"),
    ],
)
def test_why_nothing_is_known_is_said_as_it_is(
    statement: Settles, seconds: float, said: str
) -> None:
    verdict = decide_settles(statement, {}, Options(timeout=seconds))
    assert isinstance(verdict.result, Unknown)
    assert said in describe(verdict.result.reason)
    assert remedy(verdict.result.reason)


def test_what_a_guess_gives_way_to_lies_within_the_box_before() -> None:
    """From errors of at most 1/2 halving leads to 1/4 and less: a guess of 1/8 gives way to 1/2, so
    that boxes never grow, and what is within them stays."""
    problem = pose(Claim("c", affine(F(1, 2), F(0)), AtMost()))
    guessing = SimpleNamespace(
        transformers=[SimpleNamespace(exact_image=lambda box: ((F(0), F(1, 8)),))]
    )
    box = ((F(0), F(1, 2)),)
    assert settles._images(problem, cast(Any, guessing), box, QueryBudget(2.0)) == [box]
