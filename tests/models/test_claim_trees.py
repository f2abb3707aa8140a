"""The fields of claim trees are the values of debate, played out on explicit trees."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod
from typing import Any

import pytest

from checker.trees.finite_trees import Folding, Tree, grow_node, pose_fold
from checker.trees.shape_search import plans
from models.claim_trees import (
    BLIND,
    INFORMED,
    OPTIMAL,
    RiskWithin,
    SameVerdict,
    SeenWithin,
    claim_trees,
    leaf_errors,
    seen_errors,
)
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


# The judge errs at each leaf by a draw of its own: every pattern of errors, played out.
ERROR = Fraction(1, 4)


def leaves_of(tree: Tree) -> list[Tree]:
    if not tree.children:
        return [tree]
    return [leaf for child in tree.children for leaf in leaves_of(child)]


def liar_wins(tree: Tree, wrong: dict[int, bool], sees: bool) -> bool:
    """Whether the conjunction is rejected, with the judge wrong at these leaves.

    Whoever sees the errors contests a sub-claim that can be won; whoever does not has a strategy,
    which is nature's choice at the node.
    """
    if not tree.children:
        return wrong[id(tree)]
    outcomes = [liar_wins(child, wrong, sees) for child in tree.children]
    if sees:
        return any(outcomes)
    return outcomes[0 if chosen_at(tree)["the liar contests the first"] else 1]


@pytest.mark.parametrize("sees", [True, False], ids=["sees", "does not see"])
def test_the_liar_wins_as_often_as_over_every_pattern_of_errors(sees: bool) -> None:
    fold, invariant = (seen_errors, SeenWithin()) if sees else (leaf_errors, RiskWithin())
    folding = pose_fold(Claim("odds", fold, invariant, at={"leaf_error": ERROR}), {})
    where = [field.name for field in folding.fields].index("wrong")
    for size in (1, 3, 5, 7):
        for plan in plans(size, (2,)):
            for tree in every_tree(folding, plan):
                leaves = leaves_of(tree)
                errors = [leaf.state[where] for leaf in leaves]
                wins = 0 * errors[0]
                for pattern in product((True, False), repeat=len(leaves)):
                    drawn = prod(
                        (e if wrong else 1 - e) for e, wrong in zip(errors, pattern, strict=True)
                    )
                    wrong_at = dict(zip(map(id, leaves), pattern, strict=True))
                    wins += drawn * liar_wins(tree, wrong_at, sees)
                assert tree.state[where] == wins


def test_eleven_leaves_of_a_hundredth() -> None:
    assert Fraction(1, 10) < 1 - Fraction(99, 100) ** 11 < Fraction(1047, 10_000)
    assert 1 - Fraction(99, 100) ** 10 < Fraction(957, 10_000)
