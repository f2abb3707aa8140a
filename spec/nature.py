"""Nature: whatever a scheme does not control, chosen adversarially within stated bounds."""

from __future__ import annotations

from enum import Enum
from typing import TypeVar

import attrs
import z3

from spec.calls import Names, plain
from spec.errors import SpecError, describe, user_location
from spec.fields import Fields, field_domains, symbolic, terms_of
from spec.terms import Bool, Number, Real, real_term

R = TypeVar("R", bound=Fields)


class ChoiceRole(Enum):
    """What a choice of nature stands for."""

    BOUNDED = "bounded"
    """An imperfection within a bound that the scheme states."""
    TRUTH = "truth value"
    """A truth value, as a number in [0, 1]."""
    ARBITRARY = "arbitrary"
    """A field of an agent that the step itself leaves arbitrary."""
    UNOVERSEEN = "unoverseen"
    """A field of the student that nobody can oversee; it counts only where oversight fails."""

    @property
    def spans_domain(self) -> bool:
        """Whether the choice ranges over a field's whole domain, so that no bound is stated."""
        return self in (ChoiceRole.ARBITRARY, ChoiceRole.UNOVERSEEN)


@attrs.frozen
class Choice:
    """One number chosen by nature in [low, high], a bound that may read the step's inputs and
    the choices made before it. One that is ``unbounded`` has no greatest value: its ``high`` is how
    far an engine looks for it."""

    name: str
    symbol: z3.ArithRef
    low: z3.ArithRef
    high: z3.ArithRef
    metric: str
    location: str
    role: ChoiceRole = ChoiceRole.BOUNDED
    unbounded: bool = False

    @property
    def within(self) -> tuple[z3.BoolRef, ...]:
        """That nature keeps to the bounds, in parts."""
        least = self.low <= self.symbol
        return (least,) if self.unbounded else (least, self.symbol <= self.high)


