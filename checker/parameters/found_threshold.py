"""What is found of a threshold: how far a claim holds along a parameter, and what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction

import attrs

from checker.backends.algebraic import Algebraic
from checker.parameters.extent import Edge, Extent
from checker.parameters.obstacles import NotShownEverywhere, Obstacle
from checker.parameters.pieces import Piece
from checker.system.findings import Fact
from checker.system.replay import Run
from checker.system.shown import Shown
from spec.statements.base import Answer


class FoundBy(Fact, Enum):
    """How a threshold was found, where that needs no numbers to say."""

    UNREAD = "unread"
    """No step reads the parameter, so that every value is like any other."""
    PROOF = "proof"
    """One proof for all values of the domain."""
    WORST_RUN = "worst run"
    """The worst run of a monotone loop, with the parameter as a symbol."""
    CONDITIONS = "conditions"
    """Conditions on the parameter, each exact in a range of its values, and cells."""


@attrs.frozen
class Brackets(Fact):
    """The threshold was brought between a proof and a counterexample; ``reason`` says why it was
    not found exactly."""

    reason: Obstacle | NotShownEverywhere


class Settling(Fact, Enum):
    """What the exact theorem rests on: whether a worst case settles within the claim."""

    SOMEWHERE = "somewhere"
    """It does at every value at which the claim holds."""
    NOWHERE = "nowhere"
    """It does at no value of the parameter, so the claim breaks at all of them."""
    COMES_IN = "comes in"
    """The worst run from the worst agent comes into the invariant where every run settles in it."""


@attrs.frozen
class EveryValue(Fact):
    """The same was shown of every value of the parameter's domain."""


class ShownBy(Enum):
    """What shows the answer at the values on either side of a threshold."""

    THEOREM = "theorem"
    """The exact condition on the parameter, which is monotone in it."""
    BOUNDS = "bounds"
    """The parameter only bounds what nature may do."""
    CELLS = "cells"
    """Cells of values, each decided whole."""
    RANGES = "ranges"
    """Ranges of values, each decided whole by a condition on the parameter, or by cells."""


@attrs.frozen
class BothSides(Fact):
    """That all values on one side of the threshold are safe, and those on the other unsafe.

    Args:
        rising: whether it is greater values that break the claim.
        by: what shows it.
        left: the length of the intervals that no cell covers.
        apart: whether some of these are not next to the threshold.
        gaps: whether the claim means nothing at some values.
    """

    rising: bool
    by: ShownBy
    left: Fraction = Fraction(0)
    gaps: bool = False
    apart: bool = False


@attrs.frozen
class Range:
    """All numbers between two, with the two or without, and what is proved of each.

    Where the answer is "unknown", nothing is.
    """

    low: Algebraic
    high: Algebraic
    low_included: bool
    high_included: bool
    answer: Answer

    @property
    def width(self) -> Fraction:
        """The distance between the ends, or just more."""
        return self.high.high - self.low.low


@attrs.frozen
class FoundThreshold(Shown, Fact):
    """How far a claim holds along a parameter.

    Args:
        claim: the name of the claim.
        scheme: the name of its scheme.
        invariant: the name of its invariant.
        limits: the invariant's limits.
        parameter: the parameter along which it was asked.
        domain: the parameter's domain.
        parameters: the values of the other parameters.
        extent: at which values it holds.
        method: how that was found.
        rising: whether it is greater values that break the claim.
        safe: the nearest value that is proved.
        unsafe: the nearest value that is refuted.
        exact: the number in between at which it turns, if it was named and proved.
        included: whether the claim holds at that number.
        away: the threshold for staying away from the claim's own limits by some margin.
        shown: what was shown of all other values.
        ranges: the whole domain, in order, where it was decided in ranges with ends of their own.
        pieces: where no single threshold was found, the domain in pieces.
        proof: what shows that the claim holds at ``safe``.
        counterexample: a replayed run that breaks the claim, at ``counterexample_at``.
        counterexample_at: the parameter's value for it.
        eventually: whether it was asked where the invariant holds from some iteration on, from
            every agent, and not where it holds forever from the seed.
        seconds: how long it took.
    """

    claim: str
    scheme: str
    invariant: str
    limits: Mapping[str, Fraction]
    parameter: str
    domain: tuple[Fraction, Fraction]
    parameters: Mapping[str, Fraction]
    extent: Extent = Extent.UNKNOWN
    method: Fact | None = None
    rising: bool | None = None
    safe: Fraction | None = None
    unsafe: Fraction | None = None
    exact: Algebraic | None = None
    included: bool | None = None
    away: Edge | None = None
    shown: Fact | None = None
    ranges: tuple[Range, ...] = ()
    pieces: tuple[Piece, ...] = ()
    proof: Fact | None = None
    counterexample: Run | None = None
    counterexample_at: Fraction | None = None
    eventually: bool = False
    seconds: float = 0.0

    @property
    def width(self) -> Fraction | None:
        """The distance between the nearest values proved and refuted."""
        if self.safe is None or self.unsafe is None:
            return None
        return abs(self.safe - self.unsafe)
