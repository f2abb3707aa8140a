"""Prover-estimator debates agree with debates played out on explicit trees."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from checker.trees.finite_trees import Tree, grow_node, pose_fold
from checker.trees.shape_search import plans
from models.arguments import FoundByShare, spread_flaws
from models.prover_estimator import (
    EndsAtTheFlaw,
    Estimating,
    Estimator,
    conjunctive_debate,
    debate,
    fit,
    stable_debate,
)
from spec import Claim, Real
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.support import number, parameters_at


def exactly(value: Any) -> Fraction:
    """A number of a tree's state as a fraction."""
    return Fraction(int(fmpq(value).p), int(fmpq(value).q))


def planted(shape: Any, children: list[Tree], units: list[Fraction]) -> Tree:
    """A tree whose root has these children, and these choices of nature."""
    exact: list[Any] = [fmpq(unit.numerator, unit.denominator) for unit in units]
    tree = grow_node(shape, tuple(children), exact)
    assert tree is not None
    return tree


def off(tree: Tree) -> Fraction:
    """By how much the estimate of the claim at the root is off."""
    truth, estimate = (exactly(value) for value in tree.state[:2])
    return abs(truth - estimate)


def leaves_by_debate(tree: Tree) -> Fraction:
    """Play the debate: go down to the leaf that the prover's contests lead to."""
    while tree.children:
        first, second = tree.children
        worse = off(first) >= off(second)
        tree = first if worse else second
    return off(tree)


def grown(folding: Any, plan: Any, draw: Any) -> Tree:
    """A tree of that plan with nature's choices drawn."""
    shape = next(s for s in folding.shapes if s.arity == len(plan))
    children = [grown(folding, child, draw) for child in plan]
    return planted(shape, children, [draw(SIXTIETHS) for _ in shape.choices])


@given(st.data())
@FORTY
def test_the_field_is_where_the_debate_ends(data: st.DataObject) -> None:
    for scheme in (stable_debate, conjunctive_debate):
        folding = pose_fold(Claim("game", scheme, EndsAtTheFlaw()), {})
        plan = data.draw(st.sampled_from([p for n in (3, 5, 7) for p in plans(n, (2,))]))
        tree = grown(folding, plan, data.draw)
        assert exactly(tree.state[2]) == leaves_by_debate(tree)
        if scheme is stable_debate:
            assert off(tree) <= exactly(tree.state[2])


def steps_of(tree: Tree) -> list[tuple[Fraction, Fraction]]:
    """Of each step: whether it is flawed, and how probably a random descent ends there."""
    if not tree.children:
        return [(exactly(tree.state[1]), Fraction(1))]
    return [(flaw, p / 2) for child in tree.children for flaw, p in steps_of(child)]


@given(st.data())
@FORTY
def test_shares_of_flaws_are_counted_by_steps(data: st.DataObject) -> None:
    folding = pose_fold(Claim("descent", spread_flaws, FoundByShare()), {})
    plan = data.draw(st.sampled_from([p for n in (1, 3, 5, 7) for p in plans(n, (2,))]))
    tree = grown(folding, plan, data.draw)
    steps = steps_of(tree)
    grain, flawed, found = (exactly(value) for value in tree.state)
    assert grain == Fraction(1, len(steps))
    assert flawed == sum((flaw for flaw, _ in steps), Fraction(0)) / len(steps)
    assert found == sum((flaw * p for flaw, p in steps), Fraction(0))


def test_in_a_caterpillar_the_deeper_half_is_all_but_never_reached() -> None:
    folding = pose_fold(Claim("caterpillar", spread_flaws, FoundByShare()), {})
    leaf, node = (next(s for s in folding.shapes if s.arity == n) for n in (0, 2))
    tree = planted(leaf, [], [Fraction(1)])
    for flaw in [Fraction(1)] * 9 + [Fraction(0)] * 10:
        tree = planted(node, [planted(leaf, [], [flaw]), tree], [])
    assert [exactly(v) for v in tree.state[1:]] == [Fraction(1, 2), Fraction(1, 2**10)]


@given(
    st.lists(SIXTIETHS, min_size=1, max_size=6),
    st.fractions(0, 1, max_denominator=12),
    SIXTIETHS,
)
@FORTY
def test_a_verdict_is_off_by_no_more_than_the_bound(
    distances: list[Fraction], influence: Fraction, settled: Fraction
) -> None:
    """The worst estimate is set right with probability f; the others move the judge together."""
    total = sum(distances, Fraction(0))
    left = settled * (total - max(distances)) + (1 - settled) * total
    p = parameters_at(
        Estimating, influence=influence, settled=settled, fan_out=len(distances), slip=0
    )
    estimator: Any = Estimator(off=Real(total / len(distances)))
    nature: Any = Given()
    bound = Fraction(number(debate(estimator, p, nature).off))
    assert min(Fraction(1), influence * left) <= bound
    if len(set(distances)) == 1:
        assert min(Fraction(1), influence * left) == bound


@pytest.mark.parametrize("step", [Fraction(-1, 100), Fraction(1, 100)])
@pytest.mark.parametrize(
    ("name", "last", "outward"),
    [
        ("influence", Fraction(3, 5), 1),
        ("settled", Fraction(1, 5), -1),
        ("density", Fraction(6, 5), 1),
    ],
)
def test_estimators_stay_close_exactly_within_the_formula(
    name: str, last: Fraction, outward: int, step: Fraction
) -> None:
    p = parameters_at(Estimating, **{name: max(last + outward * step, Fraction(0))})
    nature: Any = Given()
    distance = Fraction(0)
    for _ in range(300):
        after: Any = fit(debate(Estimator[Any](off=Real(distance)), p, nature), p, nature)
        distance = Fraction(round(number(after.off) * 10**12), 10**12)
    assert (distance <= Fraction(1, 10)) == (step < 0)