class Nature:
    """Hands out nature's choices while a step is traced.

    One object records one step. Hypothesis draws the choices, Z3 quantifies over them, and a
    counterexample is the list of them.
    """

    def __init__(self, step: str, names: Names = plain) -> None:
        """For one run of a step; ``names`` says how symbols are called."""
        self._step = step
        self._names = names
        self.choices: list[Choice] = []
        self.unknowns: list[z3.ExprRef] = []
        self.relations: list[z3.BoolRef] = []

    def choose(
        self,
        name: str,
        *,
        at_most: Number | None = None,
        at_least: Number = 0,
        metric: str = "",
    ) -> Real:
        """A number between ``at_least`` and ``at_most``, both ends included.

        Args:
            name: what nature chooses, unique within the step.
            at_most: the greatest value; it may depend on the step's inputs.
            at_least: the least value; 0 unless told.
            metric: in which metric and under which distribution the bound holds.

        Raises:
            SpecError: without ``at_most``, or for a second choice of the same name.
        """
        if not isinstance(name, str) or not name:
            raise SpecError(
                f"nature.choose({describe(name)}) has no name; name the choice first, as in "
                'nature.choose("departure", at_most=...)'
            )
        if at_most is None:
            raise SpecError(
                f'nature.choose("{name}") has no bound; write at_most=..., or no invariant '
                "could survive it"
            )
        return self._choose(name, at_least, at_most, metric, ChoiceRole.BOUNDED)

    def _choose(
        self,
        name: str,
        at_least: Number,
        at_most: Number,
        metric: str,
        role: ChoiceRole,
        *,
        unbounded: bool = False,
    ) -> Real:
        earlier = next((c for c in self.choices if c.name == name), None)
        if earlier is not None:
            raise SpecError(
                f'nature chooses "{name}" twice in {self._step} (first at {earlier.location}); '
                "give each choice its own name"
            )
        symbol = z3.Real(self._names(f"{self._step}:{name}"))
        self.choices.append(
            Choice(
                name,
                symbol,
                real_term(at_least),
                real_term(at_most),
                metric,
                user_location(),
                role,
                unbounded,
            )
        )
        return Real(symbol)

    def whether(self, name: str) -> Bool:
        """A truth value: nature's choice of a number in [0, 1], true above one half."""
        return self._choose(name, 0, 1, "a truth value", ChoiceRole.TRUTH) > Real("1/2")

    def anything(self, cls: type[R], name: str = "arbitrary") -> R:
        """Any record of the class: each field anywhere in its domain, coupled bounds respected.

        Raises:
            SpecError: for a class with whole-number or truth-value fields.
        """
        return self._anything(cls, name, ChoiceRole.ARBITRARY)

    def unoverseen(self, student: R) -> R:
        """What becomes of a student that nobody oversees: each field anywhere in its domain, but
        that an unbounded field stays what training made it. Oversight judges what a student does;
        it does not set its rank or what an answer of it costs.

        The tracer puts it in where ``smart_enough`` fails. The step of a ``Loop`` that models
        oversight itself uses it in the same way.
        """
        cls = type(student)
        taken = {choice.name for choice in self.choices}
        own = taken & {f"arbitrary {field.name}" for field in field_domains(cls)}
        name = "arbitrary student's" if own else "arbitrary"
        return self._anything(cls, name, ChoiceRole.UNOVERSEEN, trained=student)

    def _anything(self, cls: type[R], name: str, role: ChoiceRole, trained: R | None = None) -> R:
        values: dict[str, Real] = {}
        for field in field_domains(cls):
            if trained is not None and field.unbounded:
                values[field.name] = getattr(trained, field.name)
                continue
            if field.kind != "real":
                raise SpecError(
                    f"nature.anything({cls.__name__}) cannot choose {field.name}: only Real fields"
                )
            top: Number = field.high
            if field.coupled is not None:
                partial = _Partial(values)
                bound = field.ceiling(partial).term
                ceiling = real_term(field.high)
                top = Real(z3.If(bound <= ceiling, bound, ceiling))
            values[field.name] = self._choose(
                f"{name} {field.name}",
                field.low,
                top,
                "its whole domain",
                role,
                unbounded=field.unbounded,
            )
        return cls(**values)

    def related(self, name: str, source: Fields, target: type[R]) -> R:
        """Some ``target`` that the relation ``name`` allows after ``source``: a step without a
        body. The relation is uninterpreted, so what is proved holds of every step whatsoever.

        Raises:
            SpecError: for a class with fields, or a second relation of the same name.
        """
        _require_no_fields(target, f'nature.related("{name}")', "nature.anything or nature.choose")
        result, symbols = symbolic(target, self._names(f"{self._step}:{name}"))
        if any(symbols[0].eq(unknown) for unknown in self.unknowns):
            raise SpecError(
                f'nature.related("{name}") is used twice in {self._step}; give each its own name'
            )
        self.unknowns += symbols
        self.relations.append(uninterpreted(name, source, result).term)
        return result


def uninterpreted(name: str, *records: Fields) -> Bool:
    """An arbitrary predicate or relation on field-less records: ``uninterpreted("benign", a)``.

    Raises:
        SpecError: for a record with fields.
    """
    for record in records:
        _require_no_fields(type(record), f'uninterpreted("{name}")', "a condition on its fields")
    members = [term for record in records for term in terms_of(record)]
    relation = z3.Function(name, *[member.sort() for member in members], z3.BoolSort())
    condition = relation(*members)
    assert isinstance(condition, z3.BoolRef)
    return Bool(condition)


def some(cls: type[R], name: str) -> R:
    """One fixed but arbitrary member of a field-less class.

    Raises:
        SpecError: for a class with fields.
    """
    _require_no_fields(cls, f'some({cls.__name__}, "{name}")', f"{cls.__name__}(...)")
    record, _ = symbolic(cls, name)
    return record


def _require_no_fields(cls: type, what: str, instead: str) -> None:
    if not (isinstance(cls, type) and issubclass(cls, Fields)):
        raise SpecError(
            f"{what} wants an agent or its class, not {describe(cls)}; check its arguments"
        )
    if field_domains(cls):
        raise SpecError(
            f"{what} speaks of arbitrary sets, but {cls.__name__} has fields; write {instead}"
        )


class _Partial:
    """The fields chosen so far, for a coupled bound to read."""

    def __init__(self, values: dict[str, Real]) -> None:
        self._values = values

    def __getattr__(self, name: str) -> Real:
        try:
            return self._values[name]
        except KeyError:
            raise SpecError(
                f"a coupled bound reads {name}, which is written below it; reorder the fields"
            ) from None
