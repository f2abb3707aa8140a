"""Machines in the language: the claim that alignspec is asked about."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

import spec
from benchmarks.differential.machines import Field, Folded, Kept, Machine, Step, Term, evaluate
from spec import (
    Agent,
    Claim,
    Count,
    Expert,
    Fold,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
)


class Nothing(Parameters):
    """No parameters."""


@attrs.frozen
class Free:
    """A number of a machine that stands open: the values that it may have, and the one it had."""

    name: str
    value: Fraction
    low: Fraction
    high: Fraction


def parameters_of(free: Sequence[Free]) -> type[Parameters]:
    """The class of a machine's parameters."""
    if not free:
        return Nothing
    knobs = {each.name: spec.parameter(each.value, each.low, each.high) for each in free}
    return types.new_class(
        "Numbers", (Parameters,), exec_body=lambda namespace: namespace.update(knobs)
    )


def open_values(free: Sequence[Free], p: Parameters) -> dict[str, Any]:
    """The values of what stands open, by name."""
    return {each.name: getattr(p, each.name) for each in free}


def number(value: Fraction) -> Count | Real:
    """A constant: whole ones as counts, so that counts stay counts."""
    return Count(int(value)) if value.denominator == 1 else Real(value)


def said(what: Term, values: Mapping[str, Any]) -> Any:
    """A term in the language."""
    return evaluate(what, values, number)


def record(base: Any, title: str, fields: Sequence[Field]) -> Any:
    """A class of agents or experts with these fields."""

    def body(namespace: dict[str, Any]) -> None:
        for field in fields:
            namespace[field.name] = slot(field)

    return types.new_class(title, (base[spec.I],), exec_body=body)


def slot(field: Field) -> Any:
    """One field in the language."""
    if field.kind == "flag":
        return spec.flag()
    if field.kind == "count":
        return spec.whole(int(field.low), int(field.high))
    cap = field.cap
    if cap is None:
        return spec.between(field.low, field.high)
    return spec.between(field.low, field.high, coupled=lambda agent: said(cap, Read(agent)))


class Read(Mapping[str, Any]):
    """The fields of a record, read by name as they are wanted."""

    def __init__(self, agent: Any) -> None:
        self.agent = agent

    def __getitem__(self, key: str) -> Any:
        return getattr(self.agent, key)

    def __iter__(self) -> Any:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


def invariant_of(kept: Sequence[Kept]) -> Any:
    """The invariant: one budget for each clause."""

    def body(namespace: dict[str, Any]) -> None:
        for index, clause in enumerate(kept):
            namespace[f"limit{index}"] = spec.budget(-1000, 1000, limit=clause.limit)

        def holds(self: Any, agent: Any) -> Any:
            conditions = []
            for index, clause in enumerate(kept):
                quantity = said(clause.quantity, Read(agent))
                limit = getattr(self, f"limit{index}")
                conditions.append(quantity < limit if clause.strict else quantity <= limit)
            return spec.all_of(*conditions)

        namespace["holds"] = holds

    return types.new_class("Within", (Invariant,), exec_body=body)


def taken(step: Step, values: dict[str, Any], nature: Nature) -> list[Any]:
    """The outputs of a step, nature's choices asked for."""
    for choice in step.choices:
        values[choice.name] = (
            nature.whether(choice.name)
            if choice.truth
            else nature.choose(
                choice.name, at_least=said(choice.low, values), at_most=said(choice.high, values)
            )
        )
    return [said(output, values) for output in step.outputs]


def values_of(fields: Sequence[Field], agent: Any) -> dict[str, Any]:
    """A record's fields by name."""
    return {field.name: getattr(agent, field.name) for field in fields}


def made(cls: Any, fields: Sequence[Field], values: Sequence[Any]) -> Any:
    """A record with these values."""
    return cls(**{field.name: value for field, value in zip(fields, values, strict=True)})


def plain(value: Any, values: dict[str, Any]) -> Any:
    """A seed's number for the language."""
    if isinstance(value, Term):
        return said(value, values)
    return value if isinstance(value, bool) else number(Fraction(value))


def claim_of(title: str, machine: Machine | Folded, *free: Free) -> Claim:
    """The machine's claim; of a loop some of its numbers may be parameters."""
    invariant = invariant_of(machine.kept)
    if isinstance(machine, Folded):
        return Claim(title, fold_of(title, machine, invariant), invariant())
    return Claim(title, loop_of(title, machine, invariant, free), invariant())


def loop_of(title: str, machine: Machine, invariant: Any, free: Sequence[Free]) -> Any:
    """A loop, or a scheme where there is an expert."""
    numbers: Any = parameters_of(free)
    student: Any = record(Agent, "Student", machine.agent)
    teacher: Any = record(Expert, "Teacher", machine.expert) if machine.expert else student

    def seed(p: Any) -> Any:
        values = open_values(free, p)
        return made(student, machine.agent, [plain(value, values) for value in machine.seed])

    def seeds(p: Any, nature: Nature) -> Any:
        values, begun = open_values(free, p), []
        for field, at, width in zip(machine.agent, machine.seed, machine.spread, strict=True):
            low = plain(at, values)
            high = low + plain(width, values)
            begun.append(nature.choose(f"start {field.name}", at_least=low, at_most=high))
        return made(student, machine.agent, begun)

    def stage(index: int, cls: Any) -> Callable[..., Any]:
        fields = machine.agent if index == len(machine.steps) - 1 else machine.expert

        def step(agent: Any, p: Any, nature: Nature) -> Any:
            values = values_of(machine.position(index), agent) | open_values(free, p)
            return made(cls, fields, taken(machine.steps[index], values, nature))

        return step

    if not machine.expert:
        loop = Loop[numbers, student[invariant]]
        begins = seeds if machine.spread else seed
        return loop(title, parameters=numbers, seed=begins, step=stage(0, student))
    oversight = machine.oversight

    def smart_enough(expert: Any, pupil: Any, p: Any) -> Any:
        assert oversight is not None
        values = values_of(machine.expert, expert) | open_values(free, p)
        values |= {f"student {k}": v for k, v in values_of(machine.agent, pupil).items()}
        return said(oversight, values)

    scheme = Scheme[numbers, student[invariant], teacher[invariant]]
    return scheme(
        title,
        parameters=numbers,
        seed=seed,
        amplify=stage(0, teacher),
        distill=stage(1, student),
        smart_enough=None if oversight is None else smart_enough,
    )


def fold_of(title: str, folded: Folded, invariant: Any) -> Any:
    """A fold over trees."""
    cls: Any = record(Agent, "Node", folded.agent)

    def leaf(p: Nothing, nature: Nature) -> Any:
        return made(cls, folded.agent, taken(folded.leaf, {}, nature))

    def node(children: tuple[Any, ...], p: Nothing, nature: Nature) -> Any:
        values = {
            f"{place} {key}": value
            for place, child in enumerate(children)
            for key, value in values_of(folded.agent, child).items()
        }
        return made(cls, folded.agent, taken(folded.nodes[len(children)], values, nature))

    fold = Fold[Nothing, cls[invariant]]
    return fold(title, parameters=Nothing, leaf=leaf, node=node, arities=tuple(folded.nodes))
