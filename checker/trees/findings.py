"""What was found of a claim about a fold, as plain data."""

from __future__ import annotations

from fractions import Fraction

import attrs

from checker.system.findings import Blocked, Fact


@attrs.frozen
class NodeValue:
    """A field or a choice at a node, and its value; None where a division by zero leaves none.

    ``truth`` says that the number stands for a truth value, true above one half.
    """

    name: str
    value: Fraction | None
    truth: bool


@attrs.frozen
class Node:
    """A node of a finite tree: how deep it lies, its number of children, its fields, and what
    nature chose there."""

    depth: int
    children: int
    state: tuple[NodeValue, ...]
    chosen: tuple[NodeValue, ...]


@attrs.frozen
class TreeBreak(Fact):
    """A clause fails at the root of a finite tree, which was replayed exactly.

    Args:
        clause: the name of the clause.
        nodes: the tree, every node before its children; the root is the first.
        clear: every tree of up to so many nodes is proved to break nothing. Where this stops short
            of the tree's own size, still no smaller tree breaks with nature at the ends of its
            bounds.
    """

    clause: str
    nodes: tuple[Node, ...]
    clear: int

    @property
    def size(self) -> int:
        """The number of nodes."""
        return len(self.nodes)

    @property
    def smallest(self) -> bool:
        """Whether it is proved that no smaller tree breaks."""
        return self.clear >= self.size - 1


@attrs.frozen
class StatesReached(Fact):
    """Exactly these states of a node are reached, by trees of any size.

    Args:
        states: the values of the node's fields, in the order of its class.
    """

    states: tuple[tuple[Fraction, ...], ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.states)


@attrs.frozen
class TreesUndecided(Fact):
    """Why a claim about a fold was left open.

    Args:
        clear: every tree of up to so many nodes is proved to break nothing.
        clear_at_ends: the same with nature at the ends of its bounds only, by enumeration.
        blocked: the first obligation of the induction that is not shown.
    """

    clear: int
    clear_at_ends: int
    blocked: Blocked
