"""Claims about folds for people: the tree that breaks one, and why one is left open."""

from __future__ import annotations

from collections.abc import Iterator

from checker.report.words import describe, detail, number
from checker.trees.findings import Node, NodeValue, StatesReached, TreeBreak, TreesUndecided

SHOWN = 60
"""Nodes of a tree that are shown."""


@describe.register
def _(fact: StatesReached) -> str:
    return f"exactly {fact.count} states of a node are reached, by trees of any size"


@describe.register
def _(fact: TreesUndecided) -> str:
    return (
        f"every tree of up to {fact.clear} nodes is clear, and every tree of up to "
        f"{fact.clear_at_ends} nodes with nature at the ends of its bounds; the induction is "
        f"blocked: {describe(fact.blocked)}"
    )


@describe.register
def _(fact: TreeBreak) -> str:
    size = "a single leaf" if fact.size == 1 else f"a tree of {fact.size} nodes"
    smaller = "proved: every smaller tree is clear"
    if not fact.smallest:
        smaller = (
            "no smaller tree breaks with nature at the ends of its bounds; every tree of up to "
            f"{fact.clear} nodes is proved clear"
        )
    return f"{fact.clause} breaks at the root of {size} ({smaller}; replayed exactly)"


@detail.register
def _(fact: TreeBreak) -> Iterator[str]:
    yield describe(fact)
    yield from tree_lines(fact.nodes)


def tree_lines(nodes: tuple[Node, ...]) -> Iterator[str]:
    """A tree as indented lines: the state of every node, and what nature chose there."""
    yield from (_line(node) for node in nodes[:SHOWN])
    if len(nodes) > SHOWN:
        yield f"... {len(nodes) - SHOWN} nodes more"


def _line(node: Node) -> str:
    kind = "node" if node.children else "leaf"
    chosen = f"; nature chooses {_values(node.chosen)}" if node.chosen else ""
    return "  " * node.depth + f"{kind}: {_values(node.state)}{chosen}"


def _values(values: tuple[NodeValue, ...]) -> str:
    return ", ".join(f"{found.name} = {_value(found)}" for found in values)


def _value(found: NodeValue) -> str:
    if found.value is None:
        return "undefined"
    if found.truth:
        return "yes" if 2 * found.value > 1 else "no"
    return number(found.value)
