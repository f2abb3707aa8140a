"""Records with exact, bounded fields: the common ground of agents, invariants and parameters."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Sequence
from fractions import Fraction
from inspect import isfunction
from typing import Any, Literal, TypeVar, dataclass_transform

import attrs
import z3

from spec.calls import call, require_own
from spec.errors import SpecError, alternatives, describe, location_of, user_location
from spec.terms import (
    Bool,
    Count,
    Number,
    Real,
    conjunction,
    exact,
    member_of,
    numeral,
    real_term,
    set_member,
)
from spec.untouched import BY_PYTHON, difference, parts_of

Kind = Literal["real", "count", "flag"]


@attrs.frozen
class FieldDomain:
    """One field as the engines see it: a number with a domain.

    A truth value is held as 0 or 1. ``coupled`` gives an upper bound that depends on the record's
    other fields, on top of ``high``. An ``unbounded`` field has no top: its ``high`` is how far an
    engine looks when it guesses, and bounds nothing.
    """

    name: str
    kind: Kind
    low: Fraction
    high: Fraction
    coupled: Callable[[Any], Number] | None
    doc: str
    unbounded: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether a number lies in the domain, coupled bounds aside."""
        return self.low <= value and (self.unbounded or value <= self.high)

    def conditions(self, term: z3.ArithRef) -> list[z3.BoolRef]:
        """That a term lies in the domain, coupled bounds aside, in parts."""
        least = [term >= _bound(self, self.low)]
        return least if self.unbounded else [*least, term <= _bound(self, self.high)]

    def reaches_top(self, high: Fraction) -> bool:
        """Whether an end of a box bounds the field no more than the domain does.

        Of an unbounded field, a box that reaches as far as engines look has no upper end.
        """
        return high >= self.high

    def open_above(self, high: Fraction) -> bool:
        """Whether a box that ends there has no upper end at all."""
        return self.unbounded and self.reaches_top(high)

    @property
    def span(self) -> str:
        """The domain in brackets."""
        return f"[{self.low}, oo)" if self.unbounded else f"[{self.low}, {self.high}]"

    def symbol(self, prefix: str) -> z3.ArithRef:
        """A fresh solver constant that stands for the field."""
        name = f"{prefix}.{self.name}"
        return z3.Real(name) if self.kind == "real" else z3.Int(name)

    def wrap(self, symbol: z3.ArithRef) -> Real | Count | Bool:
        """The typed value that a step reads for this field."""
        if self.kind == "real":
            return Real(symbol)
        return Count(symbol) if self.kind == "count" else Bool(symbol == 1)

    def convert(self, value: object, owner: str) -> Real | Count | Bool:
        """The typed value of this field's kind that ``value`` denotes.

        Raises:
            SpecError: when the value is not of this field's kind.
        """
        if self.kind == "flag":
            if isinstance(value, bool | Bool):
                return Bool(value)
            fix = "compare fields, or write True or False"
        elif isinstance(value, Bool):
            fix = "write when(condition, 1, 0)"
        elif self.kind == "count" and isinstance(value, Real):
            fix = "keep it whole with plus and times, or declare the field Real"
        else:
            return Real(value) if self.kind == "real" else Count(value)
        wanted = {"real": "a Real", "count": "a Count", "flag": "a Bool"}[self.kind]
        raise SpecError(f"{owner}.{self.name} wants {wanted}, not {describe(value)}; {fix}")

    def unwrap(self, value: Real | Count | Bool) -> z3.ArithRef:
        """The solver term of a converted value; a truth value is 0 or 1."""
        if isinstance(value, Bool):
            return z3.If(value.term, z3.IntVal(1), z3.IntVal(0))
        return value.term

    def ceiling(self, record: Any) -> Real:
        """The coupled bound, read off a record.

        Raises:
            SpecError: when the user's function raises, or returns no number.
        """
        assert self.coupled is not None
        what, location = f"the coupled bound of {self.name}", location_of(self.coupled)
        bound = call(self.coupled, what, location, record)
        try:
            return Real(real_term(bound))
        except SpecError as error:
            raise SpecError(f"{what}: {error.message}", location) from None


_SLOT = "alignspec slot"

FAR = 10**6
"""How far above its least value engines look for guesses about an unbounded field."""


