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
import z3

from checker.cli.shipped import shipped_schemes, shipped_statements
from checker.portfolio.decision import Options
from checker.statements.registry import judge
from spec import (
    EVALUATIONS,
    SAMPLED_ANSWERS,
    Bool,
    Claim,
    Closed,
    Grows,
    Instance,
    Invariant,
    Real,
    Threshold,
    Tolerances,
    Transfers,
)
from spec.fields import field_domains, fields_of, symbolic
from spec.invariants import conjuncts
from spec.nodes import topological
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.base import Answer, Statement
from spec.terms import numeral
from spec.trees import Fold

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


@attrs.frozen
class ChannelReplaced(Mutant):
    """Distillation of an instance sees its expert through the other channel."""

    def changed(self, statement: Any) -> Statement:
        """The statement with the channel that it has not."""
        other = SAMPLED_ANSWERS if statement.channel is EVALUATIONS else EVALUATIONS
        return _evolved(statement, channel=other)


@attrs.frozen
class DistanceAllowed(Mutant):
    """A student of an instance may land anywhere within a distance."""

    to: Fraction = attrs.field(converter=Fraction)

    def changed(self, statement: Any) -> Statement:
        """The statement with that distance."""
        return _evolved(statement, eps=lambda expert, p: Real(self.to))


@attrs.frozen
class SchemeReplaced(Mutant):
    """The contracts of an instance are asked of the scheme of another statement, at its parameter
    values and with its calls and its improvement; and its distance, unless ``near``."""

    of: str
    near: bool = True

    def changed(self, statement: Any) -> Statement:
        """The statement about the other scheme, through the channel it has."""
        other = next(s for s in shipped_statements() if s.name == self.of)
        assert isinstance(other, Instance)
        names = ("channel", "distance", "eps") if self.near else ("channel",)
        given = {name: getattr(statement, name) for name in names}
        kept = {name: value for name, value in given.items() if value is not None}
        return _evolved(other, name=statement.name, **kept)


@attrs.frozen
class OfAnother(Mutant):
    """The same is said of another scheme, at its own parameter values; of two schemes, of the
    second."""

    scheme: str

    def changed(self, statement: Any) -> Statement:
        """The statement about the other scheme."""
        other = next(s for s in shipped_schemes() if s.name == self.scheme)
        if isinstance(statement, Transfers):
            return _evolved(statement, right=other)
        return _evolved(statement, scheme=other, at={})


@attrs.frozen
class NumberMoved(Mutant):
    """A number that stands in the formula which is claimed is another one."""

    number: Fraction = attrs.field(converter=Fraction)
    to: Fraction = attrs.field(converter=Fraction)

    def changed(self, statement: Any) -> Statement:
        """The claim of the formula with the other number."""
        said = statement.invariant
        pair = (numeral(self.number), numeral(self.to))

        def holds(_: Invariant, agent: Any) -> Bool:
            return Bool(z3.substitute(_holds(said, agent), pair))

        other = type(f"{type(said).__name__}Otherwise", (Invariant,), {"holds": holds})
        return _evolved(statement, invariant=other())


def _holds(invariant: Invariant, agent: Any) -> z3.BoolRef:
    return z3.And(*(condition.term for _, condition in conjuncts(invariant, agent)))


# --- which mutants a statement has ----------------------------------------------------------------


def mutants_of(statement: Statement) -> Iterator[Mutant]:
    """The mutants of a statement but for those of its steps, the nearest kinds first."""
    if isinstance(statement, Threshold):
        yield from _ends(statement)
    if isinstance(statement, Tolerances):
        yield from (ShareMoved(Fraction(share)) for share in ("51/100", "999/1000"))
    if isinstance(statement, Claim) and not fields_of(statement.scheme.agent.cls):
        yield from _premises(statement)
    ends, between = _parameters(statement)
    yield from ends
    yield from _limits(statement)
    if isinstance(statement, Instance):
        yield from _contracts(statement)
    yield from between


def of_formulas(statement: Statement) -> Iterator[Mutant]:
    """The numbers in what a claim says of an agent, moved: the farthest kind."""
    if isinstance(statement, Claim | Closed) and not field_domains(type(statement.invariant)):
        record, _ = symbolic(statement.scheme.agent.cls, "agent")
        nodes = topological([_holds(statement.invariant, record)])
        numbers = dict.fromkeys(n.as_fraction() for n in nodes if z3.is_rational_value(n))
        for number in numbers:
            yield from (NumberMoved(number, to) for to in (number + 1, number / 2, number - 1))


def of_others(statement: Statement) -> Iterator[Mutant]:
    """The same of every other scheme with agents of the same class."""
    first = statement.subjects[0]
    if isinstance(statement, Claim | Grows | Transfers) and not isinstance(first, Fold):
        others = [s for s in shipped_schemes() if not isinstance(s, Fold)]
        like = [s.name for s in others if s.agent.cls is first.agent.cls]
        yield from (OfAnother(name) for name in like if name != first.name)


def _contracts(statement: Instance) -> Iterator[Mutant]:
    if statement.expected is Answer.PROVED:
        yield CallsMiscounted()
        yield DistanceAllowed(Fraction(0))
        return
    if statement.channel is not None:
        yield ChannelReplaced()
        yield from (DistanceAllowed(Fraction(to)) for to in ("1/2", "9/10", 1))
    proved = [s for s in shipped_statements() if isinstance(s, Instance) and s is not statement]
    names = [s.name for s in proved if s.expected is Answer.PROVED]
    yield from (SchemeReplaced(name, near) for near in (True, False) for name in names)


def _premises(statement: Claim) -> Iterator[Mutant]:
    """What is left out in other claims of the same theorem, or nothing."""
    claims = [s for s in shipped_statements() if isinstance(s, Claim)]
    named = [s.dropping for s in claims if s.scheme is statement.scheme]
    yield from (PremiseMoved(name) for name in dict.fromkeys(named) if name != statement.dropping)


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
    near = [value - 1, value + 1, 2 * value + 1, 10 * value]
    return [domain.low], [to for to in near if domain.low < to <= domain.high]


def _limits(statement: Any) -> Iterator[Mutant]:
    invariant = getattr(statement, "invariant", None)
    if invariant is not None:
        for domain in field_domains(type(invariant)):
            yield from (LimitMoved(domain.name, end) for end in (domain.low, domain.high))
            if not domain.unbounded:
                yield LimitMoved(domain.name, (9 * domain.high + domain.low) / 10)
