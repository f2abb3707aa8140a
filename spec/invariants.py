"""Invariants: what is said of an agent, as classes whose budgets are fields."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import z3

from spec.errors import SpecError
from spec.fields import Fields, between, place_of_class, slots_of, symbolic, terms_of
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
    strengthen an invariant and never weaken it.
    """

    def holds(self, agent: Any) -> Bool:
        """Whether the agent satisfies this invariant at these budgets."""
        return Bool(True)


class Unvetted(Invariant):
    """Nothing is known of the agent."""


def conjuncts(invariant: Invariant, agent: object) -> list[tuple[str, Bool]]:
    """Every ``holds`` in the invariant's ancestry applied to the agent, each with its class name.

    Raises:
        SpecError: when a ``holds`` returns no condition or reads a field the agent does not have.
    """
    found = []
    for cls in reversed(type(invariant).__mro__):
        method = cls.__dict__.get("holds")
        if method is None or cls is Invariant:
            continue
        try:
            condition = method(invariant, agent)
        except AttributeError as error:
            raise SpecError(
                f"{cls.__name__}.holds cannot read {type(agent).__name__}: {error}",
                place_of_class(cls),
            ) from None
        if isinstance(condition, bool):
            condition = Bool(condition)
        if not isinstance(condition, Bool):
            raise SpecError(
                f"{cls.__name__}.holds returned {condition!r}; return a condition such as "
                "agent.malign <= self.malign",
                place_of_class(cls),
            )
        found.append((cls.__name__, condition))
    return found


def satisfied(invariant: Invariant, agent: object) -> Bool:
    """The conjunction that the invariant means."""
    return all_of(*[condition for _, condition in conjuncts(invariant, agent)])


def limits_of(invariant: Invariant) -> dict[str, Fraction]:
    """The budgets of an invariant instance as exact numbers.

    Raises:
        SpecError: when a budget is symbolic or outside its domain.
    """
    limits: dict[str, Fraction] = {}
    slots = slots_of(type(invariant))
    for slot, term in zip(slots, terms_of(invariant) if slots else (), strict=True):
        value = z3.simplify(term)
        if not z3.is_rational_value(value):
            raise SpecError(f"{type(invariant).__name__}.{slot.name} is not an exact number")
        limits[slot.name] = Fraction(value.as_fraction())
        if not slot.low <= limits[slot.name] <= slot.high:
            raise SpecError(
                f"{type(invariant).__name__}.{slot.name} = {limits[slot.name]} is outside "
                f"[{slot.low}, {slot.high}]"
            )
    return limits


def with_symbolic_budgets(
    cls: type[Invariant], prefix: str
) -> tuple[Invariant, dict[str, z3.ExprRef]]:
    """The invariant at unknown budgets, and those unknowns by name."""
    names = [slot.name for slot in slots_of(cls)]
    if not names:
        return cls(), {}
    invariant, symbols = symbolic(cls, prefix)
    return invariant, dict(zip(names, symbols, strict=True))
