"""Tracing: each step is run once on symbols; the terms it returns are what every engine reads."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import attrs
import z3

from spec.calls import Names, call, plain, require_own, same, same_twice
from spec.curves import Curve, curve_of, logarithm_location
from spec.errors import SpecError, blaming, describe, location_of
from spec.fields import (
    FieldDomain,
    Fields,
    domain_of,
    field_domains,
    location_of_class,
    require_as_written,
    symbolic,
    terms_of,
)
from spec.nature import Choice, Nature
from spec.nodes import children_of, id_of, is_numeral, kind_of, topological
from spec.parameters import Parameters, parameter_domains, settle, symbolic_parameters
from spec.scheme import Carrier, Process, Stage
from spec.terms import Bool, conjunction, division_location, member_of, numeral, when
from spec.trees import Fold


@attrs.frozen
class Position:
    """A place in the loop: the agents that can stand there, as symbols."""

    carrier: Carrier
    fields: tuple[FieldDomain, ...]
    symbols: tuple[z3.ExprRef, ...]
    record: Any
    domain: z3.BoolRef

    @property
    def name(self) -> str:
        """ "agent" or "expert"."""
        return self.carrier.name


@attrs.frozen
class SideCondition:
    """What must hold for a step to mean anything: a denominator is not zero where it is used.

    What is no ``division`` was taken on by a step made of several: a clause in between, a choice.
    """

    condition: z3.BoolRef
    label: str
    division: bool = True


@attrs.frozen
class TracedStage:
    """One step as terms over its source's symbols and nature's choices.

    ``constraint`` holds the uninterpreted relations of a step without a body. ``smart`` says, of
    the source and the student that the choices yield, that oversight works; ``outputs`` already
    includes the arbitrary student where it does not.
    """

    name: str
    source: Position
    target: Position
    choices: tuple[Choice, ...]
    unknowns: tuple[z3.ExprRef, ...]
    constraint: z3.BoolRef
    outputs: tuple[z3.ExprRef, ...]
    oversight_holds: z3.BoolRef | None
    sides: tuple[SideCondition, ...]

    @property
    def bounds(self) -> z3.BoolRef:
        """The condition that nature keeps to its bounds."""
        within = [z3.And(*choice.within) for choice in self.choices]
        return conjunction([self.constraint, *within])

    @property
    def everything(self) -> list[z3.ExprRef]:
        """All terms of the step as it was recorded, in order."""
        ends = [term for choice in self.choices for term in (choice.low, choice.high)]
        oversight = [] if self.oversight_holds is None else [self.oversight_holds]
        chosen = [choice.symbol for choice in self.choices]
        return [*self.outputs, *ends, *oversight, *chosen, *self.unknowns, self.constraint]

    @property
    def terms(self) -> list[z3.ExprRef]:
        """Every term of the step."""
        ends = [term for choice in self.choices for term in (choice.low, choice.high)]
        sides = [side.condition for side in self.sides]
        return [
            *self.outputs,
            *ends,
            *sides,
            *([] if self.oversight_holds is None else [self.oversight_holds]),
        ]


@attrs.frozen
class Traced:
    """A whole process as terms. ``parameters`` are the symbols that still stand for parameters.

    Where nature has a say in the seed, ``seed_choices`` are its choices: the seed is a set.
    """

    process: Process
    values: Mapping[str, Fraction]
    parameters: Mapping[str, z3.ArithRef]
    positions: tuple[Position, ...]
    stages: tuple[TracedStage, ...]
    seed: tuple[z3.ExprRef, ...]
    assumptions: tuple[tuple[str, str, z3.BoolRef], ...]
    seed_sides: tuple[SideCondition, ...] = ()
    seed_choices: tuple[Choice, ...] = ()

    @property
    def assumed(self) -> list[z3.BoolRef]:
        """That each parameter is in its domain, and what the process assumes of them."""
        domains = parameter_domains(self.process.parameters)
        within = [
            condition
            for name, symbol in self.parameters.items()
            for condition in (
                symbol >= numeral(domains[name].low),
                symbol <= numeral(domains[name].high),
            )
        ]
        return [*within, *(condition for _, _, condition in self.assumptions)]

    def starting_at(self, seed: Sequence[z3.ExprRef]) -> Traced:
        """The same process from one given state."""
        return attrs.evolve(self, seed=tuple(seed), seed_sides=(), seed_choices=())

    def at_values(self, keeping: Collection[str] = ()) -> Traced:
        """The same process with every parameter, but those to keep, replaced by its exact value."""
        pairs = [
            (symbol, numeral(self.values[name]))
            for name, symbol in self.parameters.items()
            if name not in keeping
        ]

        def put(term: Any) -> Any:
            return z3.simplify(z3.substitute(term, *pairs)) if pairs else term

        return attrs.evolve(
            self,
            parameters={name: self.parameters[name] for name in keeping},
            stages=tuple(_map_stage(stage, put) for stage in self.stages),
            seed=tuple(put(term) for term in self.seed),
            seed_sides=tuple(
                attrs.evolve(side, condition=put(side.condition)) for side in self.seed_sides
            ),
            assumptions=tuple((name, text, put(c)) for name, text, c in self.assumptions),
            seed_choices=_put_bounds(self.seed_choices, put),
        )


def _map_stage(stage: TracedStage, put: Callable[[Any], Any]) -> TracedStage:
    return attrs.evolve(
        stage,
        choices=_put_bounds(stage.choices, put),
        constraint=put(stage.constraint),
        outputs=tuple(put(term) for term in stage.outputs),
        oversight_holds=None if stage.oversight_holds is None else put(stage.oversight_holds),
        sides=tuple(attrs.evolve(n, condition=put(n.condition)) for n in stage.sides),
    )


def _put_bounds(choices: Sequence[Choice], put: Callable[[Any], Any]) -> tuple[Choice, ...]:
    return tuple(attrs.evolve(c, low=put(c.low), high=put(c.high)) for c in choices)


def trace(process: Process, chosen: Mapping[str, Fraction] | None = None) -> Traced:
    """Run every step of a process once on symbols.

    Args:
        process: the scheme.
        chosen: parameter values other than the defaults.

    Raises:
        SpecError: for anything wrong in the specification, naming its file and line.
    """
    setting = _Setting(process.parameters, settle(process.parameters, chosen or {}))
    values, symbols = setting.values, setting.symbols
    shape = tuple((name, v) for name, v in values.items() if name not in symbols)
    known = process.traced.get(shape)  # a step is the same term at all values of real parameters
    if known is None or not _still_the_same(process, known[1], setting):
        known = process.traced[shape] = _steps(process, setting)
    positions, traced = known
    begun = same_twice(
        lambda names: _begin(process, setting, names),
        lambda recording: recording.everything,
        lambda recording: recording.symbols,
        "the seed",
        process.seed,
    )
    choices = tuple(begun.nature.choices)
    require_own("the seed", begun.read, begun.own, location_of(process.seed))
    sides = tuple(side_conditions(begun.read))
    picked = [choice.symbol for choice in choices]
    _require_defined("the seed", sides, setting.at, location_of(process.seed), picked)
    assumptions = tuple(_assumption(given, setting) for given in process.assumptions)
    return Traced(
        process, values, symbols, positions, traced, begun.outputs, assumptions, sides, choices
    )


@attrs.frozen(slots=False)
class _Setting:
    """The parameters that a step is traced with: structural ones at their values."""

    cls: type[Parameters]
    values: Mapping[str, Fraction]

    def named(self, names: Names = plain) -> tuple[Any, dict[str, z3.ArithRef]]:
        """The record, and its symbols by name; how those are called tells two runs apart."""
        return symbolic_parameters(self.cls, self.values, names)

    @cached_property
    def symbols(self) -> dict[str, z3.ArithRef]:
        """The symbols that stand for parameters."""
        return self.named()[1]

    @cached_property
    def at(self) -> list[tuple[z3.ExprRef, z3.ExprRef]]:
        """A substitution that gives each parameter its value."""
        return [(symbol, numeral(self.values[name])) for name, symbol in self.symbols.items()]


def _begin(process: Process, setting: _Setting, names: Names = plain) -> _Recording:
    """The seed on symbols; where its function takes nature too, with the choices in it."""
    nature, (parameters, symbols) = Nature("the seed", names), setting.named(names)
    arguments = (parameters, nature) if _takes_nature(process.seed) else (parameters,)
    seed = _call(process.seed, process.agent.cls, "seed", *arguments)
    if nature.relations:
        raise SpecError(
            "the seed comes after no agent, so that nothing is related to it; write "
            'some(Agent, "seed") for an arbitrary one',
            location_of(process.seed),
        )
    return _Recording(tuple(symbols.values()), nature, terms_of(seed), None)


def _takes_nature(function: Callable[..., Any]) -> bool:
    """Whether a seed's function asks for a second argument."""
    try:
        given = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a function of C has no signature
        return False
    wanted = [
        each
        for each in given
        if each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        and each.default is each.empty
    ]
    return len(wanted) > 1


