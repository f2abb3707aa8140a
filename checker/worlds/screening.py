"""Worlds of one or two questions, all of a grid at once in floats; what is found is replayed.

Floats only guess here: a world counts once it was replayed from the definition in exact fractions.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from checker.worlds.tracing import Column, Input
from checker.worlds.weighting import Goal, Worlds
from checker.worlds.world import AskedQuestion, BoundInWorld, End, TableQuestion, World

Array = NDArray[np.float64]

WEIGHTS = sorted({Fraction(n, d) for d in (2, 3, 4, 5, 6, 8) for n in range(1, d)})
"""Weights of the first of two questions."""
MARGIN = 1e-9
"""What a float must exceed another by to be worth a replay."""
RESTS = 4
"""Questions of the table on which the training that no question asked needs may be spent."""
REPLAYED = 12
"""Worlds that are replayed."""


@attrs.frozen
class _Candidates:
    """Worlds side by side: their kinds of question, and of all of them the first one's weight, and
    at which question of each table, from those on which little is done, the rest of training is
    spent."""

    kinds: tuple[NDArray[np.int64], ...]
    weight: Fraction
    rest: int

    def at(self, where: Any) -> _Candidates:
        """Some of them."""
        return attrs.evolve(self, kinds=tuple(k[where] for k in self.kinds))

    @property
    def shares(self) -> list[float]:
        """How often each question is asked."""
        first = float(self.weight)
        return [first] if len(self.kinds) == 1 else [first, 1 - first]


@attrs.frozen(eq=False)
class _Read:
    """What is read of kinds of question: what they contribute, and by use and field what is done on
    the table where they ask it, in the mean and at most."""

    rows: Array
    asked: Array
    most: Array


class Screen:
    """The kinds of question as arrays."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds, self.grid = worlds, worlds.grid
        kinds, entries = self.grid.kinds, self.grid.entries
        uses = worlds.versions.uses
        self._rows = np.array([[_float(v) for v in kind.row] for kind in kinds]).T
        self._does = np.array([[_float(v) for v in entry.does] for entry in entries]).reshape(
            len(entries), len(self.grid.fields)
        )
        self._entry = np.array([kind.parts[0] if kind.parts else 0 for kind in kinds])
        self._asked = np.zeros((len(uses), len(self.grid.fields), len(kinds)))
        self._most = np.full_like(self._asked, -np.inf)
        for number, kind in enumerate(kinds):
            for part in kind.parts:
                use, does = entries[part].use, self._does[part]
                self._asked[use, :, number] += does / len(uses[use].parts)
                most = self._most[use, :, number]
                np.maximum(most, does, out=most)
        self._inputs: dict[str, Any] = {
            n: np.float64(_float(v)) for n, v in worlds.values_of_inputs().items()
        }
        self._reads: list[tuple[NDArray[np.int64], _Read]] = []
        versions = worlds.versions
        first = len(versions.compared) + len(worlds.means)
        self._everywhere = [n for n, c in enumerate(versions.compared) if c.everywhere]
        self._everywhere += [first + n for n, c in enumerate(versions.chosen) if c.everywhere]
        self._spare = [self._where_little_is_done(use) for use in range(len(uses))]
        self._plainness = np.array(list(self._numbers_in()))

    def _numbers_in(self) -> Iterator[float]:
        """By kind of question, how many of its numbers are not at the low end, those inside
        doubly."""
        every = [entry.does for entry in self.grid.entries]
        ends = [(min(column), max(column)) for column in zip(*every, strict=True)]
        of_entries = [
            sum(0.0 if v == low else (1.0 if v == high else 2.0) for v, (low, high) in pairs)
            for pairs in (zip(does, ends, strict=True) for does in every)
        ]
        for kind in self.grid.kinds:
            parts = set(kind.parts)
            count = sum(2.0 if 0 < unit < 1 else _float(unit) for unit in kind.units)
            yield count + sum(of_entries[part] for part in parts) + 0.1 * len(parts)

    def smallest(self, goals: Sequence[Goal]) -> BoundInWorld | None:
        """The plainest world of one question that breaks a bound, else of two."""
        for asked in (1, 2):
            for goal, hits in zip(goals, self._hits(goals, asked), strict=True):
                for candidate in hits:
                    bound = goal.among(self.worlds.replay.bounds(self.world(candidate)))
                    if bound is not None and bound.broken:
                        return bound
        return None

    def _hits(self, goals: Sequence[Goal], asked: int) -> list[list[_Candidates]]:
        """By goal, the worlds that seem to break it, plainest first."""
        best: list[list[tuple[tuple[float, float], _Candidates]]] = [[] for _ in goals]
        for tried in self.candidates(asked):
            for found, excess in zip(best, self.excess(tried, goals), strict=True):
                hits = np.flatnonzero(excess > MARGIN)
                if len(hits) == 0:
                    continue
                keys = self._keys(tried.at(hits), excess[hits])
                for at in np.lexsort(keys.T[::-1])[:REPLAYED]:
                    found.append(((keys[at][0], keys[at][1]), tried.at(hits[at : at + 1])))
        return [
            [hit for _, hit in sorted(found, key=lambda pair: pair[0])[:REPLAYED]] for found in best
        ]

    def _keys(self, tried: _Candidates, excess: Array) -> Array:
        """Plain worlds first; among them those that break the bound by much with round weights."""
        plain = sum((self._plainness[kinds] for kinds in tried.kinds), np.zeros(len(excess)))
        return np.stack([plain, -excess / float(tried.weight.denominator) ** 0.25], axis=1)

    def candidates(self, asked: int) -> Iterator[_Candidates]:
        """All worlds of one question, or of two, side by side."""
        count = len(self.grid.kinds)
        kinds = (np.arange(count),) if asked == 1 else np.triu_indices(count, 1)
        for rest in range(max(map(len, self._spare), default=1)):
            for weight in WEIGHTS if asked == 2 else [Fraction(1)]:
                yield _Candidates(tuple(kinds), weight, rest)

    def _where_little_is_done(self, use: int) -> list[int]:
        """Where the training of one use that no question asked needs may go."""
        versions = self.worlds.versions
        own = [n for n, entry in enumerate(self.grid.entries) if entry.use == use]
        if not versions.tied or self.worlds.ratios[use] == 1:
            return own[:1]
        return sorted(own, key=lambda n: float(self._does[n].sum()))[:RESTS]

    def _rest(self, use: int, number: int) -> int:
        """A question of a use's table on which the rest of its training is spent."""
        return self._spare[use][min(number, len(self._spare[use]) - 1)]

    def excess(self, tried: _Candidates, goals: Sequence[Goal]) -> Iterator[Array]:
        """By how much more happens than the abstract step says, where it is a world at all."""
        taken = [self._read_at(kinds) for kinds in tried.kinds]
        rows = self._taken(tried, taken)
        inputs, good = self._given(rows, self._trained(tried, taken))
        versions, worlds = self.worlds.versions, self.worlds
        count, first = len(versions.compared), len(versions.compared) + len(worlds.means)
        chosen = [rows[first + n] for n in range(len(versions.chosen))]
        with np.errstate(all="ignore"):
            *says, held = worlds.replay.abstract_in_floats(inputs, chosen)
        good &= np.asarray(held, bool)
        if versions.same_hardness and len(tried.kinds) == 2 and versions.parts:
            good &= self._entry[tried.kinds[0]] == self._entry[tried.kinds[1]]
        for goal in goals:
            place = goal.column
            if goal.end is not End.FIELD:  # of each choice the low end, then the high one
                place = count + 2 * (goal.column - first) + (goal.end is End.HIGH)
            happens, bound = rows[goal.column], np.asarray(says[place], float)
            excess = bound - happens if goal.end is End.LOW else happens - bound
            if (excess > MARGIN).any():  # of most none is, and the rest takes longer
                excess = np.where(good & np.isfinite(excess), excess, -1.0)
            yield excess

    def _given(self, rows: Array, means: Array) -> tuple[dict[str, Any], NDArray[np.bool_]]:
        """What the abstract step is given, and where that is at least the means."""
        worlds, inputs = self.worlds, dict(self._inputs)
        good = np.ones(rows.shape[1], dtype=bool)
        columns = worlds.versions.columns.values()
        told: list[tuple[Column | Input, Array]] = [*zip(columns, means, strict=True)]
        told += [(given, rows[column]) for given, column in worlds.means]
        for bounded, mean in told:
            if worlds.is_fixed(bounded.symbol):
                good &= mean <= inputs[bounded.name] + MARGIN
            else:
                inputs[bounded.name] = mean
        return inputs, good

    def _read_at(self, kinds: NDArray[np.int64]) -> _Read:
        """What is read of kinds of question, side by side; the last ones are asked for again with
        each of the weights."""
        if not any(kinds is known for known, _ in self._reads):
            read = _Read(self._rows[:, kinds], self._asked[:, :, kinds], self._most[:, :, kinds])
            self._reads = [*self._reads[-1:], (kinds, read)]
        return next(read for known, read in self._reads if known is kinds)

    def _taken(self, tried: _Candidates, taken: Sequence[_Read]) -> Array:
        """The mean of each column, or the greatest of what is bounded everywhere."""
        rows: Array = _mean(tried.shares, [read.rows for read in taken])
        for column in self._everywhere:
            rows[column] = np.max([read.rows[column] for read in taken], axis=0)
        return rows

    def _trained(self, tried: _Candidates, taken: Sequence[_Read]) -> Array:
        """The table's means over training, by field: the greatest of all uses'."""
        versions = self.worlds.versions
        if not versions.parts:
            return np.zeros((0, len(tried.kinds[0])))
        if versions.same_hardness:
            same: Array = self._does[self._entry[tried.kinds[0]]].T
            return same
        means = [self._trained_in(use, tried, taken) for use in range(len(versions.uses))]
        found: Array = np.max(means, axis=0) if len(means) > 1 else means[0]
        return found

    def _trained_in(self, use: int, tried: _Candidates, taken: Sequence[_Read]) -> Array:
        """The means over the training of one use, which asks as little else as it can."""
        rest: Array = self._does[self._rest(use, tried.rest)]
        tied = self.worlds.versions.uses[use].ratio is not None
        ratio = float(self.worlds.ratios[use]) if tied else np.inf
        asked = _mean(tried.shares, [read.asked[use] for read in taken])
        means: Array = asked / ratio + (1 - 1 / ratio) * rest[:, None]
        for number, column in enumerate(self.worlds.versions.columns.values()):
            if column.everywhere:
                most = np.max([read.most[use, number] for read in taken], axis=0)
                means[number] = np.maximum(most, rest[number]) if ratio > 1 else most
        return means

    def world(self, tried: _Candidates) -> World:
        """One candidate as a world."""
        versions, grid = self.worlds.versions, self.grid
        first = tried.weight
        weights = [first] if len(tried.kinds) == 1 else [first, 1 - first]
        kinds = [grid.kinds[int(k[0])] for k in tried.kinds]
        used = {part for kind in kinds for part in kind.parts}
        trained: dict[int, Fraction] = dict.fromkeys(used, Fraction(0))
        for number, use in enumerate(versions.uses):
            left, size = Fraction(1), len(use.parts)
            parts = [
                (part, weight / size / self.worlds.ratios[number])
                for weight, kind in zip(weights, kinds, strict=True)
                for part in kind.parts
                if grid.entries[part].use == number and versions.tied and use.ratio is not None
            ]
            for part, least in parts:
                trained[part] += least
                left -= least
            if left:
                same = versions.same_hardness
                spare = kinds[0].parts[0] if same else self._rest(number, tried.rest)
                trained[spare] = trained.get(spare, Fraction(0)) + left
        order = sorted(trained)
        table = tuple(
            TableQuestion(trained[n], self.worlds.does(n), self.worlds.label(grid.entries[n].use))
            for n in order
        )
        asked = tuple(
            AskedQuestion(weight, kind.draws, tuple(order.index(part) for part in kind.parts))
            for weight, kind in itertools.zip_longest(weights, kinds)
        )
        return self.worlds.tight(World(asked, table, self.worlds.values_of_inputs()))


def _mean(shares: Sequence[float], values: Sequence[Array]) -> Array:
    return sum((share * of for share, of in zip(shares, values, strict=True)), np.zeros(()))


def _float(value: Fraction) -> float:
    """As ``float`` has it, in a fifth of the time."""
    return value.numerator / value.denominator
