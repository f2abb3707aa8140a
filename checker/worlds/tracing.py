"""The two versions of a step, abstract and concrete, as terms over one question."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import constants
from spec.errors import SpecError, blaming, describe, location_of
from spec.fields import FieldDomain
from spec.nature import Choice
from spec.parameters import parameter_domains, symbolic_parameters
from spec.statements.sound import Sound
from spec.terms import Bool, Count, Real, numeral, real_term
from spec.trace import SideCondition, Traced, TracedStage, same_twice, side_conditions, trace
from spec.worlds import DENSITY, SAME_HARDNESS, Assumption, Question


@attrs.frozen
class Input:
    """A number that the abstract step is given as an upper bound of a mean.

    Args:
        name: the parameter, or the field of the step's source.
        symbol: what stands for it in the abstract step.
        amount: what a question contributes to the mean; for a field of the table, the mean over
            the parts, divided by the density ratio.
        differs: whether the amount differs from question to question; it is a constant of the
            world otherwise.
        of_table: whether it is a mean over the table.
    """

    name: str
    symbol: z3.ArithRef
    amount: z3.ArithRef
    differs: bool
    of_table: bool


@attrs.frozen
class Chosen:
    """A choice of nature, and what a question contributes to the mean that it takes."""

    choice: Choice
    amount: z3.ArithRef


@attrs.frozen
class Compared:
    """A field of the step's target: what the agent does on a question, and the abstract bound."""

    field: FieldDomain
    concrete: z3.ArithRef
    abstract: z3.ArithRef


@attrs.frozen
class TwoVersions:
    """A step's abstract and concrete version as terms, under some assumptions.

    Args:
        statement: what is said of them.
        stage: the abstract step.
        values: every parameter's own value.
        parameters: the symbols of those that do not shape the step.
        assumed: the assumptions that are made.
        draws: what differs from question to question, in the order of the draws.
        entries: the table at a question's parts, by part and field. Under SAME_HARDNESS all parts
            have the same symbols.
        parts: how many parts a question has.
        inputs: what the abstract step is told of means.
        chosen: nature's choices that are told.
        compared: what is compared, by field.
        density: the density ratio; None where nothing ties the questions asked to training.
        given: what holds of the parameters and of the step's source.
        entry_conditions: what holds of the table at the parts.
        concrete_sides: the concrete version's divisions.
        abstract_sides: the divisions of what is compared, and of the bounds of choices.
        overseen: whether the step makes the student arbitrary where oversight fails; what is
            compared is the student where it holds.
    """

    statement: Sound
    stage: TracedStage
    values: Mapping[str, Fraction]
    parameters: Mapping[str, z3.ArithRef]
    assumed: frozenset[Assumption]
    draws: tuple[Choice, ...]
    entries: Mapping[tuple[int, str], z3.ArithRef]
    parts: int
    inputs: tuple[Input, ...]
    chosen: tuple[Chosen, ...]
    compared: tuple[Compared, ...]
    density: z3.ArithRef | None
    given: tuple[z3.BoolRef, ...]
    entry_conditions: tuple[z3.BoolRef, ...]
    concrete_sides: tuple[SideCondition, ...]
    abstract_sides: tuple[SideCondition, ...]
    overseen: bool

    @property
    def same_hardness(self) -> bool:
        """Whether the table is the same at every question."""
        return SAME_HARDNESS in self.assumed

    @property
    def question(self) -> list[z3.BoolRef]:
        """What holds of one question: its draws are within their bounds, and its entries."""
        drawn = [part for draw in self.draws for part in draw.within]
        return [*drawn, *self.entry_conditions]

    @property
    def averaged(self) -> set[str]:
        """The parameters that are means over the questions asked."""
        return {given.name for given in self.inputs} & set(self.parameters)

    def at_values(self, keeping: Collection[str] = ()) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """A substitution that gives each parameter its own value, but for those to keep."""
        return [
            (symbol, numeral(self.values[name]))
            for name, symbol in self.parameters.items()
            if name not in keeping
        ]


def two_versions(
    statement: Sound,
    overriding: Mapping[str, Fraction],
    without: Assumption | None = None,
) -> TwoVersions:
    """Run the abstract and the concrete version of a step on symbols.

    Args:
        statement: what is said of them.
        overriding: parameter values that replace the statement's own.
        without: an assumption that is not made.

    Raises:
        SpecError: for anything wrong in the specification, naming its file and line.
    """
    traced = trace(statement.scheme, {**statement.chosen, **overriding})
    stage = next(stage for stage in traced.stages if stage.name == statement.step)
    _require_numbers(statement, stage)
    assumed = frozenset({DENSITY, *statement.assumptions} - {without})
    found = _record_twice(statement, stage, traced, assumed)
    return _joined(statement, traced, stage, assumed, found)