def _steps(
    process: Process, setting: _Setting
) -> tuple[tuple[Position, ...], tuple[TracedStage, ...]]:
    stages = process.stages
    positions = {stage.source.name: _position(stage.source) for stage in stages}
    traced = tuple(
        _trace_stage(
            stage,
            positions[stage.source.name],
            partial(_position, stage.source),
            positions[stage.target.name],
            setting,
        )
        for stage in stages
    )
    return tuple(positions.values()), traced


def _still_the_same(process: Process, traced: Sequence[TracedStage], setting: _Setting) -> bool:
    """Whether the steps still do what was traced: what they read from outside may have changed."""
    return all(
        same(_record(stage, known.source, setting).everything, known.everything)
        for stage, known in zip(process.stages, traced, strict=True)
    )


def trace_fold(fold: Fold[Any, Any], chosen: Mapping[str, Fraction] | None = None) -> Traced:
    """Run a fold's leaf, and its node for each number of children, once on symbols.

    The stages lead from the children's fields, one child after the other, to the node's; the first
    is the leaf's, from none.

    Raises:
        SpecError: for anything wrong in the specification, naming its file and line.
    """
    setting = _Setting(fold.parameters, settle(fold.parameters, chosen or {}))
    agent = _position(fold.agent)
    name, leaf = fold.leaf_stage
    steps = [(name, leaf, 0)]
    steps += [(f"node of {arity}", fold.node, arity) for arity in fold.arities(setting.values)]
    stages = tuple(
        _trace_stage(
            Stage(name, function, fold.agent, fold.agent),
            _children(fold.agent, arity),
            partial(_children, fold.agent, arity),
            agent,
            setting,
        )
        for name, function, arity in steps
    )
    assumptions = tuple(_assumption(given, setting) for given in fold.assumptions)
    return Traced(fold, setting.values, setting.symbols, (agent,), stages, (), assumptions)


