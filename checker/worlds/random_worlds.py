"""Worlds that are drawn, off the grid: plain fractions, replayed from the definition.

Against a proof they are drawn plainly. Where there is none, Hypothesis draws them, and makes what
it finds simpler; it takes as long to import as all else here, so that is done where it draws.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import attrs

from checker.counterexamples.attack import SEED, plain_units
from checker.worlds.weighting import Worlds
from checker.worlds.world import AskedQuestion, BoundInWorld, TableQuestion, World

MOST = 5
"""Questions asked, and of the table, in a world that is drawn."""
EVERY = sorted(
    {Fraction(part, whole) for whole in range(1, 17) for part in range(whole + 1)},
    key=lambda unit: (unit.denominator, unit),
)
"""Where in its range a number may be, simplest first."""


@attrs.frozen
class Drawn:
    """What is drawn of a world: where in their ranges its numbers are, and whole weights."""

    table: list[list[Fraction]]
    training: list[int]
    asked: list[tuple[int, list[int], list[Fraction]]]


def draw_world(worlds: Worlds, examples: int) -> BoundInWorld | None:
    """A small world that breaks a bound, if Hypothesis finds one in so many examples."""
    from checker.counterexamples.drawn_runs import find_example

    drawn = find_example(_plans(worlds), lambda plan: _broken(worlds, plan) is not None, examples)
    return None if drawn is None else _broken(worlds, drawn)


def attack(worlds: Worlds, examples: int) -> BoundInWorld | None:
    """A world that breaks a bound, if one of so many does that are drawn plainly.

    Against what was proved, where there is hardly one: Hypothesis spends most of its time on what
    makes the next example like an earlier one, and so that it can be shrunk.
    """
    draw = random.Random(SEED)
    plans = (_plan(worlds, draw) for _ in range(examples))
    return next((found for plan in plans if (found := _broken(worlds, plan)) is not None), None)


def _plan(worlds: Worlds, draw: random.Random) -> Drawn:
    """What ``_plans`` has Hypothesis draw, with as many numbers at an end as between."""
    versions = worlds.versions
    size = 1 if _one_for_all(worlds) else draw.randint(1, MOST)
    table = [plain_units(draw, EVERY, len(worlds.grid.fields)) for _ in range(size)]
    training = [draw.randint(0, 12) for _ in range(MOST)]
    asked = [
        (
            draw.randint(1, 12),
            [draw.randrange(size) for _ in range(versions.parts)],
            plain_units(draw, EVERY, len(versions.draws)),
        )
        for _ in range(draw.randint(1, MOST))
    ]
    return Drawn(table, training, asked)


def _one_for_all(worlds: Worlds) -> bool:
    """Whether a table of one question is as good as any."""
    return worlds.versions.same_hardness or not worlds.versions.parts


def _plans(worlds: Worlds) -> Any:
    from hypothesis import strategies

    versions = worlds.versions
    fields = len(worlds.grid.fields)
    units = strategies.sampled_from(EVERY)  # a fifth of the time that its own fractions take
    entries = strategies.lists(units, min_size=fields, max_size=fields)
    most = 1 if _one_for_all(worlds) else MOST
    table = strategies.lists(entries, min_size=1, max_size=most)
    training = strategies.lists(strategies.integers(0, 12), min_size=MOST, max_size=MOST)
    parts = strategies.lists(
        strategies.integers(0, most - 1), min_size=versions.parts, max_size=versions.parts
    )
    count = len(versions.draws)
    question = strategies.tuples(
        strategies.integers(1, 12), parts, strategies.lists(units, min_size=count, max_size=count)
    )
    asked = strategies.lists(question, min_size=1, max_size=MOST)
    return strategies.builds(Drawn, table, training, asked)


def _broken(worlds: Worlds, drawn: Drawn) -> BoundInWorld | None:
    """A bound that is broken in the world that was drawn, if it is one."""
    world = world_of(worlds, drawn)
    bounds = None if world is None else worlds.replay.bounds(world)
    return next((bound for bound in bounds or () if bound.broken), None)


def world_of(worlds: Worlds, drawn: Drawn) -> World | None:
    """The world that was drawn, with training weights as the density ratio asks and means as the
    step's inputs; None where there is no such world."""
    versions = worlds.versions
    table = _table(worlds, drawn)
    if table is None:
        return None
    total = sum(weight for weight, _, _ in drawn.asked)
    asked = []
    size = len(drawn.table)
    for weight, parts, units in drawn.asked:
        numbers = [versions.use_of(place) * size + part % size for place, part in enumerate(parts)]
        draws = worlds.replay.drawn([table[n].does for n in numbers], units)
        if draws is None:
            return None
        asked.append(AskedQuestion(Fraction(weight, total), draws, tuple(numbers)))
    world = World(tuple(asked), tuple(table), worlds.values_of_inputs())
    return worlds.tight(_trained(worlds, world, drawn.training[:size]))


def _table(worlds: Worlds, drawn: Drawn) -> list[TableQuestion] | None:
    """The questions of the tables of all uses, one use after the other, not yet weighted."""
    versions = worlds.versions
    table = []
    for use in versions.uses:
        for entry in drawn.table:
            units = dict(zip(versions.columns, entry, strict=True))
            columns = [versions.columns[name] for name in use.columns]
            does = {c.name: c.low + units[c.name] * (c.high - c.low) for c in columns}
            if not worlds.replay.may_do(use, does):
                return None
            table.append(TableQuestion(Fraction(0), does, use.label))
    return table


def _trained(worlds: Worlds, world: World, drawn: list[int]) -> World:
    """As little training as the questions asked need, and the rest as it was drawn."""
    size, total = len(drawn), sum(drawn)
    weights = [Fraction(0)] * len(world.table)
    for number, needed in enumerate(worlds.least_training(world)):
        own = range(number * size, (number + 1) * size)
        least = needed if worlds.versions.tied else [Fraction(0)] * len(needed)
        rest = 1 - sum(least)
        for place, n in enumerate(own):
            share = Fraction(drawn[place], total) if total else Fraction(1, size)
            weights[n] = least[n] + rest * share
    table = tuple(attrs.evolve(q, weight=w) for q, w in zip(world.table, weights, strict=True))
    return attrs.evolve(world, table=table)
