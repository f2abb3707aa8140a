"""Worlds over a grid: merged without loss, smallest first, and never against a proof."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from checker.backends.solver import QueryBudget
from checker.worlds.exhaustion import search, tightest
from checker.worlds.grid import MOST_KINDS, Grid, grid_of, interchangeable
from checker.worlds.lifting import Lifted, lift
from checker.worlds.random_worlds import attack, draw_world
from checker.worlds.screening import Screen
from checker.worlds.tracing import two_versions
from checker.worlds.weighting import Worlds
from checker.worlds.world import AskedQuestion, BoundInWorld, Replay, TableQuestion, World
from spec import DENSITY, INDEPENDENT, SAME_HARDNESS, Nature, Question, Real, Sound, minimum
from tests.worlds.steps import (
    F,
    Pupil,
    School,
    asked,
    confirm_squared,
    confirmed,
    learn,
    learn_little,
    learned,
    loop,
    made,
    split,
    split_of_means,
    split_without_density,
    split_without_slip,
    whole_table,
)


def of(step: Any, concrete: Any, **more: Any) -> Sound:
    return Sound("s", loop(step), step.__name__, concrete, **more)


LONG = 60.0
"""Seconds for a query that takes one: what is found must not hang on how busy the machine is."""


def worlds_of(statement: Sound, without: Any = None) -> Worlds:
    versions = two_versions(statement, {}, without)
    replay, budget = Replay(versions), QueryBudget(LONG, time.monotonic() + 4 * LONG)
    return Worlds(versions, replay, grid_of(versions, replay, budget), budget)


RIGHT = [
    of(split, asked, density="density"),
    of(split, asked, density="density", at={"parts": 3, "density": 1}),
    of(learn, learned),
    of(confirm_squared, confirmed, assumptions=(INDEPENDENT, SAME_HARDNESS)),
]
MUTANTS = [
    of(split_without_density, asked, density="density"),
    of(split_without_slip, asked, density="density"),
    of(split_of_means, asked, density="density"),
    of(learn_little, learned),
    of(confirm_squared, confirmed, assumptions=(INDEPENDENT,)),
    of(confirm_squared, confirmed, assumptions=(SAME_HARDNESS,)),
]


@pytest.mark.parametrize("statement", RIGHT, ids=lambda s: s.step)
def test_no_world_over_the_grid_breaks_what_is_right(statement: Sound) -> None:
    worlds = worlds_of(statement)
    found = search(worlds, 5)
    assert found.broken is None
    assert found.complete
    assert worlds.find([]).sat  # and there are worlds


@pytest.mark.parametrize("statement", MUTANTS, ids=lambda s: s.step)
def test_a_mutant_is_broken_by_a_world_that_a_replay_confirms(statement: Sound) -> None:
    worlds = worlds_of(statement)
    found = search(worlds, 5)
    assert found.broken is not None
    again = worlds.replay.bounds(found.broken.world)
    assert again is not None
    assert found.broken in again


@pytest.mark.parametrize(("step", "most"), [(split_without_density, 1), (split_of_means, 1)])
def test_the_smallest_world_asks_one_question_where_one_does(step: Any, most: int) -> None:
    found = search(worlds_of(of(step, asked, density="density")), 5).broken
    assert found is not None
    assert len(found.world.asked) == most


def test_the_smallest_world_asks_two_where_one_question_is_no_world_that_breaks_it() -> None:
    """A single question is a table that is the same everywhere, where e^2 is right."""
    found = search(worlds_of(MUTANTS[4]), 5).broken
    assert found is not None
    assert len(found.world.asked) == 2
    assert len(found.world.table) == 2


def test_the_solver_finds_what_is_not_screened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Screen, "smallest", lambda self, goals: None)
    for statement in MUTANTS[:5]:
        found = search(worlds_of(statement), LONG).broken
        assert found is not None
        assert found.broken
        assert len(found.world.asked) <= 2


def test_parts_are_taken_up_to_their_order_only_where_that_is_shown() -> None:
    def lopsided(question: Question, p: School) -> dict[str, Real]:
        first, second = question.part(0).error, question.part(1).error
        return {"error": minimum(1, first + second / 2)}

    budget = QueryBudget(5, time.monotonic() + 60)
    even = two_versions(of(split, asked, density="density"), {})
    odd = two_versions(of(split, lopsided, density="density"), {})
    assert interchangeable(even, budget)
    assert not interchangeable(odd, budget)
    pairs = [{kind.parts for kind in grid_of(v, Replay(v), budget).kinds} for v in (even, odd)]
    assert all(first <= second for first, second in pairs[0])
    assert any(first > second for first, second in pairs[1])


def test_merging_kinds_loses_no_mean() -> None:
    """Every question over the grid has a kind with its parts, up to order, and what it does."""
    versions = two_versions(of(split, asked, density="density"), {})
    replay = Replay(versions)
    grid = grid_of(versions, replay, QueryBudget(5, time.monotonic() + 60))
    known = {(tuple(sorted(kind.parts)), kind.row) for kind in grid.kinds}
    numbers = range(len(grid.entries))
    for parts in product(numbers, repeat=2):
        for slip in grid.shares:
            does = [dict(zip(grid.fields, grid.entries[n].does, strict=True)) for n in parts]
            row = replay.on_question(versions.values, does, {"slip": slip})
            assert row is not None
            assert (tuple(sorted(parts)), tuple(row)) in known


def test_a_sample_is_said_to_be_one() -> None:
    def many(question: Question, p: School) -> dict[str, Real]:
        wrong = Real(0)
        for number in range(14):
            slip = question.draw(f"slip {number}")
            wrong = wrong + slip * (number + 1) / 105
        question.mean("slip", wrong)
        return {"error": wrong}

    def plainly(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(p.slip)

    grid: Grid = worlds_of(of(plainly, many)).grid
    assert not grid.whole
    assert len(grid.kinds) <= MOST_KINDS


def test_the_table_keeps_to_its_condition() -> None:
    def spoiled(question: Question, p: School) -> dict[str, Real]:
        entry = question.part()
        return {"error": minimum(1, entry.error + entry.malign)}

    def either(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(pupil.error + pupil.malign)

    told = worlds_of(of(either, spoiled, table=whole_table)).grid
    assert all(sum(entry.does) <= 1 for entry in told.entries)
    assert len(told.entries) == 15


def test_a_bound_is_tight_where_a_world_attains_it_and_only_there() -> None:
    def slack(pupil: Pupil[Any], p: School, nature: Nature) -> Pupil[Any]:
        return made(minimum(1, 2 * p.slip + 2 * p.density * p.parts * pupil.error))

    tight, loose = (worlds_of(of(step, asked, density="density")) for step in (split, slack))
    attained, halved = (tightest(worlds, worlds.goals[0], 5) for worlds in (tight, loose))
    assert attained is not None
    assert attained.share == 1
    assert halved is not None
    assert halved.share == F(1, 2)
    assert attained.says <= F(1, 2)
    assert min(attained.given["slip"], attained.given["error"]) >= F(1, 4096)


@pytest.mark.parametrize("drawn", [draw_world, attack])
def test_draws_break_mutants_off_the_grid_and_nothing_that_is_right(
    drawn: Callable[[Worlds, int], BoundInWorld | None],
) -> None:
    for statement in MUTANTS:
        found = drawn(worlds_of(statement), 200)
        assert isinstance(found, BoundInWorld), statement.step
        assert found.broken
    for statement in RIGHT:
        assert drawn(worlds_of(statement), 60) is None


# --- random worlds in plain fractions -------------------------------------------------------------


def a_world(draw: random.Random, parts: int, ratio: Fraction) -> World:
    """A world of a decomposition, made without any of the checker's code."""
    size = draw.randint(1, 4)
    errors = [F(draw.randint(0, 6), 6) for _ in range(size)]
    count = draw.randint(1, 4)
    raw = [draw.randint(1, 6) for _ in range(count)]
    weights = [F(w, sum(raw)) for w in raw]
    pointers = [tuple(draw.randrange(size) for _ in range(parts)) for _ in range(count)]
    slips = [F(draw.randint(0, 4), 4) for _ in range(count)]
    training = [F(0)] * size
    for weight, to in zip(weights, pointers, strict=True):
        for part in to:
            training[part] += weight / parts / ratio
    spare = [draw.randint(0, 5) for _ in range(size)]
    spare[0] += 1
    rest = 1 - sum(training)
    training = [t + rest * F(s, sum(spare)) for t, s in zip(training, spare, strict=True)]
    return World(
        tuple(
            AskedQuestion(w, {"slip": s}, to)
            for w, s, to in zip(weights, slips, pointers, strict=True)
        ),
        tuple(TableQuestion(t, {"error": e}) for t, e in zip(training, errors, strict=True)),
        {
            "slip": sum((w * s for w, s in zip(weights, slips, strict=True)), F(0)),
            "error": sum((t * e for t, e in zip(training, errors, strict=True)), F(0)),
            **{"eps": F(1, 50), "low_density": F(2), "malign": F(0), "debt": F(0), "rounds": F(0)},
            **{"density": ratio, "parts": F(parts), "harm": F(0)},
        },
    )


