"""Claims about uninterpreted agents for people: counter-models, and why a claim is left open."""

from __future__ import annotations

from collections.abc import Iterator

from checker.invariants.uninterpreted import (
    ConsistencyUndecided,
    FiniteModel,
    Member,
    NoCounterModel,
    PremisesContradict,
    Relation,
)
from checker.report.words import counted, describe, detail


@describe.register
def _(_fact: PremisesContradict) -> str:
    return "the premises contradict each other"


@describe.register
def _(_fact: ConsistencyUndecided) -> str:
    return "whether the premises are consistent is undecided"


@describe.register
def _(fact: NoCounterModel) -> str:
    return f"no counter-model within {counted(fact.iterations, 'iteration')}"


@describe.register
def _(model: FiniteModel) -> str:
    return f"a finite counter-model: {_run(model)}"


@detail.register
def _(model: FiniteModel) -> Iterator[str]:
    yield _run(model)
    for member, relations in model.relations.items():
        yield f"{_member(member)}: " + ", ".join(_relation(relation) for relation in relations)
    yield f"the invariant fails after {counted(model.iterations, 'iteration')}"


def _run(model: FiniteModel) -> str:
    return " -> ".join(_member(member) for member in model.run)


def _member(member: Member) -> str:
    return f"{member.cls} {member.number}"


def _relation(relation: Relation) -> str:
    other = "" if relation.other is None else f" {_member(relation.other)}"
    return f"{'' if relation.holds else 'not '}{relation.name}{other}"
