"""Two schemes that are compared, each at its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

import attrs

from spec.errors import SpecError, alternatives
from spec.parameters import parameter_domains, settle
from spec.scheme import Process

Ranges = Mapping[str, tuple[Fraction, Fraction]]
"""Shared parameters that stay free, with their bounds."""


class Side(StrEnum):
    """Which of the two compared schemes is meant; the prefix of that scheme's symbols."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> Side:
        """The other side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT


@attrs.frozen
class ComparedScheme:
    """A scheme at its parameters, on one side of a comparison."""

    process: Process
    values: Mapping[str, Fraction]
    side: Side

    def at(self, point: Mapping[str, Fraction]) -> ComparedScheme:
        """The scheme with some parameters at other values."""
        return attrs.evolve(self, values={**self.values, **point})


def compared_schemes(
    left: Process,
    right: Process,
    shared: Mapping[str, Fraction],
    sides: tuple[Mapping[str, Fraction], Mapping[str, Fraction]] = ({}, {}),
) -> tuple[ComparedScheme, ComparedScheme]:
    """Both schemes at their parameters: a shared one has the left scheme's default.

    Args:
        left: the first scheme.
        right: the second.
        shared: values for whichever scheme has the parameter.
        sides: values for one scheme only.

    Raises:
        SpecError: for a parameter that nothing has, or a value outside its domain.
    """
    known = [parameter_domains(process.parameters) for process in (left, right)]
    chosen: list[dict[str, Fraction]] = [{}, {}]
    for name, domain in known[0].items():
        other = known[1].get(name)
        if other is not None and other.low <= domain.default <= other.high:
            chosen[1][name] = domain.default
    for values, indices in ((shared, (0, 1)), (sides[0], (0,)), (sides[1], (1,))):
        for name, value in values.items():
            having = [index for index in indices if name in known[index]]
            if not having:
                names = sorted(set().union(*(known[index] for index in indices)))
                raise SpecError(f"no parameter {name}; there is {alternatives(names, name)}", "")
            for index in having:
                chosen[index][name] = value
    one, two = (settle(p.parameters, c) for p, c in zip((left, right), chosen, strict=True))
    return ComparedScheme(left, one, Side.LEFT), ComparedScheme(right, two, Side.RIGHT)
