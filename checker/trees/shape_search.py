"""Trees that break a claim, asked of the solver shape by shape, the smallest shapes first.

For one shape the solver is asked for choices of nature, anywhere within their bounds, such that the
claim holds below the root and breaks at it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.evaluator import rational
from checker.backends.solver import QueryBudget, Satisfiability, satisfy
from checker.trees.finite_trees import Folding, Shape, Tree, build_node, domain_and_claim
from spec.terms import conjunction

MOST_SHAPES = 60
"""Shapes that are asked about."""
SECONDS = 8.0
"""For all shapes together, where no tree is known that breaks the claim."""
TIDYING_SECONDS = 1.0
"""The same where one is known, and only a smaller one is looked for."""

Plan = tuple[Any, ...]
"""The shape of a tree: the shapes of its children, in order."""


def plans(size: int, arities: tuple[int, ...]) -> Iterator[Plan]:
    """Every shape of so many nodes whose inner nodes have one of these numbers of children."""
    if size == 1:
        yield ()
        return
    for arity in arities:
        yield from _forests(size - 1, arity, arities)


def _forests(total: int, count: int, arities: tuple[int, ...]) -> Iterator[Plan]:
    if count == 0:
        if total == 0:
            yield ()
        return
    for first in range(1, total - count + 2):
        for tree in plans(first, arities):
            for rest in _forests(total - first, count - 1, arities):
                yield (tree, *rest)


def smaller_break(folding: Folding, tree: Tree, budget: QueryBudget) -> tuple[Tree, int]:
    """The smallest tree that breaks the claim, given one that does, and the size that is clear.

    The given tree is a smallest among those with nature at the ends of its bounds.
    """
    if not any(shape.choices for shape in folding.shapes):
        return tree, tree.size - 1
    found, clear = smallest_break(folding, tree.size, budget)
    return (tree if found is None else found), clear


def smallest_break(
    folding: Folding, below: int | None, budget: QueryBudget
) -> tuple[Tree | None, int]:
    """A smallest tree that breaks the claim, if one is found; and the size up to which every tree
    is proved to break nothing.

    With ``below``, only smaller trees than that are looked at.
    """
    part = budget.within(SECONDS if below is None else TIDYING_SECONDS)
    found = _search(folding, below, part)
    budget.count(part)
    return found


def _search(folding: Folding, below: int | None, budget: QueryBudget) -> tuple[Tree | None, int]:
    arities = tuple(shape.arity for shape in folding.inner)
    size = asked = 0
    while size <= MOST_SHAPES and (below is None or size + 1 < below):
        size += 1
        for plan in plans(size, arities):
            asked += 1
            if asked > MOST_SHAPES or budget.exhausted:
                return None, size - 1
            found = _break(folding, plan, budget)
            if found is not Satisfiability.UNSAT:
                return (found if isinstance(found, Tree) else None), size - 1
    return None, size


def _break(folding: Folding, plan: Plan, budget: QueryBudget) -> Tree | Satisfiability:
    """A tree of this shape that breaks the claim at its root.

    UNSAT if there is none, UNKNOWN if that is open.
    """
    query = _Query(folding)
    query.outputs(plan, "")
    outcome = satisfy(query.conditions, budget)
    if not outcome.sat:
        return outcome.answer
    tree = query.tree(plan, "", outcome.values)
    if tree is None or tree.broken is None:
        return Satisfiability.UNKNOWN
    return tree


@attrs.define
class _Query:
    """The question of one shape: conditions over the choices at its nodes.

    A node is named by its path from the root, ``choices`` has the names of its choices.
    """

    folding: Folding
    conditions: list[z3.BoolRef] = attrs.field(factory=list)
    choices: dict[str, list[str]] = attrs.field(factory=dict)

    def outputs(self, plan: Plan, path: str) -> list[z3.ExprRef]:
        """The fields at a node, whose conditions and those of the nodes below it are added."""
        shape = self._shape(plan)
        stage = shape.step.stage
        inputs = [
            term
            for index, child in enumerate(plan)
            for term in self.outputs(child, _below(path, index))
        ]
        fresh = [z3.Real(f"{path} {choice.name}") for choice in shape.choices]
        self.choices[path] = [str(symbol) for symbol in fresh]
        pairs = [
            *zip(stage.source.symbols, inputs, strict=True),
            *((c.symbol, symbol) for c, symbol in zip(shape.choices, fresh, strict=True)),
        ]
        self.conditions.append(_put(stage.bounds, pairs))
        outputs = [_put(term, pairs) for term in stage.outputs]
        safe = domain_and_claim(self.folding, self.folding.agent.symbols, outputs)
        sound = conjunction([safe, *(_put(side.condition, pairs) for side in stage.sides)])
        self.conditions.append(sound if path else z3.Not(sound))
        return outputs

    def tree(self, plan: Plan, path: str, values: Mapping[str, Fraction]) -> Tree | None:
        """The tree that the solver's values describe; None where they leave nature's bounds."""
        children = [self.tree(child, _below(path, i), values) for i, child in enumerate(plan)]
        whole = tuple(child for child in children if child is not None)
        chosen = [rational(values.get(name, Fraction(0))) for name in self.choices[path]]
        return build_node(self._shape(plan), whole, chosen) if len(whole) == len(plan) else None

    def _shape(self, plan: Plan) -> Shape:
        return next(shape for shape in self.folding.shapes if shape.arity == len(plan))


def _below(path: str, index: int) -> str:
    return f"{path}{index + 1}."


def _put(term: Any, pairs: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> Any:
    return z3.substitute(term, *pairs) if pairs else term
