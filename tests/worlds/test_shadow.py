"""The few numbers that a bound reads hide no world, and settle what all weights leave open."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.worlds import exhaustion
from checker.worlds.exhaustion import search
from checker.worlds.shadow import Told, hidden, of_means, of_table, sides
from properties.soundness import filters, steps
from properties.soundness_supervision import provers
from spec import Sound
from spec.terms import numeral
from tests.spec.knobs import RATIONAL, REPRODUCIBLE
from tests.worlds.steps import F
from tests.worlds.test_exhaustion import MUTANTS, RIGHT, worlds_of

LEFT_OPEN = {
    "soundness/filter/ask-again-though-it-is-no-good",
    "soundness/corrigibility/correct",
    "soundness/growth/vote",
    "soundness/prover-verifier/play",
}
"""A quotient, squares of bounds at every question, and a power: hard for a query about weights."""
HARD = [s for s in (*filters, *steps, *provers) if s.name in LEFT_OPEN]


@pytest.mark.parametrize("statement", [*RIGHT, *MUTANTS], ids=lambda s: s.step)
def test_no_world_over_the_grid_is_hidden(statement: Sound) -> None:
    worlds = worlds_of(statement)
    for goal in worlds.goals:
        if worlds.find([goal.broken], seconds=5).sat:
            assert not hidden(worlds, goal, 5)


@pytest.mark.parametrize("statement", [*RIGHT, *MUTANTS, *HARD], ids=lambda s: s.name + s.step)
def test_in_every_world_numbers_are_at_least_what_the_kinds_asked_say(statement: Sound) -> None:
    worlds = worlds_of(statement)
    if worlds.versions.same_hardness:
        return
    weights = [z3.Real(f"asked {number}") for number in range(len(worlds.grid.kinds))]
    for told in (*of_means(worlds), *of_table(worlds)):
        mean = z3.Sum([w * numeral(v) for w, v in zip(weights, told.least, strict=True)])
        each = z3.Or(
            *(
                z3.And(w > 0, told.number < numeral(v))
                for w, v in zip(weights, told.least, strict=True)
            )
        )
        assert worlds.find([each if told.everywhere else told.number < mean], seconds=5).unsat


@pytest.mark.parametrize("statement", HARD, ids=lambda s: s.name)
def test_what_all_weights_leave_open_is_settled(statement: Sound) -> None:
    assert len(HARD) == len(LEFT_OPEN)
    assert all(
        hidden(worlds, goal, 5) for worlds in [worlds_of(statement)] for goal in worlds.goals
    )


def test_a_search_asks_it_of_what_is_not_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    statement = next(s for s in HARD if s.name == "soundness/growth/vote")
    assert search(worlds_of(statement), 1).complete
    monkeypatch.setattr(exhaustion, "hidden", lambda *_: False)
    assert not search(worlds_of(statement), 0.1).complete


POINTS = st.lists(st.tuples(RATIONAL, RATIONAL), min_size=1, max_size=7)


def most_of_mixtures(points: Sequence[tuple[Fraction, Fraction]], at: Fraction) -> Fraction:
    """By definition how much can happen in the mean where the number is this: the most that a
    mixture of at most two points has."""
    mixed = [y for x, y in points if x <= at]
    for x, y in points:
        for u, v in points:
            if x < at < u:
                mixed.append(y + (v - y) * (at - x) / (u - x))
    return max(mixed)


@given(POINTS, st.lists(RATIONAL, min_size=1, max_size=4))
@settings(REPRODUCIBLE, max_examples=40)
def test_sides_bound_what_happens_as_closely_as_can_be(
    points: list[tuple[Fraction, Fraction]], tried: list[Fraction]
) -> None:
    number, happens = z3.Reals("number happens")
    told = Told(number, tuple(x for x, _ in points), everywhere=False)
    found = z3.And(*sides(happens, [y for _, y in points], told))
    left = min(x for x, _ in points)
    for at in [*told.least, *(left + abs(value) for value in tried)]:
        most = most_of_mixtures(points, at)
        for value, allowed in ((most, True), (most + F(1, 10**6), False)):
            here = z3.substitute(found, (number, numeral(at)), (happens, numeral(value)))
            assert z3.is_true(z3.simplify(here)) is allowed
