"""The fields of claim trees are the values of debate, played out on explicit trees."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from checker.trees.finite_trees import Folding, Tree, grow_node, pose_fold
from checker.trees.shape_search import plans
from models.claim_trees import BLIND, INFORMED, OPTIMAL, SameVerdict, claim_trees
from spec import Claim


# Debate as a game that is played out on explicit trees, against the fold's fields.
def chosen_at(tree: Tree) -> dict[str, bool]:
    """Nature's truth values at the root."""
    named = zip(tree.shape.choices, tree.chosen, strict=True)
    return {choice.name: bool(2 * value > 1) for choice, value in named}


def truth_of(tree: Tree) -> bool:
    chosen = chosen_at(tree)
    if not tree.children:
        return chosen["the claim is true"]
    truths = [truth_of(child) for child in tree.children]
    if len(truths) == 1:
        return not truths[0]
    return any(truths) if chosen["joined by or"] else all(truths)


def game(tree: Tree, arguing_for: bool, sight: int) -> bool:
    """Whether the claim is accepted if the honest side argues for it, or against it."""
    chosen = chosen_at(tree)
    if not tree.children:
        return chosen["the claim is true"] != chosen["the judge errs"]
    if len(tree.children) == 1:
        return not game(tree.children[0], not arguing_for, sight)
    outcomes = [game(child, arguing_for, sight) for child in tree.children]
    wins = any(outcomes) if arguing_for else all(outcomes)
    loses = all(outcomes) if arguing_for else any(outcomes)
    if chosen["joined by or"] != arguing_for:  # the liar names the sub-claim
        return loses
    if sight == OPTIMAL:
        return wins
    named = 0 if chosen["the honest side names the first sub-claim"] else 1
    truths = [truth_of(child) for child in tree.children]
    if sight == INFORMED and truths[0] != truths[1]:
        named = truths.index(arguing_for)
    return outcomes[named]


def every_tree(folding: Folding, plan: Any) -> Iterator[Tree]:
    shape = next(s for s in folding.shapes if s.arity == len(plan))
    for children in product(*(list(every_tree(folding, child)) for child in plan)):
        for units in product((0, 1), repeat=len(shape.choices)):
            tree = grow_node(shape, children, units)
            assert tree is not None
            yield tree


@pytest.mark.parametrize("sight", [BLIND, INFORMED, OPTIMAL])
def test_the_fields_of_claim_trees_are_the_values_of_the_game(sight: int) -> None:
    folding = pose_fold(Claim("game", claim_trees, SameVerdict(), at={"sight": sight}), {})
    seen = 0
    for size in range(1, 5):
        for plan in plans(size, (1, 2)):
            for tree in every_tree(folding, plan):
                truth, _, defended, attacked = (value == 1 for value in tree.state)
                assert truth == truth_of(tree)
                assert defended == game(tree, True, sight)
                assert attacked == game(tree, False, sight)
                seen += 1
    assert seen > 100
