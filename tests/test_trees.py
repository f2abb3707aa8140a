"""Folds over trees: induction and smallest trees against plain enumeration."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.cli.app import main
from checker.portfolio.decision import decide
from checker.statements.registry import judge
from checker.trees.finite_trees import (
    Folding,
    Tree,
    build_node,
    grow_node,
    pose_fold,
    replay_tree,
    tell,
)
from checker.trees.structural_induction import plans
from models.claim_trees import BLIND, INFORMED, OPTIMAL, SameVerdict, claim_trees
from spec import (
    Agent,
    Bool,
    Claim,
    Count,
    Fold,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Refines,
    SpecError,
    Threshold,
    between,
    budget,
    flag,
    minimum,
    parameter,
    structural,
    when,
    whole,
)
from spec.trace import trace

SIZE = 6
"""Nodes of the largest trees that are enumerated."""


class Nothing(Parameters):
    pass


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
    if verdict.verdict == "proved":
        assert smallest is None
    else:
        assert verdict.verdict == "refuted"
        told = verdict.facts[0]
        assert "every smaller tree is clear" in told
        size = 1 if "a single leaf" in told else int(told.split("a tree of ")[1].split()[0])
        assert smallest == size if size <= SIZE + 1 else smallest is None
        assert len(verdict.facts) == 1 + size  # one line for each node


def test_shapes_are_counted_by_catalan_numbers() -> None:
    assert [len(list(plans(size, (2,)))) for size in (1, 2, 3, 4, 5, 7, 9)] == [
        1,
        0,
        1,
        0,
        2,
        5,
        14,
    ]
    assert [len(list(plans(size, (1, 2)))) for size in range(1, 7)] == [1, 1, 2, 4, 9, 21]


class Bill(Parameters):
    price: Real = parameter("1/10", 0, 1, "price of a leaf")


class Owed(Agent[I]):
    owed: Real = between(0, 1)


class Affordable(Invariant):
    owed: Real = budget(0, 1, "debt", limit="1/2")

    def holds(self, agent: Owed[Any]) -> Bool:
        return agent.owed <= self.owed


def leaf_bill(p: Bill, nature: Nature) -> Owed[Affordable]:
    return Owed(owed=nature.choose("bill", at_most=p.price))


def sum_bill(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
    return Owed(owed=minimum(1, sum((child.owed for child in children), Real(0))))


bills = Fold[Bill, Owed[Affordable]](
    "bills", parameters=Bill, leaf=leaf_bill, node=sum_bill, arities=(2,)
)


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 12), st.integers(1, 3))
def test_real_fields_break_with_as_many_leaves_as_it_takes(leaves: int, part: int) -> None:
    price = Fraction(1, 2 * leaves) + Fraction(part, 1000)
    verdict = decide(Claim("bills", bills, Affordable(), at={"price": price}))
    needed = int(Fraction(1, 2) / price) + 1
    size = 2 * needed - 1
    where = "a single leaf" if size == 1 else f"a tree of {size} nodes"
    assert verdict.verdict == "refuted"
    assert where in verdict.facts[0]


def mean_bill(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
    first, second = children
    return Owed(owed=(first.owed + second.owed) / 2)


def test_means_are_proved_by_induction_alone() -> None:
    means = Fold[Bill, Owed[Affordable]](
        "means", parameters=Bill, leaf=leaf_bill, node=mean_bill, arities=(2,)
    )
    assert (
        decide(Claim("means", means, Affordable())).method
        == "induction over the structure of trees"
    )


class Two(Agent[I]):
    x: Real = between(0, 4)
    y: Real = between(0, 4)


class SmallX(Invariant):
    x: Real = budget(0, 4, "x", limit=1)

    def holds(self, agent: Two[Any]) -> Bool:
        return agent.x <= self.x


def test_bounds_on_other_fields_strengthen_a_proof() -> None:
    def leaf(p: Bill, nature: Nature) -> Two[SmallX]:
        return Two(x=Real(0), y=nature.choose("y", at_most=1))

    def node(children: tuple[Two[I], ...], p: Bill, nature: Nature) -> Two[I]:
        first, second = children  # x is small only because y is
        return Two(x=first.y, y=(first.y + second.y) / 2)

    fold = Fold[Bill, Two[SmallX]]("two", parameters=Bill, leaf=leaf, node=node, arities=(2,))
    verdict = decide(Claim("two", fold, SmallX()))
    assert verdict.verdict == "proved"
    assert verdict.proof is not None
    assert "y <= 1" in verdict.proof.bounds["node"]


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
    assert verdict.verdict == "refuted"
    assert "a single leaf (proved: every smaller tree is clear" in verdict.facts[0]


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
    assert verdict.verdict == "refuted"
    assert "domain of the agent breaks at the root of a tree of 5 nodes" in verdict.facts[0]
    kept = Fold[Bill, Deep[Counted]]("kept", parameters=Bill, leaf=leaf, node=bounded, arities=(1,))
    assert decide(Claim("kept", kept, Counted())).verdict == "proved"


def test_a_division_by_zero_at_a_node_is_a_break() -> None:
    def node(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
        first, second = children
        return Owed(owed=minimum(Real("1/2"), first.owed / second.owed))

    fold = Fold[Bill, Owed[Affordable]](
        "ratio", parameters=Bill, leaf=leaf_bill, node=node, arities=(2,)
    )
    verdict = decide(Claim("ratio", fold, Affordable()))
    assert verdict.verdict == "refuted"
    assert "no division by zero" in verdict.facts[0]
    assert "a tree of 3 nodes" in verdict.facts[0]


def test_nature_without_a_value_is_no_proof() -> None:
    def node(children: tuple[Owed[I], ...], p: Bill, nature: Nature) -> Owed[I]:
        return Owed(owed=nature.choose("none", at_least="1/20", at_most=children[0].owed))

    fold = Fold[Bill, Owed[Affordable]](
        "none", parameters=Bill, leaf=leaf_bill, node=node, arities=(1,)
    )
    verdict = decide(Claim("none", fold, Affordable()))
    assert verdict.verdict == "unknown"
    assert 'nature has a value for "none"' in verdict.reason


def test_a_failing_assumption_is_vacuous() -> None:
    def dear(p: Bill) -> Bool:
        """Leaves are dear."""
        return p.price >= Real("1/2")

    fold = Fold[Bill, Owed[Affordable]](
        "dear", parameters=Bill, leaf=leaf_bill, node=mean_bill, arities=(2,), assumptions=[dear]
    )
    assert decide(Claim("dear", fold, Affordable())).verdict == "vacuous"


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
        assert f"a tree of {size} nodes" in verdict.facts[0]


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


class Mark(Agent[I]):
    count: Count = whole(0, 3)


class Unmarked(Invariant):
    def holds(self, mark: Mark[Any]) -> Bool:
        return mark.count < 3


def inside(nature: Nature) -> Bool:
    """True only away from the ends of nature's bounds."""
    where = nature.choose("where", at_most=1)
    return (where > Real("2/5")) & (where < Real("3/5"))


