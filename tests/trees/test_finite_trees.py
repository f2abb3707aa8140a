"""The smallest tree that breaks a claim is found and replays."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.portfolio.decision import decide
from checker.report.trees import tree_lines
from checker.report.words import describe
from checker.trees.finite_trees import build_node, grow_node, nodes_of, pose_fold, replay_tree
from spec import (
    Agent,
    Bool,
    Claim,
    Count,
    Fold,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    minimum,
    structural,
    when,
    whole,
)
from spec.statements.base import Answer
from tests.trees.folds import (
    Affordable,
    Bill,
    Mark,
    Nothing,
    Owed,
    Unmarked,
    bills,
    broken_tree,
    inside,
    leaf_bill,
    mark_fold,
    mean_bill,
)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 3))
def test_real_fields_break_with_as_many_leaves_as_it_takes(leaves: int, part: int) -> None:
    price = Fraction(1, 2 * leaves) + Fraction(part, 1000)
    verdict = decide(Claim("bills", bills, Affordable(), at={"price": price}))
    needed = int(Fraction(1, 2) / price) + 1
    size = 2 * needed - 1
    where = "a single leaf" if size == 1 else f"a tree of {size} nodes"
    assert verdict.answer is Answer.REFUTED
    tree = broken_tree(verdict)
    assert tree.size == size
    assert f"Affordable breaks at the root of {where} (" in describe(tree)


def test_a_choice_inside_its_bounds_is_found_too() -> None:
    class Near(Invariant):
        def holds(self, agent: Owed[Any]) -> Bool:
            return (agent.owed < Real("4/10")) | (agent.owed > Real("6/10"))

    def anywhere(p: Bill, nature: Nature) -> Owed[Near]:
        return Owed(owed=nature.choose("anywhere", at_most=1))

    fold = Fold[Bill, Owed[Near]](
        "anywhere", parameters=Bill, leaf=anywhere, node=mean_bill, arities=(2,)
    )
    verdict = decide(Claim("anywhere", fold, Near()))
    assert verdict.answer is Answer.REFUTED
    tree = broken_tree(verdict)
    assert (tree.size, tree.smallest) == (1, True)
    assert "a single leaf (proved: every smaller tree is clear" in describe(tree)


class Deep(Agent[I]):
    depth: Count = whole(0, 3)


class Counted(Invariant):
    def holds(self, agent: Deep[Any]) -> Bool:
        return agent.depth >= 0


def test_leaving_a_domain_is_a_break() -> None:
    def leaf(p: Bill, nature: Nature) -> Deep[Counted]:
        return Deep(depth=Count(0))

    def node(children: tuple[Deep[I], ...], p: Bill, nature: Nature) -> Deep[I]:
        return Deep(depth=children[0].depth.plus(1))

    def bounded(children: tuple[Deep[I], ...], p: Bill, nature: Nature) -> Deep[I]:
        (child,) = children
        return Deep(depth=when(child.depth < 3, child.depth.plus(1), child.depth))

    free = Fold[Bill, Deep[Counted]]("free", parameters=Bill, leaf=leaf, node=node, arities=(1,))
    verdict = decide(Claim("free", free, Counted()))
    assert verdict.answer is Answer.REFUTED
    tree = broken_tree(verdict)
    assert (tree.clause, tree.size) == ("domain of the agent", 5)
    assert "domain of the agent breaks at the root of a tree of 5 nodes" in describe(tree)
    kept = Fold[Bill, Deep[Counted]]("kept", parameters=Bill, leaf=leaf, node=bounded, arities=(1,))
    assert decide(Claim("kept", kept, Counted())).answer is Answer.PROVED


def test_a_division_by_zero_at_a_node_is_a_break() -> None:
    def node(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
        first, second = children
        return Owed(owed=minimum(Real("1/2"), first.owed / second.owed))

    fold = Fold[Bill, Owed[Affordable]](
        "ratio", parameters=Bill, leaf=leaf_bill, node=node, arities=(2,)
    )
    verdict = decide(Claim("ratio", fold, Affordable()))
    assert verdict.answer is Answer.REFUTED
    tree = broken_tree(verdict)
    assert "no division by zero" in tree.clause
    assert tree.size == 3


def test_a_structural_parameter_gives_the_number_of_children() -> None:
    class Wide(Parameters):
        parts: int = structural(2, 1, 6)

    def leaf(p: Wide, nature: Nature) -> Owed[Affordable]:
        return Owed(owed=Real("1/5"))

    def node(children: tuple[Owed[I], ...], p: Wide, nature: Nature) -> Owed[I]:
        return Owed(owed=minimum(1, sum((child.owed for child in children), Real(0))))

    fold = Fold[Wide, Owed[Affordable]](
        "wide", parameters=Wide, leaf=leaf, node=node, arities="parts"
    )
    for parts, size in ((2, 5), (3, 4), (5, 6)):
        verdict = decide(Claim("wide", fold, Affordable(), at={"parts": parts}))
        assert broken_tree(verdict).size == size


def test_states_that_need_a_choice_inside_its_bounds_are_not_missed() -> None:
    def leaf(p: Nothing, nature: Nature) -> Mark[Unmarked]:
        return Mark(count=Count(0))

    def node(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
        return Mark(count=when(inside(nature), Count(3), Count(0)))

    fold = Fold[Nothing, Mark[Unmarked]](
        "inside", parameters=Nothing, leaf=leaf, node=node, arities=(1,)
    )
    verdict = decide(Claim("inside", fold, Unmarked()))
    assert verdict.answer is Answer.REFUTED
    tree = broken_tree(verdict)
    assert (tree.size, tree.smallest) == (2, True)
    assert "a tree of 2 nodes (proved: every smaller tree is clear" in describe(tree)


def divides(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
    where = nature.choose("where", at_most=1)
    positive = 1 / (where - Real("1/3")) > 0
    return Mark(count=when(positive, Count(1), when(children[0].count >= 1, Count(2), Count(0))))


def test_a_division_inside_nature_s_bounds_is_a_break() -> None:
    verdict = decide(Claim("divides", mark_fold(divides), Unmarked()))
    assert verdict.answer is Answer.REFUTED
    assert "no division by zero" in broken_tree(verdict).clause


def test_a_smaller_tree_by_a_choice_inside_its_bounds_is_the_one_shown() -> None:
    def leaf(p: Nothing, nature: Nature) -> Mark[Unmarked]:
        return Mark(count=when(inside(nature), Count(2), Count(0)))

    def node(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
        (child,) = children  # two steps from a leaf inside, four from one at an end
        return Mark(count=when(child.count < 3, child.count.plus(1), child.count))

    fold = Fold[Nothing, Mark[Unmarked]](
        "ends", parameters=Nothing, leaf=leaf, node=node, arities=(1,)
    )
    verdict = decide(Claim("ends", fold, Unmarked()))
    tree = broken_tree(verdict)
    assert (tree.size, tree.smallest) == (2, True)


def test_a_replay_keeps_to_the_bounds_of_nature() -> None:
    folding = pose_fold(Claim("bills", bills, Affordable()), {})
    tree = grow_node(folding.leaf, (), (1,))
    assert tree is not None
    again = replay_tree(tree)
    assert again is not None
    assert again.state == tree.state
    assert build_node(folding.leaf, (), [2 * tree.chosen[0]]) is None
    lines = list(tree_lines(nodes_of(tree)))
    assert lines == ["leaf: owed = 0.1; nature chooses bill = 0.1"]
