"""Thresholds of loops with flags and counts are those of their runs, worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import pytest
import z3
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget
from checker.counterexamples.worst_run import follow_worst_run
from checker.invariants.monotone import is_monotone, order_at_a_time
from checker.invariants.turns import clocks, short_number
from checker.parameters.exact_condition import SettlesBetween
from checker.parameters.exact_threshold import exact_threshold
from checker.parameters.meaning import Meaning
from checker.parameters.one_number import one_number
from checker.parameters.range_along import range_along
from checker.parameters.threshold import threshold
from checker.system.parametric import ParametricProblem
from checker.system.problem import pose
from checker.system.verdict import Refutation, Shortest
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
    between,
    budget,
    flag,
    parameter,
    when,
    whole,
)
from spec.statements.base import Answer

LAST = 4
LIMIT = Fraction(1, 2)


class Off(Agent[I]):
    at: Count = whole(0, LAST, "the number of the round")
    off: Real = between(-4, 4, "how far it is off")


class Near(Invariant):
    """Never far off, to either side."""

    off: Real = budget(0, 1, "how far it may be off", limit="1/2")

    def holds(self, agent: Off[Any]) -> Bool:
        return (agent.off <= self.off) & (agent.off >= -self.off)


class Below(Invariant):
    """Never far off, to one side."""

    off: Real = budget(0, 1, "how far it may be off", limit="1/2")

    def holds(self, agent: Off[Any]) -> Bool:
        return agent.off <= self.off


class Push(Parameters):
    push: Real = parameter("1/100", 0, 1, "how far nature may push")


@attrs.frozen
class Rounds:
    """What each round keeps, how much it is pushed, and in which of its two ways it may go on; in
    the second it is pushed twice as much."""

    kept: Sequence[Fraction]
    pushed: Sequence[Fraction]
    after: Sequence[tuple[int, int]]
    first: Fraction = Fraction(0)

    @property
    def loop(self) -> Loop[Push, Off[Near]]:
        """The loop of these rounds, from the first."""
        kept, pushed, after, first = self.kept, self.pushed, self.after, self.first

        def start(p: Push) -> Off[Near]:
            return Off(at=Count(0), off=Real(first))

        def go_on(agent: Off[I], p: Push, nature: Nature) -> Off[I]:
            share, top, then = Real(kept[-1]), Real(pushed[-1]), after[-1]
            turned = nature.whether("turned")
            to = when(turned, Count(then[1]), Count(then[0]))
            for number in range(len(kept) - 1):
                here, (one, other) = agent.at == number, after[number]
                share, top = when(here, kept[number], share), when(here, pushed[number], top)
                to = when(here, when(turned, Count(other), Count(one)), to)
            push = nature.choose("push", at_least=0, at_most=p.push)
            return Off(at=to, off=share * agent.off + when(turned, 2 * top, top) * push)

        return Loop[Push, Off[Near]]("rounds", parameters=Push, seed=start, step=go_on)

    def widest(self, rounds: int, push: Fraction = Fraction(1)) -> Iterator[Fraction]:
        """How far off a run may be, at first and after each of some iterations."""
        ends = {0: (self.first, self.first)}
        yield abs(self.first)
        for _ in range(rounds):
            led: dict[int, list[Fraction]] = {}
            for at, (low, high) in ends.items():
                kept = (self.kept[at] * low, self.kept[at] * high)
                for way, to in enumerate(self.after[at]):
                    top = self.pushed[at] * push * (way + 1)
                    led.setdefault(to, []).extend(off + add for off in kept for add in (0, top))
            ends = {at: (_rounded(min(off)), _rounded(max(off))) for at, off in led.items()}
            yield max(max(-low, high) for low, high in ends.values())

    def most(self, rounds: int, push: Fraction = Fraction(1)) -> Fraction:
        """The most of these."""
        return max(self.widest(rounds, push))


def _rounded(off: Fraction) -> Fraction:
    """To thirty digits, which many rounds would make thousands."""
    return Fraction(round(off * 10**30), 10**30)


def some_rounds(*, turning: bool, signed: bool) -> st.SearchStrategy[Rounds]:
    """Rounds that go on in one way or in two, and push to one side or to both."""
    shares = [Fraction(n, 8) for n in range(-9 if signed else 0, 10 if signed else 9)]
    pushes = [Fraction(n, 4) for n in range(-4 if signed else 0, 5)]
    ways = st.integers(0, LAST)
    pairs = st.tuples(ways, ways) if turning else ways.map(lambda to: (to, to))

    def of(size: int) -> st.SearchStrategy[Rounds]:
        inner = pairs.map(lambda pair: (pair[0] % size, pair[1] % size))
        return st.builds(
            Rounds,
            *(st.lists(st.sampled_from(e), min_size=size, max_size=size) for e in (shares, pushes)),
            st.lists(inner, min_size=size, max_size=size),
            st.sampled_from([Fraction(n, 8) for n in range(-5 if signed else 0, 6)]),
        )

    return st.integers(1, LAST + 1).flatmap(of)


def condition_at(rounds: Rounds) -> Callable[[Fraction], Answer]:
    """What the condition on one number in modes says at values of the parameter."""
    parametric = ParametricProblem(Claim("near", rounds.loop, Near()), ("push",))
    budget_, domain = QueryBudget(10.0), parametric.domain[0]
    found = one_number(parametric, domain, budget_)
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, budget_)
    condition = SettlesBetween(found, meaning)
    return lambda value: condition.at(rational(value))


@settings(max_examples=40, deadline=None)
@given(some_rounds(turning=True, signed=True), st.fractions(0, 1, max_denominator=40))
def test_one_number_in_modes_holds_exactly_as_far_as_its_runs(
    rounds: Rounds, push: Fraction
) -> None:
    at, most, longer = condition_at(rounds), rounds.most(60, push), rounds.most(120, push)
    if longer > LIMIT * (1 + Fraction(1, 10**6)):
        assert at(push) is Answer.REFUTED
    elif longer < LIMIT * (1 - Fraction(1, 1000)) and longer - most < Fraction(1, 10**9):
        assert at(push) is Answer.PROVED  # what is reached has as good as come to rest


LED = Rounds(
    [Fraction(1), Fraction(0), Fraction(0)],
    [Fraction(1), Fraction(0), Fraction(1, 4)],
    [(1, 1), (2, 2), (2, 2)],
)
"""Off by a push after the first round, which never comes again, and by a quarter later."""

PAIRED = Rounds([Fraction(1)] * 2 + [Fraction(0)], [Fraction(1, 4)] * 3, [(1, 1), (2, 2), (1, 1)])
"""The first round comes before turns of two."""


@settings(max_examples=20, deadline=None)
@given(some_rounds(turning=False, signed=False))
@example(LED)
@example(PAIRED)
def test_the_threshold_of_rounds_in_turn_is_that_of_their_worst_run(rounds: Rounds) -> None:
    """A whole turn, all that it passes, and the rounds before the first turn: none is left out."""
    rounds = attrs.evolve(rounds, first=Fraction(0))  # so that all is in proportion to the push
    most, longer = rounds.most(80), rounds.most(160)
    assume(0 < most <= longer <= 50)
    parametric = ParametricProblem(Claim("below", rounds.loop, Below()), ("push",))
    edge = exact_threshold(parametric, 10.0).edge
    if edge.holds_at is not None:
        assert edge.holds_at <= LIMIT / most
    if edge.fails_at is not None and longer < most * (1 + Fraction(1, 10**9)):
        assert edge.fails_at >= LIMIT / longer * (1 - Fraction(1, 10**6))


HALVED = Rounds(
    [Fraction(1), Fraction(1), Fraction(1, 2)], [Fraction(1)] * 3, [(1, 1), (2, 2), (0, 0)]
)
"""Off by x after the third, and by 4 pushes more before it: x = (x + 4) / 2 + 2 pushes."""


@pytest.mark.parametrize("claimed", [Near(), Below()], ids=["both sides", "one side"])
def test_a_turn_is_passed_through_to_where_it_is_worst(claimed: Invariant) -> None:
    """x = 8 pushes after the third round, and 12 after the second."""
    claim = Claim("near", HALVED.loop, claimed)
    found = threshold(claim, "push", timeout=60.0)
    assert (found.exact, found.included, found.rising) == (rational(LIMIT / 12), True, True)
    bracket = range_along(claim, decide(claim), "push", Options())
    assert (bracket.number, bracket.included) == (rational(LIMIT / 12), True)


def test_just_beyond_the_worst_run_is_the_shortest() -> None:
    """Counts that come round do not keep a run from being the worst of all."""
    push = LIMIT / 12 * (1 + Fraction(1, 10**6))
    result = decide(Claim("below", HALVED.loop, Below()), {"push": push}).result
    assert isinstance(result, Refutation)
    assert result.run is not None
    first = next(n for n, off in enumerate(HALVED.widest(500)) if off * push > LIMIT)
    assert result.run.iteration == first
    assert result.shortest is Shortest.WORST_RUN_CLEAR


def test_a_worst_run_that_comes_round_is_at_rest() -> None:
    """It is not followed for as long as it may be."""
    problem = pose(Claim("below", HALVED.loop, Below()))
    order = order_at_a_time(problem, QueryBudget(5.0))
    assert order is not None
    assert follow_worst_run(problem, order, 10**9) is None


@pytest.mark.parametrize(
    ("push", "answer"),
    [(LIMIT / 12, Answer.PROVED), (LIMIT / 12 + Fraction(1, 10**9), Answer.REFUTED)],
)
def test_at_the_limit_itself(push: Fraction, answer: Answer) -> None:
    """It is come as near to as one likes, and not reached."""
    assert decide(Claim("near", HALVED.loop, Near()), {"push": push}).answer is answer


class Told(Agent[I]):
    said: Bool = flag("said by nature")
    odd: Bool = flag("an odd round")
    error: Real = between(0, 1)


class Few(Invariant):
    error: Real = budget(0, 1, "error", limit="1/2")

    def holds(self, agent: Told[Any]) -> Bool:
        return agent.error <= self.error


def _untold(p: Push) -> Told[Few]:
    return Told(said=Bool(False), odd=Bool(False), error=Real(0))


def _tell(agent: Told[I], p: Push, nature: Nature) -> Told[I]:
    """What nature says makes all the difference in odd rounds, and none in others."""
    add = nature.choose("add", at_most=p.push)
    share = when(agent.odd & agent.said, Real(0), Real("1/2"))
    return Told(said=nature.whether("says"), odd=~agent.odd, error=share * agent.error + add)


telling = Loop[Push, Told[Few]]("telling", parameters=Push, seed=_untold, step=_tell)


def test_what_nature_moves_is_no_clock() -> None:
    problem = pose(Claim("few", telling, Few()))
    assert clocks(problem) == [(1,)]


def test_a_number_too_long_to_print_is_none() -> None:
    assert short_number(z3.IntVal("1" + "0" * 300) + 1) == 10**300 + 1
    assert short_number(z3.IntVal("1" + "0" * 5000)) is None
    assert short_number(z3.Int("open")) is None


def test_the_same_clock_is_proved_and_not_only_guessed() -> None:
    """An order guessed of one loop is none of another in which nature moves the clock."""
    problem = pose(Claim("below", HALVED.loop, Below()))
    order = order_at_a_time(problem, QueryBudget(5.0))
    assert order is not None
    assert is_monotone(problem, order, QueryBudget(5.0))
    turned = attrs.evolve(HALVED, kept=[Fraction(1)] * 3, after=[(1, 0), (2, 2), (0, 0)])
    other = pose(Claim("below", turned.loop, Below()))
    assert not is_monotone(other, attrs.evolve(order, tops=(False, True)), QueryBudget(5.0))


def test_both_ends_are_looked_at_where_neither_is_known_to_be_worse() -> None:
    """Of x' = (1 - 2 push) x + push/8 the slope changes its sign along the parameter."""

    class One(Agent[I]):
        off: Real = between(-1, 1)

    class Within(Invariant):
        def holds(self, agent: One[Any]) -> Bool:
            return (agent.off <= "1/2") & (agent.off >= "-1/2")

    def start(p: Push) -> One[Within]:
        return One(off=Real("1/2"))

    def step(agent: One[I], p: Push, nature: Nature) -> One[I]:
        return One(off=(1 - 2 * p.push) * agent.off + nature.choose("e", at_most=p.push / 8))

    loop = Loop[Push, One[Within]]("one", parameters=Push, seed=start, step=step)
    found = threshold(Claim("within", loop, Within()), "push", timeout=60.0)
    values = [Fraction(n, 20) for n in range(21)]
    told = [_told(found, value) for value in values]
    assert told == [_kept(value) for value in values]


