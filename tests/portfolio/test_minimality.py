"""The length of a counterexample, against breadth-first search over finite loops."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options
from checker.backends.solver import QueryBudget
from checker.portfolio.engine import FoundRun
from checker.portfolio.minimality import MOST_ITERATIONS, shortest
from checker.statements.registry import judge
from checker.system.findings import Method
from checker.system.problem import pose
from checker.system.replay import replay
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


def in_time(seconds: float) -> QueryBudget:
    return QueryBudget(5.0, time.monotonic() + seconds)


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


class Share(Agent[I]):
    share: Real = between(0, 1, "share")


class Below(Invariant):
    """The share is below the limit."""

    share: Real = budget(0, 1, "share", limit="499/500")

    def holds(self, agent: Share[Any]) -> Bool:
        return agent.share <= self.share


def growing(squared: bool = True) -> Claim:
    """What is left shrinks by a twentieth at most; by a square, the loop is monotone only."""

    def begin(p: Nothing) -> Share[Below]:
        return Share(share=Real(0))

    def step(agent: Share[I], p: Nothing, nature: Nature) -> Share[I]:
        gain = nature.choose("gain", at_most="1/5" if squared else "1/20")
        return Share(share=agent.share + (1 - agent.share) * (gain * gain if squared else gain))

    loop = Loop[Nothing, Share[Below]]("growing", parameters=Nothing, seed=begin, step=step)
    return Claim("growing", loop, Below())


def test_a_long_run_is_proved_shortest_by_the_worst_run() -> None:
    verdict = judge(growing(), {}, Options(timeout=30, attack=0))
    assert isinstance(verdict.result, Refutation)
    assert verdict.run is not None
    fewest = next(n for n in range(1000) if (1 - 1 / 25) ** n < 1 / 500)
    assert verdict.run.iteration == fewest > MOST_ITERATIONS
    assert verdict.result.shortest is Shortest.WORST_RUN_CLEAR


def test_a_longer_run_gives_way_to_the_first_that_value_iteration_finds() -> None:
    problem = pose(growing(squared=False))
    lazy = replay(problem, lambda iteration, stage: [Fraction(iteration > 50)], 1000)
    assert lazy is not None
    found = shortest(problem, FoundRun(lazy, Method.SEARCH), in_time(30))
    fewest = next(n for n in range(1000) if (1 - 1 / 20) ** n < 1 / 500)
    assert found.run.iteration == fewest < lazy.iteration
    assert found.shortest is Shortest.CLEAR_BEFORE
    assert found.method is Method.VALUE_ITERATION
    again = shortest(problem, attrs.evolve(found, method=Method.SEARCH), in_time(30))
    assert (again.run, again.method) == (found.run, Method.SEARCH)
    assert again.shortest is Shortest.CLEAR_BEFORE


def test_a_longer_run_gives_way_to_the_worst_one() -> None:
    problem = pose(growing())
    lazy = replay(problem, lambda iteration, stage: [Fraction(iteration > 50)], 1000)
    assert lazy is not None
    found = shortest(problem, FoundRun(lazy, Method.SEARCH), in_time(30))
    assert found.run.iteration < lazy.iteration
    assert found.shortest is Shortest.WORST_RUN_CLEAR
    assert found.method is Method.WORST_RUN


def test_a_run_in_hand_is_not_lost_to_the_search_for_a_shorter_one() -> None:
    problem = pose(growing())
    run = replay(problem, lambda iteration, stage: [Fraction(1)], 1000)
    assert run is not None
    found = FoundRun(run, Method.SEARCH)
    over = attrs.evolve(found, shortest=Shortest.SHORTEST_FOUND)
    assert shortest(problem, found, in_time(-1)) == over
    started = time.monotonic()
    part = QueryBudget(5.0, started + 100).share(0.25)
    assert started + 24 < part.deadline < started + 26
