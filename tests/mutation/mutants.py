"""Mutants: a statement with one thing changed, so that the verdict on it must change too.

A statement that no change refutes says nothing, and one that no change proves may be refuted for a
reason that has nothing to do with what it says. So every shipped statement has a mutant, nearer
or farther, that the same decider answers the other way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from checker.portfolio.decision import Options
from checker.statements.registry import judge
from spec import Claim, Instance, Real, Threshold, Tolerances
from spec.fields import field_domains
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.base import Answer, Statement

OPPOSITE = {Answer.PROVED: Answer.REFUTED, Answer.REFUTED: Answer.PROVED}
"""What a mutant must be, by what the statement is expected to be."""


class Mutant:
    """One change of a statement. Its fields are what is written of it to a file."""

    def changed(self, statement: Any) -> Statement:
        """The statement with the change in it; itself where only parameter values move."""
        assert isinstance(statement, Statement)
        return statement

    @property
    def overriding(self) -> dict[str, Fraction]:
        """Parameter values that replace the statement's own."""
        return {}

    def answer(self, statement: Statement, options: Options | None = None) -> Answer:
        """What the statement's own decider says of the mutant."""
        return judge(self.changed(statement), self.overriding, options).answer


def _evolved(statement: Any, **changes: Any) -> Statement:
    changed = attrs.evolve(statement, **changes)
    assert isinstance(changed, Statement)
    return changed


@attrs.frozen
class ParameterMoved(Mutant):
    """One parameter has another value of its domain."""

    parameter: str
    to: Fraction = attrs.field(converter=Fraction)

    @property
    def overriding(self) -> dict[str, Fraction]:
        """The one."""
        return {self.parameter: self.to}


@attrs.frozen
class LimitMoved(Mutant):
    """The invariant has another limit on one of its budgets."""

    budget: str
    to: Fraction = attrs.field(converter=Fraction)

    def changed(self, statement: Any) -> Statement:
        """The statement about the invariant at that limit."""
        limits = attrs.evolve(statement.invariant, **{self.budget: Real(self.to)})
        return _evolved(statement, invariant=limits)


@attrs.frozen
class EndMoved(Mutant):
    """A threshold is said to lie elsewhere."""

    to: Fraction = attrs.field(converter=Fraction)

    def changed(self, statement: Any) -> Statement:
        """The statement with that end."""
        return _evolved(statement, value=self.to, near=None)


@attrs.frozen
class EndFlipped(Mutant):
    """A threshold's end is said to be in where it is out, or out where it is in."""

    def changed(self, statement: Any) -> Statement:
        """The statement with the end the other way."""
        return _evolved(statement, included=not statement.included)


@attrs.frozen
class ShareMoved(Mutant):
    """Another share of the difficulty counts as almost all."""

    to: Fraction = attrs.field(converter=Fraction)

    def changed(self, statement: Any) -> Statement:
        """The statement with that share."""
        return _evolved(statement, share=self.to)


@attrs.frozen
class PremiseMoved(Mutant):
    """Another premise of a general theorem is left out; none for ""."""

    dropping: str

    def changed(self, statement: Any) -> Statement:
        """The theorem without that premise."""
        return _evolved(statement, dropping=self.dropping)


@attrs.frozen
class CallsMiscounted(Mutant):
    """An instance says that one answer takes one call more than it does."""

    def changed(self, statement: Any) -> Statement:
        """The statement with one call more."""
        calls = statement.calls
        return _evolved(statement, calls=lambda p: calls(p) + 1)


# --- which mutants a statement has ----------------------------------------------------------------


def mutants_of(statement: Statement) -> Iterator[Mutant]:
    """The mutants of a statement but for those of its steps, the nearest kinds first."""
    if isinstance(statement, Threshold):
        yield from _ends(statement)
    if isinstance(statement, Tolerances):
        yield from (ShareMoved(Fraction(share)) for share in ("51/100", "999/1000"))
    if isinstance(statement, Claim) and statement.dropping:
        yield PremiseMoved("")
    ends, between = _parameters(statement)
    yield from ends
    yield from _limits(statement)
    if isinstance(statement, Instance) and statement.calls is not None:
        yield CallsMiscounted()
    yield from between


def _ends(statement: Threshold) -> Iterator[Mutant]:
    domain = parameter_domains(statement.scheme.parameters)[statement.parameter]
    value = statement.number
    ends = (domain.low, domain.high)
    yield from (EndMoved((value + end) / 2) for end in ends if value not in (None, end))
    yield EndMoved((domain.low + 2 * domain.high) / 3)
    yield EndFlipped()


def _parameters(statement: Any) -> tuple[list[Mutant], list[Mutant]]:
    """Each parameter at the ends of its domain, and between them and its value."""
    domains: dict[str, ParameterDomain] = {}
    for process in statement.subjects:
        domains |= parameter_domains(process.parameters)
    kept = {getattr(statement, "parameter", "")}
    if isinstance(getattr(statement, "over", ""), Mapping):
        kept |= set(statement.over)
    ends: list[Mutant] = []
    between: list[Mutant] = []
    for name, domain in domains.items():
        if name in kept:
            continue
        value = getattr(statement, "chosen", {}).get(name, domain.default)
        far, near = _moves(domain, value)
        ends += [ParameterMoved(name, to) for to in far if to != value]
        between += [ParameterMoved(name, to) for to in near if to != value]
    return ends, between


def _moves(domain: ParameterDomain, value: Fraction) -> tuple[list[Fraction], list[Fraction]]:
    if not domain.structural:
        ends = [domain.low, domain.high]
        return ends, [(value + end) / 2 for end in ends]
    near = [value - 1, value + 1, 2 * value + 1]
    return [domain.low], [to for to in near if domain.low < to <= domain.high]


def _limits(statement: Any) -> Iterator[Mutant]:
    invariant = getattr(statement, "invariant", None)
    if invariant is not None:
        for domain in field_domains(type(invariant)):
            yield from (LimitMoved(domain.name, end) for end in (domain.low, domain.high))