def happens(world: World) -> Fraction:
    """How often the answer is wrong, by hand."""
    return sum(
        (
            q.weight
            * min(F(1), q.draws["slip"] + sum(world.table[n].does["error"] for n in q.parts))
            for q in world.asked
        ),
        F(0),
    )


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_a_lifted_bound_holds_in_worlds_made_by_hand(ratio: int) -> None:
    draw = random.Random(ratio)
    proved = of(split, asked, density="density", at={"density": ratio})
    versions = two_versions(proved, {})
    assert isinstance(lift(versions, QueryBudget(5, time.monotonic() + 30), 20), Lifted)
    mutant = Replay(
        two_versions(of(split_without_density, asked, density="density", at={"density": ratio}), {})
    )
    replay, broken = Replay(versions), 0
    for _ in range(150):
        world = a_world(draw, 2, F(ratio))
        bounds = replay.bounds(world)
        assert bounds is not None
        says = min(F(1), world.inputs["slip"] + ratio * 2 * world.inputs["error"])
        assert (bounds[0].happens, bounds[0].says) == (happens(world), says)
        assert not bounds[0].broken
        found = mutant.bounds(world)
        assert found is not None
        broken += found[0].broken
    assert (broken > 0) == (ratio > 1)  # the mutant forgets the ratio


def test_without_the_ratio_the_bound_breaks() -> None:
    found = search(worlds_of(RIGHT[0], DENSITY), 5).broken
    assert found is not None
    asked_often = {part for question in found.world.asked for part in question.parts}
    trained = [found.world.table[part].weight for part in asked_often]
    assert any(weight < F(1, 2) for weight in trained)
