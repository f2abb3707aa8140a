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
    """Worlds side by side: kinds of question, the first one's weight, and at which question of each
    table, from those on which little is done, the rest of training is spent."""

    kinds: tuple[NDArray[np.int64], ...]
    weights: tuple[NDArray[np.int64], ...]
    rest: NDArray[np.int64]

    def at(self, where: Any) -> _Candidates:
        """Some of them."""
        return _Candidates(
            tuple(k[where] for k in self.kinds),
            tuple(w[where] for w in self.weights),
            self.rest[where],
        )


class Screen:
    """The kinds of question as arrays."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds, self.grid = worlds, worlds.grid
        kinds, entries = self.grid.kinds, self.grid.entries
        uses = worlds.versions.uses
        self._rows = np.array([[float(v) for v in kind.row] for kind in kinds])
        self._does = np.array([[float(v) for v in entry.does] for entry in entries]).reshape(
            len(entries), len(self.grid.fields)
        )
        self._asked = np.zeros((len(uses), len(kinds), len(self.grid.fields)))
        for number, kind in enumerate(kinds):
            for part in kind.parts:
                use = entries[part].use
                self._asked[use, number] += self._does[part] / len(uses[use].parts)
        self._most = np.full_like(self._asked, -np.inf)
        for number, kind in enumerate(kinds):
            for part in kind.parts:
                most = self._most[entries[part].use]
                most[number] = np.maximum(most[number], self._does[part])
        versions = worlds.versions
        first = len(versions.compared) + len(worlds.means)
        self._everywhere = [n for n, c in enumerate(versions.compared) if c.everywhere]
        self._everywhere += [first + n for n, c in enumerate(versions.chosen) if c.everywhere]
        self._spare = [self._where_little_is_done(use) for use in range(len(uses))]
        self._plainness = np.array([self._numbers_in(n) for n in range(len(kinds))])

    def _numbers_in(self, number: int) -> float:
        """How many numbers of a kind of question are not at the low end, those inside doubly."""
        kind, entries = self.grid.kinds[number], self.grid.entries
        every = [entry.does for entry in entries]
        lows = [min(column) for column in zip(*every, strict=True)]
        highs = [max(column) for column in zip(*every, strict=True)]
        count = sum(2.0 if 0 < unit < 1 else float(unit) for unit in kind.units)
        for part in set(kind.parts):
            for value, low, high in zip(every[part], lows, highs, strict=True):
                count += 0.0 if value == low else (1.0 if value == high else 2.0)
        return count + 0.1 * len(set(kind.parts))

    def smallest(self, goals: Sequence[Goal]) -> BoundInWorld | None:
        """The plainest world of one question that breaks a bound, else of two."""
        for asked in (1, 2):
            for goal, hits in zip(goals, self._hits(goals, asked), strict=True):
                for candidate in hits:
                    bound = goal.among(self.worlds.replay.bounds(self._world(candidate)))
                    if bound is not None and bound.broken:
                        return bound
        return None

    def _hits(self, goals: Sequence[Goal], asked: int) -> list[list[_Candidates]]:
        """By goal, the worlds that seem to break it, plainest first."""
        best: list[list[tuple[tuple[float, float], _Candidates]]] = [[] for _ in goals]
        for tried in self._candidates(asked):
            for found, excess in zip(best, self._excess(tried, goals), strict=True):
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
        size = np.array([float(weight.denominator) for weight in (Fraction(1), *WEIGHTS)])
        return np.stack([plain, -excess / size[tried.weights[0]] ** 0.25], axis=1)

    def _candidates(self, asked: int) -> Iterator[_Candidates]:
        count = len(self.grid.kinds)
        weights = np.arange(1, len(WEIGHTS) + 1) if asked == 2 else np.array([0])
        for rest in range(max(map(len, self._spare), default=1)):
            if asked == 1:
                kinds = np.arange(count)
                zero = np.zeros(count, dtype=np.int64)
                yield _Candidates((kinds,), (zero,), zero + rest)
                continue
            first, second = (a.ravel() for a in np.triu_indices(count, 1))
            for weight in weights:
                whole = np.full(len(first), weight, dtype=np.int64)
                yield _Candidates((first, second), (whole, whole), np.full_like(whole, rest))

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

    def _shares(self, tried: _Candidates) -> list[Array]:
        """How often each question is asked."""
        values = np.array([1.0, *map(float, WEIGHTS)])
        if len(tried.kinds) == 1:
            return [values[tried.weights[0]]]
        first = values[tried.weights[0]]
        return [first, 1 - first]

    def _excess(self, tried: _Candidates, goals: Sequence[Goal]) -> Iterator[Array]:
        """By how much more happens than the abstract step says, where it is a world at all."""
        shares = self._shares(tried)
        pairs = list(zip(shares, tried.kinds, strict=True))
        rows = self._taken(pairs)
        means = self._trained(tried, pairs)
        versions, worlds = self.worlds.versions, self.worlds
        count, size = len(versions.compared), len(tried.rest)
        inputs = {n: np.full(size, float(v)) for n, v in worlds.values_of_inputs().items()}
        good = np.ones(size, dtype=bool)
        for number, (name, column_of) in enumerate(self.worlds.versions.columns.items()):
            if worlds.is_fixed(column_of.symbol):
                good &= means[:, number] <= inputs[name] + MARGIN
            else:
                inputs[name] = means[:, number]
        for given, column in worlds.means:
            if worlds.is_fixed(given.symbol):
                good &= rows[:, column] <= inputs[given.name] + MARGIN
            else:
                inputs[given.name] = rows[:, column]
        first = count + len(worlds.means)
        chosen = [rows[:, first + n] for n in range(len(versions.chosen))]
        with np.errstate(all="ignore"):
            *says, held = worlds.replay.abstract_in_floats(inputs, chosen)
        good &= np.asarray(held, bool)
        if versions.same_hardness and len(tried.kinds) == 2 and versions.parts:
            entry = np.array([kind.parts[0] for kind in self.grid.kinds])
            good &= entry[tried.kinds[0]] == entry[tried.kinds[1]]
        for number, goal in enumerate(goals):
            happens = rows[:, number] if number < count else rows[:, first + (number - count) // 2]
            bound = np.broadcast_to(np.asarray(says[number], float), happens.shape)
            excess = bound - happens if goal.end is End.LOW else happens - bound
            yield np.where(good & np.isfinite(excess), excess, -1.0)

    def _taken(self, pairs: Sequence[tuple[Array, Any]]) -> Array:
        """The mean of each column, or the greatest of what is bounded everywhere."""
        rows = sum(share[:, None] * self._rows[kinds] for share, kinds in pairs)
        assert isinstance(rows, np.ndarray)
        for column in self._everywhere:
            rows[:, column] = np.max([self._rows[kinds, column] for _, kinds in pairs], axis=0)
        return rows

    def _trained(self, tried: _Candidates, pairs: Sequence[tuple[Array, Any]]) -> Array:
        """The table's means over training, by field: the greatest of all uses'."""
        versions = self.worlds.versions
        if not versions.parts:
            return np.zeros((len(tried.rest), 0))
        if versions.same_hardness:
            entry = np.array([kind.parts[0] for kind in self.grid.kinds])
            same: Array = self._does[entry[tried.kinds[0]]]
            return same
        means = [self._trained_in(use, tried, pairs) for use in range(len(versions.uses))]
        found: Array = np.max(means, axis=0)
        return found

    def _trained_in(
        self, use: int, tried: _Candidates, pairs: Sequence[tuple[Array, Any]]
    ) -> Array:
        """The means over the training of one use, which asks as little else as it can."""
        spare = np.array([self._rest(use, n) for n in range(RESTS)])
        rest: Array = self._does[spare[tried.rest]]
        tied = self.worlds.versions.uses[use].ratio is not None
        ratio = float(self.worlds.ratios[use]) if tied else np.inf
        asked = sum(share[:, None] * self._asked[use][kinds] for share, kinds in pairs)
        assert isinstance(asked, np.ndarray)
        means: Array = asked / ratio + (1 - 1 / ratio) * rest
        for number, column in enumerate(self.worlds.versions.columns.values()):
            if column.everywhere:
                most = [self._most[use][kinds, number] for _, kinds in pairs]
                means[:, number] = np.max(
                    [*most, *([rest[:, number]] if ratio > 1 else [])], axis=0
                )
        return means

    def _world(self, tried: _Candidates) -> World:
        """One candidate as a world."""
        versions, grid = self.worlds.versions, self.grid
        first = [Fraction(1), *WEIGHTS][int(tried.weights[0][0])]
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
                spare = kinds[0].parts[0] if same else self._rest(number, int(tried.rest[0]))
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
