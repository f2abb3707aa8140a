"""Pairings: which fields of two schemes' agents are compared, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs
import z3

from spec.errors import SpecError
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
    def name(self) -> str:
        """The field's name, or both names where they differ."""
        return self.names[0] if self.names[0] == self.names[1] else "/".join(self.names)

    def holds(self, first: Sequence[z3.ExprRef], second: Sequence[z3.ExprRef]) -> z3.BoolRef:
        """That two agents are related in this field."""
        a, b = first[self.first], second[self.second]
        condition = a == b if self.relation == "=" else a <= b
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
    wanted: list[tuple[str, str, Relation]] = [_related(text) for text in relate]
    taken = {one for one, _, _ in wanted}, {two for _, two, _ in wanted}
    for name, field in fields[0].items():
        other = fields[1].get(name)
        free = name not in taken[0] and name not in taken[1]
        if free and other is not None and field.kind == other.kind:
            wanted.append((name, name, "="))
    links = []
    for side in (0, 1):
        names = [w[side] for w in wanted]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise SpecError(f"--relate names {twice} twice on one side; relate it to one field", "")
    for first, second, relation in wanted:
        for side, name, process in ((0, first, left), (1, second, right)):
            if name not in fields[side]:
                known = ", ".join(fields[side])
                raise SpecError(f"no field {name} in {process.name}; its agent has {known}", "")
        if fields[0][first].kind != fields[1][second].kind:
            raise SpecError(
                f"{first} and {second} are not of one kind ({fields[0][first].kind}, "
                f"{fields[1][second].kind}), so they cannot be related",
                "",
            )
        links.append(
            Link(
                list(fields[0]).index(first),
                list(fields[1]).index(second),
                (first, second),
                relation,
            )
        )
    if not links:
        raise SpecError(
            f"{left.name} and {right.name} share no field: {', '.join(fields[0])} against "
            f"{', '.join(fields[1])}; relate two with --relate LEFT=RIGHT",
            "",
        )
    links.sort(key=lambda link: link.first)
    used = {link.names[0] for link in links}, {link.names[1] for link in links}
    ignored = tuple(tuple(n for n in fields[side] if n not in used[side]) for side in (0, 1))
    return Pairing(tuple(links), (ignored[0], ignored[1]))


def _fields(process: Process) -> dict[str, FieldDomain]:
    if not fields_of(process.agent.cls):
        raise SpecError(
            f"the agents of {process.name} have no fields to compare; "
            f"its claims are decided by `alignspec check {process.name}`",
            "",
        )
    return {field.name: field for field in field_domains(process.agent.cls)}


def _related(text: str) -> tuple[str, str, Relation]:
    relation: Relation = "<=" if "<=" in text else "="
    first, found, second = (part.strip() for part in text.partition(relation))
    if not found or not first or not second:
        raise SpecError(
            f'--relate wants LEFT=RIGHT or LEFT<=RIGHT, not "{text}"; e.g. --relate error<=error',
            "",
        )
    return first, second, relation
