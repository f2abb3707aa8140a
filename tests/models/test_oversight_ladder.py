"""The rungs of a ladder hold together as often as their product."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.oversight_ladder import Finite, Ladder, vetted
from spec import Count, Real
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at


@SIXTY
@given(CHANCES, st.integers(1, 16), st.integers(1, 5))
def test_rungs_hold_together_as_often_as_their_product(
    odds: Fraction, factor: int, rungs: int
) -> None:
    p = parameters_at(Finite, odds=odds, factor=factor)
    ladder: Ladder[Any] = Ladder(rung=Count(0), escaped=Real(0))
    for _ in range(rungs):
        ladder = Ladder(rung=ladder.rung.plus(1), escaped=vetted(ladder, p))
    assert number(ladder.escaped) == 1 - 1 / (1 + odds * factor) ** rungs
