"""How far along a parameter something holds."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

import attrs

from checker.backends.algebraic import Algebraic


class Extent(StrEnum):
    """At which values of a parameter something holds."""

    ALL = "all"
    """At every value of the parameter's domain."""
    NONE = "none"
    """At no value."""
    EDGE = "edge"
    """On one side of a single value."""
    PIECES = "pieces"
    """It changes between holding and failing more than once."""
    UNKNOWN = "unknown"


@attrs.frozen
class Edge:
    """How far from the safe end of a parameter's domain something holds.

    ``extent`` is ``ALL``, ``NONE`` or ``EDGE``. It holds at ``holds_at`` and all values on the safe
    side, and fails at ``fails_at`` and all values beyond; ``number`` is the exact end, if it was
    named and proved, and ``included`` says whether it holds there too.
    """

    extent: Extent
    holds_at: Fraction | None = None
    fails_at: Fraction | None = None
    number: Algebraic | None = None
    included: bool | None = None
