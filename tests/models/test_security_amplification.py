"""Hardness grows from round to round, up to a floor."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import z3

from models.security_amplification import Hardened, Hardens, missed
from properties.oversight import ENOUGH
from spec import Real


def test_hardness_up_to_a_floor() -> None:
    def held(now: str, before: str, **limits: str) -> bool:
        target = Hardened[Any](exposure=Real(now), exposure_before=Real(before))
        invariant = Hardens(**{name: Real(limit) for name, limit in limits.items()})
        return bool(z3.is_true(z3.simplify(invariant.holds(target).term)))

    assert held("1/1000", "1/100")
    assert not held("2/1000", "1/100")
    assert held("2/1000", "1/100", floor="1/500")


def test_what_a_search_misses_passes_it_with_the_doubt() -> None:
    doubt, borne = Fraction(1, 100), Fraction(237699, 25_000_000)
    for attempts in (1, 10, ENOUGH):
        found = missed(attempts, 2)
        assert (1 - found.high) ** attempts <= doubt <= (1 - found.low) ** attempts
    assert (1 - borne) ** ENOUGH <= doubt < (1 - borne) ** (ENOUGH - 1)
