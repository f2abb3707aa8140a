"""Affine preimages give the largest sets that a turning step keeps."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.invariants.certificate import discharge
from checker.invariants.preimages import affine_pieces, polyhedron
from checker.system.findings import Method
from checker.system.problem import Problem, pose
from checker.system.region import Region
from spec import Claim
from spec.nodes import id_of
from spec.statements.base import Answer
from tests.turning_schemes import (
    State,
    Two,
    claim_of,
    coefficient,
    satisfies,
    shared_budget,
    spiral,
    turned,
)


@pytest.mark.parametrize("shrink", [Fraction(9, 10), Fraction(99, 100)])
@pytest.mark.parametrize("limit", ["1", "101/100"])
def test_a_spiral_within_its_radius_is_proved(shrink: Fraction, limit: str) -> None:
    """|(x, y)| never grows, so x <= 1 holds; yet no box around the seed is kept."""
    verdict = decide(spiral(shrink, limit), options=Options(engines=("polyhedra",)))
    assert verdict.answer is Answer.PROVED
    assert verdict.method is Method.POLYHEDRON


@functools.cache
def spiral_region() -> tuple[Problem, Region]:
    problem = pose(spiral(Fraction(9, 10), "101/100"))
    region = polyhedron(problem, QueryBudget(5.0))
    assert region is not None
    return problem, region


points = st.tuples(*[st.fractions(-2, 2, max_denominator=40)] * 2)


@settings(max_examples=200, deadline=None)
@given(points)
def test_affine_preimages_give_the_largest_inductive_set(state: State) -> None:
    """A state is in the polyhedron exactly where its whole run keeps the clauses."""
    shrink = Fraction(9, 10)
    problem, region = spiral_region()
    run = [state]
    for _ in range(30):
        run.append(turned(run[-1], shrink))
    kept = all(x <= Fraction(101, 100) and max(abs(x), abs(y)) <= 2 for x, y in run)
    assert satisfies(region, problem, state) == kept


def test_a_polyhedron_without_one_of_its_sides_is_not_inductive() -> None:
    problem = pose(spiral(Fraction(9, 10), "101/100"))
    region = polyhedron(problem, QueryBudget(5.0))
    assert region is not None
    agent = problem.agent

    def holds(caps: Sequence[Any]) -> bool:
        clauses = Region(region.box, tuple(caps)).clauses(agent)
        held = {agent.name: (*problem.domain(agent), *clauses)}
        return isinstance(discharge(problem, held, QueryBudget(5.0)), tuple)

    assert holds(region.caps)
    for left_out in region.caps:
        assert not holds([cap for cap in region.caps if cap is not left_out])


@pytest.mark.parametrize(
    "claim",
    [
        spiral(Fraction(9, 10), "3/2", "1/20"),
        claim_of(Two, ["0", "0"], shared_budget, lambda agent: agent.x + 2 * agent.y <= 1),
    ],
    ids=["pushed", "a bound that reads a choice"],
)
def test_affine_preimages_are_those_of_the_worst_choices(claim: Claim) -> None:
    problem = pose(claim)
    region, agent = polyhedron(problem, QueryBudget(5.0)), problem.agent
    assert region is not None
    held = {agent.name: (*problem.domain(agent), *region.clauses(agent))}
    assert isinstance(discharge(problem, held, QueryBudget(5.0)), tuple)


affine = st.lists(coefficient, min_size=3, max_size=3)


@settings(max_examples=60, deadline=None)
@given(affine, affine, st.tuples(coefficient, coefficient))
def test_the_branches_of_a_term_are_all_listed(
    first: list[Fraction], second: list[Fraction], at: tuple[Fraction, Fraction]
) -> None:
    x, y = z3.Reals("x y")

    def row(c: list[Fraction], *v: Any) -> Any:
        return sum((k * w for k, w in zip(c, v, strict=False)), c[2] if len(v) == 2 else 0)

    def term(c: list[Fraction]) -> Any:
        a, b, d = (z3.RealVal(str(value)) for value in c)
        return a * x - (-(b * y)) + d

    pieces = affine_pieces(z3.If(x <= y, term(first), term(second)) / 2)
    assert pieces is not None
    expected = row(first if at[0] <= at[1] else second, *at) / 2
    values = [
        sum(
            value * {id_of(x): at[0], id_of(y): at[1], -1: Fraction(1)}[key]
            for key, value in piece.items()
        )
        for piece in pieces
    ]
    assert expected in values
    assert affine_pieces(x * y) is None
