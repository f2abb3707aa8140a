"""A world as data, and the exact replay of a bound in it, from the definition alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction
from typing import Any, TypeVar

import attrs
import numpy as np
import z3

from checker.backends.evaluator import EXACT, FLOATS, UNDEFINED, compile_terms, rational
from checker.backends.exact_arrays import ARRAYS, Rationals, where_true
from checker.backends.solver import constants
from checker.system.findings import Fact
from checker.system.replay import as_fraction
from checker.worlds.tracing import TwoVersions, Use
from spec.nodes import id_of, name_of

T = TypeVar("T")

Asked = tuple[tuple[int, ...], tuple[int, ...]]
"""A question as numbers: its parts in a table, and by number among some shares how far between
their bounds its draws lie."""


@attrs.frozen
class TableQuestion:
    """A question of the table: how often it is asked in training, and what the agent does on it.

    Where parts are asked under several density ratios, ``under`` says for which it is.
    """

    weight: Fraction
    does: Mapping[str, Fraction]
    under: str = ""


@attrs.frozen
class AskedQuestion:
    """A question that the new agent is asked.

    Args:
        weight: how often it is asked.
        draws: what is special to it.
        parts: its parts, as numbers of questions of the table.
    """

    weight: Fraction
    draws: Mapping[str, Fraction]
    parts: tuple[int, ...]


@attrs.frozen
class World:
    """Finitely many questions as they are asked, and the agent's table as it is trained.

    ``inputs`` is what the abstract step is given: all parameters and fields of its source that it
    reads.
    """

    asked: tuple[AskedQuestion, ...]
    table: tuple[TableQuestion, ...]
    inputs: Mapping[str, Fraction]


class End(Enum):
    """What a bound is about."""

    FIELD = "field"
    HIGH = "high"
    LOW = "low"


@attrs.frozen
class BoundInWorld(Fact):
    """What the abstract step says in a world, and what happens in it.

    Args:
        world: the world.
        of: the field of the target, or the choice of nature.
        happens: the mean of what the new agent does, or the value that nature's choice takes.
        says: the abstract step's bound on it.
        on_each: what the new agent does on each question asked, by field.
        given: what the abstract step is given that the bound reads.
        end: what it bounds: a field, or a choice of nature from above or below. From below, both
            ``happens`` and ``says`` are negated.
    """

    world: World
    of: str
    happens: Fraction
    says: Fraction
    on_each: tuple[Mapping[str, Fraction], ...]
    given: Mapping[str, Fraction]
    end: End = End.FIELD

    @property
    def of_choice(self) -> bool:
        """Whether it is about a bound of nature's choice."""
        return self.end is not End.FIELD

    @property
    def value(self) -> Fraction:
        """What happens, or the value that nature's choice takes."""
        return -self.happens if self.end is End.LOW else self.happens

    @property
    def limit(self) -> Fraction:
        """The bound as the abstract step has it."""
        return -self.says if self.end is End.LOW else self.says

    @property
    def broken(self) -> bool:
        """Whether more happens than the abstract step says."""
        return self.happens > self.says

    @property
    def share(self) -> Fraction | None:
        """What happens as a share of the bound."""
        return self.happens / self.says if self.says > 0 else None


@attrs.frozen
class Contributions:
    """Which of many are questions, by number, and what these draw and contribute."""

    asked: list[int]
    drawn: list[Rationals]
    rows: list[Rationals]


