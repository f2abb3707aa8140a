"""Measured numbers: an interval for each, and how a scheme's numbers speak of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction

import attrs


class Sense(Enum):
    """How a number of the scheme speaks of the run's."""

    MOST = "at most"
    """The run's is at most the scheme's."""
    LEAST = "at least"
    """The run's is at least the scheme's."""
    VALUE = "equal"
    """The run's is the scheme's."""


Senses = Mapping[tuple[str, str], Sense]
"""By position and field."""


@attrs.frozen
class Taken:
    """How a value is taken of whose sampling error the log says nothing.

    Args:
        within: how far the true number may be off it; None if values are refused.
    """

    within: Fraction | None = None


@attrs.frozen
class Certainty:
    """The confidence with which all intervals hold together.

    Args:
        confidence: in [0, 1).
        growing: whether the log may grow: the cells then get shares whose sum stays below what may
            be missed however many come. The b-th block of 2^b cells has 1/((b + 1)(b + 2)) of it.
    """

    confidence: Fraction = Fraction(99, 100)
    growing: bool = False

    @property
    def missed(self) -> Fraction:
        """The greatest probability that some interval misses."""
        return 1 - self.confidence


@attrs.frozen
class Measurement:
    """A measured field: the interval that holds its true number, and what was counted.

    ``row`` is a row of the log that says it, ``rank`` the rank there if it is one of several.
    """

    low: Fraction
    high: Fraction
    row: int
    counted: tuple[int, int] | None = None
    rank: str | None = None


At = tuple[int, int]
"""An iteration and the number of a position."""


@attrs.frozen
class Measured:
    """The measurements of a log, in its order.

    Args:
        file: the name of the log.
        positions: the scheme's positions, in the order of the loop.
        certainty: the confidence with which all of them hold.
        cells: how many counts share what may be missed.
        at: the measurements by iteration and position, then by field.
        parameters: those of parameters, of the steps that lead there; then by parameter.
        senses: how the values of these parameters speak of what is measured of them.
        beside: those of shares that are held against nothing, by their names.
    """

    file: str
    positions: tuple[str, ...]
    certainty: Certainty
    cells: int
    at: dict[At, dict[str, Measurement]]
    parameters: dict[At, dict[str, Measurement]] = attrs.field(factory=dict)
    senses: Mapping[str, Sense] = attrs.field(factory=dict)
    beside: dict[At, dict[str, Measurement]] = attrs.field(factory=dict)

    @property
    def last(self) -> At:
        """Where the last measurement stands."""
        return next(reversed(self.at))

    def until(self, iteration: int) -> Measured:
        """Those up to an iteration."""
        kept = {at: found for at, found in self.at.items() if at[0] <= iteration}
        beside = {at: found for at, found in self.parameters.items() if at[0] <= iteration}
        return attrs.evolve(self, at=kept, parameters=beside)

    def __iter__(self) -> Iterator[tuple[At, str, Measurement]]:
        for at, found in self.at.items():
            for field, measurement in found.items():
                yield at, field, measurement
