"""Verdicts on random folds agree with plain enumeration of small trees."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.portfolio.decision import decide
from checker.report.words import detail
from checker.trees.shape_search import plans
from spec import Agent, Bool, Claim, Fold, I, Invariant, Nature, flag
from spec.statements.base import Answer
from tests.trees.folds import Nothing, broken_tree

SIZE = 6
"""Nodes of the largest trees that are enumerated."""


class Pair(Agent[I]):
    a: Bool = flag()
    b: Bool = flag()


class NotBoth(Invariant):
    def holds(self, pair: Pair[Any]) -> Bool:
        return ~(pair.a & pair.b)


Row = tuple[bool, ...]
Table = dict[Row, Row]


def random_table(rng: random.Random, inputs: int) -> Table:
    """Fields a and b of a node by its inputs; the state that breaks the claim is made rare."""
    return {
        row: rng.choice([(False, False), (False, True), (True, False)] * 5 + [(True, True)])
        for row in product((False, True), repeat=inputs)
    }


def looked_up(table: Table, inputs: list[Bool], column: int) -> Bool:
    said = Bool(False)
    for row, fields in table.items():
        here = Bool(True)
        for value, wanted in zip(inputs, row, strict=True):
            here = here & (value if wanted else ~value)
        said = said | (here & fields[column])
    return said


def fold_of(leaf: Table, nodes: dict[int, Table]) -> Fold[Nothing, Pair[NotBoth]]:
    def made(table: Table, inputs: list[Bool]) -> Pair[NotBoth]:
        return Pair(a=looked_up(table, inputs, 0), b=looked_up(table, inputs, 1))

    def at_leaf(p: Nothing, nature: Nature) -> Pair[NotBoth]:
        return made(leaf, [nature.whether("coin")])

    def at_node(children: tuple[Pair[NotBoth], ...], p: Nothing, nature: Nature) -> Pair[NotBoth]:
        fields = [field for child in children for field in (child.a, child.b)]
        return made(nodes[len(children)], [*fields, nature.whether("coin")])

    return Fold[Nothing, Pair[NotBoth]](
        "random", parameters=Nothing, leaf=at_leaf, node=at_node, arities=tuple(nodes)
    )


def states_of(plan: Any, leaf: Table, nodes: dict[int, Table]) -> set[Row]:
    """Every state at the root of one shape, whatever the coins: plain enumeration."""
    below = [states_of(child, leaf, nodes) for child in plan]
    table = nodes[len(plan)] if plan else leaf
    return {
        table[(*(field for state in states for field in state), coin)]
        for states in product(*below)
        for coin in (False, True)
    }


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([(1,), (2,), (1, 2)]))
def test_the_verdict_is_that_of_plain_enumeration(seed: int, arities: tuple[int, ...]) -> None:
    rng = random.Random(seed)
    leaf = random_table(rng, 1)
    nodes = {arity: random_table(rng, 2 * arity + 1) for arity in arities}
    verdict = decide(Claim("random", fold_of(leaf, nodes), NotBoth()))
    smallest = next(
        (
            size
            for size in range(1, 2 * SIZE)
            for plan in (plans(size, arities) if size <= SIZE + 1 else ())
            if (True, True) in states_of(plan, leaf, nodes)
        ),
        None,
    )
    if verdict.answer is Answer.PROVED:
        assert smallest is None
    else:
        assert verdict.answer is Answer.REFUTED
        tree = broken_tree(verdict)
        assert tree.smallest
        size = tree.size
        assert smallest == size if size <= SIZE + 1 else smallest is None
        assert sum(node.children for node in tree.nodes) == size - 1  # all but the root
        assert len(list(detail(tree))) == 1 + size  # one line for each node
