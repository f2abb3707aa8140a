"""The basin of corrigibility ends where a computation by hand says."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import Any

import pytest
import z3
from hypothesis import given
from hypothesis import strategies as st

from checker import decide
from checker.statements.registry import judge
from models.corrigibility import (
    Correctable,
    InBasin,
    after_corrections,
    benign_and_corrigible,
    corrigibility,
)
from properties import oversight
from spec import Claim, Closed, Real
from spec.alignment import Benign, Corrigible, SelfCorrecting
from spec.statements.base import Answer
from tests.models.draws import FORTY, SIXTIETHS
from tests.support import number


def corrected_once(q: Fraction) -> Fraction:
    """A round at the default correction 3/4, with drift at its most, 1/50."""
    return q - Fraction(3, 4) * q * (1 - q) + Fraction(1, 50)


@given(SIXTIETHS, SIXTIETHS, SIXTIETHS)
@FORTY
def test_corrections_reach_an_agent_as_often_as_it_does_not_evade_them(
    resistance: Fraction, correction: Fraction, evasion: Fraction
) -> None:
    reached = 1 - evasion * resistance
    expected = reached * resistance * (1 - correction) + (1 - reached) * resistance
    found = after_corrections(Real(resistance), Real(correction), Real(evasion))
    assert number(found) == expected


def edges(digits: int = 12) -> tuple[Fraction, Fraction]:
    """Rationals just below the fixed points: 1/2 -+ sqrt(67/300), by the formula for quadratics."""
    scale = 10**digits
    root = Fraction(isqrt(67 * scale**2 * 300), 300 * scale)
    return Fraction(1, 2) - root, Fraction(1, 2) + root


def test_the_fixed_points_are_those_of_the_round() -> None:
    for edge in edges():
        assert abs(corrected_once(edge) - edge) < Fraction(1, 10**10)


@pytest.mark.parametrize(("offset", "stays"), [("-1e-6", True), ("1e-6", False)])
def test_the_basin_ends_at_the_greater_root(offset: str, stays: bool) -> None:
    """On either side of the edge, by hand: the round is monotone and has no other fixed point
    between 1/2 and 1, so where its first step goes the run goes."""
    start = edges()[1] + Fraction(offset)
    assert (corrected_once(start) < start) == stays
    inside = InBasin().holds(correctable(start, start))
    assert z3.is_true(z3.simplify(inside.term)) == stays
    limit = Corrigible(resistance=Real("99/100"))
    verdict = decide(Claim("edge", corrigibility, limit), {"seed_resistance": start})
    assert verdict.answer is (Answer.PROVED if stays else Answer.REFUTED)


def correctable(resistance: Fraction, before: Fraction) -> Correctable[Any]:
    return Correctable(resistance=Real(resistance), resistance_before=Real(before), malign=Real(0))


@given(st.fractions(min_value=0, max_value="1/2", max_denominator=200))
@FORTY
def test_a_round_brings_resistance_nearer_to_the_residue(q: Fraction) -> None:
    nearer = SelfCorrecting(resistance=Real(1), residue=Real("1/20"), rate=Real("2/3"))
    agent = correctable(corrected_once(q), q)
    assert z3.is_true(z3.simplify(nearer.holds(agent).term))


def test_benign_breaks_through_resistance_and_only_so() -> None:
    verdict = judge(Closed("benign", benign_and_corrigible, Benign()))
    assert verdict.run is not None
    start = verdict.run.seed
    assert start["malign"].high <= Fraction(1, 10)
    assert start["resistance"].low > Fraction(1, 25)  # 2 (1/20 1/10 + 19/20 1/25) is within 1/10


THIRTIETHS = st.integers(1, 30).map(lambda n: n / 30)


@given(THIRTIETHS, st.integers(0, 30).map(lambda n: n / 30), st.integers(0, 60))
@FORTY
def test_where_there_is_a_basin(correction: float, evasion: float, sixtieths: int) -> None:
    """The region of the row corrigible-region against the round itself, iterated in floats from an
    agent that takes every correction, and from one that resists all, off the edges."""
    drift = sixtieths / 60 + 1e-4
    most = correction / (4 * evasion) if evasion > 0.5 else correction * (1 - evasion)
    comes_back = drift < correction * (1 - evasion)
    if abs(drift - most) < 1e-3 or abs(drift - correction * (1 - evasion)) < 1e-3:
        return
    least, greatest = 0.0, 1.0
    for _ in range(20_000):
        least, greatest = (
            min(1.0, q * (1 - correction * (1 - evasion * q)) + drift) for q in (least, greatest)
        )
    assert (least < 1) == (drift < most)
    assert (greatest < 1) == comes_back


@pytest.mark.parametrize("evasion", ["1/2", "3/5", "3/4", "1"])
def test_the_stated_drifts_are_where_a_round_turns(evasion: str) -> None:
    """The greatest drift at which some q within the limit does not grow, over a fine grid of q."""
    v, k = Fraction(evasion), Fraction(3, 4)
    for limit in (Fraction(2, 3), Fraction(99, 100)):
        grid = [limit * n / 600 for n in range(601)]
        found = max(k * q * (1 - v * q) for q in grid)
        stated = oversight.drift_borne(evasion, str(limit), "").number
        assert stated is not None
        assert 0 <= stated - found <= Fraction(1, 10**5)
