"""Invariants: what is said of an agent, as classes whose budgets are fields."""

from __future__ import annotations

import inspect
from fractions import Fraction
from typing import Any

import attrs
import z3

from spec.calls import Names, call, plain, require_own, same_twice
from spec.errors import SpecError, describe, location_of
from spec.fields import (
    Fields,
    between,
    field_domains,
    fields_of,
    location_of_class,
    require_as_written,
    symbolic,
    terms_of,
)
from spec.nodes import is_symbol
from spec.terms import Bool, Number, Real, all_of, exact

_LIMIT = "alignspec default limit"


def budget(low: Number, high: Number, doc: str = "", *, limit: Number) -> Any:
    """A budget of an invariant: a number in [low, high], with the limit a claim sets by default.

    The larger the budget, the more agents satisfy the invariant.
    """
    made = between(low, high, doc)
    value = exact(limit)
    if not exact(low) <= value <= exact(high):
        raise SpecError(f"the limit {value} is outside the budget's domain [{low}, {high}]")
    return attrs.field(
        default=Real(value),
        converter=made.converter,
        metadata={**made.metadata, _LIMIT: value},
    )


class Invariant(Fields):
    """A family of sets of agents, indexed by its budgets and growing with them.

    Write a subclass with one method ``holds(self, agent) -> Bool``, and one field
    ``name: Real = budget(...)`` for each number it allows to vary. An instance is the
    invariant at those budgets: ``Benign(malign=Real("1/20"))``. Several combine by inheritance;
    a class means the conjunction of every ``holds`` among its ancestors, so an override can
    strengthen an invariant and never weaken it. For the same reason nothing else that a ``holds``
    may read can be overridden: no helper method, no class attribute, no default limit.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _require_a_method(cls)
        _refuse_fields_without_limit(cls)
        _refuse_overrides(cls)

    def holds(self, agent: Any) -> Bool:
        """Whether the agent satisfies this invariant at these budgets."""
        return Bool(True)


def _require_a_method(cls: type) -> None:
    ancestors = [c for c in cls.__mro__ if c is not Invariant and "holds" in vars(c)]
    if not ancestors and cls.__module__ != __name__:
        raise SpecError(
            f"{cls.__name__} says nothing of an agent; write "
            "`def holds(self, agent: ...) -> Bool:`, spelt so",
            location_of_class(cls),
        )
    for other in (c for c in ancestors if not issubclass(c, Invariant)):
        raise SpecError(
            f"{other.__name__} has a method holds but is no invariant; derive it from Invariant",
            location_of(vars(other)["holds"]),
        )
    holds = vars(cls).get("holds")
    if holds is not None and not inspect.isfunction(holds):
        raise SpecError(
            f"{cls.__name__}.holds is {describe(holds)}, not a plain method; write "
            "`def holds(self, agent: ...) -> Bool:`",
            location_of_class(cls),
        )


def _refuse_fields_without_limit(cls: type) -> None:
    for field in fields_of(cls):
        if _LIMIT not in field.metadata:
            raise SpecError(
                f"{cls.__name__}.{field.name} is no budget; write "
                f"`{field.name}: Real = budget(low, high, 'what it bounds', limit=...)`",
                location_of_class(cls),
            )


def _refuse_overrides(cls: type) -> None:
    """Refuse to replace what an inherited ``holds`` may read, which could weaken it."""
    ancestors = [c for c in cls.__mro__ if c not in (*Invariant.__mro__, cls)]
    limits = {field.name: field.metadata[_LIMIT] for field in fields_of(cls)}
    names = dict.fromkeys(name for c in (cls, *ancestors) for name in vars(c))
    for name in (n for n in names if not n.startswith(("__", "_abc_")) and n != "holds"):
        owners = [c for c in (cls, *ancestors) if name in vars(c)]
        others = [c for c in ancestors if c not in owners and _has_field(c, name)]
        if len(owners + others) > 1:
            helper = vars(owners[0])[name]
            raise SpecError(
                f"{owners[0].__name__}.{name} replaces that of {(owners + others)[1].__name__}, "
                "and an invariant's helpers cannot be overridden: it might weaken what it "
                "inherits; give it another name",
                location_of(helper) if inspect.isfunction(helper) else location_of_class(cls),
            )
    for ancestor in ancestors:
        for name, limit in _own_limits(ancestor).items():
            if limits.get(name) != limit:
                raise SpecError(
                    f"{cls.__name__}.{name} has the limit {limits.get(name)}, but {limit} in "
                    f"{ancestor.__name__}: it might weaken what it inherits; keep that limit and "
                    f"claim {cls.__name__}({name}=Real(...)), or give it another name",
                    location_of_class(cls),
                )


def _has_field(cls: type, name: str) -> bool:
    return name in _own_limits(cls)


def _own_limits(cls: type) -> dict[str, Fraction]:
    """The default limits of an invariant class's budgets, inherited ones too."""
    if not issubclass(cls, Invariant):
        return {}
    return {field.name: field.metadata[_LIMIT] for field in fields_of(cls)}