def _children(carrier: Carrier, arity: int, names: Names = plain) -> Position:
    """So many children as one position, whose record is the tuple of them."""
    each = [
        _position(attrs.evolve(carrier, name=f"child {number}"), names)
        for number in range(1, arity + 1)
    ]
    return Position(
        attrs.evolve(carrier, name=f"children {arity}"),
        tuple(field for child in each for field in child.fields),
        tuple(symbol for child in each for symbol in child.symbols),
        tuple(child.record for child in each),
        conjunction([child.domain for child in each]),
    )


def _assumption(function: Callable[..., Any], setting: _Setting) -> tuple[str, str, z3.BoolRef]:
    """An assumption's name, its text, and its condition on the parameters."""
    name = getattr(function, "__name__", "assumption")

    def held(names: Names) -> tuple[z3.BoolRef, list[z3.ArithRef]]:
        parameters, symbols = setting.named(names)
        given = call(function, name, location_of(function), parameters)
        condition = _condition(Bool(given) if isinstance(given, bool) else given, name, function)
        return condition, list(symbols.values())

    condition, own = same_twice(
        held, lambda found: found[:1], lambda found: found[1], name, function, "make it a parameter"
    )
    if any(curve_of(node) is not None for node in topological([condition])):
        raise SpecError(
            f"{name} reads exp, log or logistic, whose values are no fractions; an assumption is "
            "decided exactly, so compare with numbers",
            location_of(function),
        )
    require_own(name, [condition], own, location_of(function))
    _require_defined(name, side_conditions([condition]), setting.at, location_of(function))
    return name, inspect.getdoc(function) or name, condition


def _require_defined(
    what: str,
    sides: Sequence[SideCondition],
    at: Sequence[tuple[z3.ExprRef, z3.ExprRef]],
    location: str,
    chosen: Sequence[z3.ExprRef] = (),
) -> None:
    """Refuse what is undefined at these parameters; where it hangs on what nature has ``chosen``,
    it is an obligation instead."""
    numbers = {id_of(symbol) for symbol in chosen}
    for side in sides:
        if numbers and any(id_of(node) in numbers for node in topological([side.condition])):
            continue
        if not z3.is_true(z3.simplify(z3.substitute(side.condition, *at))):
            raise SpecError(
                f"{what} divides by zero at these parameters (needed: {side.label}); guard the "
                "denominator with when(...)",
                location,
            )


def _condition(value: object, role: str, function: Callable[..., Any]) -> z3.BoolRef:
    if not isinstance(value, Bool):
        raise SpecError(
            f"{role} returned {describe(value)}; return a condition", location_of(function)
        )
    return value.term


def _position(carrier: Carrier, names: Names = plain) -> Position:
    """The agents of a kind as symbols."""
    require_as_written(carrier.cls)
    with blaming(f"{carrier.cls.__name__}(...)", location_of_class(carrier.cls)):
        record, symbols = symbolic(carrier.cls, names(carrier.name))
    return Position(
        carrier, field_domains(carrier.cls), symbols, record, domain_of(record, symbols)
    )


