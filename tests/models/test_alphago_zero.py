"""The gate passes candidates as often as every sequence of games says."""

from __future__ import annotations

import itertools
from fractions import Fraction

import z3
from hypothesis import given
from hypothesis import strategies as st

from models.alphago_zero import AlphaGoZero, alphago_zero, false_pass, gated
from spec import Real
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at


@SIXTY
@given(st.integers(1, 9), st.data(), CHANCES)
def test_the_gate_passes_the_no_better_seldom(
    games: int, data: st.DataObject, chance: Fraction
) -> None:
    """Every sequence of games, at every probability of a win up to one half."""
    wins = data.draw(st.integers(1, games))
    win = chance / 2
    passes = sum(
        (
            win ** sum(played) * (1 - win) ** (games - sum(played))
            for played in itertools.product((0, 1), repeat=games)
            if sum(played) >= wins
        ),
        Fraction(0),
    )
    assert passes <= false_pass(games, wins)
    assert win != Fraction(1, 2) or passes == false_pass(games, wins)


def test_four_hundred_games_pass_the_no_better_once_in_thirty_nine() -> None:
    assert Fraction(1, 40) < false_pass(400, 220) < Fraction(1, 39)


@SIXTY
@given(CHANCES, CHANCES, CHANCES, CHANCES, CHANCES)
def test_the_gate_leaves_no_larger_gap_than_said(
    held: Fraction, true: Fraction, slack: Fraction, power: Fraction, passing: Fraction
) -> None:
    """A candidate with a gap of at most its bound, passing as often as its kind may."""
    resolution = Fraction(1, 20)
    p = parameters_at(AlphaGoZero, power=power, resolution=resolution, games=9, wins=5)
    if true < held - resolution:
        passed = power + (1 - power) * passing  # clearly better: at least the power
    elif true < held:
        passed = passing  # hardly better: anything
    else:
        passed = power * passing  # no better: less than the power, as the gate is unbiased
    left = passed * true + (1 - passed) * held
    assert left <= number(gated(Real(true + slack), Real(held), p))


def test_a_gate_that_prefers_the_weaker_is_out_of_its_assumptions() -> None:
    p = parameters_at(AlphaGoZero, games=1, wins=1, power=Fraction(1, 4))
    (unbiased, _) = (bool(z3.is_true(z3.simplify(a(p).term))) for a in alphago_zero.assumptions)
    assert not unbiased


def test_the_discounts_of_the_arbitrary_start_are_where_the_fixed_point_passes_one_half() -> None:
    """The formulas of the row, and the recursions iterated in fractions from the worst gap."""
    failure, power, resolution = Fraction(1, 10_000), Fraction(9, 10), Fraction(1, 1000)
    eps, delta, false = Fraction(1, 1000), Fraction(1, 10_000), false_pass(400, 220)
    for edge, gate in ((Fraction(93614, 100_000), True), (Fraction(93716, 100_000), False)):
        for g, within in ((edge, True), (edge + Fraction(1, 100_000), False)):
            worst, added = 1 / (1 - g), (2 * g * eps + delta) / (1 - g)
            if gate:
                spare = (1 - g) ** 2 / 2 - 2 * g * eps - delta - resolution * (1 - g)
                holds = (1 - failure) * power * spare > failure * false * (1 + g) / 2
            else:
                holds = 2 * (2 * g * eps + delta) < (1 - g) ** 2
            assert holds is within
            gap = worst
            for _ in range(1200):
                after = g * gap + added
                if gate:
                    passed = power * (after + resolution) + (1 - power) * gap
                    after = (1 - failure) * passed + failure * (gap + false * (worst - gap))
                gap = after.limit_denominator(10**15)
            assert (gap < Fraction(1, 2)) is within
