"""The two versions of a step, abstract and concrete, as terms over one question."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import constants
from spec.calls import Names, call, plain, same_twice
from spec.errors import SpecError, alternatives, blaming, describe, location_of
from spec.fields import FieldDomain
from spec.nature import Choice
from spec.nodes import id_of, name_of, topological
from spec.parameters import ParameterDomain, parameter_domains, symbolic_parameters
from spec.statements.sound import Sound
from spec.terms import Bool, Count, Real, numeral, real_term
from spec.trace import SideCondition, Traced, TracedStage, side_conditions, trace
from spec.worlds import DENSITY, SAME_HARDNESS, Assumption, Question, within_ratio


@attrs.frozen
class Column:
    """A mean over the table: the number that the abstract step is given, and its domain.

    The number is a bound at every question where ``everywhere`` says so.
    """

    name: str
    symbol: z3.ArithRef
    domain: FieldDomain | ParameterDomain
    everywhere: bool = False

    @property
    def low(self) -> Fraction:
        """The least that it can be."""
        return self.domain.low

    @property
    def high(self) -> Fraction:
        """The most that it can be, or that engines look for."""
        return self.domain.high

    def conditions(self, term: z3.ArithRef) -> list[z3.BoolRef]:
        """That a term lies in the domain, in parts."""
        if isinstance(self.domain, FieldDomain):
            return self.domain.conditions(term)
        return [term >= numeral(self.low), term <= numeral(self.high)]


@attrs.frozen
class Use:
    """One change of distribution: the parts that are asked under the same density ratio.

    Args:
        name: the parameter that is the ratio; empty where the statement names none.
        ratio: its symbol, or 1; None where nothing ties what is asked to training.
        parts: the numbers of these parts.
        columns: the means that are read at them.
        label: what tells it from other uses in words; empty if there is no other.
    """

    name: str
    ratio: z3.ArithRef | None
    parts: tuple[int, ...]
    columns: tuple[str, ...]
    label: str


@attrs.frozen
class Input:
    """A number that the abstract step is given as an upper bound of a mean.

    Args:
        name: the parameter, or the field of the step's source.
        symbol: what stands for it in the abstract step.
        apart: what stands for it in the step that is told every mean apart, where it bounds
            several means; the same symbol where it bounds one.
        amount: what a question contributes to the mean; for a mean over the table, that over
            the parts of a use, divided by the density ratio.
        differs: whether the amount differs from question to question; it is a constant of the
            world otherwise.
        use: under which density ratio it is a mean over the table; None for no such mean.
    """

    name: str
    symbol: z3.ArithRef
    apart: z3.ArithRef
    amount: z3.ArithRef
    differs: bool
    use: Use | None

    @property
    def of_table(self) -> bool:
        """Whether it is a mean over the table."""
        return self.use is not None


@attrs.frozen
class Chosen:
    """A choice of nature, and what a question contributes to the mean that it takes; it takes the
    greatest where ``everywhere`` says so."""

    choice: Choice
    amount: z3.ArithRef
    everywhere: bool = False


@attrs.frozen
class Compared:
    """A field of the step's target: what the agent does on a question, and the abstract bound, on
    the mean or everywhere."""

    field: FieldDomain
    concrete: z3.ArithRef
    abstract: z3.ArithRef
    everywhere: bool = False


@attrs.frozen
class TwoVersions:
    """A step's abstract and concrete version as terms, under some assumptions.

    Args:
        statement: what is said of them.
        traced: the abstract scheme.
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
        columns: the means over the table that are read, by name.
        uses: in which ways parts are asked, each with a density ratio.
        given: what holds of the parameters and of the step's source.
        entry_conditions: what holds of the table at the parts.
        concrete_sides: the concrete version's divisions.
        abstract_sides: the divisions of what is compared, and of the bounds of choices.
        overseen: whether the step makes the student arbitrary where oversight fails; what is
            compared is the student where it holds.
    """

    statement: Sound
    traced: Traced
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
    columns: Mapping[str, Column]
    uses: tuple[Use, ...]
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
        told = {id_of(given.symbol) for given in self.inputs}
        return {name for name, symbol in self.parameters.items() if id_of(symbol) in told}

    @property
    def ceilings(self) -> list[z3.BoolRef]:
        """That nothing in the table exceeds what is a bound at every question."""
        return [
            symbol <= self.columns[name].symbol
            for (_, name), symbol in self.entries.items()
            if self.columns[name].everywhere
        ]

    @property
    def tied(self) -> bool:
        """Whether density ratios say anything of a world's table."""
        return bool(self.parts) and not self.same_hardness

    def without(self, assumption: Assumption) -> TwoVersions:
        """The two versions where an assumption is not made, of which the abstract one reads
        nothing."""
        return _versions(self.statement, self.traced, assumption)

    def use_of(self, part: int) -> int:
        """The number of the use that a part belongs to."""
        return next(n for n, use in enumerate(self.uses) if part in use.parts)

    def under(self, use: Use, term: Any) -> Any:
        """A term over what the abstract step is given, told the means of one use."""
        pairs = [(i.symbol, i.apart) for i in self.inputs if i.use == use]
        return z3.substitute(term, *pairs) if pairs else term

    def apart(self, term: Any) -> Any:
        """A bound as a function of each mean apart, where the step is given one number for several.

        A place where the number is multiplied by a density ratio stands for the mean under that
        ratio, any other place for the mean under the first. This only guesses which place stands
        for what: given one number for all of them, it is the bound that the step has, however they
        are told apart.
        """
        several = [i for i in self.inputs if not i.apart.eq(i.symbol)]
        if not several:
            return term
        ratios = {id_of(use.ratio): use for use in self.uses if use.ratio is not None}
        done: dict[int, Any] = {}
        for node in topological([term]):
            children = [done[id_of(child)] for child in node.children()]
            new = node.decl()(*children) if children else node
            if z3.is_app_of(node, z3.Z3_OP_MUL):
                found = [ratios[id_of(f)] for f in _factors(node) if id_of(f) in ratios]
                new = self.under(found[0], new) if found else new
            done[id_of(node)] = new
        return self.under(self.uses[0], done[id_of(term)])

    def at_values(self, keeping: Collection[str] = ()) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """A substitution that gives each parameter its own value, but for those to keep."""
        return [
            (symbol, numeral(self.values[name]))
            for name, symbol in self.parameters.items()
            if name not in keeping
        ]


