"""The serializer: what was found as plain JSON, exact numbers as strings such as "1/6"."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import singledispatch
from typing import Any

from checker.backends.algebraic import Algebraic
from checker.backends.rounding import decimal_above, decimal_below, short_decimal
from checker.system.replay import Enclosure, TraceStep

SCHEMA = 2
"""The version of the documents, which docs/reference/json.md describes."""

DIGITS = 17
"""Significant digits of the ends of an enclosure, rounded outward."""


@singledispatch
def document(found: object) -> dict[str, Any]:
    """What was found as plain JSON.

    Raises:
        TypeError: for a class that has no document.
    """
    raise TypeError(f"{type(found).__name__} has no JSON document")


def versioned(**parts: Any) -> dict[str, Any]:
    """A whole document, which begins with the version of its schema."""
    return {"schema": SCHEMA, **parts}


def exact(value: Fraction | None) -> str | None:
    """A number as a string such as "1/6"."""
    return None if value is None else str(value)


def algebraic(number: Algebraic | None) -> dict[str, Any] | None:
    """An exact number: digits, the ratio if it is one, its polynomial, and ends around its root."""
    if number is None:
        return None
    return {
        "value": short_decimal(number.nearest, 15),
        "rational": exact(number.fraction),
        "minimal_polynomial": list(number.coefficients),
        "between": [str(number.low), str(number.high)],
    }


def exact_values(values: Mapping[str, Fraction]) -> dict[str, str]:
    """Numbers by name, as strings such as "1/6"."""
    return {name: str(value) for name, value in values.items()}


def enclosure(value: Enclosure) -> str | list[str]:
    """A number that is known exactly as a string, else the two decimals that it lies between."""
    if value.low == value.high:
        return str(value.low)
    return [decimal_below(value.low, DIGITS), decimal_above(value.high, DIGITS)]


def enclosures(values: Mapping[str, Enclosure]) -> dict[str, Any]:
    """Enclosed numbers by name."""
    return {name: enclosure(value) for name, value in values.items()}


def transition(step: TraceStep) -> dict[str, Any]:
    """What one step of a run took, chose and made."""
    return {
        "iteration": step.iteration,
        "step": step.step,
        "before": enclosures(step.before),
        "choices": enclosures(step.chosen),
        "after": enclosures(step.after),
    }


def trace_step(step: TraceStep) -> dict[str, Any]:
    """One step of a run, and whether the overseer was smart enough at it."""
    judged = {} if step.oversight_holds is None else {"smart_enough": step.oversight_holds}
    return transition(step) | judged
