"""One use of a step: what goes in, what nature chooses, where it is sound, and what comes out; and
the same again with other symbols."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from cvc5 import Term

from recheck.evidence import Step, System
from recheck.parts.arithmetic import Program, rational
from recheck.terms import defined, substitute, symbols_in

Fields = Mapping[str, Term]
"""What the fields of an agent or an expert are, by name."""
Point = Mapping[Term, Term]
"""Numerals in place of symbols."""


class Use(NamedTuple):
    """One use of a step. ``domain`` bounds what goes in and ``bounds`` what nature chooses;
    ``sound`` says that nothing divides by zero and that oversight holds."""

    takes: Fields
    domain: Sequence[Term]
    chosen: Sequence[Term]
    bounds: Sequence[Term]
    sound: Sequence[Term]
    gives: Fields

    @property
    def known(self) -> list[Term]:
        """All that may be assumed of one use."""
        return [*self.domain, *self.bounds, *self.sound]

    def at(self, by: Mapping[Term, Term]) -> Use:
        """The same with other terms in place of symbols."""
        return Use(
            put(self.takes, by),
            substitute(self.domain, by),
            substitute(self.chosen, by),
            substitute(self.bounds, by),
            substitute(self.sound, by),
            put(self.gives, by),
        )


def use_of(system: System, step: Step, overseen: Sequence[str]) -> Use:
    """A step of a system, used once, where oversight holds."""
    taken, chosen = system.fields[step.source], [choice.symbol for choice in step.choices]
    held = system.scope.read(overseen, [*taken, *chosen])
    return Use(
        named(system, step.source, taken),
        system.domain[step.source],
        chosen,
        [bound for choice in step.choices for bound in choice.within],
        [*defined([*step.terms, *held]), *held],
        named(system, step.target, step.outputs),
    )


def named(system: System, place: str, terms: Sequence[Term]) -> dict[str, Term]:
    """Terms for the fields at a position, by the fields' names."""
    names = [field.getSymbol().removeprefix(f"{place}.") for field in system.fields[place]]
    return dict(zip(names, terms, strict=True))


def put(fields: Fields, by: Mapping[Term, Term]) -> dict[str, Term]:
    """Fields with other terms in place of symbols."""
    return dict(zip(fields, substitute([*fields.values()], by), strict=True))


def meets(point: Point, conditions: Collection[Term]) -> bool:
    """Whether conditions are defined and hold at a point."""
    return all(truth is True for truth in _worked_out(point, conditions))


def breaks(point: Point, conditions: Collection[Term]) -> bool:
    """Whether one of the conditions is false at a point, where all of them are defined."""
    truths = _worked_out(point, conditions)
    return False in truths and None not in truths


def _worked_out(point: Point, conditions: Collection[Term]) -> list[bool | None]:
    found = substitute([*conditions], point)
    unsaid = list(symbols_in(found))  # nothing is decided that reads them
    return Program(unsaid, found).run([None] * len(unsaid), rational)