def test_states_that_need_a_choice_inside_its_bounds_are_not_missed() -> None:
    def leaf(p: Nothing, nature: Nature) -> Mark[Unmarked]:
        return Mark(count=Count(0))

    def node(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
        return Mark(count=when(inside(nature), Count(3), Count(0)))

    fold = Fold[Nothing, Mark[Unmarked]](
        "inside", parameters=Nothing, leaf=leaf, node=node, arities=(1,)
    )
    verdict = decide(Claim("inside", fold, Unmarked()))
    assert verdict.verdict == "refuted"
    assert "a tree of 2 nodes (proved: every smaller tree is clear" in verdict.facts[0]


def leaf_mark(p: Nothing, nature: Nature) -> Mark[Unmarked]:
    return Mark(count=Count(0))


def divides(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
    where = nature.choose("where", at_most=1)
    positive = 1 / (where - Real("1/3")) > 0
    return Mark(count=when(positive, Count(1), when(children[0].count >= 1, Count(2), Count(0))))


def empties(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
    where = nature.choose("where", at_most=1)
    none = nature.choose("none", at_least=where, at_most="1/2")
    up = when(children[0].count < 2, children[0].count.plus(1), children[0].count)
    return Mark(count=when(children[0].count > 2, Count(3), when(none > 0, up, Count(0))))


def mark_fold(node: Any) -> Fold[Nothing, Mark[Unmarked]]:
    return Fold[Nothing, Mark[Unmarked]](
        "mark", parameters=Nothing, leaf=leaf_mark, node=node, arities=(1,)
    )


def test_a_division_inside_nature_s_bounds_is_a_break() -> None:
    verdict = decide(Claim("divides", mark_fold(divides), Unmarked()))
    assert verdict.verdict == "refuted"
    assert "no division by zero" in verdict.facts[0]


def test_bounds_that_some_choice_empties_are_no_proof() -> None:
    def lossy(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
        kept = empties(children, p, nature)  # 1 would lead to 3, and is never reached
        return Mark(
            count=when(
                children[0].count == 1, Count(3), when(kept.count == 1, Count(2), kept.count)
            )
        )

    verdict = decide(Claim("lossy", mark_fold(lossy), Unmarked()))
    assert verdict.verdict == "unknown"


def test_a_smaller_tree_by_a_choice_inside_its_bounds_is_the_one_told() -> None:
    def leaf(p: Nothing, nature: Nature) -> Mark[Unmarked]:
        return Mark(count=when(inside(nature), Count(2), Count(0)))

    def node(children: tuple[Mark[I], ...], p: Nothing, nature: Nature) -> Mark[I]:
        (child,) = children  # two steps from a leaf inside, four from one at an end
        return Mark(count=when(child.count < 3, child.count.plus(1), child.count))

    fold = Fold[Nothing, Mark[Unmarked]](
        "ends", parameters=Nothing, leaf=leaf, node=node, arities=(1,)
    )
    verdict = decide(Claim("ends", fold, Unmarked()))
    assert "a tree of 2 nodes (proved: every smaller tree is clear" in verdict.facts[0]


def test_a_replay_keeps_to_the_bounds_of_nature() -> None:
    folding = pose_fold(Claim("bills", bills, Affordable()), {})
    tree = grow_node(folding.leaf, (), (1,))
    assert tree is not None
    again = replay_tree(tree)
    assert again is not None
    assert again.state == tree.state
    assert build_node(folding.leaf, (), [2 * tree.chosen[0]]) is None
    assert tell(tree) == ["leaf: owed = 1/10; nature chooses bill = 1/10"]


def in_price(p: Bill) -> Owed[Affordable]:
    return Owed(owed=Real(0))


def step(agent: Owed[I], p: Bill, nature: Nature) -> Owed[I]:
    return agent


def test_what_wants_a_loop_says_that_a_fold_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    loop = Loop[Bill, Owed[Affordable]]("loop", parameters=Bill, seed=in_price, step=step)
    with pytest.raises(SpecError, match="fold over trees and has no iterations"):
        trace(bills)
    with pytest.raises(SpecError, match="fold over trees"):
        judge(Threshold("t", bills, Affordable(), parameter="price", value="1/2"))
    with pytest.raises(SpecError, match="fold over trees"):
        judge(Refines("r", bills, loop))


@pytest.mark.parametrize(
    "arguments",
    [
        ["threshold", "leaf-errors", "debatedwithin", "leaf_error"],
        ["map", "noisy-formulas", "seldomwrong", "leaf_noise", "node_noise"],
        ["compare", "conjunctions", "majorities"],
        ["check", "debate-equivalent/worst-leaf", "--over", "leaf_error"],
    ],
)
def test_other_commands_refuse_a_fold_on_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["alignspec", *arguments])
    with pytest.raises(SystemExit) as status:
        main()
    assert status.value.code == 2
    said = capsys.readouterr().err.strip()
    assert len(said.splitlines()) == 1
    assert "fold" in said


def test_explain_tells_the_tree(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["alignspec", "explain", "debate-equivalent/blind"])
    with pytest.raises(SystemExit) as status:
        main()
    assert status.value.code == 0
    said = capsys.readouterr().out
    assert "a tree of 3 nodes" in said
    assert said.count("leaf:") == 2


FILE = """
from typing import Any
from models.claim_trees import OneErrorFlips, majorities
from spec import Claim

claim = Claim("mine", majorities, OneErrorFlips())
"""


def test_a_claim_in_a_file_is_told_with_its_tree(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text(FILE)
    monkeypatch.setattr("sys.argv", ["alignspec", "check", str(tmp_path / "mine.py")])
    with pytest.raises(SystemExit) as status:
        main()
    assert status.value.code == 1
    said = capsys.readouterr().out
    assert "not as expected: mine" in said
    assert said.count("leaf:") == 3


@pytest.mark.parametrize("arities", [(), (0,), (7,), ("2",), "price", "none", 2])
def test_wrong_arities_are_refused(arities: Any) -> None:
    with pytest.raises(SpecError, match=r"arities=.* write arities=\(2,\)"):
        Fold[Bill, Owed[Affordable]](
            "wrong", parameters=Bill, leaf=leaf_bill, node=sum_bill, arities=arities
        )


def test_an_agent_without_fields_is_refused() -> None:
    class Bare(Agent[I]):
        pass

    def leaf(p: Bill, nature: Nature) -> Bare[Affordable]:
        raise AssertionError

    def node(children: tuple[Bare[I], ...], p: Bill, nature: Nature) -> Bare[I]:
        raise AssertionError

    fold = Fold[Bill, Bare[Affordable]]("bare", parameters=Bill, leaf=leaf, node=node, arities=(2,))
    with pytest.raises(SpecError, match="has no fields"):
        decide(Claim("bare", fold, Affordable()))
