"""Parameters of a scheme: exact numbers with a domain, a default and the default's source."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

import attrs
import z3

from spec.calls import Names, plain
from spec.errors import SpecError, alternatives
from spec.fields import Fields, fields_of, location_of_class, require_as_written
from spec.terms import Number, Real, exact

_KNOB = "alignspec parameter"


@attrs.frozen
class ParameterDomain:
    """One parameter: its domain, default, and where the default comes from."""

    name: str
    structural: bool
    default: Fraction
    low: Fraction
    high: Fraction
    doc: str
    source: str


def _knob(
    structural_: bool, default: Number, low: Number, high: Number, doc: str, source: str
) -> Any:
    domain = ParameterDomain("", structural_, exact(default), exact(low), exact(high), doc, source)
    if structural_ and any(
        end.denominator != 1 for end in (domain.default, domain.low, domain.high)
    ):
        raise SpecError(
            f"structural({default}, {low}, {high}) shapes the step, so all three are whole "
            "numbers; round them, or use parameter(...)"
        )
    if not domain.low <= domain.default <= domain.high:
        raise SpecError(f"the default {default} is outside the domain [{low}, {high}]")
    return attrs.field(metadata={_KNOB: domain})


def parameter(
    default: Number, low: Number, high: Number, doc: str = "", *, source: str = ""
) -> Any:
    """An exact real parameter with domain [low, high]; ``source`` is the default's."""
    return _knob(False, default, low, high, doc, source)


def structural(default: int, low: int, high: int, doc: str = "", *, source: str = "") -> Any:
    """A whole number that shapes the step itself (fan-out, copies, horizon, depth).

    Steps see a plain ``int``; the scheme is traced anew for each value.
    """
    return _knob(True, default, low, high, doc, source)


class Parameters(Fields):
    """The parameters of a scheme: subclass with ``name: Real = parameter(...)`` fields."""


P = TypeVar("P", bound=Parameters)


def parameter_domains(cls: type[Parameters]) -> dict[str, ParameterDomain]:
    """The parameters of a class by name.

    Raises:
        SpecError: for a field that is no ``parameter(...)`` or ``structural(...)``.
    """
    key: Any = cls  # hashable, which is not seen of a class of records
    return dict(_domains(key))


@lru_cache(maxsize=4096)
def _domains(cls: Any) -> dict[str, ParameterDomain]:
    free_parameters = {}
    for field in fields_of(cls):
        domain = field.metadata.get(_KNOB)
        if domain is None:
            raise SpecError(
                f"{cls.__name__}.{field.name} is no parameter; write "
                f"`{field.name}: Real = parameter(default, low, high)`",
                location_of_class(cls),
            )
        free_parameters[field.name] = attrs.evolve(domain, name=field.name)
    return free_parameters


def settle(
    cls: type[Parameters], chosen: Mapping[str, Fraction], location: str | None = None
) -> dict[str, Fraction]:
    """Every parameter's value: the chosen one, else its default.

    ``location`` is where the values were chosen, for an error to name: the caller unless told.

    Raises:
        SpecError: for an unknown name, a value outside the domain, or a fraction where the
            parameter is structural.
    """
    free_parameters = parameter_domains(cls)
    for name, value in chosen.items():
        domain = free_parameters.get(name)
        if domain is None:
            known = alternatives(free_parameters, name)
            raise SpecError(f"no parameter {name}; {cls.__name__} has {known}", location)
        if not domain.low <= value <= domain.high:
            raise SpecError(
                f"{name} = {value} is outside its domain [{domain.low}, {domain.high}]", location
            )
        if domain.structural and value.denominator != 1:
            raise SpecError(f"{name} = {value}, but {name} is a whole number; round it", location)
    return {name: chosen.get(name, domain.default) for name, domain in free_parameters.items()}


def symbolic_parameters(
    cls: type[P], values: Mapping[str, Fraction], names: Names = plain
) -> tuple[P, dict[str, z3.ArithRef]]:
    """The parameters with structural ones as plain ints and the others as symbols, by name.

    ``names`` says how the symbols are called.
    """
    require_as_written(cls)
    symbols: dict[str, z3.ArithRef] = {}
    fields: dict[str, Any] = {}
    for name, domain in parameter_domains(cls).items():
        if domain.structural:
            fields[name] = int(values[name])
        else:
            symbols[name] = z3.Real(names(f"parameter.{name}"))
            fields[name] = Real(symbols[name])
    return cls(**fields), symbols
