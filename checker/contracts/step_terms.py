"""The two halves of a scheme as terms that can stand in one query several times over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

import attrs
import z3

from spec.errors import SpecError
from spec.fields import FieldDomain, field_domains, symbolic
from spec.parameters import symbolic_parameters
from spec.statements.instance import Instance
from spec.terms import numeral
from spec.trace import Position, TracedStage, side_conditions, trace

Terms = Mapping[str, z3.ExprRef]


@attrs.frozen
class StepTerms:
    """One step: what goes in, what nature chooses, and what comes out where it is defined.

    ``start`` bounds what goes in, ``bounds`` what nature chooses. ``sound`` says that no
    denominator is zero and, of distillation, that oversight works.
    """

    takes: Terms
    start: z3.BoolRef
    chosen: Terms
    bounds: z3.BoolRef
    sound: tuple[z3.BoolRef, ...]
    gives: Terms

    @property
    def hypotheses(self) -> list[z3.BoolRef]:
        """Everything that may be assumed of one use of the step."""
        return [self.start, self.bounds, *self.sound]

    def other(self, alike: Collection[str], *, choices: bool) -> StepTerms:
        """The step again, from a source like the first one in the given fields.

        Args:
            alike: the fields that are the same symbols.
            choices: whether nature makes the same choices.
        """
        fresh = {n: _renamed(s) for n, s in self.takes.items() if n not in alike}
        chosen = {} if choices else {n: _renamed(s) for n, s in self.chosen.items()}
        pairs = [(self.takes[n], s) for n, s in fresh.items()]
        pairs += [(self.chosen[n], s) for n, s in chosen.items()]
        return self.putting(pairs)

    def putting(self, pairs: list[tuple[z3.ExprRef, z3.ExprRef]]) -> StepTerms:
        """The step with other terms in place of some symbols."""

        def put(term: z3.ExprRef) -> z3.ExprRef:
            return z3.substitute(term, *pairs) if pairs else term

        return StepTerms(
            {n: put(s) for n, s in self.takes.items()},
            put(self.start),
            {n: put(s) for n, s in self.chosen.items()},
            put(self.bounds),
            tuple(put(c) for c in self.sound),
            {n: put(t) for n, t in self.gives.items()},
        )


@attrs.frozen
class LoopTerms:
    """A scheme at its parameters, ready for its contracts.

    ``shown`` is what the channel shows of ``distill.takes``. ``gap`` and ``eps`` are the distance
    of ``student`` from it, and how much of it distillation may leave, where ``defined``. ``given``
    is what is known of the parameters that are still symbols, ``free``, and ``at_own_values`` their own
    values; ``top`` is the end of the agent's capability.
    """

    amplify: StepTerms
    distill: StepTerms
    seed: Terms
    shown: Terms
    student: Terms
    student_domain: z3.BoolRef
    gap: z3.ArithRef
    eps: z3.ArithRef
    defined: tuple[z3.BoolRef, ...]
    calls: int
    fields: Mapping[str, FieldDomain]
    top: Fraction
    free: Terms
    given: tuple[z3.BoolRef, ...]
    at_own_values: tuple[z3.BoolRef, ...]
    values: Mapping[str, Fraction]

    def measured(self, expert: Terms, student: Terms) -> tuple[z3.BoolRef, ...]:
        """That the distance of these two and the eps of this expert are defined."""
        return tuple(self._between(c, expert, student) for c in self.defined)

    def gap_of(self, expert: Terms, student: Terms) -> z3.ArithRef:
        """The distance of a student from an expert."""
        return _arithmetic(self._between(self.gap, expert, student))

    def eps_of(self, expert: Terms) -> z3.ArithRef:
        """How much of it distillation may leave."""
        return _arithmetic(self._between(self.eps, expert, {}))

    def domain_of(self, student: Terms) -> z3.BoolRef:
        """That a student is in its domain."""
        return self._between(self.student_domain, {}, student)

    def _between(self, term: z3.ExprRef, expert: Terms, student: Terms) -> z3.ExprRef:
        pairs = [(self.distill.takes[n], t) for n, t in expert.items()]
        pairs += [(self.student[n], t) for n, t in student.items()]
        return z3.substitute(term, *pairs) if pairs else term

    def shown_of(self, expert: Terms) -> Terms:
        """What the channel shows of another expert."""
        return {name: self._between(term, expert, {}) for name, term in self.shown.items()}

    @property
    def first_expert(self) -> StepTerms:
        """Amplification of the seed."""
        return self.amplify.putting([(s, self.seed[n]) for n, s in self.amplify.takes.items()])


def step_terms(statement: Instance, overriding: Mapping[str, Fraction]) -> LoopTerms:
    """The halves of a statement's scheme, at its parameters and any that override them.

    Raises:
        SpecError: for a mistake in the specification.
    """
    chosen = {**statement.chosen, **overriding}
    ranges = {n: r for n, r in statement.ranges.items() if n not in overriding}
    traced = trace(statement.scheme, chosen)
    p, _ = symbolic_parameters(statement.scheme.parameters, traced.values)
    fixed = [
        (s, numeral(traced.values[n])) for n, s in traced.parameters.items() if n not in ranges
    ]

    def put(term: z3.ExprRef) -> z3.ExprRef:
        return z3.simplify(z3.substitute(term, *fixed)) if fixed else z3.simplify(term)

    closed = traced.at_values(tuple(ranges))
    amplify, distill = closed.stages
    expert = distill.source
    student, symbols = symbolic(type(amplify.source.record), "student")
    assert isinstance(symbols[0], z3.ArithRef)
    gap = statement.gap(expert.record, student, p)
    eps = statement.allowed(expert.record, p)
    shown = {name: put(term.term) for name, term in statement.shown(expert.record).items()}
    if side_conditions(list(shown.values())):
        raise SpecError(
            "what a channel shows may not divide by a field; show the two numbers",
            statement.location,
        )
    sides = tuple(put(s.condition) for s in side_conditions([gap.term, eps.term]))
    free_parameters = [(traced.parameters[n], low, high) for n, (low, high) in ranges.items()]
    given = [z3.And(s >= numeral(low), s <= numeral(high)) for s, low, high in free_parameters]
    fields = {field.name: field for field in amplify.source.fields}
    return LoopTerms(
        amplify=_half(amplify),
        distill=_half(distill),
        seed=_named(amplify.source, closed.seed),
        shown=shown,
        student={
            field.name: s for field, s in zip(field_domains(type(student)), symbols, strict=True)
        },
        student_domain=_moved(amplify.source, symbols),
        gap=_arithmetic(put(gap.term)),
        eps=_arithmetic(put(eps.term)),
        defined=sides,
        calls=statement.called(p),
        fields=fields,
        top=fields[statement.capability].high,
        free={name: traced.parameters[name] for name in ranges},
        at_own_values=tuple(traced.parameters[n] == numeral(traced.values[n]) for n in ranges),
        given=(*given, *(condition for _, _, condition in closed.assumptions)),
        values=traced.values,
    )


def _half(stage: TracedStage) -> StepTerms:
    oversight_holds = [] if stage.oversight_holds is None else [stage.oversight_holds]
    return StepTerms(
        _named(stage.source, stage.source.symbols),
        stage.source.domain,
        {choice.name: choice.symbol for choice in stage.choices},
        stage.bounds,
        (*(side.condition for side in stage.sides), *oversight_holds),
        _named(stage.target, stage.outputs),
    )


def _named(position: Position, terms: tuple[z3.ExprRef, ...]) -> Terms:
    return {field.name: term for field, term in zip(position.fields, terms, strict=True)}


def _moved(position: Position, symbols: tuple[z3.ExprRef, ...]) -> z3.BoolRef:
    return z3.substitute(position.domain, *zip(position.symbols, symbols, strict=True))


def _renamed(symbol: z3.ExprRef) -> z3.ExprRef:
    return z3.Const(f"other {symbol}", symbol.sort())


def _arithmetic(term: z3.ExprRef) -> z3.ArithRef:
    assert isinstance(term, z3.ArithRef)
    return term
