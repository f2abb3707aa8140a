"""Boxes of modes hold every run of loops whose counts and flags say what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker import decide
from checker.backends.solver import QueryBudget
from checker.invariants.modes import boxes_by_mode, has_modes
from checker.system.problem import pose
from examples.audits import FewErrors, Worker
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
    between,
    budget,
    flag,
    minimum,
    unbounded,
    when,
)
from spec.statements.base import Answer
from tests.plain_schemes import NoParameters
from tests.turning_schemes import inside

SMALL = st.fractions(0, Fraction(1, 20), max_denominator=60)
SHARES = [Fraction(n, 8) for n in range(13)]


@attrs.frozen
class Rounds:
    """Rounds in turn: what each leaves of the error, and at most how much it adds."""

    kept: Sequence[Fraction]
    added: Sequence[Fraction]

    @property
    def loop(self) -> Loop[NoParameters, Worker[FewErrors]]:
        """The loop of these rounds."""
        kept, added, last = self.kept, self.added, len(self.kept) - 1

        def start(p: NoParameters) -> Worker[FewErrors]:
            return Worker(since=Count(0), error=Real(0))

        def work(worker: Worker[I], p: NoParameters, nature: Nature) -> Worker[I]:
            share, top = Real(kept[last]), Real(added[last])
            for number in range(last):
                here = worker.since == number
                share, top = when(here, kept[number], share), when(here, added[number], top)
            new = nature.choose("new errors", at_least=top / 2, at_most=top)
            over = worker.since >= last
            return Worker(
                since=when(over, Count(0), worker.since.plus(1)),
                error=minimum(1, share * worker.error + new),
            )

        return Loop[NoParameters, Worker[FewErrors]](
            "rounds", parameters=NoParameters, seed=start, step=work
        )

    def worst(self, turns: int) -> list[list[Fraction]]:
        """The errors at each number of rounds since the last audit, nature always at its worst."""
        found: list[list[Fraction]] = [[] for _ in self.kept]
        error = Fraction(0)
        for turn in range(turns * len(self.kept)):
            number = turn % len(self.kept)
            found[number].append(error)
            error = min(Fraction(1), self.kept[number] * error + self.added[number])
        return found

    @property
    def limit(self) -> Fraction:
        """The error that the worst run rises to: that of its fixed point, as rounds only add."""
        factor, rest = Fraction(1), Fraction(0)
        for kept, added in zip(self.kept, self.added, strict=True):
            factor, rest = factor * kept, kept * rest + added
        error, errors = rest / (1 - factor), []
        for kept, added in zip(self.kept, self.added, strict=True):
            errors.append(error)
            error = kept * error + added
        return max(errors)


def _contracts(rounds: Rounds) -> bool:
    factor = Fraction(1)
    for kept in rounds.kept:
        factor *= kept
    return factor < 1 and 0 < rounds.limit < Fraction(9, 10)


some_rounds = st.integers(2, 5).flatmap(
    lambda count: st.builds(
        Rounds,
        st.lists(st.sampled_from(SHARES), min_size=count, max_size=count),
        st.lists(
            st.fractions(0, Fraction(1, 20), max_denominator=60), min_size=count, max_size=count
        ),
    )
)


@settings(max_examples=25, deadline=None)
@given(some_rounds.filter(_contracts))
@example(Rounds([Fraction(1), Fraction(31, 32)], [Fraction(1, 100), Fraction(0)]))  # is slow
def test_boxes_hold_every_run_and_are_found_above_its_limit_only(rounds: Rounds) -> None:
    """The worst run rises to its limit: what lies above it is kept, what lies below is not."""
    loop, limit = rounds.loop, rounds.limit
    above = pose(Claim("above", loop, FewErrors(error=Real(limit + Fraction(1, 50)))))
    found = boxes_by_mode(above, QueryBudget(5.0))
    assert found is not None
    (union,) = found.boxes.values()
    for number, errors in enumerate(rounds.worst(12)):
        for error in errors:
            assert any(inside(box, (Fraction(number), error)) for box in union)
    below = pose(Claim("below", loop, FewErrors(error=Real(limit * Fraction(99, 100)))))
    assert boxes_by_mode(below, QueryBudget(5.0)) is None


@settings(max_examples=25, deadline=None)
@given(some_rounds.filter(_contracts))
def test_a_limit_that_is_never_reached_is_kept(rounds: Rounds) -> None:
    """Boxes that are moved from the seed on come ever nearer to it; it is solved for instead."""
    claim = Claim("limit", rounds.loop, FewErrors(error=Real(rounds.limit)))
    assert boxes_by_mode(pose(claim), QueryBudget(10.0)) is not None


class Tank(Agent[I]):
    drawn: Bool = flag("drawn from in this round, filled in the next")
    level: Real = between(0, 10)


class NeverLow(Invariant):
    """The tank is never low."""

    level: Real = budget(0, 10, "level", limit=6)

    def holds(self, tank: Tank[Any]) -> Bool:
        return tank.level >= self.level


def _filled(p: NoParameters) -> Tank[NeverLow]:
    return Tank(drawn=Bool(True), level=Real(9))


def _in_turn(tank: Tank[I], p: NoParameters, nature: Nature) -> Tank[I]:
    """In one round at most a third is drawn, in the next half as much is filled in."""
    loss = nature.choose("loss", at_most="1/3")
    filled = minimum(9, tank.level * "3/2")
    return Tank(drawn=~tank.drawn, level=when(tank.drawn, tank.level * (1 - loss), filled))


in_turn = Loop[NoParameters, Tank[NeverLow]](
    "in turn", parameters=NoParameters, seed=_filled, step=_in_turn
)


@pytest.mark.parametrize(
    ("least", "answer"), [("6", Answer.PROVED), ("61/10", Answer.REFUTED)], ids=["kept", "broken"]
)
def test_a_flag_is_a_mode_and_an_end_that_only_returns_is_kept(least: str, answer: Answer) -> None:
    """From 9 the level falls to 6 at the least, and no box around 6 and 9 is kept."""
    claim = Claim("tank", in_turn, NeverLow(level=Real(least)))
    assert decide(claim).answer is answer
    found = boxes_by_mode(pose(claim), QueryBudget(5.0))
    assert (found is not None) == (answer is Answer.PROVED)


def _at_will(p: NoParameters) -> Tank[NeverLow]:
    return Tank(drawn=Bool(False), level=Real(9))


def _draw_at_will(tank: Tank[I], p: NoParameters, nature: Nature) -> Tank[I]:
    """What is drawn, at any time, is filled in again in the round after that."""
    draws = nature.whether("draws")
    level = when(tank.drawn, 3 * tank.level, when(draws, tank.level / 3, tank.level))
    return Tank(drawn=~tank.drawn & draws, level=level)


at_will = Loop[NoParameters, Tank[NeverLow]](
    "at will", parameters=NoParameters, seed=_at_will, step=_draw_at_will
)


@pytest.mark.parametrize(("least", "kept"), [("3", True), ("31/10", False)])
def test_modes_between_which_nature_chooses_are_told_apart(least: str, *, kept: bool) -> None:
    """The level is 9 when nothing is drawn and 3 when something is, so never 3 and drawn again."""
    claim = Claim("at will", at_will, NeverLow(level=Real(least)))
    assert (boxes_by_mode(pose(claim), QueryBudget(5.0)) is not None) is kept


class Grown(Agent[I]):
    odd: Bool = flag("an odd round")
    size: Real = unbounded(at_least=0)
    error: Real = between(0, 1)


class Rare(Invariant):
    """Errors are rare."""

    error: Real = budget(0, 1, "share of wrong answers", limit="2/5")

    def holds(self, grown: Grown[Any]) -> Bool:
        return grown.error <= self.error


def _small(p: NoParameters) -> Grown[Rare]:
    return Grown(odd=Bool(False), size=Real(2), error=Real(0))


def _grow(grown: Grown[I], p: NoParameters, nature: Nature) -> Grown[I]:
    """The size is squared for ever; the error rises to 1/3 in every other round."""
    half = grown.error / 2
    error = when(grown.odd, half, half + nature.choose("new errors", at_most="1/4"))
    return Grown(odd=~grown.odd, size=grown.size**2 + 2, error=error)


growing = Loop[NoParameters, Grown[Rare]](
    "growing", parameters=NoParameters, seed=_small, step=_grow
)


def test_what_grows_beyond_all_floats_has_no_upper_end() -> None:
    problem = pose(Claim("rare", growing, Rare()))
    found = boxes_by_mode(problem, QueryBudget(5.0))
    assert found is not None
    size = problem.agent.fields[1]
    assert all(size.open_above(box[1][1]) for box in found.boxes["agent"])


class Led(Agent[I]):
    odd: Bool = flag("an odd round")
    bias: Real = between(0, 1)
    error: Real = between(0, 1)


class SeldomLed(Invariant):
    """Errors are rare."""

    error: Real = budget(0, 1, "share of wrong answers", limit="1/8")

    def holds(self, led: Led[Any]) -> Bool:
        return led.error <= self.error


def _straight(p: NoParameters) -> Led[SeldomLed]:
    return Led(odd=Bool(False), bias=Real(0), error=Real(0))


def _lead(led: Led[I], p: NoParameters, nature: Nature) -> Led[I]:
    """The bias rises to 1/4, and with it the error to 1/8."""
    more = nature.choose("more bias", at_most="1/8")
    bias = when(led.odd, led.bias / 2 + more, led.bias)
    return Led(odd=~led.odd, bias=bias, error=led.error / 2 + led.bias / 4)


led_astray = Loop[NoParameters, Led[SeldomLed]](
    "led astray", parameters=NoParameters, seed=_straight, step=_lead
)


@pytest.mark.parametrize(("most", "kept"), [("1/8", True), ("124/1000", False)])
def test_ends_of_what_the_claim_does_not_read_are_solved_for_too(most: str, *, kept: bool) -> None:
    claim = Claim("led", led_astray, SeldomLed(error=Real(most)))
    assert (boxes_by_mode(pose(claim), QueryBudget(5.0)) is not None) is kept


def test_loops_of_one_kind_of_field_have_no_modes() -> None:
    class Plain(Agent[I]):
        x: Real = between(0, 1)

    class Low(Invariant):
        def holds(self, plain: Plain[Any]) -> Bool:
            return plain.x <= "1/2"

    def zero(p: NoParameters) -> Plain[Low]:
        return Plain(x=Real(0))

    def stay(plain: Plain[I], p: NoParameters, nature: Nature) -> Plain[I]:
        return Plain(x=plain.x)

    loop = Loop[NoParameters, Plain[Low]]("plain", parameters=NoParameters, seed=zero, step=stay)
    assert not has_modes(pose(Claim("plain", loop, Low())))
    assert has_modes(pose(Claim("tank", in_turn, NeverLow())))
