"""The length of a counterexample, against breadth-first search over finite loops."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options
from checker.statements.registry import judge
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
    budget,
    when,
    whole,
)
from spec.statements.base import Answer

STATES = 6
GOAL = STATES - 1


class Walker(Agent[I]):
    place: Count = whole(0, STATES - 1)


class Away(Invariant):
    """The goal is not reached."""

    there: Real = budget(0, 1, "whether it is there", limit=0)

    def holds(self, walker: Walker[Any]) -> Bool:
        return when(walker.place == GOAL, 1, 0) <= self.there


class Nothing(Parameters):
    """None."""


def start(p: Nothing) -> Walker[Away]:
    return Walker(place=Count(0))


def distance(table: list[tuple[int, int]]) -> int | None:
    """The fewest moves from 0 to the goal; None if it is out of reach."""
    reached, depth = {0}, 0
    while GOAL not in reached:
        further = reached | {after for place in reached for after in table[place]}
        if further == reached:
            return None
        reached, depth = further, depth + 1
    return depth


place = st.integers(0, GOAL)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(place, place), min_size=STATES, max_size=STATES))
def test_the_shortest_run_is_the_one_that_breadth_first_search_finds(
    table: list[tuple[int, int]],
) -> None:
    def step(walker: Walker[I], p: Nothing, nature: Nature) -> Walker[I]:
        right = nature.whether("right")
        after = Count(0)
        for here, (one, other) in enumerate(table):
            after = when(walker.place == here, when(right, Count(other), Count(one)), after)
        return Walker(place=after)

    walk = Loop[Nothing, Walker[Away]]("walk", parameters=Nothing, seed=start, step=step)
    verdict = judge(Claim("walk", walk, Away()), {}, Options(timeout=30, attack=0))
    fewest = distance(table)
    if fewest is None:
        assert verdict.answer is not Answer.REFUTED  # sets of scattered states may be left open
        return
    assert isinstance(verdict.result, Refutation)
    assert verdict.run is not None
    assert verdict.run.iteration == fewest
    assert verdict.result.shortest in (Shortest.CLEAR_BEFORE, Shortest.NONE_SHORTER)