def _factors(term: z3.ExprRef) -> list[z3.ExprRef]:
    """The factors of a product of products."""
    if not z3.is_app_of(term, z3.Z3_OP_MUL):
        return [term]
    return [factor for child in term.children() for factor in _factors(child)]


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
    return _versions(statement, traced, without)


def _versions(statement: Sound, traced: Traced, without: Assumption | None) -> TwoVersions:
    stage = next(stage for stage in traced.stages if stage.name == statement.step)
    _require_numbers(statement, stage)
    _require_names(statement, traced, stage)
    assumed = frozenset({*ratios_of(statement), *statement.assumptions} - {without})
    found = _record_twice(statement, stage, traced, assumed)
    return _joined(statement, traced, stage, assumed, found)


def ratios_of(statement: Sound) -> dict[Assumption, str]:
    """What is assumed of each density ratio, and the ratio; of training, where none is named."""
    if len(statement.density) < 2:
        return {DENSITY: "".join(statement.density)}
    return {within_ratio(name): name for name in statement.density}


# --- the concrete version -------------------------------------------------------------------------


@attrs.frozen
class _Recorded:
    """One run of the concrete version: the question it met, and what it returned."""

    question: Question
    outputs: Mapping[str, z3.ArithRef]
    by_step: frozenset[tuple[int, str]]
    table: tuple[z3.BoolRef, ...]
    parameters: tuple[z3.ExprRef, ...]

    @property
    def symbols(self) -> list[z3.ExprRef]:
        """The symbols that it was given or made."""
        drawn = [draw.symbol for draw in self.question.draws]
        entries = [s for entry in self.question.parts.values() for s in entry.read.values()]
        return [*self.parameters, *drawn, *entries]

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
        lambda names: _record(statement, stage, traced, assumed, names),
        lambda found: found.terms,
        lambda found: found.symbols,
        "the concrete step",
        statement.concrete,
        'write question.draw("name")',
    )


def _record(
    statement: Sound,
    stage: TracedStage,
    traced: Traced,
    assumed: frozenset[Assumption],
    names: Names = plain,
) -> _Recorded:
    location = location_of(statement.concrete)
    question = Question(_columns(traced, stage), assumed, names)
    parameters, symbols = symbolic_parameters(statement.scheme.parameters, traced.values, names)
    found: Any = call(statement.concrete, "the concrete step", location, question, parameters)
    if not isinstance(found, Mapping) or not found:
        raise SpecError(
            f"the concrete step returned {describe(found)}; return what the new agent does on the "
            'question, as {"error": wrong}',
            location,
        )
    outputs = {name: _number(value, name, location) for name, value in found.items()}
    by_step = frozenset((n, f) for n, entry in question.parts.items() for f in entry.read)
    table = tuple(_table(statement, question))
    return _Recorded(question, outputs, by_step, table, tuple(symbols.values()))


