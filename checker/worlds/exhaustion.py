"""All worlds over a grid of numbers at once: which break a bound, which are smallest, which tight.

Two questions of a table on which the agent does the same can be merged, and so can two questions
asked whose parts and draws are the same: all means stay what they are, and so does the density
ratio. So the worlds whose tables and draws hold only numbers of a grid are, up to merging, the
weights on one question of each kind: finitely many real numbers, about which one query asks, for
worlds of every size. The number of questions is bounded only to find the smallest world.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import attrs
import z3

from checker.backends.solver import (
    QueryBudget,
    Satisfaction,
    Satisfiability,
    constants,
    follows,
    satisfy,
)
from checker.worlds.tracing import Compared, TwoVersions
from checker.worlds.world import (
    AskedQuestion,
    BoundInWorld,
    End,
    Replay,
    TableQuestion,
    World,
    may_do,
)
from spec.terms import numeral

GRIDS = tuple(tuple(Fraction(i, parts) for i in range(parts + 1)) for parts in (4, 2, 1))
"""Shares of a number's range at which it is tried. The finest with few enough kinds is taken."""
FEW_EVALUATED = 4_000
"""Kinds of question over a grid up to which a coarser one is not preferred."""
MOST_EVALUATED = 8_000
"""Kinds of question over the coarsest grid up to which all are evaluated, and not a sample."""
MOST_SEEN = 800_000
"""Kinds of question that a sample is taken from."""
SYMMETRY = 0.3
"""Seconds for a query about the order of parts."""
MOST_KINDS = 250
"""Kinds of question, after merging, that stand in a query."""
MOST_ASKED = 4
"""Questions asked up to which the smallest world is looked for."""
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 100)
"""Denominators of weights that are tried in place of a solver's."""

CLOSE = Fraction(1, 50)
"""How closely the greatest share of a bound is enclosed."""

FLOORS = (Fraction(1, 16), Fraction(1, 64), Fraction(1, 256), Fraction(1, 4096))
"""What each number that a bound reads is to be at least, where a bound is tight."""

T = TypeVar("T")

Entry = tuple[Fraction, ...]


@attrs.frozen
class Kind:
    """A kind of question: its parts, by number among the table's kinds, its draws, where between
    their bounds these are, and what it contributes."""

    parts: tuple[int, ...]
    units: tuple[Fraction, ...]
    draws: Mapping[str, Fraction]
    row: tuple[Fraction, ...]

    @property
    def merged(self) -> tuple[Any, ...]:
        """Kinds that are the same in this are the same to every mean."""
        return (tuple(sorted(self.parts)), self.row)


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
    fields = tuple(dict.fromkeys(name for _, name in versions.entries))
    alike = interchangeable(versions, budget)
    for shares in GRIDS:
        entries = tuple(_entries(versions, fields, shares)) if fields else ((),)
        ways, parts = _parts(versions, len(entries), alike)
        count = ways * len(shares) ** len(versions.draws)
        if count <= FEW_EVALUATED or shares is GRIDS[-1]:
            drawn = list(itertools.product(shares, repeat=len(versions.draws)))
            tried = _tried(((part, units) for part in parts for units in drawn), count)
            kinds = list(_kinds(replay, fields, entries, tried))
            if len(kinds) <= MOST_KINDS:
                return Grid(shares, fields, entries, tuple(kinds), count <= MOST_EVALUATED)
    kept = random.Random(0).sample(kinds, MOST_KINDS)
    return Grid(shares, fields, entries, tuple(kept), False)


def _entries(
    versions: TwoVersions, fields: Sequence[str], shares: Sequence[Fraction]
) -> Iterator[Entry]:
    """What the agent may do on a question of its table: what the table's condition allows."""
    domains = {field.name: field for field in versions.stage.source.fields}
    numbers = [
        [domains[f].low + share * (domains[f].high - domains[f].low) for share in shares]
        for f in fields
    ]
    for entry in itertools.product(*numbers):
        if may_do(versions, dict(zip(fields, entry, strict=True))):
            yield entry


