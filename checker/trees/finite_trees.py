"""Finite trees of a fold: grown in order of size, and replayed in exact arithmetic."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property
from itertools import product
from typing import Any

import attrs

from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms
from checker.system.obligations import at
from checker.system.problem import Clause, Step, clauses_at
from checker.system.replay import as_fraction
from checker.trees.findings import Node, NodeValue
from spec.fields import FieldDomain
from spec.nature import Choice, ChoiceRole
from spec.statements.claim import Claim
from spec.terms import conjunction
from spec.trace import Position, Traced, trace_fold
from spec.trees import Fold

State = tuple[Any, ...]


@attrs.frozen(slots=False)
class Shape:
    """The step at a node, ready for the engines: from all fields of its children to its own."""

    step: Step
    clauses: tuple[Clause, ...]
    arity: int

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What nature chooses at the node."""
        return self.step.stage.choices

    @cached_property
    def at_units(self) -> Any:
        """Fields, clauses and sides at the node, for choices that lie so far between their bounds.

        The choices and the widths of their bounds are returned too.
        """
        return self._compiled(self.choices)

    @cached_property
    def at_values(self) -> Any:
        """The same for choices that are given, with their bounds among the outputs."""
        return self._compiled(())

    def _compiled(self, choices: Sequence[Choice]) -> Any:
        stage, target = self.step.stage, self.step.target
        inputs = [*stage.source.symbols, *([] if choices else [c.symbol for c in self.choices])]
        outputs = [
            *stage.outputs,
            *(c.condition for c in at(target.symbols, stage.outputs, self.clauses)),
            *(side.condition for side in stage.sides),
            *([] if choices else [end for c in self.choices for end in (c.low, c.high)]),
        ]
        return compile_terms(inputs, choices, outputs).bind(EXACT)

    def broken(self, outputs: Sequence[Any]) -> str | None:
        """The first condition that fails at the node, by name; None if none does."""
        fields = len(self.step.target.fields)
        sides = outputs[fields + len(self.clauses) :]
        for side, holds in zip(self.step.stage.sides, sides, strict=False):
            if holds is not True:
                return side.label
        for clause, holds in zip(self.clauses, outputs[fields:], strict=False):
            if holds is not True:
                return clause.label
        return None


@attrs.frozen(eq=False)
class Tree:
    """A finite tree with nature's choices and the state at its root.

    ``broken`` names the condition that fails at the root, if one does.
    """

    shape: Shape
    children: tuple[Tree, ...]
    chosen: tuple[Any, ...]
    state: State
    size: int
    broken: str | None = None


@attrs.frozen(slots=False)
class Folding:
    """The problem of a claim about a fold: its leaf, its node by arity, and what must hold."""

    traced: Traced
    agent: Position
    clauses: tuple[Clause, ...]
    shapes: tuple[Shape, ...]

    @property
    def leaf(self) -> Shape:
        """The step at a leaf."""
        return self.shapes[0]

    @property
    def inner(self) -> tuple[Shape, ...]:
        """The steps at inner nodes."""
        return self.shapes[1:]

    @property
    def fields(self) -> tuple[FieldDomain, ...]:
        """The fields of a node."""
        return self.agent.fields

    @property
    def finite(self) -> bool:
        """Whether a node has finitely many states."""
        return all(field.kind != "real" for field in self.fields)


def pose_fold(claim: Claim, overriding: Mapping[str, Fraction]) -> Folding:
    """The problem of a claim about a fold, at its parameters and any that override them.

    Raises:
        SpecError: for a mistake in the specification.
    """
    assert isinstance(claim.scheme, Fold)
    traced = trace_fold(claim.scheme, {**claim.chosen, **overriding}).at_values()
    (agent,) = traced.positions
    clauses = clauses_at(agent, claim.invariant)
    shapes = tuple(
        Shape(
            Step(stage, stage.source, stage.target),
            clauses,
            len(stage.source.symbols) // len(agent.fields),
        )
        for stage in traced.stages
    )
    return Folding(traced, agent, clauses, shapes)


def grow_node(shape: Shape, children: tuple[Tree, ...], units: Sequence[int]) -> Tree | None:
    """The tree with these children whose root chooses at these units; None where it cannot."""
    inputs = [value for child in children for value in child.state]
    outputs, chosen, widths = shape.at_units(inputs, units)
    if any(width is UNDEFINED or width < 0 for width in widths):
        return None
    return _tree(shape, children, tuple(chosen), outputs)


def build_node(shape: Shape, children: tuple[Tree, ...], chosen: Sequence[Any]) -> Tree | None:
    """The tree with these children whose root makes these choices; None if out of bounds."""
    inputs = [value for child in children for value in child.state]
    outputs = shape.at_values([*inputs, *chosen], ())[0]
    ends = outputs[len(outputs) - 2 * len(chosen) :]
    for value, low, high in zip(chosen, ends[::2], ends[1::2], strict=True):
        if UNDEFINED in (low, high) or not low <= value <= high:
            return None
    return _tree(shape, children, tuple(chosen), outputs)