def _table(statement: Sound, question: Question) -> Iterator[z3.BoolRef]:
    """What holds of the table at each part."""
    if statement.table is None:
        return
    location = location_of(statement.table)
    for entry in question.parts.values():
        held = call(statement.table, "table", location, entry)
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
    every = _columns(traced, stage)
    columns = {
        name: attrs.evolve(every[name], everywhere=name in statement.everywhere)
        for _, name in entries
    }
    uses = tuple(_uses(statement, traced, question, assumed, location))
    inputs = _inputs(traced, stage, question, entries, columns, uses, SAME_HARDNESS in assumed)
    _require_everywhere(statement, stage, question)
    compared = tuple(
        attrs.evolve(
            _compared(stage, name, term, location), everywhere=name in statement.everywhere
        )
        for name, term in found.outputs.items()
    )
    chosen = _chosen(stage, compared, question, statement.everywhere, location)

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
        traced,
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
        columns,
        uses,
        tuple(_given(traced, stage)),
        tuple(_entry_conditions(columns, entries, [swap(term) for term in found.table])),
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


def _columns(traced: Traced, stage: TracedStage) -> dict[str, Column]:
    """What may be a mean over the table: the real fields of the source, and real parameters."""
    domains = parameter_domains(traced.process.parameters)
    parameters = {n: Column(n, symbol, domains[n]) for n, symbol in traced.parameters.items()}
    symbols = _source(stage)
    fields = {
        field.name: Column(field.name, symbols[field.name], field)
        for field in stage.source.fields
        if field.kind == "real"
    }
    return {**parameters, **fields}


def _uses(
    statement: Sound,
    traced: Traced,
    question: Question,
    assumed: frozenset[Assumption],
    location: str,
) -> Iterator[Use]:
    """The ways in which parts are asked; under a ratio of 1 where the statement names none."""
    names = statement.density or ("",)
    asked = {number: entry.ratio or names[0] for number, entry in question.parts.items()}
    _require_ratios(statement, asked, location)
    for held, name in ratios_of(statement).items():
        parts = tuple(sorted(number for number, ratio in asked.items() if ratio == name))
        if not parts:
            continue
        read = [field for number in parts for field in question.parts[number].read]
        tied = held in assumed or SAME_HARDNESS in assumed
        ratio = traced.parameters[name] if name else numeral(Fraction(1))
        label = name if len(statement.density) > 1 else ""
        yield Use(name, ratio if tied else None, parts, tuple(dict.fromkeys(read)), label)


def _require_ratios(statement: Sound, asked: Mapping[int, str], location: str) -> None:
    domains = parameter_domains(statement.scheme.parameters)
    for name in statement.density:
        if name not in asked.values():
            raise SpecError(
                f"density={describe(name)} is about the table, which the concrete step never reads "
                f"under it; leave it out, or read question.part(0, {describe(name)})",
                statement.location,
            )
        if domains[name].low < 1:
            raise SpecError(
                f"{name} is a density ratio, which is at least 1, but its domain begins "
                f"at {domains[name].low}; write parameter(default, 1, ...)",
                statement.location,
            )
    for number, name in asked.items():
        if name and name not in statement.density:
            raise SpecError(
                f"question.part({number}, {describe(name)}) is asked under no density ratio of the "
                f"statement; it has {', '.join(statement.density) or 'none'}",
                location,
            )
    if len(statement.density) > 1 and SAME_HARDNESS in statement.assumptions:
        raise SpecError(
            f'"{SAME_HARDNESS.name}" makes every density ratio the same; name one',
            statement.location,
        )