def _kinds(
    replay: Replay,
    fields: Sequence[str],
    entries: Sequence[Entry],
    tried: Iterable[tuple[tuple[int, ...], tuple[Fraction, ...]]],
) -> Iterator[Kind]:
    """The kinds of question, each once, that have these parts, and draws so far in their bounds."""
    tables = [dict(zip(fields, entry, strict=True)) for entry in entries]
    values = replay.versions.values
    seen: set[tuple[Any, ...]] = set()
    for parts, units in tried:
        does = [tables[n] for n in parts]
        draws = replay.drawn(does, units)
        row = None if draws is None else replay.on_question(values, does, draws)
        if draws is not None and row is not None:
            kind = Kind(parts, units, draws, tuple(row))
            if kind.merged not in seen:
                seen.add(kind.merged)
                yield kind


def _tried(every: Iterable[T], count: int) -> Iterator[T]:
    """All of so many things, or a sample of as many of them as may be evaluated."""
    if count <= MOST_EVALUATED:
        yield from every
        return
    step = min(count, MOST_SEEN) // MOST_EVALUATED
    yield from itertools.islice(every, 0, step * MOST_EVALUATED, step)


def _parts(
    versions: TwoVersions, entries: int, alike: bool
) -> tuple[int, Iterable[tuple[int, ...]]]:
    """How many ways there are to fill a question's parts, and all of them, up to symmetry."""
    parts, numbers = versions.parts, range(entries)
    if versions.same_hardness:
        return (entries if parts else 1), ((n,) * parts for n in (numbers if parts else [0]))
    if alike:
        count = math.comb(entries + parts - 1, parts)
        return count, itertools.combinations_with_replacement(numbers, parts)
    return entries**parts, itertools.product(numbers, repeat=parts)


def interchangeable(versions: TwoVersions, budget: QueryBudget) -> bool:
    """Whether it is shown that the order of a question's parts makes no difference."""
    terms = [compared.concrete for compared in versions.compared]
    terms += [given.amount for given in versions.inputs if not given.of_table]
    terms += [chosen.amount for chosen in versions.chosen]
    terms += [end for draw in versions.draws for end in (draw.low, draw.high)]
    own = versions.at_values()
    for part in range(versions.parts - 1):
        swapped = []
        for name in dict.fromkeys(name for _, name in versions.entries):
            first, second = (versions.entries.get((n, name)) for n in (part, part + 1))
            if first is None or second is None:
                return False
            swapped += [(first, second), (second, first)]
        for term in (z3.substitute(term, *own) if own else term for term in terms):
            same = term == z3.substitute(term, *swapped)
            if not follows([], same, budget, SYMMETRY).valid:
                return False
    return True


# --- worlds ---------------------------------------------------------------------------------------


@attrs.frozen
class Goal:
    """A bound: what happens in a world, and what the abstract step says of it.

    ``top`` is half of the most that the field can be: a bound above it says little.
    """

    name: str
    happens: z3.ArithRef
    says: z3.ArithRef
    end: End
    top: Fraction | None = None

    @property
    def broken(self) -> z3.BoolRef:
        """That more happens than the abstract step says."""
        return self.happens > self.says


