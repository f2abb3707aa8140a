"""Machines in the language: the claim that alignspec is asked about."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

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


def plain(value: Any) -> Any:
    """A seed's number for the language."""
    return value if isinstance(value, bool) else number(Fraction(value))


def claim_of(title: str, machine: Machine | Folded) -> Claim:
    """The machine's claim."""
    invariant = invariant_of(machine.kept)
    build: Callable[..., Any] = fold_of if isinstance(machine, Folded) else loop_of
    return Claim(title, build(title, machine, invariant), invariant())


def loop_of(title: str, machine: Machine, invariant: Any) -> Any:
    """A loop, or a scheme where there is an expert."""
    student: Any = record(Agent, "Student", machine.agent)
    teacher: Any = record(Expert, "Teacher", machine.expert) if machine.expert else student

    def seed(p: Nothing) -> Any:
        return made(student, machine.agent, [plain(value) for value in machine.seed])

    def seeds(p: Nothing, nature: Nature) -> Any:
        begun = [
            nature.choose(f"start {f.name}", at_least=Real(low), at_most=Real(low + width))
            for f, low, width in zip(machine.agent, machine.seed, machine.spread, strict=True)
        ]
        return made(student, machine.agent, begun)

    def stage(index: int, cls: Any) -> Callable[..., Any]:
        fields = machine.agent if index == len(machine.steps) - 1 else machine.expert

        def step(agent: Any, p: Nothing, nature: Nature) -> Any:
            values = values_of(machine.position(index), agent)
            return made(cls, fields, taken(machine.steps[index], values, nature))

        return step

    if not machine.expert:
        loop = Loop[Nothing, student[invariant]]
        begins = seeds if machine.spread else seed
        return loop(title, parameters=Nothing, seed=begins, step=stage(0, student))
    oversight = machine.oversight

    def smart_enough(expert: Any, pupil: Any, p: Nothing) -> Any:
        assert oversight is not None
        values = values_of(machine.expert, expert)
        values |= {f"student {k}": v for k, v in values_of(machine.agent, pupil).items()}
        return said(oversight, values)

    scheme = Scheme[Nothing, student[invariant], teacher[invariant]]
    return scheme(
        title,
        parameters=Nothing,
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
