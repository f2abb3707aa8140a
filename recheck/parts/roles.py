"""A scheme of two steps, and the roles that a statement about its contracts gives: which fields are
rank and cost, what distillation sees, how far a student is from its expert, who is improved."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cvc5 import Term

from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import scope_of, system_of
from recheck.parts.uses import Fields, Point, Use, meets, named, use_of
from recheck.terms import MANAGER, defined, substitute


class Roles:
    """The two steps, each used once, over all values of the parameters that stay free. The agent's
    fields stand for the student too."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        said, section = document["statement"]["contracts"], document["system"]
        scope = scope_of(section, {name: (low, high) for name, (low, high) in said["over"].items()})
        system = system_of(section, scope)
        self.amplify, self.distill = (
            use_of(system, *each) for each in zip(system.steps, said["overseen"], strict=True)
        )
        self.agent, self.expert = self.amplify.takes, self.distill.takes
        if system.start.choices:
            raise Undecided("contracts of a scheme whose seed nature chooses are not looked at")
        self.seed = named(system, system.steps[0].source, system.start.outputs)
        self.own = {
            scope.named[name]: MANAGER.mkReal(section["parameters"][name]) for name in said["over"]
        }
        self.given = [*sorted(scope.given, key=str), *system.assumptions]  # whatever their order is
        if not meets(self.own, self.given):
            raise Rejected("the values of the parameters are not as assumed")
        self.rank, self.cost = said["capability"], said["cost"]
        self.calls = MANAGER.mkReal(said["calls"])
        self.ends = {name: [*map(_numeral, ends)] for name, ends in said["ends"].items()}
        both, self.scope = [*self.agent.values(), *self.expert.values()], scope
        self.shows = scope.read(said["shows"], self.expert.values())
        self.gap, self.eps = scope.read([said["distance"], said["eps"]], both)
        change = scope.read([said[role] for role in ("improves", "less", "spares")], both)
        self.improves, self.less, self.spares = self.of_expert(self.amplify.gives, change)
        (self.some,) = scope.read([said["some"]], ())
        if defined(self.shows):
            raise Malformed("what is shown of an expert divides by something")
        symbols = [*both, *self.amplify.chosen, *self.distill.chosen]
        self.others = {
            s: scope.reader.declare(f"|other {s.getSymbol()}|", str(s.getSort())) for s in symbols
        }

    def of_expert(self, expert: Fields, terms: Sequence[Term]) -> list[Term]:
        """Terms about the expert, of another one."""
        return substitute(terms, {symbol: expert[name] for name, symbol in self.expert.items()})

    def of_student(self, student: Fields, terms: Sequence[Term]) -> list[Term]:
        """Terms about the student, of another one."""
        return substitute(terms, {symbol: student[name] for name, symbol in self.agent.items()})

    def again(self, use: Use, fields: Collection[str]) -> Use:
        """The step again, from other values of some fields, under the same choices of nature."""
        return use.at({use.takes[name]: self.others[use.takes[name]] for name in fields})

    def point(self, told: Mapping[str, str]) -> Point:
        """Values of symbols, by their names; of the parameters their own unless others are told.

        Raises:
            Malformed: where something is told that is no value.
            Rejected: where a symbol is told that there is not.
        """
        symbols = [*self.others, *self.others.values(), *self.own]
        known, found = {symbol.getSymbol(): symbol for symbol in symbols}, dict(self.own)
        for name, text in told.items():
            if name not in known:
                raise Rejected(f"the point tells {name}, which is nothing here")
            found[known[name]] = self.scope.reader.read(text, ())
            if found[known[name]].getSort() != known[name].getSort():
                raise Malformed(f"{text} is no value of {name}")
        return found

    def at_own(self, terms: Sequence[Term]) -> list[Term]:
        """Terms at the parameters' own values."""
        return substitute(terms, self.own)


def _numeral(value: str | None) -> Term | None:
    return None if value is None else MANAGER.mkReal(value)