# --- the concrete version -------------------------------------------------------------------------


@attrs.frozen
class _Recorded:
    """One run of the concrete version: the question it met, and what it returned."""

    question: Question
    outputs: Mapping[str, z3.ArithRef]
    by_step: frozenset[tuple[int, str]]
    table: tuple[z3.BoolRef, ...]

    @property
    def terms(self) -> list[z3.ExprRef]:
        """Everything that was recorded, in order."""
        q = self.question
        ends = [end for draw in q.draws for end in (draw.symbol, draw.low, draw.high)]
        named = [*q.means.items(), *q.choices.items(), *self.outputs.items()]
        said = [term for pair in named for term in (z3.Real(pair[0]), pair[1])]
        return [*ends, *said, *self.table]


def _record_twice(
    statement: Sound, stage: TracedStage, traced: Traced, assumed: frozenset[Assumption]
) -> _Recorded:
    return same_twice(
        lambda: _record(statement, stage, traced, assumed),
        lambda found: found.terms,
        "the concrete step",
        statement.concrete,
        'write question.draw("name")',
    )


def _record(
    statement: Sound, stage: TracedStage, traced: Traced, assumed: frozenset[Assumption]
) -> _Recorded:
    location = location_of(statement.concrete)
    question = Question(stage.source.fields, assumed)
    parameters, _ = symbolic_parameters(statement.scheme.parameters, traced.values)
    with blaming("the concrete step", location):
        found: Any = statement.concrete(question, parameters)
    if not isinstance(found, Mapping) or not found:
        raise SpecError(
            f"the concrete step returned {describe(found)}; return what the new agent does on the "
            'question, as {"error": wrong}',
            location,
        )
    outputs = {name: _number(value, name, location) for name, value in found.items()}
    by_step = frozenset((n, f) for n, entry in question.parts.items() for f in entry.read)
    table = tuple(_table(statement, question))
    return _Recorded(question, outputs, by_step, table)


def _table(statement: Sound, question: Question) -> Iterator[z3.BoolRef]:
    """What holds of the table at each part."""
    if statement.table is None:
        return
    location = location_of(statement.table)
    for entry in question.parts.values():
        with blaming("table", location):
            held = statement.table(entry)
        if not isinstance(held, Bool):
            raise SpecError(f"table returned {describe(held)}; return a condition", location)
        yield held.term


def _number(value: object, name: object, location: str) -> z3.ArithRef:
    if not isinstance(value, Real | Count | int | Fraction | str) or isinstance(value, bool):
        raise SpecError(
            f"the concrete step returned {describe(value)} as {describe(name)}; return a number",
            location,
        )
    with blaming("the concrete step", location):
        return real_term(value)


# --- the two versions together --------------------------------------------------------------------


def _joined(
    statement: Sound,
    traced: Traced,
    stage: TracedStage,
    assumed: frozenset[Assumption],
    found: _Recorded,
) -> TwoVersions:
    question, location = found.question, location_of(statement.concrete)
    _require_asked(statement, question, location)
    _require_known(statement, traced, stage, found, location)
    entries = _entries(question, same=SAME_HARDNESS in assumed)
    put = [
        (question.parts[number].read[name], symbol) for (number, name), symbol in entries.items()
    ]
    tied = DENSITY in assumed or SAME_HARDNESS in assumed
    density = _density(statement, traced, question, location) if tied else None
    inputs = _inputs(traced, stage, question, entries, density, SAME_HARDNESS in assumed)
    compared = tuple(_compared(stage, name, term, location) for name, term in found.outputs.items())
    chosen = _chosen(stage, compared, question, location)

    def swap(term: Any) -> Any:
        return z3.substitute(term, *put) if put else term

    compared = tuple(attrs.evolve(c, concrete=swap(c.concrete)) for c in compared)
    inputs = tuple(attrs.evolve(given, amount=swap(given.amount)) for given in inputs)
    chosen = tuple(attrs.evolve(c, amount=swap(c.amount)) for c in chosen)
    draws = tuple(attrs.evolve(d, low=swap(d.low), high=swap(d.high)) for d in question.draws)
    said = [*(c.concrete for c in compared), *(i.amount for i in inputs)]
    said += [*(c.amount for c in chosen), *(end for d in draws for end in (d.low, d.high))]
    bounds = [end for c in chosen for end in (c.choice.low, c.choice.high)]
    return TwoVersions(
        statement,
        stage,
        traced.values,
        traced.parameters,
        assumed,
        draws,
        entries,
        len(question.parts),
        inputs,
        chosen,
        compared,
        density,
        tuple(_given(traced, stage)),
        tuple(_entry_conditions(stage, entries, [swap(term) for term in found.table])),
        tuple(side_conditions(said)),
        tuple(side_conditions([*(c.abstract for c in compared), *bounds])),
        stage.oversight_holds is not None,
    )