class Worlds:
    """All worlds over a grid, as weights on its kinds of question."""

    def __init__(
        self, versions: TwoVersions, replay: Replay, grid: Grid, budget: QueryBudget
    ) -> None:
        self.versions, self.replay, self.grid, self.budget = versions, replay, grid, budget
        self._asked = [z3.Real(f"asked {n}") for n in range(len(grid.kinds))]
        self._trained = [z3.Real(f"trained {n}") for n in range(len(grid.entries))]
        self._own = versions.at_values(keeping=versions.averaged - self._read_directly())
        count = len(versions.compared)
        means = [given for given in versions.inputs if not given.of_table]
        self._means = list(zip(means, range(count, count + len(means)), strict=True))
        first = count + len(means)
        at = [(c.choice.symbol, self._mean(first + i)) for i, c in enumerate(versions.chosen)]
        self._at = at
        self.goals = list(self._goals(first))

    def _read_directly(self) -> set[str]:
        """Averaged parameters that the concrete version also reads as they are."""
        versions = self.versions
        terms = [c.concrete for c in versions.compared]
        terms += [*(i.amount for i in versions.inputs), *(c.amount for c in versions.chosen)]
        terms += [end for d in versions.draws for end in (d.low, d.high)]
        read = {name for term in terms for name in constants(term)}
        return {n for n, symbol in versions.parameters.items() if symbol.decl().name() in read}

    def _mean(self, column: int) -> z3.ArithRef:
        """The mean over the questions asked of one column of what they contribute."""
        return _weighted(self._asked, [kind.row[column] for kind in self.grid.kinds])

    def _put(self, term: Any) -> Any:
        return z3.substitute(term, *self._own, *self._at)

    def _goals(self, first: int) -> Iterator[Goal]:
        versions = self.versions
        for i, compared in enumerate(versions.compared):
            abstract = self._put(compared.abstract)
            yield Goal(compared.field.name, self._mean(i), abstract, End.FIELD, _half(compared))
        for i, chosen in enumerate(versions.chosen):
            mean = self._mean(first + i)
            yield Goal(chosen.choice.name, mean, self._put(chosen.choice.high), End.HIGH)
            yield Goal(chosen.choice.name, -mean, -self._put(chosen.choice.low), End.LOW)

    def conditions(self, table: int | None = None) -> list[z3.BoolRef]:
        """That the weights make a world; with the table the same everywhere, which it is."""
        versions, grid = self.versions, self.grid
        found = [weight >= 0 for weight in (*self._asked, *self._trained)]
        found += [z3.Sum(self._asked) == 1, z3.Sum(self._trained) == 1]
        for given, column in self._means:
            found.append(self._mean(column) <= self._put(given.symbol))
        for number, name in enumerate(grid.fields):
            symbol = self._symbol(name)
            does = [entry[number] for entry in grid.entries]
            found.append(_weighted(self._trained, does) <= symbol)
        if table is not None:
            found += [w == 0 for n, w in enumerate(self._trained) if n != table]
            found += [
                w == 0
                for w, kind in zip(self._asked, grid.kinds, strict=True)
                if any(part != table for part in kind.parts)
            ]
        elif versions.parts and versions.density is not None:
            found += self._tied()
        held = [*versions.given, *(side.condition for side in versions.abstract_sides)]
        return [*found, *(self._put(condition) for condition in held)]

    def _symbol(self, field: str) -> z3.ArithRef:
        source = self.versions.stage.source
        names = [f.name for f in source.fields]
        symbol = source.symbols[names.index(field)]
        assert isinstance(symbol, z3.ArithRef)
        return symbol

    def _tied(self) -> Iterator[z3.BoolRef]:
        """That no question of the table is asked more often than the ratio times as in training."""
        parts = self.versions.parts
        ratio = self._put(self.versions.density)
        often = [Counter(kind.parts) for kind in self.grid.kinds]
        for number, trained in enumerate(self._trained):
            shares = [Fraction(counts[number], parts) for counts in often]
            yield _weighted(self._asked, shares) <= ratio * trained

    def _few(self, asked: int | None, table: int | None) -> list[z3.BoolRef]:
        found = []
        if asked is not None and asked < len(self._asked):
            found.append(z3.AtMost(*[weight > 0 for weight in self._asked], asked))
        if table is not None and table < len(self._trained):
            used = [
                z3.Or(
                    trained > 0,
                    *(
                        w > 0
                        for w, kind in zip(self._asked, self.grid.kinds, strict=True)
                        if number in kind.parts
                    ),
                )
                for number, trained in enumerate(self._trained)
            ]
            found.append(z3.AtMost(*used, table))
        return found

    def restrictions(self) -> Iterator[list[z3.BoolRef]]:
        """Conditions that make a world plainer: numbers at the ends of their ranges, and zeros."""
        kinds, entries = self.grid.kinds, self.grid.entries
        ends = (0, 1)
        lows, highs = (
            [f(e[i] for e in entries) for i in range(len(self.grid.fields))] for f in (min, max)
        )
        plain = [
            all(v in (low, high) for v, low, high in zip(e, lows, highs, strict=True))
            for e in entries
        ]
        yield self._without(
            [
                any(u not in ends for u in k.units) or not all(plain[p] for p in k.parts)
                for k in kinds
            ],
            [not is_plain for is_plain in plain],
        )
        for number in range(len(self.versions.draws)):
            yield self._without([k.units[number] != 0 for k in kinds], [])
        for number, low in enumerate(lows):
            rises = [entry[number] != low for entry in entries]
            yield self._without([any(rises[p] for p in k.parts) for k in kinds], rises)

    def telling(self, goal: Goal, top: Fraction, seconds: float) -> list[z3.BoolRef]:
        """That a bound says something, and that no number which it is given is next to nothing."""
        limits = [goal.says > 0, goal.says <= numeral(top)]
        read = constants(goal.says)
        given = [i.symbol for i in self.versions.inputs if i.symbol.decl().name() in read]
        for floor in FLOORS:
            above = [*limits, *(symbol >= numeral(floor) for symbol in given)]
            if self.find(above, seconds=seconds).sat:
                return above
        return limits

    def _without(self, kinds: Sequence[bool], entries: Sequence[bool]) -> list[z3.BoolRef]:
        """That some kinds of question are not in a world."""
        pairs = [*zip(self._asked, kinds, strict=True)]
        if entries:
            pairs += zip(self._trained, entries, strict=True)
        return [weight == 0 for weight, left_out in pairs if left_out]

    def find(
        self,
        wanted: Sequence[z3.BoolRef],
        asked: int | None = None,
        table: int | None = None,
        seconds: float | None = None,
    ) -> Satisfaction:
        """Look for a world that meets more conditions, of at most so many questions."""
        few = self._few(asked, table)
        if not self.versions.same_hardness:
            return satisfy([*self.conditions(), *few, *wanted], self.budget, seconds)
        left_open: Satisfaction | None = None
        found = Satisfaction(Satisfiability.UNSAT)
        for number in range(len(self.grid.entries)):
            found = satisfy([*self.conditions(number), *few, *wanted], self.budget, seconds)
            if found.sat:
                return found
            left_open = found if found.undecided else left_open
        return left_open or found

    def world(self, values: Mapping[str, Fraction]) -> World:
        """The world that a solver's values describe."""
        versions, grid = self.versions, self.grid
        zero = Fraction(0)
        asked = {n: values.get(f"asked {n}", zero) for n in range(len(grid.kinds))}
        trained = {n: values.get(f"trained {n}", zero) for n in range(len(grid.entries))}
        used = [n for n, w in asked.items() if w > 0]
        needed = {n for n, w in trained.items() if w > 0} if versions.parts else set()
        needed |= {part for n in used for part in grid.kinds[n].parts}
        order = sorted(needed)
        table = tuple(
            TableQuestion(trained[n], dict(zip(grid.fields, grid.entries[n], strict=True)))
            for n in order
        )
        questions = tuple(
            AskedQuestion(
                asked[n],
                grid.kinds[n].draws,
                tuple(order.index(part) for part in grid.kinds[n].parts),
            )
            for n in used
        )
        return World(questions, table, self._inputs(values))

    def tight(self, world: World) -> World:
        """The world with each input that is a mean at its least, where it may vary."""
        inputs = dict(world.inputs)
        rows = [
            self.replay.on_question(inputs, [world.table[n].does for n in q.parts], q.draws)
            for q in world.asked
        ]
        for given, column in self._means:
            if not any(given.symbol.eq(symbol) for symbol, _ in self._own):
                inputs[given.name] = sum(
                    (
                        q.weight * row[column]
                        for q, row in zip(world.asked, rows, strict=True)
                        if row
                    ),
                    Fraction(),
                )
        for name in self.grid.fields:
            inputs[name] = sum((q.weight * q.does[name] for q in world.table), Fraction())
        return attrs.evolve(world, inputs=inputs)

    def values_of_inputs(self) -> dict[str, Fraction]:
        """What the abstract step is given where nothing else is known of it."""
        return self._inputs({})

    def _inputs(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        versions = self.versions
        fixed = {str(symbol) for symbol, _ in self._own}
        inputs = dict(versions.values)
        for name, symbol in versions.parameters.items():
            if str(symbol) not in fixed:
                inputs[name] = values.get(str(symbol), versions.values[name])
        source = versions.stage.source
        for field, term in zip(source.fields, source.symbols, strict=True):
            inputs[field.name] = values.get(str(term), field.low)
        return inputs


def _weighted(weights: Sequence[z3.ArithRef], values: Sequence[Fraction]) -> z3.ArithRef:
    terms = [
        weight if value == 1 else numeral(value) * weight
        for weight, value in zip(weights, values, strict=True)
        if value
    ]
    return z3.Sum(terms) if terms else numeral(Fraction(0))


def _half(compared: Compared) -> Fraction:
    """Half of the most that the field can be: where the bound is above, it says little."""
    return compared.field.high / 2


# --- what is asked of them ------------------------------------------------------------------------


@attrs.frozen
class Search:
    """What became of the search for a world that breaks a bound.

    Args:
        broken: the smallest one that was found.
        none_smaller: whether it was shown that no world over the grid asks fewer questions.
        complete: where none was found, whether there is none over the grid.
    """

    broken: BoundInWorld | None
    none_smaller: bool
    complete: bool


def search(worlds: Worlds, seconds: float) -> Search:
    """The smallest world over the grid that breaks a bound, if there is one."""
    complete = True
    found: list[tuple[Goal, BoundInWorld]] = []
    for goal in worlds.goals:
        answer = worlds.find([goal.broken], seconds=seconds)
        complete = complete and answer.unsat and worlds.grid.whole
        shown = _replayed(worlds, goal, answer)
        if shown is not None:
            found.append((goal, shown))
    if not found:
        return Search(None, False, complete)
    for asked in range(1, MOST_ASKED + 1):
        proved = True
        for goal, _ in found:
            answer = worlds.find([goal.broken], asked, seconds=seconds)
            proved = proved and not answer.undecided
            shown = _replayed(worlds, goal, answer)
            if shown is not None:
                return Search(_plainest(worlds, goal, shown, seconds), proved, False)
    return Search(_rounded(worlds, *found[0]), False, False)


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
    if not answer.sat:
        return None
    return _broken(worlds.replay.bounds(worlds.world(answer.values)), goal)


def _broken(bounds: Sequence[BoundInWorld] | None, goal: Goal) -> BoundInWorld | None:
    found = (b for b in bounds or () if (b.of, b.end) == (goal.name, goal.end) and b.broken)
    return next(found, None)


def _rounded(worlds: Worlds, goal: Goal, shown: BoundInWorld) -> BoundInWorld:
    """The same questions with rounder weights, and inputs that are the means, if that breaks it."""
    for denominator in DENOMINATORS:
        best: BoundInWorld | None = None
        for world in _rounder(worlds, shown.world, denominator):
            now = _broken(worlds.replay.bounds(world), goal)
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
    versions = worlds.versions
    if not world.table:
        yield worlds.tight(world)
        return
    if versions.density is None or versions.same_hardness:
        yield worlds.tight(world)
        return
    ratio = world.inputs.get(versions.statement.density, Fraction(1))
    least = [Fraction(0)] * len(world.table)
    for question in world.asked:
        for part in question.parts:
            least[part] += question.weight / versions.parts / ratio
    rest = 1 - sum(least)
    for chosen in range(len(least)) if rest else (0,):
        training = [w + (rest if n == chosen else 0) for n, w in enumerate(least)]
        table = tuple(attrs.evolve(q, weight=w) for q, w in zip(world.table, training, strict=True))
        yield worlds.tight(attrs.evolve(world, table=table))


@attrs.frozen
class Tight:
    """The greatest share of a bound that was seen in a world.

    Args:
        seen: the world.
        at_most: a share that no world over the grid attains; None where that was not shown.
    """

    seen: BoundInWorld
    at_most: Fraction | None


def tightness(worlds: Worlds, goal: Goal, seconds: float) -> Tight | None:
    """How much of a bound happens in some world, where the bound says something."""
    assert goal.top is not None
    limits = worlds.telling(goal, goal.top, seconds)
    best: BoundInWorld | None = None
    low, high, shown = Fraction(0), Fraction(1), True
    share = Fraction(1)
    while high - low > CLOSE and not worlds.budget.exhausted:
        answer = worlds.find(
            [*limits, goal.happens >= numeral(share) * goal.says], None, None, seconds
        )
        bounds = worlds.replay.bounds(worlds.world(answer.values)) if answer.sat else None
        same = [b for b in bounds or () if (b.of, b.end) == (goal.name, goal.end)]
        found = next(iter(same), None)
        if found is not None and found.share is not None and found.share > low:
            best, low = found, found.share
        else:
            shown = shown and answer.unsat
            high = share
        share = (low + high) / 2
    if best is None:
        return None
    return Tight(best, high if shown and worlds.grid.whole and low < 1 else None)