def _domain(
    kind: Kind,
    low: Number,
    high: Number,
    doc: str,
    coupled: Callable[[Any], Number] | None,
    *,
    unbounded: bool = False,
) -> Any:
    bottom, top = exact(low), exact(high)
    if bottom > top:
        raise SpecError(f"an empty domain: {bottom} is above {top}; swap the two bounds")
    if kind == "count" and not bottom.denominator == top.denominator == 1:
        raise SpecError(
            f"a Count has whole bounds, not {bottom} to {top}; round them, or use between(...)"
        )
    if coupled is not None and not callable(coupled):
        raise SpecError(
            f"coupled={describe(coupled)} is no function; write coupled=lambda agent: "
            "1 - agent.error"
        )
    domain = FieldDomain("", kind, bottom, top, coupled, doc, unbounded)
    return attrs.field(metadata={_SLOT: domain})


def between(
    low: Number, high: Number, doc: str = "", *, coupled: Callable[[Any], Number] | None = None
) -> Any:
    """A ``Real`` field with domain [low, high], both ends included and finite.

    Args:
        low: the least value. high: the greatest value.
        doc: what the field measures, with its unit.
        coupled: an upper bound read off the record's other fields, e.g.
            ``lambda agent: 1 - agent.error``. It may only read fields written above this one.
    """
    return _domain("real", low, high, doc, coupled)


def unbounded(doc: str = "", *, at_least: Number = 0) -> Any:
    """A ``Real`` field without a greatest value, such as a rank: its domain is [at_least, oo)."""
    return _domain("real", at_least, exact(at_least) + FAR, doc, None, unbounded=True)


def whole(low: int, high: int, doc: str = "") -> Any:
    """A ``Count`` field with domain {low, ..., high}."""
    return _domain("count", low, high, doc, None)


def flag(doc: str = "") -> Any:
    """A ``Bool`` field."""
    return _domain("flag", 0, 1, doc, None)