def _tree(
    shape: Shape, children: tuple[Tree, ...], chosen: tuple[Any, ...], outputs: Sequence[Any]
) -> Tree:
    state = tuple(outputs[: len(shape.step.target.fields)])
    size = 1 + sum(child.size for child in children)
    return Tree(shape, children, chosen, state, size, shape.broken(outputs))


def replay_tree(tree: Tree) -> Tree | None:
    """The tree built anew from its choices alone; None if nature left its bounds anywhere."""
    children = tuple(replay_tree(child) for child in tree.children)
    whole = tuple(child for child in children if child is not None)
    if len(whole) < len(children):
        return None
    return build_node(tree.shape, whole, tree.chosen)


@attrs.define
class Forest:
    """The states that trees reach with nature at the ends of its bounds, smallest trees first.

    Of the trees with one state the first is kept, which is a smallest. ``cleared`` is the size up
    to which every shape was looked at.
    """

    folding: Folding
    trees: dict[State, Tree] = attrs.field(factory=dict)
    by_size: dict[int, list[Tree]] = attrs.field(factory=dict)
    cleared: int = 0
    spent: int = 0
    bad: Tree | None = None

    def add(self, tree: Tree) -> bool:
        """Keep a tree if its state is new or its size smaller; whether it was kept."""
        if tree.broken is not None:
            if self.bad is None or tree.size < self.bad.size:
                self.bad = tree
            return True
        known = self.trees.get(tree.state)
        if known is not None and known.size <= tree.size:
            return False
        if known is not None:
            self.by_size[known.size].remove(known)
        self.trees[tree.state] = tree
        self.by_size.setdefault(tree.size, []).append(tree)
        return True

    @property
    def greatest(self) -> int:
        """The size beyond which no node can bring a new state: all its children are known."""
        most = max(self.by_size, default=0)
        return 1 + most * max(shape.arity for shape in self.folding.shapes)

    @property
    def saturated(self) -> bool:
        """Whether every node over the known states was looked at."""
        return self.bad is None and self.cleared >= self.greatest

    def grow(self, most: int, deadline: float = math.inf) -> None:
        """Look at larger trees until one is bad, none is new, so many nodes were computed, or the
        ``deadline`` has passed, by ``time.monotonic``."""
        while self.bad is None and not self.saturated and self.spent < most:
            size = self.cleared + 1
            for tree in self._of_size(size):
                self.add(tree)
                if self.bad is not None or self.spent >= most or time.monotonic() > deadline:
                    return
            self.cleared = size

    def _of_size(self, size: int) -> Iterator[Tree]:
        for shape in self.folding.shapes:
            for sizes in _splits(size - 1, shape.arity):
                for children in product(*(tuple(self.by_size.get(s, ())) for s in sizes)):
                    yield from self._over(shape, children)

    def _over(self, shape: Shape, children: tuple[Tree, ...]) -> Iterator[Tree]:
        """The trees with these children, nature at the ends of its bounds at the root."""
        for units in product((0, 1), repeat=len(shape.choices)):
            self.spent += 1
            tree = grow_node(shape, children, units)
            if tree is not None:
                yield tree


@cache
def _splits(total: int, parts: int) -> tuple[tuple[int, ...], ...]:
    """The ways to write a number as an ordered sum of so many positive numbers."""
    if parts == 0:
        return ((),) if total == 0 else ()
    return tuple(
        (first, *rest)
        for first in range(1, total + 1)
        for rest in _splits(total - first, parts - 1)
    )


def nodes_of(tree: Tree) -> tuple[Node, ...]:
    """The nodes of a tree as plain data, each before its children."""
    nodes = []
    stack = [(tree, 0)]
    while stack:
        each, depth = stack.pop()
        nodes.append(_node(each, depth))
        stack += [(child, depth + 1) for child in reversed(each.children)]
    return tuple(nodes)


def _node(tree: Tree, depth: int) -> Node:
    stage = tree.shape.step.stage
    return Node(
        depth,
        len(tree.children),
        tuple(
            NodeValue(field.name, _exact(value), field.kind == "flag")
            for field, value in zip(stage.target.fields, tree.state, strict=True)
        ),
        tuple(
            NodeValue(choice.name, _exact(value), choice.role is ChoiceRole.TRUTH)
            for choice, value in zip(stage.choices, tree.chosen, strict=True)
        ),
    )


def _exact(value: Any) -> Fraction | None:
    return None if value is UNDEFINED else as_fraction(value)


def domain_and_claim(folding: Folding, symbols: Sequence[Any], terms: Sequence[Any]) -> Any:
    """Everything that must hold at a node whose fields are these terms."""
    return conjunction([c.condition for c in at(symbols, terms, folding.clauses)])
