"""All kinds of question whose numbers are among a few: from them, worlds of every size are made.

Two questions of a table on which the agent does the same can be merged, and so can two questions
asked whose parts and draws are the same: all means stay what they are, and so does the density
ratio. So the worlds whose tables and draws hold only numbers of a grid are, up to merging, the
weights on one question of each kind.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.worlds.tracing import TwoVersions
from checker.worlds.world import Asked, Replay

GRIDS = tuple(tuple(Fraction(i, parts) for i in range(parts + 1)) for parts in (4, 2, 1))
"""Shares of a number's range at which it is tried. The finest with few enough kinds is taken."""
FEW_EVALUATED = 4_000
"""Kinds of question over a grid up to which a coarser one is not preferred."""
MOST_EVALUATED = 8_000
"""Kinds of question over the coarsest grid up to which all are evaluated, and not a sample."""
MOST_SEEN = 800_000
"""Kinds of question that a sample is taken from."""
SAMPLED = 1_500
"""Kinds of question in a sample, besides the plain ones."""
MOST_PLAIN = 170
"""Plain kinds of question that are kept where not all can be."""
SYMMETRY = 0.3
"""Seconds for a query about the order of parts."""
MOST_KINDS = 250
"""Kinds of question, after merging, that stand in a query."""


@attrs.frozen
class Entry:
    """A kind of question of the table: by which use it is asked, and what is done on it, by field;
    the least where the use does not read it."""

    use: int
    does: tuple[Fraction, ...]


@attrs.frozen
class Kind:
    """A kind of question: its parts, by number among the table's kinds, its draws, where between
    their bounds these are, and what it contributes."""

    parts: tuple[int, ...]
    units: tuple[Fraction, ...]
    draws: Mapping[str, Fraction]
    row: tuple[Fraction, ...]


@attrs.frozen
class Grid:
    """The numbers that are tried, and all kinds of question over them.

    Args:
        shares: the grid, as shares of the range of each number.
        entries: the kinds of question of the table, by field.
        kinds: the kinds of question asked.
        whole: whether all kinds over the grid are among them.
    """

    shares: tuple[Fraction, ...]
    fields: tuple[str, ...]
    entries: tuple[Entry, ...]
    kinds: tuple[Kind, ...]
    whole: bool


def grid_of(versions: TwoVersions, replay: Replay, budget: QueryBudget) -> Grid:
    """The finest grid with few enough kinds of question; of the coarsest, as many as fit."""
    fields = tuple(versions.columns)
    alike = interchangeable(versions, budget)
    for shares in GRIDS:
        entries = tuple(_entries(versions, replay, shares))
        ways, parts = _parts(versions, entries, alike)
        count = ways * len(shares) ** len(versions.draws)
        if count <= FEW_EVALUATED or shares is GRIDS[-1]:
            drawn = list(itertools.product(range(len(shares)), repeat=len(versions.draws)))
            every = ((part, units) for part in parts for units in drawn)
            whole = count <= MOST_EVALUATED
            tried = every if whole else _sample(versions, entries, shares, every, count)
            merged = _Merged(replay, fields, entries, shares, list(tried))
            if len(merged.kept) <= MOST_KINDS:
                return Grid(shares, fields, entries, tuple(merged.kinds(merged.kept)), whole)
    plain, others = merged.kept[:MOST_PLAIN], merged.kept[MOST_PLAIN:]
    kept = plain + random.Random(0).sample(others, MOST_KINDS - MOST_PLAIN)
    return Grid(shares, fields, entries, tuple(merged.kinds(kept)), False)


def _entries(versions: TwoVersions, replay: Replay, shares: Sequence[Fraction]) -> Iterator[Entry]:
    """What may be done on a question of the table: what the table's condition allows."""
    for number, use in enumerate(versions.uses):
        numbers = [
            [c.low + share * (c.high - c.low) for share in shares]
            if name in use.columns
            else [c.low]
            for name, c in versions.columns.items()
        ]
        for does in itertools.product(*numbers):
            if replay.may_do(use, dict(zip(versions.columns, does, strict=True))):
                yield Entry(number, does)


