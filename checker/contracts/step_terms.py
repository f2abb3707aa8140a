"""The two steps of a scheme as terms that can stand in one query several times over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from fractions import Fraction

import attrs
import z3

from checker.system.seeds import require_a_point
from spec.errors import SpecError
from spec.fields import FieldDomain, symbolic
from spec.parameters import Parameters, symbolic_parameters
from spec.statements.instance import Instance
from spec.terms import Real, as_real, numeral
from spec.trace import Position, Traced, TracedStage, side_conditions, trace

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
class ImprovementTerms:
    """What a statement says of who is improved, as terms; ``Improved`` has their meaning.

    ``before`` is the agent's loss and ``after`` the expert's, ``defined`` that nothing here divides
    by zero.
    """

    loss: str
    before: z3.ArithRef
    after: z3.ArithRef
    improves: z3.BoolRef
    some: z3.BoolRef
    less: z3.BoolRef
    spares: z3.BoolRef
    known: z3.ArithRef
    edge: z3.ArithRef
    last: z3.ArithRef
    defined: tuple[z3.BoolRef, ...]


@attrs.frozen
class LoopTerms:
    """A scheme at its parameters, ready for its contracts.

    Args:
        amplify: the first step.
        distill: the second step.
        seed: the first agent's fields.
        shown: what the channel shows of ``distill.takes``.
        student: symbols for the fields of some student.
        student_domain: that they lie in the student's domain.
        gap: the distance of ``student`` from ``distill.takes``.
        eps: how much of that distance distillation may leave.
        defined: that ``gap`` and ``eps`` divide by no zero.
        calls: how many calls to the agent one amplified answer makes.
        improvement: which agents amplification is to make err less.
        fields: the domains of the agent's fields.
        top: the greatest capability of an agent; None where it has no greatest.
        free: the parameters that are still symbols.
        given: what is known of them.
        at_own_values: that each of them has the value that the statement sets, or its default.
        values: every parameter's value.
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
    improvement: ImprovementTerms
    fields: Mapping[str, FieldDomain]
    top: Fraction | None
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
    """The steps of a statement's scheme, at its parameters and any that override them.

    Raises:
        SpecError: for a mistake in the specification.
    """
    ranges = {n: r for n, r in statement.ranges.items() if n not in overriding}
    traced = trace(statement.scheme, {**statement.chosen, **overriding})
    require_a_point(traced, "contracts are not checked")
    put = _values_put(traced, ranges)
    p, _ = symbolic_parameters(statement.scheme.parameters, traced.values)
    closed = traced.at_values(tuple(ranges))
    amplify, distill = closed.stages
    amplifying = _step(amplify)
    expert = distill.source.record
    student, symbols = symbolic(type(amplify.source.record), "student")
    gap, eps = statement.gap(expert, student, p), statement.allowed(expert, p)
    shown = {name: put(term.term) for name, term in statement.shown(expert).items()}
    _require_no_division(shown, statement.location)
    defined = tuple(put(side.condition) for side in side_conditions([gap.term, eps.term]))
    bounds = [(traced.parameters[n], low, high) for n, (low, high) in ranges.items()]
    within = [z3.And(s >= numeral(low), s <= numeral(high)) for s, low, high in bounds]
    fields = {field.name: field for field in amplify.source.fields}
    return LoopTerms(
        amplify=amplifying,
        distill=_step(distill),
        seed=_named(amplify.source, closed.seed),
        shown=shown,
        student=_named(amplify.source, symbols),
        student_domain=_domain_of(amplify.source, symbols),
        gap=_arithmetic(put(gap.term)),
        eps=_arithmetic(put(eps.term)),
        defined=defined,
        calls=statement.called(p),
        improvement=_improvement(statement, amplifying, p, put),
        fields=fields,
        top=None if fields[statement.capability].unbounded else fields[statement.capability].high,
        free={name: traced.parameters[name] for name in ranges},
        at_own_values=tuple(traced.parameters[n] == numeral(traced.values[n]) for n in ranges),
        given=(*within, *(condition for _, _, condition in closed.assumptions)),
        values=traced.values,
    )


def _improvement(
    statement: Instance, amplify: StepTerms, p: Parameters, put: Callable[[z3.ExprRef], z3.ExprRef]
) -> ImprovementTerms:
    """What the statement says of who is improved by a step."""
    assert statement.improvement is not None
    loss = statement.improvement.loss
    before, after = (as_real(step[loss]) for step in (amplify.takes, amplify.gives))
    found = statement.improved(Real(before), Real(after), p)
    raw = (*attrs.astuple(found, recurse=False),)
    terms = [put(value.term) for value in raw]
    sides = side_conditions(terms)
    improves, some, less, spares, known, edge, last = terms
    return ImprovementTerms(
        loss,
        before,
        after,
        _truth(improves),
        _truth(some),
        _truth(less),
        _truth(spares),
        _arithmetic(known),
        _arithmetic(edge),
        _arithmetic(last),
        tuple(side.condition for side in sides),
    )


def _values_put(traced: Traced, free: Collection[str]) -> Callable[[z3.ExprRef], z3.ExprRef]:
    """Puts the values of all parameters but the free ones into a term, and simplifies it."""
    fixed = [
        (symbol, numeral(traced.values[name]))
        for name, symbol in traced.parameters.items()
        if name not in free
    ]

    def put(term: z3.ExprRef) -> z3.ExprRef:
        return z3.simplify(z3.substitute(term, *fixed)) if fixed else z3.simplify(term)

    return put


def _require_no_division(shown: Terms, location: str) -> None:
    """Refuse a channel that divides by a field, since it would not always show a number."""
    if side_conditions(list(shown.values())):
        raise SpecError(
            "what a channel shows may not divide by a field; show the two numbers", location
        )


def _step(stage: TracedStage) -> StepTerms:
    oversight_holds = [] if stage.oversight_holds is None else [stage.oversight_holds]
    return StepTerms(
        takes=_named(stage.source, stage.source.symbols),
        start=stage.source.domain,
        chosen={choice.name: choice.symbol for choice in stage.choices},
        bounds=stage.bounds,
        sound=(*(side.condition for side in stage.sides), *oversight_holds),
        gives=_named(stage.target, stage.outputs),
    )


def _named(position: Position, terms: tuple[z3.ExprRef, ...]) -> Terms:
    return {field.name: term for field, term in zip(position.fields, terms, strict=True)}


def _domain_of(position: Position, symbols: tuple[z3.ExprRef, ...]) -> z3.BoolRef:
    return z3.substitute(position.domain, *zip(position.symbols, symbols, strict=True))


def _renamed(symbol: z3.ExprRef) -> z3.ExprRef:
    return z3.Const(f"other {symbol}", symbol.sort())


def _truth(term: z3.ExprRef) -> z3.BoolRef:
    assert isinstance(term, z3.BoolRef)
    return term


def _arithmetic(term: z3.ExprRef) -> z3.ArithRef:
    assert isinstance(term, z3.ArithRef)
    return term