def _entries(question: Question, *, same: bool) -> dict[tuple[int, str], z3.ArithRef]:
    """The symbols of the table's entries; where all are the same, one for each field."""
    return {
        (number, name): z3.Real(f"table: {name}") if same else symbol
        for number, entry in question.parts.items()
        for name, symbol in entry.read.items()
    }


def _density(
    statement: Sound, traced: Traced, question: Question, location: str
) -> z3.ArithRef | None:
    """The density ratio: 1 where the statement names none."""
    if not statement.density:
        return numeral(Fraction(1))
    if not question.parts:
        raise SpecError(
            f"density={describe(statement.density)} is about the table, which the concrete step "
            "never reads; leave it out, or read question.part(0)",
            statement.location,
        )
    domain = parameter_domains(statement.scheme.parameters)[statement.density]
    if domain.low < 1:
        raise SpecError(
            f"{statement.density} is a density ratio, which is at least 1, but its domain begins "
            f"at {domain.low}; write parameter(default, 1, ...)",
            statement.location,
        )
    return traced.parameters[statement.density]


def _inputs(
    traced: Traced,
    stage: TracedStage,
    question: Question,
    entries: Mapping[tuple[int, str], z3.ArithRef],
    density: z3.ArithRef | None,
    same: bool,
) -> tuple[Input, ...]:
    """What the abstract step is told of means: those that the question names, then the table's."""
    symbols = _source(stage)
    inputs = [
        Input(name, traced.parameters.get(name, symbols.get(name)), amount, True, False)
        for name, amount in question.means.items()
    ]
    if density is None:
        return tuple(inputs)
    for name in dict.fromkeys(name for _, name in entries):
        read = [symbol for (_, field), symbol in entries.items() if field == name]
        # a part that the step does not read this field at counts with 0: the field is not negative
        share = numeral(Fraction(len(question.parts))) * density
        amount = read[0] if same else z3.Sum(read) / z3.simplify(share)
        inputs.append(Input(name, symbols[name], amount, not same, True))
    return tuple(inputs)


def _source(stage: TracedStage) -> dict[str, z3.ArithRef]:
    return {
        field.name: symbol
        for field, symbol in zip(stage.source.fields, stage.source.symbols, strict=True)
        if isinstance(symbol, z3.ArithRef)
    }


def _given(traced: Traced, stage: TracedStage) -> Iterator[z3.BoolRef]:
    """What holds of the parameters and of the step's source."""
    yield from traced.assumed
    yield stage.source.domain


def _entry_conditions(
    stage: TracedStage,
    entries: Mapping[tuple[int, str], z3.ArithRef],
    table: Sequence[z3.BoolRef],
) -> Iterator[z3.BoolRef]:
    domains = {field.name: field for field in stage.source.fields}
    for (_, name), symbol in entries.items():
        yield from domains[name].conditions(symbol)
    yield from table


def _compared(stage: TracedStage, name: str, concrete: z3.ArithRef, location: str) -> Compared:
    """A field of the target with both versions of it, oversight taken to hold."""
    reals = {
        field.name: (field, term)
        for field, term in zip(stage.target.fields, stage.outputs, strict=True)
        if field.kind == "real"
    }
    if name not in reals:
        raise SpecError(
            f"the concrete step returns {describe(name)}, which is no real field of what "
            f"{stage.name} makes; it has {', '.join(reals)}",
            location,
        )
    field, term = reals[name]
    holds = stage.oversight_holds
    if holds is not None and z3.is_app_of(term, z3.Z3_OP_ITE) and term.arg(0).eq(holds):
        term = term.arg(1)
    assert isinstance(term, z3.ArithRef)
    return Compared(field, concrete, term)


