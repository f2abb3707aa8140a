"""Worlds that Hypothesis draws, off the grid: plain fractions, replayed from the definition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
from hypothesis import strategies

from checker.counterexamples.drawn_runs import find_example
from checker.worlds.weighting import Worlds
from checker.worlds.world import AskedQuestion, BoundInWorld, TableQuestion, World

MOST = 5
"""Questions asked, and of the table, in a world that is drawn."""
UNITS = strategies.sampled_from(
    sorted(
        {Fraction(part, whole) for whole in range(1, 17) for part in range(whole + 1)},
        key=lambda unit: (unit.denominator, unit),
    )
)
"""Drawn from a list, simplest first: a fifth of the time that Hypothesis's fractions take."""
WEIGHTS = strategies.integers(1, 12)


@attrs.frozen
class Drawn:
    """What is drawn of a world: where in their ranges its numbers are, and whole weights."""

    table: list[list[Fraction]]
    training: list[int]
    asked: list[tuple[int, list[int], list[Fraction]]]


def draw_world(worlds: Worlds, examples: int) -> BoundInWorld | None:
    """A small world that breaks a bound, if Hypothesis finds one in so many examples."""
    if not examples:
        return None
    drawn = find_example(_plans(worlds), lambda plan: _broken(worlds, plan) is not None, examples)
    return None if drawn is None else _broken(worlds, drawn)


def _plans(worlds: Worlds) -> Any:
    versions = worlds.versions
    fields = len(worlds.grid.fields)
    entries = strategies.lists(UNITS, min_size=fields, max_size=fields)
    most = 1 if versions.same_hardness or not versions.parts else MOST
    table = strategies.lists(entries, min_size=1, max_size=most)
    training = strategies.lists(strategies.integers(0, 12), min_size=MOST, max_size=MOST)
    parts = strategies.lists(
        strategies.integers(0, most - 1), min_size=versions.parts, max_size=versions.parts
    )
    count = len(versions.draws)
    question = strategies.tuples(
        WEIGHTS, parts, strategies.lists(UNITS, min_size=count, max_size=count)
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