class Replay:
    """The terms of a step's two versions, compiled once, to be evaluated in any world."""

    def __init__(self, versions: TwoVersions) -> None:
        self.versions = versions
        self._parameters = list(versions.parameters)
        entries = list(versions.entries.values())
        unique = {id_of(symbol): symbol for symbol in entries}
        self._entries = list(unique.values())
        places: dict[int, list[tuple[int, str]]] = {number: [] for number in unique}
        for place, symbol in versions.entries.items():
            places[id_of(symbol)].append(place)
        self._places = list(places.values())
        own = [versions.parameters[name] for name in self._parameters]
        drawn = [draw.symbol for draw in versions.draws]
        means = [given for given in versions.inputs if not given.of_table]
        self._means = [given.name for given in means]
        on_question = compile_terms(
            [*own, *self._entries, *drawn],
            [],
            [
                *(compared.concrete for compared in versions.compared),
                *(given.amount for given in means),
                *(chosen.amount for chosen in versions.chosen),
                z3.And(*versions.question, *(s.condition for s in versions.concrete_sides), True),
            ],
        )
        self._on_question, self._on_questions = (on_question.bind(b) for b in (EXACT, ARRAYS))
        source = versions.stage.source
        choices = [chosen.choice.symbol for chosen in versions.chosen]
        free = [
            c.symbol for c in versions.stage.choices if not any(c.symbol.eq(s) for s in choices)
        ]
        free += list(versions.stage.unknowns)
        ends = [end for c in versions.chosen for end in (c.choice.low, c.choice.high)]
        self._source = [field.name for field in source.fields]
        of_abstract = compile_terms(
            [*own, *source.symbols, *choices, *free],
            [],
            [
                *(compared.abstract for compared in versions.compared),
                *ends,
                z3.And(*versions.given, *(s.condition for s in versions.abstract_sides), True),
            ],
        )
        self._of_abstract, self._in_floats = (of_abstract.bind(b) for b in (EXACT, FLOATS))
        self._unused = len(free)
        drawing = compile_terms([*own, *self._entries], versions.draws, [])
        self._drawing, self._drawings = (drawing.bind(b) for b in (EXACT, ARRAYS))
        self._of_entry = [self._entry_program(part) for part in range(versions.parts)]

    def _entry_program(self, part: int) -> tuple[list[str], Any]:
        """The fields of one part's entry, and the compiled condition that holds of it."""
        versions = self.versions
        read = {f: symbol for (n, f), symbol in versions.entries.items() if n == part}
        names = {name_of(symbol) for symbol in read.values()}
        held = [c for c in versions.entry_conditions if constants(c) & names]
        own = [versions.parameters[name] for name in self._parameters]
        program = compile_terms([*own, *read.values()], [], [z3.And(*held, True)])
        return list(read), program.bind(EXACT)

    def bounds(self, world: World) -> list[BoundInWorld] | None:
        """What happens, and what is said, of each field and choice in a world; None if it is none.

        Nothing is taken on trust: weights, draws, the table, the density ratio and the means are
        checked against the definition.
        """
        rows = self._rows(world)
        if rows is None or not self._is_world(world, rows):
            return None
        versions = self.versions
        count = len(versions.compared)
        weights = [asked.weight for asked in world.asked]
        outputs = [
            _taken(weights, [row[i] for row in rows], everywhere=c.everywhere)
            for i, c in enumerate(versions.compared)
        ]
        skipped = count + len(self._means)
        chosen = [
            _taken(weights, [row[skipped + i] for row in rows], everywhere=c.everywhere)
            for i, c in enumerate(versions.chosen)
        ]
        abstract = self._abstract(world.inputs, chosen)
        if abstract is None:
            return None
        on_each = tuple(
            {c.field.name: row[i] for i, c in enumerate(versions.compared)} for row in rows
        )
        found = [
            BoundInWorld(
                world, c.field.name, outputs[i], abstract[i], on_each, self._read(world, c.abstract)
            )
            for i, c in enumerate(versions.compared)
        ]
        for i, c in enumerate(versions.chosen):
            name, low, high = c.choice.name, abstract[count + 2 * i], abstract[count + 2 * i + 1]
            above, below = (self._read(world, end) for end in (c.choice.high, c.choice.low))
            found += [
                BoundInWorld(world, name, chosen[i], high, on_each, above, End.HIGH),
                BoundInWorld(world, name, -chosen[i], -low, on_each, below, End.LOW),
            ]
        return found

    def _read(self, world: World, bound: z3.ArithRef) -> dict[str, Fraction]:
        """What a bound reads of that which the abstract step is given."""
        versions, read = self.versions, constants(bound)
        symbols: dict[str, z3.ExprRef] = dict(versions.parameters)
        symbols |= zip(self._source, versions.stage.source.symbols, strict=True)
        return {n: world.inputs[n] for n, s in symbols.items() if name_of(s) in read}

    def _rows(self, world: World) -> list[list[Fraction]] | None:
        """What each question asked contributes: outputs, amounts of means and of choices."""
        rows = []
        for asked in world.asked:
            row = self.on_question(
                world.inputs, [world.table[part].does for part in asked.parts], asked.draws
            )
            if row is None:
                return None
            rows.append(row)
        return rows

    def on_question(
        self,
        inputs: Mapping[str, Fraction],
        parts: Sequence[Mapping[str, Fraction]],
        draws: Mapping[str, Fraction],
    ) -> list[Fraction] | None:
        """What one question contributes; None if there is no such question."""
        does = self._of_entries(parts)
        if does is None:
            return None
        values = [*(inputs[name] for name in self._parameters), *does]
        values += [draws[draw.name] for draw in self.versions.draws]
        return _evaluated(self._on_question, values)

    def _of_entries(self, parts: Sequence[Mapping[str, T]]) -> list[T] | None:
        """What the parts of a question do, in the order in which programs are given it.

        None if it is the same everywhere, and yet it differs.
        """
        found = []
        for places in self._places:
            first, *others = (parts[number][name] for number, name in places)
            if any(other != first for other in others):
                return None
            found.append(first)
        return found

    def questions(
        self,
        table: Sequence[Mapping[str, Fraction]],
        shares: Sequence[Fraction],
        asked: Sequence[Asked],
    ) -> Contributions:
        """What each of many questions draws and contributes, at the parameters' own values.

        Those that are no questions are left out.
        """
        size, versions = len(asked), self.versions
        parts = np.array([question for question, _ in asked], int).reshape(size, versions.parts)
        units = np.array([drawn for _, drawn in asked], int).reshape(size, len(versions.draws))
        own = [Rationals.constant(versions.values[name]) for name in self._parameters]
        entries, good = self._entries_of(table, parts)
        measured = Rationals.of(shares)
        within = [measured.at(units[:, number]) for number in range(len(versions.draws))]
        _, drawn, _ = self._drawings([*own, *entries], within)
        *row, held = self._on_questions([*own, *entries, *drawn], ())[0]
        kept = np.flatnonzero(good & where_true(held, size, defined=row))
        drawn, row = ([n.spread(size).at(kept) for n in found] for found in (drawn, row))
        return Contributions(kept.tolist(), drawn, row)

    def _entries_of(
        self, table: Sequence[Mapping[str, Fraction]], parts: Any
    ) -> tuple[list[Rationals], Any]:
        """What the parts of many questions do, in the order in which programs are given it, and
        where it is the same wherever it must be."""
        columns = {name: Rationals.of([q[name] for q in table]) for name in self.versions.columns}
        found, same = [], np.ones(len(parts), bool)
        for places in self._places:
            first, *others = (columns[name].at(parts[:, number]) for number, name in places)
            for other in others:
                same &= first.tops == other.tops
            found.append(first)
        return found, same

    def drawn(
        self, parts: Sequence[Mapping[str, Fraction]], units: Sequence[Fraction]
    ) -> dict[str, Fraction] | None:
        """The draws that lie so far between their bounds, at the parameters' own values.

        None where the bounds leave nothing to draw, or there is no such question.
        """
        does = self._of_entries(parts)
        if does is None:
            return None
        values = [*(self.versions.values[name] for name in self._parameters), *does]
        drawn = self._drawn([rational(value) for value in values], units)
        return None if drawn is None else self.named(drawn)

    def _drawn(self, values: Sequence[Any], units: Sequence[Fraction]) -> list[Any] | None:
        _, drawn, widths = self._drawing(values, [rational(unit) for unit in units])
        if any(width is UNDEFINED or width < 0 for width in widths):
            return None
        return list(drawn)

    def named(self, drawn: Sequence[Any]) -> dict[str, Fraction]:
        """What is drawn, by name."""
        return {d.name: as_fraction(v) for d, v in zip(self.versions.draws, drawn, strict=True)}

    def may_do(self, use: Use, does: Mapping[str, Fraction]) -> bool:
        """Whether an agent may do this on a question of its table: what holds of entries holds."""
        own = [self.versions.values[name] for name in self._parameters]
        programs = [self._of_entry[part] for part in use.parts]
        return all(
            _evaluated(program, [*own, *(does[field] for field in fields)]) is not None
            for fields, program in programs
        )

    def _abstract(
        self, inputs: Mapping[str, Fraction], chosen: Sequence[Fraction]
    ) -> list[Fraction] | None:
        values = [inputs[name] for name in self._parameters]
        values += [inputs[name] for name in self._source]
        return _evaluated(self._of_abstract, [*values, *chosen, *[Fraction(0)] * self._unused])

    def abstract_in_floats(self, inputs: Mapping[str, Any], chosen: Sequence[Any]) -> list[Any]:
        """The abstract bounds of many worlds at once, and which of them may be given: to screen."""
        values = [inputs[name] for name in (*self._parameters, *self._source)]
        found: list[Any] = self._in_floats([*values, *chosen, *[0.0] * self._unused], ())[0]
        return found

    def _is_world(self, world: World, rows: Sequence[Sequence[Fraction]]) -> bool:
        """Whether the weights are distributions tied as assumed, and the inputs are bounds."""
        versions = self.versions
        weights = [asked.weight for asked in world.asked]
        if min(weights) < 0 or sum(weights) != 1:
            return False
        count = len(versions.compared)
        for i, name in enumerate(self._means):
            if _mean(weights, [row[count + i] for row in rows]) > world.inputs[name]:
                return False
        for name, value in versions.values.items():
            if name not in versions.averaged and world.inputs.get(name, value) != value:
                return False
        return not versions.parts or self._is_table(world)

    def _is_table(self, world: World) -> bool:
        asked = asked_of_table(self.versions, world.asked, len(world.table))
        return all(
            self._is_table_of(use, world, asked, number)
            for number, use in enumerate(self.versions.uses)
        )

    def _is_table_of(
        self, use: Use, world: World, asked: Sequence[Sequence[Fraction]], number: int
    ) -> bool:
        """Whether the questions asked in one way have a table, tied to training as assumed."""
        table = [question for question in world.table if question.under == use.label]
        training = [question.weight for question in table]
        if min(training, default=-1) < 0 or sum(training) != 1:
            return False
        if not all(self.may_do(use, question.does) for question in table):
            return False
        for name in use.columns:
            does = [question.does[name] for question in table]
            everywhere = self.versions.columns[name].everywhere
            if _taken(training, does, everywhere=everywhere) > world.inputs[name]:
                return False
            if self.versions.same_hardness and len(set(does)) > 1:
                return False
        shares = [*zip(asked[number], world.table, strict=True)]
        if any(share and question.under != use.label for share, question in shares):
            return False
        if use.ratio is None or self.versions.same_hardness:
            return True
        ratio = world.inputs.get(use.name, Fraction(1))
        return all(share <= ratio * question.weight for share, question in shares)