class Unvetted(Invariant):
    """Nothing is known of the agent."""


def conjuncts(invariant: Invariant, agent: object) -> list[tuple[str, Bool]]:
    """Every ``holds`` in the invariant's ancestry applied to the agent, each with its class name.

    Raises:
        SpecError: when a ``holds`` raises, returns no condition, or reads a field the agent does
            not have.
    """
    found = []
    require_as_written(type(invariant))
    for cls in reversed(type(invariant).__mro__):
        method = cls.__dict__.get("holds")
        if method is None or cls is Invariant:
            continue
        condition = _held(cls, method, _seen_as(cls, invariant), agent)
        if isinstance(condition, bool):
            condition = Bool(condition)
        if not isinstance(condition, Bool):
            raise SpecError(
                f"{cls.__name__}.holds returned {describe(condition)}; return a condition such as "
                "agent.malign <= self.malign",
                location_of(method),
            )
        found.append((cls.__name__, condition))
    return found


def _held(cls: type, method: Any, invariant: Invariant, agent: Any) -> Any:
    """What a ``holds`` returns of an agent; of one that is all symbols, the same under any names.

    Raises:
        SpecError: for one that is no function of the agent.
    """
    what = f"{cls.__name__}.holds on {type(agent).__name__}"
    location = location_of(method)

    def run(names: Names) -> tuple[Any, tuple[z3.ExprRef, ...]]:
        record, symbols = (
            (agent, given) if names is plain else symbolic(type(agent), names("agent"))
        )
        return call(method, what, location, invariant, record), symbols

    given = terms_of(agent) if isinstance(agent, Fields) else ()
    if not given or not all(map(is_symbol, given)):
        return run(plain)[0]
    condition = same_twice(
        run,
        lambda found: [found[0].term] if isinstance(found[0], Bool) else [],
        lambda found: found[1],
        f"{cls.__name__}.holds",
        method,
        "make it a budget",
    )[0]
    if isinstance(condition, Bool):
        budgets = terms_of(invariant) if fields_of(type(invariant)) else ()
        require_own(f"{cls.__name__}.holds", [condition.term], [*given, *budgets], location)
    return condition


def _seen_as(cls: type, invariant: Invariant) -> Invariant:
    """The invariant as one of its ancestors, at the same budgets: what an ancestor's ``holds``
    means cannot depend on the class that inherits it."""
    if type(invariant) is cls or not issubclass(cls, Invariant):
        return invariant
    return cls(**{field.name: getattr(invariant, field.name) for field in fields_of(cls)})


def satisfied(invariant: Invariant, agent: object) -> Bool:
    """The conjunction that the invariant means."""
    return all_of(*[condition for _, condition in conjuncts(invariant, agent)])


def limits_of(invariant: Invariant, location: str | None = None) -> dict[str, Fraction]:
    """The budgets of an invariant instance as exact numbers.

    ``place`` is where the limits were set, for an error to name.

    Raises:
        SpecError: when a budget is symbolic or outside its domain.
    """
    limits: dict[str, Fraction] = {}
    fields = field_domains(type(invariant))
    for field, term in zip(fields, terms_of(invariant) if fields else (), strict=True):
        value, name = z3.simplify(term), f"{type(invariant).__name__}.{field.name}"
        if not z3.is_rational_value(value):
            raise SpecError(f"{name} is not an exact number; write one, such as 1/10", location)
        limits[field.name] = Fraction(value.as_fraction())
        if not field.low <= limits[field.name] <= field.high:
            raise SpecError(
                f"{name} = {limits[field.name]} is outside [{field.low}, {field.high}]; claim a "
                "limit within the budget's domain",
                location,
            )
    return limits


def with_symbolic_budgets(
    cls: type[Invariant], prefix: str
) -> tuple[Invariant, dict[str, z3.ExprRef]]:
    """The invariant at unknown budgets, and those unknowns by name."""
    names = [field.name for field in field_domains(cls)]
    if not names:
        return cls(), {}
    invariant, symbols = symbolic(cls, prefix)
    return invariant, dict(zip(names, symbols, strict=True))
