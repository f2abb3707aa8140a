"""Finite loops are explored to their end, and agree with breadth-first search over a table."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options
from checker.backends.solver import QueryBudget
from checker.invariants import finite_states
from checker.invariants.finite_states import explore, union_of_points
from checker.statements.registry import judge
from checker.system.problem import pose
from checker.system.verdict import Refutation, Shortest
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
    when,
)
from spec.statements.base import Answer

STATES = 7


class Place(Agent[I]):
    place: Real = between(0, STATES - 1)


class NotAt(Invariant):
    """The goal, which is a number of its own, is not met."""

    goal: Real = budget(0, STATES, "the place not to be at", limit=3)

    def holds(self, agent: Place[Any]) -> Bool:
        return (agent.place < self.goal) | (agent.place > self.goal)


class Nothing(Parameters):
    """None."""


def start(p: Nothing) -> Place[NotAt]:
    return Place(place=Real(0))


def walk(step: Any) -> Loop[Nothing, Place[Any]]:
    return Loop[Nothing, Place[NotAt]]("walk", parameters=Nothing, seed=start, step=step)


def by_table(table: list[tuple[int, int, int]]) -> Loop[Nothing, Place[NotAt]]:
    """Up to a third nature goes one way, strictly between it and two thirds another, else a third
    way."""

    def step(agent: Place[I], p: Nothing, nature: Nature) -> Place[I]:
        way = nature.choose("way", at_most=1)
        after = Real(0)
        for here, (one, two, three) in enumerate(table):
            inside = (way > Real("1/3")) & (way < Real("2/3"))
            chosen = when(inside, two, when(way <= Real("1/3"), one, three))
            after = when((agent.place >= here) & (agent.place <= here), chosen, after)
        return Place(place=after)

    return walk(step)


def distance(table: list[tuple[int, int, int]], goal: int) -> int | None:
    reached, depth = {0}, 0
    while goal not in reached:
        further = reached | {after for place in reached for after in table[place]}
        if further == reached:
            return None
        reached, depth = further, depth + 1
    return depth


place = st.integers(0, STATES - 1)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(place, place, place), min_size=STATES, max_size=STATES))
def test_scattered_states_are_proved_or_the_way_is_found(table: list[tuple[int, int, int]]) -> None:
    claim = Claim("walk", by_table(table), NotAt())
    verdict = judge(claim, {}, Options(timeout=30, attack=0))
    fewest = distance(table, 3)
    if fewest is None:
        assert verdict.answer is Answer.PROVED
        return
    assert isinstance(verdict.result, Refutation)
    assert verdict.run is not None
    assert verdict.run.iteration == fewest


def test_a_choice_that_is_computed_with_is_not_finite() -> None:
    def step(agent: Place[I], p: Nothing, nature: Nature) -> Place[I]:
        return Place(place=nature.choose("anything", at_most=6))

    problem = pose(Claim("walk", walk(step), NotAt()))
    assert explore(problem, QueryBudget(1.0)) is None


def test_a_loop_without_end_is_given_up() -> None:
    def step(agent: Place[I], p: Nothing, nature: Nature) -> Place[I]:
        return Place(place=agent.place / 3 + 1)

    problem = pose(Claim("walk", walk(step), NotAt()))
    assert explore(problem, QueryBudget(1.0)) is None


def test_too_many_states_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    table = [(n + 1, n, n) for n in range(2)] + [(0, 1, 2)] + [(n, n, n) for n in range(3, STATES)]
    problem = pose(Claim("walk", by_table(table), NotAt()))
    explored = explore(problem, QueryBudget(1.0))
    assert explored is not None
    assert explored.broken is None
    assert len(explored.leads) == 3
    monkeypatch.setattr(finite_states, "MOST_STATES", 2)
    assert explore(problem, QueryBudget(1.0)) is None


def test_states_that_were_overlooked_are_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver is asked about every value of a choice, not about those that were tried."""
    table = [(1, 2, 5), *[(n, n, n) for n in range(1, STATES)]]
    problem = pose(Claim("walk", by_table(table), NotAt()))
    monkeypatch.setattr(finite_states, "_actions", lambda choices, terms: [(0,), (1,)])
    explored = explore(problem, QueryBudget(5.0))
    assert explored is not None
    assert explored.broken is None
    assert union_of_points(problem, explored, QueryBudget(5.0)) is None


def test_the_inside_of_an_interval_is_tried_too() -> None:
    """Only a choice strictly between a third and two thirds leads to the goal."""
    table = [(0, 3, 0), *[(n, n, n) for n in range(1, STATES)]]
    explored = explore(pose(Claim("walk", by_table(table), NotAt())), QueryBudget(5.0))
    assert explored is not None
    assert explored.broken == (Fraction(3),)
    assert len(explored.way()) == 1


class AtMost(Invariant):
    """The place is not beyond the goal."""

    goal: Real = budget(0, STATES, "the last place to be at", limit=3)

    def holds(self, agent: Place[Any]) -> Bool:
        return agent.place <= self.goal


def test_a_break_of_a_loop_without_end_is_found_and_is_the_first() -> None:
    """Either way halves what is left, so that states do not come back."""

    def step(agent: Place[I], p: Nothing, nature: Nature) -> Place[I]:
        far = nature.whether("far")
        return Place(place=agent.place / 2 + when(far, Real("8/5"), Real("1/7")))

    claim = Claim("halving", walk(step), AtMost(goal=Real("31/10")))
    verdict = judge(claim, {}, Options(timeout=30, attack=0, engines=("breadth-first",)))
    assert isinstance(verdict.result, Refutation)
    assert verdict.run is not None
    goes = (n for n in range(99) if Fraction(16, 5) * (1 - Fraction(1, 2**n)) > Fraction(31, 10))
    assert verdict.run.iteration == next(goes)
    assert verdict.result.shortest is Shortest.CLEAR_BEFORE
