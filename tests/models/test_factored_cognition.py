"""The fields of factored cognition are what persons do, asked one by one on explicit trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.trees.finite_trees import Tree, grow_node, pose_fold
from checker.trees.shape_search import plans
from models.factored_cognition import (
    CAREFUL,
    GUESSES,
    HASTY,
    Doubted,
    Erring,
    Sound,
    doubt,
    factored_cognition,
)
from spec import Claim, Count, Nature, Real
from tests.models.draws import CHANCES, SIXTY
from tests.models.given_choices import Given
from tests.support import number, parameters_at


def every_tree(folding: Any, plan: Any) -> Iterator[Tree]:
    shape = next(s for s in folding.shapes if s.arity == len(plan))
    for children in product(*(list(every_tree(folding, child)) for child in plan)):
        for units in product((0, 1), repeat=len(shape.choices)):
            tree = grow_node(shape, children, units)
            assert tree is not None
            yield tree


def chosen_at(tree: Tree) -> dict[str, bool]:
    named = zip(tree.shape.choices, tree.chosen, strict=True)
    return {choice.name: bool(2 * value > 1) for choice, value in named}


def truth_of(tree: Tree) -> bool:
    chosen = chosen_at(tree)
    if not tree.children:
        return chosen["the answer is yes"]
    truths = [truth_of(child) for child in tree.children]
    return any(truths) if chosen["a yes settles it"] else all(truths)


def ask(tree: Tree, work: int, habit: int) -> tuple[bool | None, int]:
    """What a person says, None for nothing, and what everybody spends on it."""
    chosen = chosen_at(tree)
    if not tree.children:
        return chosen["the answer is yes"], 1
    guess = chosen["the person guesses yes"] if habit == GUESSES else None
    if work < 2:
        return guess, 1
    said, below = ask(tree.children[0], work, habit)
    if said is None:
        return guess, 2 + below
    if habit == HASTY or said == chosen["a yes settles it"]:
        return said, 2 + below
    if work < 3:
        return guess, 2 + below
    second, more = ask(tree.children[1], work, habit)
    return (guess if second is None else second), 3 + below + more


@pytest.mark.parametrize("habit", [CAREFUL, GUESSES, HASTY])
@pytest.mark.parametrize("work", [1, 2, 3])
def test_a_question_is_answered_as_its_persons_answer_it(work: int, habit: int) -> None:
    at: Mapping[str, Any] = {"work": work, "habit": habit}
    folding = pose_fold(Claim("asked", factored_cognition, Sound(), at=at), {})
    names = [field.name for field in folding.fields]
    seen = 0
    for size in (1, 3, 5):
        for plan in plans(size, (2,)):
            for tree in every_tree(folding, plan):
                state = dict(zip(names, tree.state, strict=True))
                said, spent = ask(tree, work, habit)
                assert (state["truth"] == 1) == truth_of(tree)
                assert (state["known"] == 1) == (said is not None)
                assert said is None or (state["answer"] == 1) == said
                if habit == CAREFUL and work == 3:
                    assert state["spent"] == spent
                seen += 1
    assert seen > 50


@SIXTY
@given(CHANCES, CHANCES, st.lists(st.sampled_from([0, 1, 2, 3]), min_size=1, max_size=2))
def test_a_person_who_slips_is_wrong_as_often_as_slips_and_parts_allow(
    slip: Fraction, error: Fraction, depths: list[int]
) -> None:
    """Slips and errors that exclude one another, drawn from one lot in [0, 1]: what they cover."""
    p = parameters_at(Erring, slip=slip, agent_error=error)
    parts = tuple(
        Doubted[Any](depth=Count(depth), agent=Real(0), expert=Real(0)) for depth in depths
    )
    found = doubt(parts, p, cast(Nature, Given()))
    ends, covered = Fraction(0), Fraction(0)
    for length in [slip, *(error if depth <= 2 else Fraction(1) for depth in depths)]:
        covered += max(Fraction(0), min(Fraction(1), ends + length) - ends)
        ends = min(Fraction(1), ends + length)
    assert number(found.expert) == covered
    assert number(found.agent) == (error if max(depths) + 1 <= 2 else 1)