def asked_of_table(
    versions: TwoVersions, asked: Sequence[AskedQuestion], size: int
) -> list[list[Fraction]]:
    """By use, how often each question of a table is a part of those asked, as shares of all parts
    of the use."""
    shares = [[Fraction(0)] * size for _ in versions.uses]
    for question in asked:
        for number, part in enumerate(question.parts):
            use = versions.use_of(number)
            shares[use][part] += question.weight / len(versions.uses[use].parts)
    return shares


def _mean(weights: Sequence[Fraction], values: Sequence[Fraction]) -> Fraction:
    return sum((w * v for w, v in zip(weights, values, strict=True)), Fraction(0))


def _taken(
    weights: Sequence[Fraction], values: Sequence[Fraction], *, everywhere: bool
) -> Fraction:
    """The mean, or the greatest of what is bounded everywhere."""
    return max(values) if everywhere else _mean(weights, values)


def _evaluated(program: Any, values: Sequence[Fraction]) -> list[Fraction] | None:
    """The outputs of a compiled program; None unless its last, a condition, is true."""
    outputs = _exactly(program, [rational(value) for value in values])
    return None if outputs is None else [as_fraction(output) for output in outputs]


def _exactly(program: Any, values: Sequence[Any]) -> list[Any] | None:
    """The same in FLINT's rationals."""
    outputs: list[Any]
    *outputs, held = program(values, ())[0]
    if held is not True or any(output is UNDEFINED for output in outputs):
        return None
    return outputs