@dataclass_transform(
    eq_default=False,
    kw_only_default=True,
    frozen_default=True,
    field_specifiers=(between, unbounded, whole, flag),
)
class Fields:
    """A frozen record with keyword-only, bounded fields. Subclasses need no decorator."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        setattr(cls, _LOCATION, user_location())
        _refuse_own_init(cls)
        if not cls.__module__.startswith("spec."):
            _refuse_special_names(cls)
        attrs.frozen(cls, eq=False, kw_only=True, slots=False)
        _explain_wrong_fields(cls)
        setattr(cls, _WRITTEN, parts_of(cls))


_LOCATION = "__alignspec_place__"
_WRITTEN = "__alignspec_written__"

_OF_EVERY_CLASS = BY_PYTHON | {
    *("__classcell__", "__annotate__", "__annotate_func__", "__annotations_cache__"),
    *("__conditional_annotations__", _LOCATION),
}
"""Names that Python itself puts into a class. An ``__init__`` has an error of its own."""


def _refuse_special_names(cls: type) -> None:
    """Refuse names such as ``__getattribute__``, by which a class could show one thing to who reads
    its fields and another to who does not."""
    for name, value in vars(cls).items():
        special = name.startswith("__") and name.endswith("__")
        if special and name != "__init__" and name not in _OF_EVERY_CLASS:
            raise SpecError(
                f"{cls.__name__} defines {name}, a name that Python reads by itself; give it a "
                "plain name, or leave it out",
                location_of(value) if isfunction(value) else location_of_class(cls),
            )
    if type(cls) not in (type, ABCMeta):
        raise SpecError(
            f"{cls.__name__} has the metaclass {type(cls).__name__}, which could make it another "
            "class than is written; leave it out",
            location_of_class(cls),
        )


def require_as_written(cls: type) -> None:
    """That a record class and its ancestors are what they were when they were written.

    Raises:
        SpecError: naming what was added or replaced since.
    """
    for each in cls.__mro__:
        written = vars(each).get(_WRITTEN)
        changed = "" if written is None else difference(each, written)
        if changed:
            raise SpecError(
                f"{changed}, so that it is not what its source says; write it there",
                location_of_class(each),
            )


def fields_of(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    """The attrs fields of a record class, inherited ones first."""
    return attrs.fields(cls)  # type: ignore[no-any-return]


def location_of_class(cls: type) -> str:
    """``file:line`` where a record class is written."""
    return str(vars(cls).get(_LOCATION, "")) or cls.__qualname__


def _refuse_own_init(cls: type) -> None:
    if "__init__" in vars(cls):
        raise SpecError(
            f"{cls.__name__} has an __init__ of its own; its fields are its arguments, so write a "
            "function that returns one",
            location_of(vars(cls)["__init__"]),
        )


def _explain_wrong_fields(cls: type) -> None:
    """Turn Python's complaint about a forgotten, unknown or wrong field into one that names the
    fix."""
    plain_init: Callable[..., None] = cls.__dict__["__init__"]
    fields = {field.name: field for field in fields_of(cls)}
    names = list(fields)
    for name in names:
        if name.startswith("_"):
            raise SpecError(
                f"the field {cls.__name__}.{name} begins with an underscore; call it "
                f"{name.strip('_') or 'something'}",
                location_of_class(cls),
            )
    domains = {
        name: attrs.evolve(field.metadata[_SLOT], name=name)
        for name, field in fields.items()
        if _SLOT in field.metadata
    }

    def init(self: object, *unnamed: object, **values: object) -> None:
        missing = [name for name in names if name not in values and not _has_default(cls, name)]
        unknown = [name for name in values if name not in names]
        if unnamed:
            raise SpecError(
                f"{cls.__name__}(...) takes its fields by name; write "
                f"{cls.__name__}({', '.join(f'{name}=...' for name in names)})"
            )
        if unknown:
            raise SpecError(
                f"{cls.__name__} has no field {', '.join(unknown)}; it has "
                f"{alternatives(names, unknown[0])}"
            )
        if missing:
            raise SpecError(
                f"{cls.__name__}(...) forgets {', '.join(missing)}; a step says what happens to "
                "every field, so pass each one (agent.field to keep it)"
            )
        for name, field_domain in domains.items():
            if name in values:
                values[name] = field_domain.convert(values[name], cls.__name__)
        plain_init(self, **values)

    cls.__init__ = init  # type: ignore[misc]


def _has_default(cls: type, name: str) -> bool:
    return any(
        field.name == name and field.default is not attrs.NOTHING for field in fields_of(cls)
    )


R = TypeVar("R", bound=Fields)


def field_domains(cls: type[Fields]) -> tuple[FieldDomain, ...]:
    """The domains of a record class's fields, in the order they are written.

    Raises:
        SpecError: for a field without a domain.
    """
    fields = []
    for field in fields_of(cls):
        field_domain = field.metadata.get(_SLOT)
        if field_domain is None:
            raise SpecError(
                f"{cls.__name__}.{field.name} has no domain; write "
                f"`{field.name}: Real = between(low, high, 'what it measures')`",
                location_of_class(cls),
            )
        fields.append(attrs.evolve(field_domain, name=field.name))
    return tuple(fields)


def symbolic(cls: type[R], prefix: str) -> tuple[R, tuple[z3.ExprRef, ...]]:
    """A record whose every field is a fresh symbol, and those symbols in field order.

    A class without fields is an arbitrary set: its record is one member of an uninterpreted sort.
    """
    fields = field_domains(cls)
    if not fields:
        member = z3.Const(prefix, z3.DeclareSort(cls.__name__))
        return individual(cls, member), (member,)
    symbols = tuple(field.symbol(prefix) for field in fields)
    values = {field.name: field.wrap(s) for field, s in zip(fields, symbols, strict=True)}
    return cls(**values), symbols


def individual(cls: type[R], member: z3.ExprRef) -> R:
    """The record of a field-less class that stands for a member of its uninterpreted sort."""
    record = cls()
    set_member(record, member)
    return record


def terms_of(record: Fields) -> tuple[z3.ExprRef, ...]:
    """The solver terms of a record's fields, in field order (its one member, if it has none)."""
    cls = type(record)
    if not fields_of(cls):
        return (member_of(record),)
    return tuple(field.unwrap(getattr(record, field.name)) for field in field_domains(cls))


def domain_of(record: Fields, symbols: Sequence[z3.ExprRef]) -> z3.BoolRef:
    """The condition that a record of symbols lies in its class's domain, coupled bounds included.

    Of a flag it is its symbol that is 0 or 1, so that bounds on it mean what they say.
    """
    conditions: list[z3.BoolRef] = []
    fields = field_domains(type(record))
    for field, term in zip(fields, symbols if fields else (), strict=True):
        assert isinstance(term, z3.ArithRef)
        conditions += field.conditions(term)
        if field.coupled is not None:
            ceiling = field.ceiling(record)
            what, location = f"the coupled bound of {field.name}", location_of(field.coupled)
            require_own(what, [ceiling.term], terms_of(record), location)
            conditions.append((getattr(record, field.name) <= ceiling).term)
    return conjunction(conditions)


def _bound(field: FieldDomain, value: Fraction) -> z3.ArithRef:
    if field.kind == "real":
        return numeral(value)
    return z3.IntVal(int(value))
