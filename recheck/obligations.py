"""Obligations: that something holds wherever something else does; and those of a step taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from cvc5 import Kind, Term

from recheck.evidence import Step, System
from recheck.terms import MANAGER, defined, script


class Obligation(NamedTuple):
    """That the goals hold wherever the hypotheses do."""

    name: str
    hypotheses: Sequence[Term]
    goals: Sequence[Term]

    @property
    def query(self) -> Mapping[str, str]:
        """The obligation for any solver, with the answer that shows it."""
        text = script(self.hypotheses, self.goals)
        return {"name": self.name, "smtlib": text, "expected": "unsat"}


class Shown(NamedTuple):
    """What has been checked already, in words, and the obligations that are left."""

    why: str
    obligations: Sequence[Obligation]

    def given(self, known: Sequence[Term]) -> Shown:
        """The same where something is known."""
        obligations = [o._replace(hypotheses=[*known, *o.hypotheses]) for o in self.obligations]
        return self._replace(obligations=obligations)


class Taken(NamedTuple):
    """A step over the symbols at which a course began: what is known before nature chooses and
    after, and the target's fields."""

    step: Step
    before: Sequence[Term]
    after: Sequence[Term]
    state: Mapping[Term, Term]


def course(
    system: System,
    steps: Sequence[Step],
    known: Sequence[Term],
    by: Mapping[Term, Term] | None = None,
) -> Iterator[Taken]:
    """Some steps in turn, from a state."""
    state = by or {}
    for step in steps:
        here = step.at(state)
        after = [*known, *(bound for choice in here.choices for bound in choice.within)]
        state = dict(zip(system.fields[step.target], here.outputs, strict=True))
        yield Taken(here, known, after, state)
        known = after


def whole(goals: Sequence[Term]) -> list[Term]:
    """The goals, and that they divide by nothing that is zero."""
    return [*defined(goals), *goals]


def well_defined(step: Step, hypotheses: Sequence[Term], what: str) -> Iterator[Obligation]:
    """That nature has something to choose, and that no denominator is zero."""
    known = list(hypotheses)
    for choice in step.choices:
        ends = [*defined([choice.low, choice.high]), MANAGER.mkTerm(Kind.LEQ, *choice[1:3])]
        name = f"{what}: nature can choose {choice.symbol.getSymbol()}"
        yield Obligation(name, list(known), ends)
        known += choice.within
    divisions = defined(step.terms)
    if divisions:
        yield Obligation(f"{what}: no division by zero", known, divisions)
