"""Noisy NANDs: one level against all outcomes of the gates, many against the pair they tend to."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given

import models.noisy_nand as nand
from checker.portfolio.decision import Options
from checker.statements.registry import judge
from models.noisy_nand import PairOnlyWhere, PairWhere, nand_of_copies, noisy_nand_pairs
from spec import Claim, Invariant, Real
from spec.statements.base import Answer
from tests.models.draws import CHANCES, SIXTY
from tests.support import number


@SIXTY
@given(CHANCES, CHANCES)
def test_a_level_against_all_outcomes(reads_one: Fraction, noise: Fraction) -> None:
    """Two inputs, a gate that may be flipped: eight outcomes."""
    total = Fraction(0)
    for first, second, flip in product((0, 1), repeat=3):
        chance = Fraction(1)
        for value, odds in ((first, reads_one), (second, reads_one), (flip, noise)):
            chance *= odds if value else 1 - odds
        total += chance * ((1 - first * second) ^ flip)
    assert number(nand_of_copies(Real(reads_one), Real(noise))) == total


@pytest.mark.parametrize("thousandths", [0, 20, 50, 71, 80, 85, 88, 89, 92, 120, 250, 499])
def test_many_levels_end_at_the_pair_or_together(thousandths: int) -> None:
    """Iterated in floats, ones and zeros end apart by the formula, or not at all."""
    noise = thousandths / 1000
    one, zero = 1.0, 0.0
    for _ in range(200_000):
        one, zero = (1 - noise - (1 - 2 * noise) * x * x for x in (zero, one))
    square = 1 - 12 * noise + 8 * noise**2
    assert one - zero == pytest.approx(max(0, square) ** 0.5 / (1 - 2 * noise), abs=1e-6)


@pytest.mark.parametrize("invariant", [PairOnlyWhere(), PairWhere()])
def test_another_formula_is_refuted(invariant: Invariant, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = Claim("pairs", noisy_nand_pairs, invariant)
    assert judge(claim).answer is Answer.PROVED
    monkeypatch.setattr(nand, "discriminant", lambda noise: 1 - 11 * noise + 8 * noise**2)
    quick = Options(timeout=2, thorough=False)
    assert judge(claim, None, quick).answer is not Answer.PROVED
