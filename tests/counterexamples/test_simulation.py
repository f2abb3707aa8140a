"""Simulated runs follow the steps, stay within bounds, and are what they were told to be."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.counterexamples.simulation import Nature, Simulation, simulate
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Parameters,
    Real,
    SpecError,
    between,
    budget,
    parameter,
)
from spec import Nature as Choices


class Tank(Agent[I]):
    level: Real = between(0, 4, "litres")


class Dry(Invariant):
    """It does not fill up."""

    level: Real = budget(0, 4, "litres", limit="3/4")

    def holds(self, tank: Tank[Any]) -> Bool:
        return tank.level <= self.level


class Rain(Parameters):
    most: Real = parameter("1/2", 0, 1, "litres a round")


def empty(p: Rain) -> Tank[Dry]:
    return Tank(level=Real(0))


def leak(tank: Tank[I], p: Rain, nature: Choices) -> Tank[I]:
    rain = nature.choose("rain", at_most=p.most)
    spill = nature.choose("spill", at_most=rain / 2)
    return Tank(level=tank.level / 2 + rain - spill)


tank = Loop[Rain, Tank[Dry]]("tank", parameters=Rain, seed=empty, step=leak)
HALF = Fraction(1, 2)


def levels(found: Simulation) -> list[Fraction]:
    exact = [step.after["level"] for step in found.run.steps]
    assert all(value.low == value.high for value in exact)
    return [value.low for value in exact]


def simulated(nature: Nature, rounds: int = 6, **rest: Any) -> Simulation:
    return simulate({"dry": pose(Claim("c", tank, Dry()))}, nature, rounds, **rest)


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8))
def test_a_random_run_is_made_by_the_steps_from_choices_within_their_bounds(
    draw: int, rounds: int
) -> None:
    found = simulated(Nature.RANDOM, rounds, draw=draw)
    level = Fraction(0)
    for step, after in zip(found.run.steps, levels(found), strict=True):
        rain, spill = step.chosen["rain"].low, step.chosen["spill"].low
        assert 0 <= rain <= HALF
        assert 0 <= spill <= rain / 2
        level = level / 2 + rain - spill
        assert after == level
    assert found == simulated(Nature.RANDOM, rounds, draw=draw)
    first = next((i for i, v in enumerate(levels(found), 1) if v > Fraction(3, 4)), None)
    assert found.breaks.get("dry") == first


def test_the_worst_corner_spills_nothing_and_breaks_first() -> None:
    worst = simulated(Nature.WORST)
    assert levels(worst)[:3] == [HALF, Fraction(3, 4), Fraction(7, 8)]
    assert worst.breaks == {"dry": 3}
    assert simulated(Nature.LEAST).breaks == {}
    assert levels(simulated(Nature.GREATEST))[0] == Fraction(1, 4)


@settings(deadline=None)
@given(st.fractions(0, HALF, max_denominator=50))
def test_a_choice_made_by_hand_has_its_value_in_every_round(rain: Fraction) -> None:
    found = simulated(Nature.RANDOM, 5, by_hand={"rain": rain})
    assert all(
        step.chosen["rain"].low == rain == step.chosen["rain"].high for step in found.run.steps
    )


@pytest.mark.parametrize(
    ("by_hand", "said"),
    [
        ({"rian": HALF}, "did you mean rain"),
        ({"rain": Fraction(2)}, "its bounds there are 0 and 1/2"),
        ({"rain": Fraction(1, 10), "spill": Fraction(1, 10)}, "its bounds there are 0 and 1/20"),
    ],
)
def test_a_choice_that_cannot_be_made_is_refused(by_hand: dict[str, Fraction], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        simulated(Nature.LEAST, 3, by_hand=by_hand)
