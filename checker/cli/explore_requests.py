"""What the explorer's page asks for: read, checked, and turned into work. Nothing of it executes.

A request is a JSON object: ``panel`` and ``claim`` are numbers of what the page shows, ``values``
has exact numbers as texts by parameter; for a map, ``x`` and ``y`` name two parameters, each with
the part of its range if it is not all of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from checker.cli.exploring import Deciding, DrawingMap
from checker.cli.values import span_of, split
from checker.system.parametric import Interval
from spec.errors import SpecError, alternatives
from spec.parameters import ParameterDomain, parameter_domains, settle
from spec.statements.claim import Claim
from spec.terms import exact

LONGEST_VALUE = 200
"""Characters of a value."""


@attrs.frozen
class Subject:
    """A scheme that is explored: the target that names it, and what is claimed of it."""

    target: str
    claims: Sequence[Claim]


Axis = tuple[str, Interval]
"""A parameter, and the part of its range that a map shows."""


@attrs.frozen
class Asked:
    """A request that was read."""

    subject: Subject
    number: int
    values: Mapping[str, Fraction]
    axes: tuple[Axis, Axis] | None = None

    def deciding(self, seconds: float) -> Deciding:
        """The verdict, as work."""
        return Deciding(self.subject.target, self.number, self.values, seconds)

    def drawing(self, seconds: float) -> DrawingMap:
        """The map, as work.

        Raises:
            SpecError: when no axes were asked for.
        """
        if self.axes is None:
            raise SpecError("a map needs two parameters; give x and y", "request")
        (x, across), (y, up) = self.axes
        others = {name: value for name, value in self.values.items() if name not in (x, y)}
        names, window = (x, y), (across, up)
        return DrawingMap(self.subject.target, self.number, others, names, window, seconds)


def read(body: bytes, subjects: Sequence[Subject]) -> Asked:
    """A request.

    Raises:
        SpecError: in one line, when it means nothing.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise _mistake("this is no JSON") from None
    if not isinstance(data, dict):
        raise _mistake("a request is a JSON object")
    subject = subjects[_number(data, "panel", len(subjects))]
    number = _number(data, "claim", len(subject.claims))
    cls = subject.claims[number].scheme.parameters
    values = settle(cls, _values(data.get("values", {})), "request")
    axes = None
    if "x" in data or "y" in data:
        domains = parameter_domains(cls)
        axes = (_axis(data.get("x"), domains), _axis(data.get("y"), domains))
        if axes[0][0] == axes[1][0]:
            raise _mistake(f"{axes[0][0]} is given twice; name two parameters")
    return Asked(subject, number, values, axes)


def _mistake(message: str) -> SpecError:
    return SpecError(message, "request")


def _number(data: Mapping[str, Any], name: str, count: int) -> int:
    value = data.get(name)
    if type(value) is not int or not 0 <= value < count:
        raise _mistake(f'"{name}" is a whole number from 0 to {count - 1}')
    return value


def _values(data: Any) -> dict[str, Fraction]:
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        raise _mistake('"values" has a text such as "1/6" for each parameter')
    found = {}
    for name, text in data.items():
        if len(text) > LONGEST_VALUE:
            raise _mistake(f"{name}: a value has at most {LONGEST_VALUE} characters")
        try:
            found[name] = exact(text.strip())
        except SpecError as error:
            raise _mistake(f"{name}: {error.message}") from None
    return found


def _axis(text: Any, domains: Mapping[str, ParameterDomain]) -> Axis:
    """NAME, or NAME=LOW..HIGH, as the command ``map`` takes them."""
    name, span = split(str(text)[:LONGEST_VALUE])
    real = [known for known, domain in domains.items() if not domain.structural]
    if name not in real:
        raise _mistake(f"no axis {name}; there is {alternatives(real, name)}")
    return name, span_of(span, domains[name])