class _Merged:
    """Questions of which those that are the same to every mean are merged.

    ``kept`` are the numbers of one question of each kind, among those that are questions.
    """

    def __init__(
        self,
        replay: Replay,
        fields: Sequence[str],
        entries: Sequence[Entry],
        shares: Sequence[Fraction],
        tried: Sequence[Asked],
    ) -> None:
        tables = [dict(zip(fields, entry.does, strict=True)) for entry in entries]
        self._replay, self._shares, self._tried = replay, shares, tried
        self._found = replay.questions(tables, shares, tried)
        rows = [number.whole() for number in self._found.rows]
        first: dict[tuple[Any, ...], int] = {}
        for number, row in enumerate(zip(self._found.asked, *rows, strict=True)):
            # questions of different uses are different
            first.setdefault((tuple(sorted(tried[row[0]][0])), *row[1:]), number)
        self.kept = list(first.values())

    def kinds(self, kept: Sequence[int]) -> Iterator[Kind]:
        """Some kinds of question."""
        drawn, rows = (
            [number.at(kept).fractions() for number in numbers]
            for numbers in (self._found.drawn, self._found.rows)
        )
        names = [draw.name for draw in self._replay.versions.draws]
        for place, number in enumerate(kept):
            parts, units = self._tried[self._found.asked[number]]
            named = {name: values[place] for name, values in zip(names, drawn, strict=True)}
            row = tuple(values[place] for values in rows)
            yield Kind(parts, tuple(self._shares[unit] for unit in units), named, row)


def _sample(
    versions: TwoVersions,
    entries: Sequence[Entry],
    shares: Sequence[Fraction],
    every: Iterable[Asked],
    count: int,
) -> Iterator[Asked]:
    """Some of so many kinds of question: the plain ones, and others at equal distances."""
    yield from _plain(versions, entries, range(len(shares)))
    step = min(count, MOST_SEEN) // SAMPLED
    yield from itertools.islice(every, 0, step * SAMPLED, step)


def _plain(
    versions: TwoVersions, entries: Sequence[Entry], units: Sequence[int]
) -> Iterator[Asked]:
    """The kinds of question at which all numbers are least but for at most two of its parts and
    draws, those with the fewest first."""
    size = versions.parts
    of_use = [[n for n, e in enumerate(entries) if e.use == u] for u in range(len(versions.uses))]
    ranges: list[Sequence[Any]] = [of_use[versions.use_of(part)] for part in range(size)]
    ranges += [units] * len(versions.draws)
    for number in range(3):
        for places in itertools.combinations(range(len(ranges)), number):
            for values in itertools.product(*(ranges[place][1:] for place in places)):
                chosen = [values_of[0] for values_of in ranges]
                for place, value in zip(places, values, strict=True):
                    chosen[place] = value
                yield tuple(chosen[:size]), tuple(chosen[size:])


def _parts(
    versions: TwoVersions, entries: Sequence[Entry], alike: bool
) -> tuple[int, Iterable[tuple[int, ...]]]:
    """How many ways there are to fill a question's parts, and all of them, up to symmetry."""
    if versions.same_hardness and versions.parts:
        return len(entries), ((n,) * versions.parts for n in range(len(entries)))
    ways: list[Iterable[tuple[int, ...]]] = []
    count = 1
    for number, use in enumerate(versions.uses):
        own = [n for n, entry in enumerate(entries) if entry.use == number]
        size = len(use.parts)
        count *= math.comb(len(own) + size - 1, size) if alike else len(own) ** size
        fill = itertools.combinations_with_replacement(own, size)
        ways.append(fill if alike else itertools.product(own, repeat=size))
    return count, _together(versions, ways)


def _together(
    versions: TwoVersions, ways: Sequence[Iterable[tuple[int, ...]]]
) -> Iterator[tuple[int, ...]]:
    """All parts of a question from those of each use, in the order of their numbers."""
    order = [number for use in versions.uses for number in use.parts]
    places = sorted(range(len(order)), key=order.__getitem__)
    for chosen in _product(ways):
        yield tuple(chosen[place] for place in places)


def _product(ways: Sequence[Iterable[tuple[int, ...]]]) -> Iterator[tuple[int, ...]]:
    """Every way to fill the first use's parts, with every way to fill the others'."""
    if len(ways) < 2:
        yield from ways[0] if ways else [()]
        return
    rest = list(_product(ways[1:]))
    for first in ways[0]:
        yield from (first + others for others in rest)


def interchangeable(versions: TwoVersions, budget: QueryBudget) -> bool:
    """Whether it is shown that the order of a question's parts makes no difference."""
    terms = [compared.concrete for compared in versions.compared]
    terms += [given.amount for given in versions.inputs if not given.of_table]
    terms += [chosen.amount for chosen in versions.chosen]
    terms += [end for draw in versions.draws for end in (draw.low, draw.high)]
    own = versions.at_values()
    pairs = [pair for use in versions.uses for pair in itertools.pairwise(use.parts)]
    for pair in pairs:
        swapped = []
        for name in versions.columns:
            first, second = (versions.entries.get((n, name)) for n in pair)
            if (first is None) != (second is None):
                return False
            if first is not None and second is not None:
                swapped += [(first, second), (second, first)]
        for term in (z3.substitute(term, *own) if own else term for term in terms):
            same = term == z3.substitute(term, *swapped)
            if not follows([], same, budget, SYMMETRY).valid:
                return False
    return True
