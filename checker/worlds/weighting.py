"""All worlds over a grid as weights on its kinds of question, about which one query asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs
import z3

from checker.backends.solver import (
    QueryBudget,
    Satisfaction,
    Satisfiability,
    constants,
    satisfy,
)
from checker.worlds.grid import Grid
from checker.worlds.tracing import TwoVersions
from checker.worlds.world import (
    AskedQuestion,
    BoundInWorld,
    End,
    Replay,
    TableQuestion,
    World,
    asked_of_table,
)
from spec.nodes import name_of
from spec.terms import numeral

FLOORS = (Fraction(1, 16), Fraction(1, 64), Fraction(1, 256), Fraction(1, 4096))
"""What each number that a bound reads is to be at least, where a bound is tight."""


@attrs.frozen
class Goal:
    """A bound: what happens in a world, and what the abstract step says of it.

    Args:
        name: the field of the target, or the choice of nature.
        happens: what happens, over the weights.
        says: the bound, over the weights and what the abstract step is given.
        end: what it bounds; from below, both sides are negated.
        bound: the bound over the abstract step's symbols.
        column: what of a question's contribution happens.
        everywhere: whether it is a bound at every question.
        top: half of the most that the field can be: a bound above it says little.
    """

    name: str
    happens: z3.ArithRef
    says: z3.ArithRef
    end: End
    bound: z3.ArithRef
    column: int
    everywhere: bool
    top: Fraction | None = None

    @property
    def broken(self) -> z3.BoolRef:
        """That more happens than the abstract step says."""
        return self.happens > self.says

    def among(self, bounds: Sequence[BoundInWorld] | None) -> BoundInWorld | None:
        """This bound among those of a world."""
        found = (b for b in bounds or () if (b.of, b.end) == (self.name, self.end))
        return next(found, None)


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
        self.means = list(zip(means, range(count, count + len(means)), strict=True))
        first = count + len(means)
        self.chosen = [(chosen, first + i) for i, chosen in enumerate(versions.chosen)]
        self.held = [*versions.given, *(side.condition for side in versions.abstract_sides)]
        self._conditions: dict[int | None, list[z3.BoolRef]] = {}
        self._terms: dict[tuple[int, bool], z3.ArithRef] = {}
        self._at = [
            (c.choice.symbol, self._taken(i, everywhere=c.everywhere)) for c, i in self.chosen
        ]
        self.goals = list(self._goals())
        self.ratios = [
            versions.values[use.name] if use.name else Fraction(1) for use in versions.uses
        ]

    def is_fixed(self, symbol: z3.ArithRef) -> bool:
        """Whether a parameter stands at its own value in every world."""
        return any(symbol.eq(fixed) for fixed, _ in self._own)

    def _read_directly(self) -> set[str]:
        """Averaged parameters that the concrete version also reads as they are."""
        versions = self.versions
        terms = [c.concrete for c in versions.compared]
        terms += [*(i.amount for i in versions.inputs), *(c.amount for c in versions.chosen)]
        terms += [end for d in versions.draws for end in (d.low, d.high)]
        read = {name for term in terms for name in constants(term)}
        return {n for n, symbol in versions.parameters.items() if name_of(symbol) in read}

    def _taken(self, column: int, *, everywhere: bool) -> z3.ArithRef:
        """The mean of a column, or the greatest of what is bounded everywhere."""
        if (column, everywhere) not in self._terms:
            values = [kind.row[column] for kind in self.grid.kinds]
            way = _greatest if everywhere else _weighted
            self._terms[column, everywhere] = way(self._asked, values)
        return self._terms[column, everywhere]

    def at_values(self, term: Any) -> Any:
        """A term of the abstract step with the values of what stands at its own in every world."""
        return z3.substitute(term, *self._own) if self._own else term

    def _put(self, term: Any) -> Any:
        return z3.substitute(term, *self._own, *self._at)

    def _goals(self) -> Iterator[Goal]:
        for i, compared in enumerate(self.versions.compared):
            field, everywhere = compared.field, compared.everywhere
            yield self._goal(
                field.name, End.FIELD, compared.abstract, i, everywhere, field.high / 2
            )
        for chosen, column in self.chosen:
            choice, everywhere = chosen.choice, chosen.everywhere
            yield self._goal(choice.name, End.HIGH, choice.high, column, everywhere)
            yield self._goal(choice.name, End.LOW, -choice.low, column, everywhere)

    def _goal(
        self, name: str, end: End, bound: z3.ArithRef, column: int, everywhere: bool, *top: Fraction
    ) -> Goal:
        says, taken = self._put(bound), self._taken(column, everywhere=everywhere)
        happens = -taken if end is End.LOW else taken
        return Goal(name, happens, says, end, bound, column, everywhere, *top)

    def conditions(self, table: int | None = None) -> list[z3.BoolRef]:
        """That the weights make a world; with the table the same everywhere, which it is."""
        if table not in self._conditions:
            self._conditions[table] = self._of_world(table)
        return self._conditions[table]

    def _of_world(self, table: int | None) -> list[z3.BoolRef]:
        versions, grid = self.versions, self.grid
        found = [weight >= 0 for weight in (*self._asked, *self._trained)]
        found.append(z3.Sum(self._asked) == 1)
        for given, column in self.means:
            mean = self._taken(column, everywhere=False)
            found.append(mean <= self._put(given.symbol))
        for use in range(len(versions.uses)):
            own = [n for n, entry in enumerate(grid.entries) if entry.use == use]
            trained = [self._trained[n] for n in own]
            found.append(z3.Sum(trained) == 1)
            for number, column_of in enumerate(versions.columns.values()):
                does = [grid.entries[n].does[number] for n in own]
                if column_of.everywhere:
                    found.append(_greatest(trained, does) <= self._put(column_of.symbol))
                    found += self._none_above(use, number, self._put(column_of.symbol))
                elif any(does):
                    found.append(_weighted(trained, does) <= self._put(column_of.symbol))
        if table is not None:
            found += [w == 0 for n, w in enumerate(self._trained) if n != table]
            found += [
                w == 0
                for w, kind in zip(self._asked, grid.kinds, strict=True)
                if any(part != table for part in kind.parts)
            ]
        elif versions.tied:
            found += self._tied()
        return [*found, *(self._put(condition) for condition in self.held)]

    def _none_above(self, use: int, column: int, most: z3.ArithRef) -> Iterator[z3.BoolRef]:
        """That no question which is asked exceeds a bound at every question."""
        entries = self.grid.entries
        for value in sorted({entry.does[column] for entry in entries}):
            asked = [
                weight
                for weight, kind in zip(self._asked, self.grid.kinds, strict=True)
                if any(
                    entries[n].use == use and entries[n].does[column] == value for n in kind.parts
                )
            ]
            if asked:
                yield z3.Implies(z3.Sum(asked) > 0, most >= numeral(value))

    def _tied(self) -> Iterator[z3.BoolRef]:
        """That no question of the table is asked more often than the ratio times as in training."""
        uses = self.versions.uses
        often = [Counter(kind.parts) for kind in self.grid.kinds]
        for number, (entry, trained) in enumerate(
            zip(self.grid.entries, self._trained, strict=True)
        ):
            use = uses[entry.use]
            if use.ratio is not None:
                shares = [Fraction(counts[number], len(use.parts)) for counts in often]
                yield _weighted(self._asked, shares) <= self._put(use.ratio) * trained

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
            [f(e.does[i] for e in entries) for i in range(len(self.grid.fields))]
            for f in (min, max)
        )
        plain = [
            all(v in (low, high) for v, low, high in zip(e.does, lows, highs, strict=True))
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
            rises = [entry.does[number] != low for entry in entries]
            yield self._without([any(rises[p] for p in k.parts) for k in kinds], rises)

    def telling(self, goal: Goal, top: Fraction, seconds: float) -> list[z3.BoolRef]:
        """That a bound says something, and that no number which it is given is next to nothing."""
        limits = [goal.says > 0, goal.says <= numeral(top)]
        read = constants(goal.says)
        given = [i.symbol for i in self.versions.inputs if name_of(i.symbol) in read]
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
            TableQuestion(trained[n], self.does(n), self.label(grid.entries[n].use)) for n in order
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

    def does(self, entry: int) -> dict[str, Fraction]:
        """What is done on a question of the table, by what its use reads."""
        found = self.grid.entries[entry]
        named = dict(zip(self.grid.fields, found.does, strict=True))
        return {name: named[name] for name in self.versions.uses[found.use].columns}

    def least_training(self, world: World) -> list[list[Fraction]]:
        """By use, the weights of training that the questions asked of the table need at least."""
        asked = asked_of_table(self.versions, world.asked, len(world.table))
        return [
            [Fraction(0) if use.ratio is None else share / ratio for share in shares]
            for use, ratio, shares in zip(self.versions.uses, self.ratios, asked, strict=True)
        ]

    def label(self, use: int) -> str:
        """What tells the table of one use from the others'."""
        return self.versions.uses[use].label

    def tight(self, world: World) -> World:
        """The world with each input that is a mean at its least, where it may vary."""
        inputs = dict(world.inputs)
        rows = [
            self.replay.on_question(inputs, [world.table[n].does for n in q.parts], q.draws)
            for q in world.asked
        ]
        for given, place in self.means:
            if not self.is_fixed(given.symbol):
                inputs[given.name] = sum(
                    (
                        q.weight * row[place]
                        for q, row in zip(world.asked, rows, strict=True)
                        if row
                    ),
                    Fraction(),
                )
        for name, column in self.versions.columns.items():
            if not self.is_fixed(column.symbol):
                inputs[name] = max(
                    sum(
                        (q.weight * q.does[name] for q in world.table if q.under == use.label),
                        Fraction(),
                    )
                    for use in self.versions.uses
                    if name in use.columns
                )
                if column.everywhere:
                    inputs[name] = max(q.does[name] for q in world.table if name in q.does)
        return attrs.evolve(world, inputs=inputs)

    def values_of_inputs(self) -> dict[str, Fraction]:
        """What the abstract step is given where nothing else is known of it."""
        return self._inputs({})

    def _inputs(self, values: Mapping[str, Fraction]) -> dict[str, Fraction]:
        return {name: values.get(said, otherwise) for name, said, otherwise in self._given}

    @cached_property
    def _given(self) -> list[tuple[str, str, Fraction]]:
        """Each input of the abstract step: its name, its symbol's ("" if it has a value of its
        own), and its value where nothing is known of it."""
        versions = self.versions
        fixed = {str(symbol) for symbol, _ in self._own}
        said = {name: str(symbol) for name, symbol in versions.parameters.items()}
        source = versions.stage.source
        return [
            *(
                (name, "" if said.get(name, "") in fixed else said.get(name, ""), value)
                for name, value in versions.values.items()
            ),
            *(
                (field.name, str(term), field.low)
                for field, term in zip(source.fields, source.symbols, strict=True)
            ),
        ]


def _weighted(weights: Sequence[z3.ArithRef], values: Sequence[Fraction]) -> z3.ArithRef:
    terms = [
        weight if value == 1 else numeral(value) * weight
        for weight, value in zip(weights, values, strict=True)
        if value
    ]
    return z3.Sum(terms) if terms else numeral(Fraction(0))


def _greatest(weights: Sequence[z3.ArithRef], values: Sequence[Fraction]) -> z3.ArithRef:
    """The greatest of the values whose weights are not 0."""
    found = numeral(min(values))
    for value in sorted(set(values))[1:]:
        there = z3.Sum([w for w, v in zip(weights, values, strict=True) if v == value]) > 0
        found = z3.If(there, numeral(value), found)
    return found