def _told(found: Any, value: Fraction) -> bool:
    if found.ranges:
        here = next(r for r in found.ranges if r.low.nearest <= value <= r.high.nearest)
        return bool(here.answer is Answer.PROVED)
    if found.exact is None:
        return bool(found.safe is not None)
    return bool(value <= found.exact.nearest if found.rising else value >= found.exact.nearest)


def _kept(push: Fraction) -> bool:
    low = high = Fraction(1, 2)
    for _, _ in itertools.product(range(400), [0]):
        ends = sorted(((1 - 2 * push) * low, (1 - 2 * push) * high))
        low, high = min(low, ends[0]), max(high, ends[1] + push / 8)
        low, high = (Fraction(round(e * 10**9), 10**9) for e in (low, high))
        if not -LIMIT <= low <= high <= LIMIT:
            return False
    return True


class Pair(Agent[I]):
    at: Count = whole(0, 2, "the number of the round")
    one: Real = between(-4, 4)
    other: Real = between(-4, 4)


class OneNear(Invariant):
    """One is never far off, to either side."""

    off: Real = budget(0, 1, "how far it may be off", limit="1/2")

    def holds(self, pair: Pair[Any]) -> Bool:
        return (pair.one <= self.off) & (pair.one >= -self.off)


def _paired(p: Push) -> Pair[OneNear]:
    return Pair(at=Count(0), one=Real(0), other=Real(0))


def _swap(pair: Pair[I], p: Push, nature: Nature) -> Pair[I]:
    over = pair.at >= 2
    push = nature.choose("push", at_least=-p.push, at_most=p.push)
    return Pair(
        at=when(over, Count(0), pair.at.plus(1)),
        one=when(over, -pair.other / 2, pair.other) + push,
        other=pair.one / 2,
    )


swapping = Loop[Push, Pair[OneNear]]("swapping", parameters=Push, seed=_paired, step=_swap)


def test_single_values_are_decided_once_the_answer_turns_in_one_gap() -> None:
    """Where the parameter only bounds nature, narrower cells would say no more."""
    told: list[str] = []
    claim = Claim("near", swapping, OneNear())
    found = threshold(claim, "push", width=Fraction(1, 100), timeout=60.0, tell=told.append)
    assert found.width is not None
    assert found.width <= Fraction(1, 100)
    assert sum(each.startswith("[") for each in told) < 15
