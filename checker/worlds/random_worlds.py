"""Worlds that Hypothesis draws, off the grid: plain fractions, replayed from the definition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
from hypothesis import strategies

from checker.counterexamples.random_search import find_example
from checker.worlds.weighting import Worlds
from checker.worlds.world import (
    AskedQuestion,
    BoundInWorld,
    TableQuestion,
    World,
    asked_of_table,
)

MOST = 5
"""Questions asked, and of the table, in a world that is drawn."""
UNITS = strategies.fractions(0, 1, max_denominator=16)
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
    for weight, parts, units in drawn.asked:
        numbers = [part % len(table) for part in parts]
        draws = worlds.replay.drawn([table[n] for n in numbers], units)
        if draws is None:
            return None
        asked.append(AskedQuestion(Fraction(weight, total), draws, tuple(numbers)))
    weights = _training(worlds, asked, drawn.training[: len(table)]) if versions.parts else []
    questions = [TableQuestion(w, does) for w, does in zip(weights, table, strict=False)]
    inputs = worlds.values_of_inputs()
    return worlds.tight(World(tuple(asked), tuple(questions), inputs))


def _table(worlds: Worlds, drawn: Drawn) -> list[dict[str, Fraction]] | None:
    versions = worlds.versions
    domains = {field.name: field for field in versions.stage.source.fields}
    fields = [domains[name] for name in worlds.grid.fields]
    table = [
        {f.name: f.low + unit * (f.high - f.low) for f, unit in zip(fields, entry, strict=True)}
        for entry in drawn.table
    ]
    return table if all(map(worlds.replay.may_do, table)) else None


def _training(worlds: Worlds, asked: list[AskedQuestion], drawn: list[int]) -> list[Fraction]:
    """As little training as the questions asked need, and the rest as it was drawn."""
    versions = worlds.versions
    least = [Fraction(0)] * len(drawn)
    if versions.density is not None and not versions.same_hardness:
        least = [a / worlds.ratio for a in asked_of_table(asked, len(drawn))]
    rest, total = 1 - sum(least), sum(drawn)
    shares = (
        [Fraction(n, total) for n in drawn] if total else [Fraction(1, len(drawn))] * len(drawn)
    )
    return [w + rest * share for w, share in zip(least, shares, strict=True)]