def _chosen(
    stage: TracedStage, compared: Sequence[Compared], question: Question, location: str
) -> tuple[Chosen, ...]:
    """Nature's choices that are told, in nature's order: all that the comparison reads must be."""
    by_symbol = {choice.symbol.decl().name(): choice for choice in stage.choices}
    known = {c.name: c for c in stage.choices}
    for name in question.choices:
        if name not in known:
            raise SpecError(
                f"question.chooses({describe(name)}, ...) is about no choice that nature makes in "
                f"{stage.name}; it makes {', '.join(known) or 'none'}",
                location,
            )
    todo = [term for c in compared for term in (c.abstract,)]
    todo += [end for name in question.choices for end in (known[name].low, known[name].high)]
    for name in sorted({n for term in todo for n in constants(term)} & set(by_symbol)):
        choice = by_symbol[name]
        if choice.name not in question.choices:
            raise SpecError(
                f'what is compared reads nature\'s choice "{choice.name}" ({choice.location}), and '
                "the concrete step does not say which value it takes; write "
                f'question.chooses("{choice.name}", amount)',
                location,
            )
    return tuple(
        Chosen(choice, question.choices[choice.name])
        for choice in stage.choices
        if choice.name in question.choices
    )


# --- what is refused ------------------------------------------------------------------------------


def _require_numbers(statement: Sound, stage: TracedStage) -> None:
    if not stage.source.fields or not stage.target.fields:
        raise SpecError(
            f"{stage.name} is a step between agents without fields, so there is no mean that it "
            "could bound; give them fields",
            statement.location,
        )


def _require_asked(statement: Sound, question: Question, location: str) -> None:
    """Refuse assumptions that make no difference: they only seem to be made."""
    for given in statement.assumptions:
        if given in (SAME_HARDNESS, DENSITY) and not question.parts:
            raise SpecError(
                f'"{given.name}" is assumed of the table, which the concrete step never reads; '
                "leave it out, or read question.part(0)",
                statement.location,
            )
        if given not in (SAME_HARDNESS, DENSITY) and given not in question.asked:
            raise SpecError(
                f'"{given.name}" is assumed, and the concrete step never asks whether it is; write '
                "if question.assumes(...), with what happens otherwise",
                location,
            )


def _require_known(
    statement: Sound, traced: Traced, stage: TracedStage, found: _Recorded, location: str
) -> None:
    """Refuse means of what is no input, and numbers that were kept from elsewhere."""
    question = found.question
    fields = {f.name: f for f in stage.source.fields if f.kind == "real"}
    if sorted(question.parts) != list(range(len(question.parts))):
        raise SpecError(
            f"the parts of a question are {', '.join(map(str, sorted(question.parts)))}; count "
            "them from 0, without gaps",
            location,
        )
    for name in question.means:
        _require_input(statement, traced, fields, name, location)
        if any(field == name for _, field in found.by_step):
            raise SpecError(
                f'"{name}" is a mean twice: question.mean({describe(name)}, ...) and '
                f"question.part(...).{name}; say it once",
                location,
            )
    for _, name in found.by_step:
        if fields[name].low < 0:
            raise SpecError(
                f"{name} may be negative, so its mean over the table bounds nothing of a few "
                "questions; read a field that is at least 0",
                location,
            )
    own = {symbol.decl().name() for symbol in traced.parameters.values()}
    own |= {draw.symbol.decl().name() for draw in question.draws}
    own |= {s.decl().name() for entry in question.parts.values() for s in entry.read.values()}
    terms = [*found.outputs.values(), *question.means.values(), *question.choices.values()]
    terms += [end for draw in question.draws for end in (draw.low, draw.high)]
    for term in [*terms, *found.table]:
        foreign = sorted(constants(term) - own)
        if foreign:
            raise SpecError(
                f"the concrete step reads {foreign[0]}, which is none of its arguments; use only "
                "the question and the parameters",
                location,
            )


def _require_input(
    statement: Sound,
    traced: Traced,
    fields: Mapping[str, FieldDomain],
    name: str,
    location: str,
) -> None:
    if name in traced.parameters and name in fields:
        raise SpecError(
            f'"{name}" is both a parameter and a field, so question.mean({describe(name)}, ...) '
            "could mean either; rename the parameter",
            location,
        )
    if name not in traced.parameters and name not in fields:
        known = ", ".join([*traced.parameters, *fields]) or "none"
        raise SpecError(
            f"question.mean({describe(name)}, ...) is about no input of {statement.step}: no real "
            f"parameter, and no real field of its source; it has {known}",
            location,
        )
    if name == statement.density:
        raise SpecError(
            f'"{name}" is the density ratio, which is no mean; name another parameter', location
        )
