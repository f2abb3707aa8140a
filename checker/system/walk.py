"""Walks: the sets that a proof leads every run through, as data that another program can check.

A walk is a list of sets. A run begins in the first; from each set one step (or one whole iteration)
leads into the next, or the set lies within another, from which the run goes on. Since the list is
finite, the walk comes back on itself: that is the induction. An inductive set is a walk of one set
for each position, a prefix is a walk that leads into it, and shrinking boxes are one that ends
within the last but one.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from checker.backends.smtlib import smtlib
from checker.system.problem import Clause
from spec.trace import Position


@attrs.frozen
class HeldSet:
    """One set of a walk.

    Args:
        position: where in the loop its agents stand.
        conditions: what defines it, in SMT-LIB, over the fields of the position.
        into: the set into which a step leads.
        within: the set in which this one lies, where no step is taken from it.
    """

    position: str
    conditions: tuple[str, ...]
    into: int | None = None
    within: int | None = None


Walk = tuple[HeldSet, ...]


def held_set(
    position: Position,
    clauses: Sequence[Clause],
    *,
    into: int | None = None,
    within: int | None = None,
) -> HeldSet:
    """The set of the agents at a position that meet the clauses."""
    conditions = tuple(smtlib(clause.condition) for clause in clauses)
    return HeldSet(position.name, conditions, into, within)