def _inputs(
    traced: Traced,
    stage: TracedStage,
    question: Question,
    entries: Mapping[tuple[int, str], z3.ArithRef],
    columns: Mapping[str, Column],
    uses: Sequence[Use],
    same: bool,
) -> tuple[Input, ...]:
    """What the abstract step is told of means: those that the question names, then the table's."""
    symbols = {**_source(stage), **traced.parameters}
    inputs = [
        Input(name, symbols[name], symbols[name], amount, True, None)
        for name, amount in question.means.items()
    ]
    for name, column in columns.items():
        reading = [use for use in uses if name in use.columns]
        for use in reading:
            if use.ratio is None or column.everywhere:
                continue
            read = [entries[n, name] for n in use.parts if (n, name) in entries]
            # a part that the step does not read this at counts with 0: it is not negative
            share = numeral(Fraction(len(use.parts))) * use.ratio
            amount = read[0] if same else z3.Sum(read) / z3.simplify(share)
            apart = column.symbol
            if len(reading) > 1:
                apart = z3.Real(f"{name_of(column.symbol)} under {use.name}")
            inputs.append(Input(name, column.symbol, apart, amount, not same, use))
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
    columns: Mapping[str, Column],
    entries: Mapping[tuple[int, str], z3.ArithRef],
    table: Sequence[z3.BoolRef],
) -> Iterator[z3.BoolRef]:
    for (_, name), symbol in entries.items():
        yield from columns[name].conditions(symbol)
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
    stage: TracedStage,
    compared: Sequence[Compared],
    question: Question,
    everywhere: Collection[str],
    location: str,
) -> tuple[Chosen, ...]:
    """Nature's choices that are told, in nature's order: all that the comparison reads must be."""
    by_symbol = {name_of(choice.symbol): choice for choice in stage.choices}
    known = {c.name: c for c in stage.choices}
    for name in question.choices:
        if name not in known:
            raise SpecError(
                f"question.chooses({describe(name)}, ...) is about no choice that nature makes in "
                f"{stage.name}; it makes {alternatives(known, str(name))}",
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
        Chosen(choice, question.choices[choice.name], choice.name in everywhere)
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


def _require_names(statement: Sound, traced: Traced, stage: TracedStage) -> None:
    """Refuse a name that is a parameter's and a field's: a world gives each input by its name."""
    for field in stage.source.fields:
        if field.name in traced.values:
            raise SpecError(
                f'"{field.name}" is both a parameter and a field of what {stage.name} is given, so '
                "in a world it could mean either; rename the parameter",
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


def _require_everywhere(statement: Sound, stage: TracedStage, question: Question) -> None:
    """Refuse bounds at every question that nothing reads."""
    read = {field for entry in question.parts.values() for field in entry.read}
    known = {f.name for f in (*stage.source.fields, *stage.target.fields) if f.kind == "real"}
    for name in statement.everywhere:
        if name not in known | set(question.choices):
            raise SpecError(
                f"everywhere={describe(name)} is no real field of {stage.name}'s source or target, "
                "and no choice of nature that the concrete step tells",
                statement.location,
            )
        if name in question.means:
            raise SpecError(
                f'"{name}" is a bound at every question, and question.mean({describe(name)}, ...) '
                "says that it is one of a mean; say one",
                statement.location,
            )
    if read & set(statement.everywhere) and SAME_HARDNESS in statement.assumptions:
        raise SpecError(
            f'"{SAME_HARDNESS.name}" makes every bound one at every question; leave everywhere out',
            statement.location,
        )


def _require_known(
    statement: Sound, traced: Traced, stage: TracedStage, found: _Recorded, location: str
) -> None:
    """Refuse means of what is no input, and numbers that were kept from elsewhere."""
    question = found.question
    fields = {f.name: f for f in stage.source.fields if f.kind == "real"}
    columns = _columns(traced, stage)
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
        if name in statement.density:
            raise SpecError(
                f'"{name}" is a density ratio, which is no mean over the table', location
            )
        if columns[name].low < 0:
            raise SpecError(
                f"{name} may be negative, so its mean over the table bounds nothing of a few "
                "questions; read a field that is at least 0",
                location,
            )
    own = {name_of(symbol) for symbol in traced.parameters.values()}
    own |= {name_of(draw.symbol) for draw in question.draws}
    own |= {name_of(s) for entry in question.parts.values() for s in entry.read.values()}
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
    if name not in traced.parameters and name not in fields:
        known = ", ".join([*traced.parameters, *fields]) or "none"
        raise SpecError(
            f"question.mean({describe(name)}, ...) is about no input of {statement.step}: no real "
            f"parameter, and no real field of its source; it has {known}",
            location,
        )
    if name in statement.density:
        raise SpecError(
            f'"{name}" is the density ratio, which is no mean; name another parameter', location
        )
