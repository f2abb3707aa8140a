"""What was decided of a whole cell of parameters, or of one value, and what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.system.findings import Fact
from checker.system.problem import Bound
from checker.system.verdict import Proof
from spec.statements.base import Answer


@attrs.frozen
class CellAnswer:
    """The answer for every point of a cell, and what shows it.

    ``iteration`` is one by which the claim breaks everywhere in a refuted cell. An unknown answer
    has no evidence; the cell should be cut.
    """

    answer: Answer
    iteration: int | None = None
    evidence: Fact | None = None


UNDECIDED = CellAnswer(Answer.UNKNOWN)


@attrs.frozen
class AssumptionsFail(Fact):
    """At every point of the cell some assumption of the scheme fails."""


@attrs.frozen
class NoSeed(Fact):
    """At every point of the cell the seed is undefined, or outside its domain."""


@attrs.frozen
class BreaksAtSeed(Fact):
    """A clause is false of the seed."""

    clause: str


@attrs.frozen
class BrokenBy(Fact):
    """A strategy of nature breaks a clause.

    Args:
        clause: the name of the clause.
        position: the position of the loop at which it breaks.
        choices: the choices of the strategy's last iteration, and of a set of seeds, that are above
            their least value, and where each lies between its least value (0) and its greatest (1).
        later: whether the strategy makes other choices before.
    """

    clause: str
    position: str
    choices: tuple[tuple[str, Fraction], ...]
    later: bool = False


@attrs.frozen
class InductiveRegions(Fact):
    """Regions that hold the seed and that no step leaves: the bounds at each position."""

    bounds: Mapping[str, tuple[Bound, ...]]


@attrs.frozen
class ByProof(Fact):
    """A proof that one of the engines found."""

    proof: Proof


@attrs.frozen
class Recorded(Fact):
    """Evidence that was read back from the file of a map, where it is text."""

    text: str
