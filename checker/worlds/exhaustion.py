"""Which worlds over a grid break a bound, which of them are smallest, and which are tight.

Worlds of every size are asked about at once (``checker.worlds.grid`` says why that can be), so the
number of questions is bounded only to find the smallest world.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import Satisfaction, Satisfiability
from checker.worlds.screening import Screen
from checker.worlds.shadow import hidden
from checker.worlds.weighting import Goal, Worlds
from checker.worlds.world import AskedQuestion, BoundInWorld, TableQuestion, World
from spec.nodes import name_of
from spec.terms import numeral

MOST_ASKED = 4
"""Questions asked up to which the smallest world is looked for."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 100)
"""Denominators of weights that are tried in place of a solver's."""
QUICK = 0.02
"""Seconds for a first try at a query about all weights."""
CLOSE = Fraction(1, 50)
"""How closely the greatest share of a bound is enclosed."""


@attrs.frozen
class Search:
    """What became of the search for a world that breaks a bound.

    Args:
        broken: the smallest one that was found.
        complete: where none was found, whether there is none over the grid.
    """

    broken: BoundInWorld | None
    complete: bool


def search(worlds: Worlds, seconds: float) -> Search:
    """The smallest world over the grid that breaks a bound, if there is one."""
    screened = Screen(worlds).smallest(worlds.goals)
    if screened is not None:
        return Search(screened, False)
    complete = worlds.grid.whole
    found: list[tuple[Goal, BoundInWorld]] = []
    for goal in worlds.goals:
        answer = _asked(worlds, goal, seconds)
        complete = complete and answer.unsat
        shown = _replayed(worlds, goal, answer)
        if shown is not None:
            found.append((goal, shown))
    if not found:
        return Search(None, complete)
    for asked in range(1, MOST_ASKED + 1):
        for goal, _ in found:
            shown = _replayed(worlds, goal, worlds.find([goal.broken], asked, seconds=seconds))
            if shown is not None:
                return Search(_plainest(worlds, goal, shown, seconds), False)
    return Search(_rounded(worlds, *found[0]), False)


def _asked(worlds: Worlds, goal: Goal, seconds: float) -> Satisfaction:
    """Which weights break a bound. What is not answered at once is first asked of fewer numbers."""
    answer = worlds.find([goal.broken], seconds=min(seconds, QUICK))
    if not answer.undecided or seconds <= QUICK:
        return answer
    if hidden(worlds, goal, seconds):
        return Satisfaction(Satisfiability.UNSAT)
    return worlds.find([goal.broken], seconds=seconds)


def of_one_question(worlds: Worlds, values: Mapping[str, Fraction]) -> BoundInWorld | None:
    """The world of the one question that the values of a solver's constants describe, trained on
    its parts alone, if a bound is broken in it."""
    versions = worlds.versions
    table = []
    for number, use in enumerate(versions.uses):
        for part in use.parts:
            does = {
                name: values.get(name_of(versions.entries[part, name]), column.low)
                if (part, name) in versions.entries
                else column.low
                for name, column in versions.columns.items()
                if name in use.columns
            }
            table.append(
                (part, TableQuestion(Fraction(1, len(use.parts)), does, worlds.label(number)))
            )
    draws = {draw.name: values.get(name_of(draw.symbol), Fraction(0)) for draw in versions.draws}
    places = {part: place for place, (part, _) in enumerate(table)}
    asked = AskedQuestion(Fraction(1), draws, tuple(places[n] for n in range(versions.parts)))
    questions = tuple(question for _, question in table)
    world = worlds.tight(World((asked,), questions, worlds.values_of_inputs()))
    return next((bound for bound in worlds.replay.bounds(world) or () if bound.broken), None)


