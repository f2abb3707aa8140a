"""Where a parameter drives the seed out of its domain, or makes it divide by zero, nothing is
claimed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.parameters.bisection import bracket
from checker.parameters.cell_checker import CellChecker
from checker.parameters.evidence import NoSeed
from checker.parameters.extent import Extent
from checker.parameters.obstacles import NotExact, Obstacle
from checker.parameters.threshold import threshold
from checker.parameters.worst_case import worst_case
from checker.report.words import describe
from checker.system.parametric import ParametricProblem
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    maximum,
    minimum,
    parameter,
)
from spec.statements.base import Answer

HALF = Fraction(1, 2)


class Pair(Agent[I]):
    x: Real = between(0, 1, "what is claimed to stay low")
    y: Real = between(0, "1/2", "what the seed may drive out of its domain")


class Low(Invariant):
    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.x <= "1/2"


class Start(Parameters):
    d: Real = parameter("1/4", -1, 1, "where it starts")


def beside(p: Start) -> Pair[Low]:
    return Pair(x=Real(0), y=p.d)


def divided(p: Start) -> Pair[Low]:
    """It divides by zero for d <= 0."""
    return Pair(x=minimum("1/10", maximum(0, 1 / maximum(p.d, 0))), y=Real(0))


def at_d(p: Start) -> Pair[Low]:
    return Pair(x=p.d, y=Real(0))


def shrink(pair: Pair[I], p: Start, nature: Nature) -> Pair[I]:
    return Pair(x=pair.x / 2 + "1/4", y=pair.y / 2)


def claim(seed: Callable[[Start], Pair[Low]]) -> Claim:
    loop = Loop[Start, Pair[Low]]("pair", parameters=Start, seed=seed, step=shrink)
    return Claim("pair/low", loop, Low())


@pytest.mark.parametrize(
    ("seed", "low", "high"),
    [(beside, "3/4", "1"), (beside, "-1", "-1/8"), (divided, "-1", "0"), (at_d, "-1", "-1/1000")],
)
def test_a_cell_without_a_seed_is_neither_safe_nor_unsafe(seed: Any, low: str, high: str) -> None:
    checker = CellChecker(ParametricProblem(claim(seed), ("d",)))
    found = checker.decide(((Fraction(low), Fraction(high)),))
    assert found.answer is Answer.VACUOUS
    assert found.evidence == NoSeed()
    assert "seed" in describe(found.evidence)


def test_a_cell_with_a_seed_in_part_must_be_cut() -> None:
    checker = CellChecker(ParametricProblem(claim(beside), ("d",)))
    assert checker.decide(((Fraction(-1), Fraction(1)),)).answer is Answer.UNKNOWN
    assert checker.decide(((Fraction(0), HALF),)).answer is Answer.PROVED


@pytest.mark.parametrize(
    ("seed", "obstacle"),
    [(beside, Obstacle.SEED_OUTSIDE), (divided, Obstacle.SEED_DIVIDES_BY_ZERO)],
)
def test_the_exact_theorem_wants_a_seed_at_every_value(seed: Any, obstacle: Obstacle) -> None:
    with pytest.raises(NotExact) as caught:
        worst_case(ParametricProblem(claim(seed), ("d",)), QueryBudget(5.0))
    assert caught.value.reason is obstacle
    assert "the seed" in describe(obstacle)


def test_a_threshold_does_not_call_values_without_a_seed_safe() -> None:
    found = threshold(claim(beside), "d")
    assert found.extent is Extent.PIECES
    assert [each.answer for each in found.ranges] == [Answer.VACUOUS, Answer.PROVED, Answer.VACUOUS]
    _, safe, _ = found.ranges
    assert safe.low.fraction == 0
    assert safe.high.fraction == HALF
    assert safe.low_included
    assert safe.high_included
    text = "holds forever exactly for 0 <= d <= 1/2 = 0.5; means nothing for d < 0 or d > 1/2 = 0.5"
    assert describe(found) == text


def test_a_threshold_says_that_it_is_about_values_with_a_seed() -> None:
    found = threshold(claim(at_d), "d")
    assert found.extent is Extent.EDGE
    assert found.exact is not None
    assert found.exact.fraction == HALF
    assert found.included
    assert "means nothing for d < 0" in describe(found)
    assert found.shown is not None
    assert "where they mean anything" in describe(found.shown)


def test_a_range_stops_where_there_is_no_seed() -> None:
    kept = claim(beside)
    found = bracket(kept, decide(kept), "d", Options())
    assert found.proved_to is not None
    assert found.refuted_from is None