@attrs.frozen
class _Recording:
    """What one run of a step on symbols gave: its outputs, what nature was asked, oversight."""

    given: tuple[z3.ExprRef, ...]
    nature: Nature
    outputs: tuple[z3.ExprRef, ...]
    oversight_holds: z3.BoolRef | None

    @property
    def read(self) -> list[z3.ExprRef]:
        """The terms that say what the step does."""
        bounds = [term for choice in self.nature.choices for term in (choice.low, choice.high)]
        oversight = [] if self.oversight_holds is None else [self.oversight_holds]
        return [*self.outputs, *bounds, *oversight]

    @property
    def own(self) -> list[z3.ExprRef]:
        """The symbols that the step was given, and those of nature's choices."""
        return [*self.given, *(choice.symbol for choice in self.nature.choices)]

    @property
    def symbols(self) -> list[z3.ExprRef]:
        """The symbols that the step was given or made."""
        return [*self.own, *self.nature.unknowns]

    @property
    def everything(self) -> list[z3.ExprRef]:
        """All terms, in order."""
        chosen = [choice.symbol for choice in self.nature.choices]
        return [*self.read, *chosen, *self.nature.unknowns, conjunction(self.nature.relations)]


def _trace_stage(
    stage: Stage,
    source: Position,
    anew: Callable[[Names], Position],
    target: Position,
    setting: _Setting,
) -> TracedStage:
    """Trace a step; ``anew`` makes its source of symbols called otherwise."""
    found = same_twice(
        lambda names: _record(stage, source if names is plain else anew(names), setting, names),
        lambda recording: recording.everything,
        lambda recording: recording.symbols,
        stage.name,
        stage.function,
    )
    nature = found.nature
    require_own(stage.name, found.read, found.own, location_of(stage.function))
    return TracedStage(
        stage.name,
        source,
        target,
        tuple(nature.choices),
        tuple(nature.unknowns),
        conjunction(nature.relations),
        found.outputs,
        found.oversight_holds,
        tuple(side_conditions(found.read)),
    )


def _record(stage: Stage, source: Position, setting: _Setting, names: Names = plain) -> _Recording:
    nature, (parameters, symbols) = Nature(stage.name, names), setting.named(names)
    given = (*symbols.values(), *source.symbols)
    student = _call(stage.function, stage.target.cls, stage.name, source.record, parameters, nature)
    if stage.smart_enough is None:
        return _Recording(given, nature, terms_of(student), None)
    location = location_of(stage.smart_enough)
    judged = call(stage.smart_enough, "smart_enough", location, source.record, student, parameters)
    oversight_holds = _condition(judged, "smart_enough", stage.smart_enough)
    if field_domains(stage.target.cls):
        student = when(Bool(oversight_holds), student, nature.unoverseen(student))
    return _Recording(given, nature, terms_of(student), oversight_holds)


def _call(function: Callable[..., Any], cls: type[Fields], role: str, *arguments: Any) -> Fields:
    result = call(function, role, location_of(function), *arguments)
    if type(result) is not cls:  # a subclass would bring domains of its own
        what = "nothing" if result is None else describe(result)
        raise SpecError(
            f"{role} returned {what} where the scheme wants {cls.__name__}(...)",
            location_of(function),
        )
    if not field_domains(cls):
        try:
            member_of(result)
        except SpecError as error:
            raise SpecError(error.message, location_of(function)) from None
    return result


def side_conditions(roots: Sequence[z3.ExprRef]) -> list[SideCondition]:
    """One obligation per division, that its denominator is non-zero wherever the quotient is used,
    and one per logarithm, that its number is positive there.

    The path condition of a shared node is the disjunction over the branches that read it. A
    division that another one reads comes before it, so the first that fails is the first to be
    undefined.
    """
    used: dict[int, z3.BoolRef] = {id_of(root): z3.BoolVal(True) for root in roots}
    obligations = []
    for node in reversed(topological(roots)):
        here = used[id_of(node)]
        children = children_of(node)
        conditions = [here] * len(children)
        if kind_of(node) == z3.Z3_OP_ITE:
            test = children[0]
            assert isinstance(test, z3.BoolRef)
            conditions = [
                here,
                conjunction([here, test]),
                conjunction([here, z3.Not(test)]),
            ]
        elif kind_of(node) == z3.Z3_OP_DIV and not is_numeral(children[1]):
            needed = children[1] != 0 if z3.is_true(here) else z3.Implies(here, children[1] != 0)
            obligations.append(
                SideCondition(needed, f"no division by zero at {division_location(node)}")
            )
        elif curve_of(node) is Curve.LOG:
            positive = children[0] > 0
            obligations.append(
                SideCondition(
                    positive if z3.is_true(here) else z3.Implies(here, positive),
                    f"the logarithm of a positive number at {logarithm_location(node)}",
                )
            )
        for child, condition in zip(children, conditions, strict=True):
            key = id_of(child)
            used[key] = _either(used[key], condition) if key in used else condition
    return obligations[::-1]


def _either(first: z3.BoolRef, second: z3.BoolRef) -> z3.BoolRef:
    always = next((condition for condition in (first, second) if z3.is_true(condition)), None)
    return z3.Or(first, second) if always is None else always
