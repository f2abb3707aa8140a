"""Pairings: which fields of two schemes' agents are compared, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs
import z3

from spec.errors import SpecError, alternatives
from spec.fields import FieldDomain, field_domains, fields_of
from spec.scheme import Process

Relation = Literal["=", "<="]


@attrs.frozen
class Link:
    """Two fields that are compared, by their indices: equal, or with ``<=`` the field of the
    scheme that is to match at least that of the scheme that is matched."""

    first: int
    second: int
    names: tuple[str, str]
    relation: Relation

    @property
    def is_equality(self) -> bool:
        """Whether the two fields are to be equal."""
        return self.relation == "="

    @property
    def name(self) -> str:
        """The field's name, or both names where they differ."""
        return self.names[0] if self.names[0] == self.names[1] else "/".join(self.names)

    def holds(self, first: Sequence[z3.ExprRef], second: Sequence[z3.ExprRef]) -> z3.BoolRef:
        """That two agents are related in this field."""
        a, b = first[self.first], second[self.second]
        condition = a == b if self.is_equality else a <= b
        assert isinstance(condition, z3.BoolRef)
        return condition


@attrs.frozen
class Pairing:
    """The compared fields of two schemes, and those that are ignored."""

    links: tuple[Link, ...]
    ignored: tuple[tuple[str, ...], tuple[str, ...]]

    def swapped(self) -> Pairing:
        """The pairing the other way round; ``<=`` still says that the matching one has more."""
        links = tuple(
            Link(link.second, link.first, (link.names[1], link.names[0]), link.relation)
            for link in self.links
        )
        return Pairing(links, (self.ignored[1], self.ignored[0]))


def pair(left: Process, right: Process, relate: Sequence[str] = ()) -> Pairing:
    """The pairing of two schemes.

    Args:
        left: the first scheme.
        right: the second.
        relate: ``LEFT=RIGHT`` or ``LEFT<=RIGHT`` for fields that are not simply equal to the
            one of the same name.

    Raises:
        SpecError: for agents without fields, unknown fields, or none to compare.
    """
    fields = _fields(left), _fields(right)
    wanted = [_related(text) for text in relate]
    wanted += _namesakes(*fields, wanted)
    _require_once([first for first, _, _ in wanted])
    _require_once([second for _, second, _ in wanted])
    for first, second, _ in wanted:
        _require_field(first, left, fields[0])
        _require_field(second, right, fields[1])
        _require_one_kind(fields[0][first], fields[1][second])
    if not wanted:
        raise SpecError(
            f"{left.name} and {right.name} share no field: {', '.join(fields[0])} against "
            f"{', '.join(fields[1])}; relate two with --relate LEFT=RIGHT",
            "",
        )
    orders = list(fields[0]), list(fields[1])
    links = [
        Link(orders[0].index(first), orders[1].index(second), (first, second), relation)
        for first, second, relation in wanted
    ]
    used = {first for first, _, _ in wanted}, {second for _, second, _ in wanted}
    ignored = (
        tuple(name for name in orders[0] if name not in used[0]),
        tuple(name for name in orders[1] if name not in used[1]),
    )
    return Pairing(tuple(sorted(links, key=lambda link: link.first)), ignored)


Related = tuple[str, str, Relation]
"""A field of the first scheme, one of the second, and how they are related."""


def _fields(process: Process) -> dict[str, FieldDomain]:
    if not fields_of(process.agent.cls):
        raise SpecError(
            f"the agents of {process.name} have no fields to compare; "
            f"its claims are decided by `alignspec check {process.name}`",
            "",
        )
    return {field.name: field for field in field_domains(process.agent.cls)}


def _related(text: str) -> Related:
    relation: Relation = "<=" if "<=" in text else "="
    first, found, second = (part.strip() for part in text.partition(relation))
    if not found or not first or not second:
        raise SpecError(
            f'--relate wants LEFT=RIGHT or LEFT<=RIGHT, not "{text}"; e.g. --relate error<=error',
            "",
        )
    return first, second, relation


def _namesakes(
    left: Mapping[str, FieldDomain], right: Mapping[str, FieldDomain], related: Sequence[Related]
) -> list[Related]:
    """Fields of the same name and kind, where neither is related to another already."""
    taken = {first for first, _, _ in related}, {second for _, second, _ in related}
    return [
        (name, name, "=")
        for name, field in left.items()
        if name not in taken[0]
        and name not in taken[1]
        and name in right
        and field.kind == right[name].kind
    ]


def _require_once(names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SpecError(f"--relate names {twice} twice on one side; relate it to one field", "")


def _require_field(name: str, process: Process, fields: Mapping[str, FieldDomain]) -> None:
    if name not in fields:
        there = alternatives(fields, name)
        raise SpecError(f"no field {name} in {process.name}; its agent has {there}", "")


def _require_one_kind(first: FieldDomain, second: FieldDomain) -> None:
    if first.kind != second.kind:
        raise SpecError(
            f"{first.name} and {second.name} are not of one kind ({first.kind}, {second.kind}), "
            "so they cannot be related",
            "",
        )