def _plainest(worlds: Worlds, goal: Goal, shown: BoundInWorld, seconds: float) -> BoundInWorld:
    """A world that asks as few questions, with few in the table, and with zeros where it can."""
    asked, table = len(shown.world.asked), len(shown.world.table)
    for fewer in range(1, table):
        again = _replayed(worlds, goal, worlds.find([goal.broken], asked, fewer, seconds))
        if again is not None:
            shown, table = again, len(again.world.table)
            break
    kept: list[z3.BoolRef] = []
    for restriction in worlds.restrictions():
        answer = worlds.find([goal.broken, *kept, *restriction], asked, table, seconds)
        again = _replayed(worlds, goal, answer)
        if again is not None:
            shown = again
            kept += restriction
    return _rounded(worlds, goal, shown)


def _replayed(worlds: Worlds, goal: Goal, answer: Satisfaction) -> BoundInWorld | None:
    """The world of a solver's values, if the bound is broken in it by the definition."""
    return _broken(worlds, goal, worlds.world(answer.values)) if answer.sat else None


def _broken(worlds: Worlds, goal: Goal, world: World) -> BoundInWorld | None:
    bound = goal.among(worlds.replay.bounds(world))
    return bound if bound is not None and bound.broken else None


def _rounded(worlds: Worlds, goal: Goal, shown: BoundInWorld) -> BoundInWorld:
    """The same questions with rounder weights, and inputs that are the means, if that breaks it."""
    for denominator in DENOMINATORS:
        best: BoundInWorld | None = None
        for world in _rounder(worlds, shown.world, denominator):
            now = _broken(worlds, goal, world)
            if now is not None and (best is None or _excess(now) > _excess(best)):
                best = now
        if best is not None:
            return best
    return shown


def _excess(bound: BoundInWorld) -> Fraction:
    return bound.happens - bound.says


def _rounder(worlds: Worlds, world: World, denominator: int) -> Iterator[World]:
    """The world with weights of one denominator, tightly trained and tightly bounded."""
    count = len(world.asked)
    if denominator < count or math.comb(denominator - 1, count - 1) > 200:
        return
    for cuts in itertools.combinations(range(1, denominator), count - 1):
        ends = (0, *cuts, denominator)
        weights = [Fraction(b - a, denominator) for a, b in itertools.pairwise(ends)]
        asked = tuple(attrs.evolve(q, weight=w) for q, w in zip(world.asked, weights, strict=True))
        yield from _trained(worlds, attrs.evolve(world, asked=asked))


def _trained(worlds: Worlds, world: World) -> Iterator[World]:
    """The world with training weights that the questions asked need, and means as inputs."""
    if not world.table or not worlds.versions.tied:
        yield worlds.tight(world)
        return
    ways = []
    for number, least in enumerate(worlds.least_training(world)):
        label = worlds.label(number)
        own = [n for n, question in enumerate(world.table) if question.under == label]
        rest = 1 - sum(least)
        ways.append(
            [[w + (rest if n == chosen else 0) for n, w in enumerate(least)] for chosen in own]
            if rest
            else [least]
        )
    for chosen in itertools.product(*ways):
        training = map(sum, zip(*chosen, strict=True))
        table = tuple(
            attrs.evolve(q, weight=Fraction(w)) for q, w in zip(world.table, training, strict=True)
        )
        yield worlds.tight(attrs.evolve(world, table=table))


def tightest(worlds: Worlds, goal: Goal, seconds: float) -> BoundInWorld | None:
    """A world over the grid in which about as much of a bound happens as in any.

    Only worlds count in which the bound is at most half of what the field can be, and in which no
    number that it reads is next to nothing: elsewhere every bound is tight.
    """
    assert goal.top is not None
    limits = worlds.telling(goal, goal.top, seconds)
    best: BoundInWorld | None = None
    low, high, share = Fraction(0), Fraction(1), Fraction(1)
    while high - low > CLOSE and not worlds.budget.exhausted:
        enough = goal.happens >= numeral(share) * goal.says
        answer = worlds.find([*limits, enough], seconds=seconds)
        bounds = worlds.replay.bounds(worlds.world(answer.values)) if answer.sat else None
        found = goal.among(bounds)
        if found is not None and found.share is not None and found.share > low:
            best, low = found, found.share
        else:
            high = share
        share = (low + high) / 2
    return best
