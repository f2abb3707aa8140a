"""Ellipsoids that an affine step keeps: exact elimination against samples and known results."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.differential import language
from benchmarks.differential.machines import Field, Kept, Machine, Step, name
from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.invariants import ellipsoids
from checker.invariants.ellipsoids import (
    AffineStep,
    Ellipsoid,
    affine_step,
    candidates,
    inductive_ellipsoids,
    quadratic,
    semidefinite,
)
from checker.invariants.preimages import HalfSpace
from checker.system.findings import Method
from checker.system.problem import pose
from examples import round_sets
from spec import Real
from spec.statements.base import Answer
from tests.turning_schemes import TURN, Two, claim_of, spiral, turned

ZERO, UNIT = Fraction(0), Fraction(1)
small = st.fractions(-1, 1, max_denominator=6)
square = st.integers(1, 4).flatmap(
    lambda n: st.lists(st.lists(small, min_size=n, max_size=n), min_size=n, max_size=n)
)


@settings(max_examples=50, deadline=None)
@given(square, st.lists(st.fractions(-1, 2, max_denominator=4), min_size=4, max_size=4))
def test_semidefinite_is_the_sign_of_the_diagonal(
    lower: list[list[Fraction]], diagonal: list[Fraction]
) -> None:
    """L D L' with ones on L's diagonal is semidefinite exactly where D has no negative entry."""
    size = len(lower)
    rows = [[lower[i][j] if j < i else Fraction(i == j) for j in range(size)] for i in range(size)]
    made = [
        [sum((a * d * b for a, d, b in zip(p, diagonal, q, strict=False)), ZERO) for q in rows]
        for p in rows
    ]
    assert semidefinite(made) is (min(diagonal[:size]) >= 0)


@settings(max_examples=50, deadline=None)
@given(square, st.lists(small, min_size=4, max_size=4))
def test_semidefinite_has_no_negative_value(
    matrix: list[list[Fraction]], z: list[Fraction]
) -> None:
    size = len(matrix)
    even = [[matrix[i][j] + matrix[j][i] for j in range(size)] for i in range(size)]
    if semidefinite(even):
        assert quadratic(even, z[:size]) >= 0


steps = st.tuples(
    st.lists(st.lists(small, min_size=2, max_size=2), min_size=2, max_size=2),
    st.lists(st.lists(small, min_size=2, max_size=2), min_size=0, max_size=2),
    st.lists(small, min_size=2, max_size=2),
)


@settings(max_examples=20, deadline=None)
@given(
    steps, st.tuples(small, small), st.lists(st.sampled_from([-1, 0, 1]), min_size=2, max_size=2)
)
def test_what_is_said_to_be_kept_is_kept(
    drawn: tuple[Any, Any, Any], at: tuple[Fraction, Fraction], units: list[int]
) -> None:
    turn, pushes, start = drawn
    shrunk = tuple(tuple(v * Fraction(2, 5) for v in row) for row in turn)
    step = AffineStep(shrunk, tuple(map(tuple, pushes)), (ZERO, ZERO), (tuple(start),))
    found = next(candidates(step, None), None)
    assume(found is not None)
    assert found is not None
    assert found.holds(start)
    level = quadratic(found.form, at)
    assume(level > 0)
    scale = UNIT
    while level * scale * scale > 1:  # onto the boundary, nearly, from inside
        scale /= 2
    while level * (scale * Fraction(9, 8)) ** 2 <= 1:
        scale *= Fraction(9, 8)
    z = [v * scale for v in at]
    after = [sum((a * b for a, b in zip(row, z, strict=True)), ZERO) for row in shrunk]
    for push, unit in zip(pushes, units, strict=False):
        after = [a + b * unit for a, b in zip(after, push, strict=True)]
    assert found.holds(after)


def disc(*, rate: Fraction = UNIT, weights: tuple[Fraction, ...] = ()) -> Ellipsoid:
    return Ellipsoid(((UNIT, ZERO), (ZERO, UNIT)), rate, weights)


HALF_TURN = AffineStep(
    tuple(tuple(v / 2 for v in r) for r in TURN), ((UNIT / 2, ZERO),), (ZERO,) * 2, ((ZERO,) * 2,)
)
"""A turn that halves, and a push of one half: the unit disc is kept, and no smaller one."""


def test_the_numbers_that_show_it_are_needed() -> None:
    assert disc(rate=UNIT / 2, weights=(UNIT / 2,)).kept_by(HALF_TURN)
    assert not disc(rate=UNIT / 4, weights=(UNIT / 2,)).kept_by(HALF_TURN)
    assert not disc(rate=UNIT, weights=(UNIT,)).kept_by(HALF_TURN)  # more than one in all
    assert not disc(rate=2 * UNIT, weights=(-UNIT,)).kept_by(HALF_TURN)
    hollow = attrs.evolve(disc(rate=-UNIT, weights=(ZERO,)), form=((-UNIT, ZERO), (ZERO, -UNIT)))
    assert not hollow.kept_by(attrs.evolve(HALF_TURN, pushes=((ZERO, ZERO),)))
    smaller = attrs.evolve(
        disc(rate=UNIT / 2, weights=(UNIT / 2,)), form=((2 * UNIT, ZERO), (ZERO, 2 * UNIT))
    )
    assert not smaller.kept_by(HALF_TURN)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.fractions(-1, 1, max_denominator=8), min_size=2, max_size=2),
    st.lists(st.fractions(0, 1, max_denominator=8), min_size=2, max_size=2),
)
def test_a_turning_box_of_seeds_is_within_the_disc_of_its_farthest_corner(
    low: list[Fraction], width: list[Fraction]
) -> None:
    x, y = name("x"), name("y")
    outputs = ((x * 4 - y * 3) / 5, (x * 3 + y * 4) / 5)
    corners = itertools.product(*((a, a + w) for a, w in zip(low, width, strict=True)))
    square = max(a * a + b * b for a, b in corners)
    assume(square > 0)
    kept = (Kept(x * x + y * y, square),)
    fields = tuple(Field(each, Fraction(-4), Fraction(4)) for each in "xy")
    seeds = (tuple(low), (Step((), outputs),))
    machine = Machine("turning", fields, *seeds, kept, spread=tuple(width))
    less = attrs.evolve(machine, kept=(Kept(x * x + y * y, square - Fraction(1, 1000)),))
    for each, held in ((machine, True), (less, False)):
        problem = pose(language.claim_of("turning", each))
        assert (inductive_ellipsoids(problem, QueryBudget(5.0)) is not None) is held


def test_a_form_that_is_not_convex_may_leave_out_seeds_between_the_corners(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """x y <= 1 holds at (2, 0) and (0, 2), not at (1, 1) times 11/10."""
    hollow = Ellipsoid(((ZERO, UNIT / 2), (UNIT / 2, ZERO)), UNIT, ())
    corners = ((2 * UNIT, ZERO), (ZERO, 2 * UNIT), (ZERO, ZERO), (2 * UNIT, 2 * UNIT / 5))
    still = AffineStep(((UNIT, ZERO), (ZERO, UNIT)), (), (ZERO, ZERO), corners)
    assert all(map(hollow.holds, corners))
    assert hollow.kept_by(still)
    assert not hollow.holds((11 * UNIT / 10, UNIT))
    monkeypatch.setattr(ellipsoids, "_conserved", lambda step: hollow)
    assert list(candidates(still, None)) == []
    assert list(candidates(attrs.evolve(still, starts=corners[:1]), None)) == [hollow]


def test_a_half_space_is_decided_at_the_boundary() -> None:
    for normal, centre in itertools.product(((3, 4), (-3, 4)), ((0, 0), (1, 2))):
        row, at = tuple(map(Fraction, normal)), tuple(map(Fraction, centre))
        touching = 5 + row[0] * at[0] + row[1] * at[1]
        assert disc().within(HalfSpace(row, touching), at)
        assert not disc().within(HalfSpace(row, touching - Fraction(1, 10**12)), at)
    assert not disc().within(HalfSpace((UNIT, ZERO), Fraction(-2)), (ZERO, ZERO))


def test_the_rotation_is_proved_at_its_very_limit() -> None:
    claim = spiral(UNIT, "1")
    problem = pose(claim)
    region = inductive_ellipsoids(problem, QueryBudget(5.0))
    assert region is not None
    state = (UNIT, ZERO)
    for _ in range(20):
        state = turned(state, UNIT)  # type: ignore[assignment]
        assert state[0] ** 2 + state[1] ** 2 == 1
    assert inductive_ellipsoids(pose(spiral(UNIT, "999999/1000000")), QueryBudget(5.0)) is None


def test_a_disc_within_a_disc_is_asked_of_the_solver() -> None:
    def step(s: Any, nature: Any) -> list[Real]:
        return [sum((v * a for v, a in zip((s.x, s.y), row, strict=True)), Real(0)) for row in TURN]

    inside = claim_of(Two, ["1", "0"], step, lambda at: at.x**2 + at.y**2 <= 1)
    outside = claim_of(Two, ["1", "0"], step, lambda at: at.x**2 + at.y**2 < 1)
    assert inductive_ellipsoids(pose(inside), QueryBudget(5.0)) is not None
    assert inductive_ellipsoids(pose(outside), QueryBudget(5.0)) is None


@pytest.mark.parametrize("claim", [round_sets.in_a_disc, round_sets.stable])
def test_the_examples_are_proved_by_ellipsoids(claim: Any) -> None:
    verdict = decide(claim, options=Options(timeout=30, engines=("ellipsoids",)))
    assert verdict.answer is Answer.PROVED
    assert verdict.method is Method.ELLIPSOID
    assert verdict.certificate is not None
    assert verdict.certificate.bounds["agent"]


def test_a_step_that_is_not_affine_is_left_alone() -> None:
    bent = claim_of(Two, ["0", "0"], lambda s, nature: [s.x * s.x, s.y], lambda at: at.x <= 1)
    assert affine_step(pose(bent)) is None
    read = claim_of(
        Two,
        ["0", "0"],
        lambda s, n: [s.x / 2 + n.choose("n", at_most=s.y * s.y), s.y / 2],
        lambda at: at.x <= 1,
    )
    assert affine_step(pose(read)) is None
