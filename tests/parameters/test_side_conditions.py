"""The theorem on exact thresholds is not used with one of its side conditions broken."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest

from checker.parameters.exact_threshold import exact_threshold
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import Brackets
from checker.parameters.obstacles import NotExact, NotShownEverywhere, Obstacle
from checker.parameters.threshold import threshold
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
    Real,
    between,
    budget,
    minimum,
    when,
)
from spec.statements.base import Answer
from tests.parameters.memories import (
    AtMost,
    Memory,
    Noise,
    Rewrite,
    blank,
    claim,
    half,
    split_threshold,
)


def test_without_a_greatest_choice() -> None:
    """A choice that helps one field and harms the other has no greatest value."""
    found = split_threshold()
    assert found.method == Brackets(Obstacle.NO_ORDER)
    assert "greatest choice" in describe(found.method)


def obstacle(tested: Claim) -> Obstacle | NotShownEverywhere:
    """The side condition that keeps the theorem from the claim, along its noise."""
    with pytest.raises(NotExact) as caught:
        exact_threshold(ParametricProblem(tested, ("noise",)))
    return caught.value.reason


def test_not_monotone() -> None:
    def logistic(error: Real, p: Noise, nature: Nature) -> Real:
        return minimum(1, 4 * (1 - p.noise) * error * (1 - error) + "1/100")

    assert obstacle(claim(logistic, "19/20")) is Obstacle.NOT_MONOTONE


class Pair(Agent[I]):
    x: Real = between(0, 1)
    y: Real = between(0, 1)


class SumSmall(Invariant):
    total: Real = budget(0, 2, "sum", limit=1)

    def holds(self, pair: Pair[Any]) -> Bool:
        return pair.x + pair.y <= self.total


def test_a_seed_that_is_not_comparable_with_its_successors() -> None:
    """One field falls towards 0 forever while the other rises, so the seed is neither better nor
    worse than its successor, and no later state is: "nothing settles" is no refutation."""

    def start(p: Noise) -> Pair[SumSmall]:
        return Pair(x=Real(1), y=Real(0))

    def step(pair: Pair[I], p: Noise, nature: Nature) -> Pair[I]:
        return Pair(x=pair.x / 2, y=pair.y / 2 + 2 * p.noise)

    scheme = Loop[Noise, Pair[SumSmall]]("pair", parameters=Noise, seed=start, step=step)
    tested = Claim("pair", scheme, SumSmall())
    assert obstacle(tested) is Obstacle.SEED_NOT_BETTER
    assert "successor" in describe(Obstacle.SEED_NOT_BETTER)
    found = threshold(tested, "noise", timeout=20)
    assert found.extent is Extent.EDGE  # the sum is halved each time, and 2 noise added
    assert found.exact is not None
    assert found.exact.fraction == Fraction(1, 4)
    assert found.included


def test_a_seed_worse_than_its_successor() -> None:
    """From error 1/2 the run falls, and the seed itself is what settles."""

    def falling(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 4 + p.noise * "3/4"

    fell = exact_threshold(ParametricProblem(claim(falling, "1/2", seed=half), ("noise",)))
    assert fell.edge.extent is Extent.ALL
    above = exact_threshold(ParametricProblem(claim(falling, "49/100", seed=half), ("noise",)))
    assert above.edge.extent is Extent.NONE


def jumping(strictly: bool) -> Rewrite:
    """Creeps up to 1/2 and never reaches it; at 1/2 (or only beyond) it would jump to 1."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        creeps = (error + "1/2") / 2 + 0 * p.noise
        return when(error < "1/2" if strictly else error <= "1/2", creeps, 1)

    return rewrite


def test_a_comparison_of_two_numbers_jumps_nowhere() -> None:
    """Nature's greatest choice is a number here, and is compared with another one."""

    def capped(error: Real, p: Noise, nature: Nature) -> Real:
        flip = nature.choose("flip", at_most=p.other)
        return error / 2 + p.noise * minimum(1, flip + "1/4")

    edge = exact_threshold(ParametricProblem(claim(capped, "1/8"), ("noise",))).edge
    assert edge.number is not None
    assert edge.number.low == edge.number.high == Fraction(1, 8)


def test_a_jump_at_a_limit_that_is_never_reached() -> None:
    """With error < 1/2 as the guard the limit itself jumps, though no run does: nothing settles
    within 3/4, and yet the claim holds. With <= it settles at 1/2."""
    jumps = claim(jumping(strictly=True), "3/4")
    assert obstacle(jumps) is Obstacle.STEP_JUMPS
    assert "jump" in describe(Obstacle.STEP_JUMPS)
    assert threshold(jumps, "noise").extent is not Extent.NONE
    settles = ParametricProblem(claim(jumping(strictly=False), "3/4"), ("noise",))
    assert exact_threshold(settles).edge.extent is Extent.ALL


def test_a_claim_that_is_not_closed_in_disguise() -> None:
    """An open set written with <=: the run creeps up to its edge and stays in it."""

    class Disguised(Invariant):
        error: Real = budget(0, 1, "probability", limit="1/2")

        def holds(self, memory: Memory[Any]) -> Bool:
            return when(memory.error < "1/2", Real(0), 1) <= self.error

    def creeping(error: Real, p: Noise, nature: Nature) -> Real:
        return (error + "1/2") / 2 + 0 * p.noise

    disguised = claim(creeping, "1/2", Disguised)
    assert obstacle(disguised) is Obstacle.CLAIM_JUMPS
    assert "closed" in describe(Obstacle.CLAIM_JUMPS)
    assert threshold(disguised, "noise").extent is Extent.ALL


def test_an_empty_choice_of_nature() -> None:
    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        most = p.noise - "1/4"
        return minimum(1, error + nature.choose("slip", at_most=most) + "1/100")

    with pytest.raises(NotExact):
        exact_threshold(ParametricProblem(claim(rewrite, "1/2"), ("noise",)))


def test_a_parameter_without_a_direction() -> None:
    """noise (1/2 - noise) rises and falls."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        return minimum(1, error / 2 + p.noise * ("1/2" - p.noise))

    undirected = claim(rewrite, "1/10")
    assert obstacle(undirected) is Obstacle.NO_DIRECTION
    # 2 n (1/2 - n) <= 1/10 fails between (1 -+ sqrt(1/5)) / 4, so the safe set is two intervals.
    found = threshold(undirected, "noise", timeout=20)
    assert found.extent is Extent.PIECES
    answers = [Answer.PROVED, Answer.REFUTED, Answer.PROVED]
    assert [each.answer for each in found.ranges] == answers
    middle = found.ranges[1]
    for end in (middle.low, middle.high):
        assert end.coefficients == (1, -10, 20)
    assert not middle.low_included
    assert not middle.high_included


def test_a_hole_before_the_last_edge() -> None:
    """The limit is kept exactly where 16 (n - 1/16) (n - 1/8) (n - 3/8) <= 0: up to 1/16, and again
    from 1/8 to 3/8. Nothing settles beyond 3/8, which alone would make it the threshold."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        n = p.noise
        return error / 2 + 8 * (n - "1/16") * (n - "1/8") * (n - "3/8") + "1/20"

    holed = claim(rewrite, "1/10")
    assert obstacle(holed) is Obstacle.NO_DIRECTION
    found = threshold(holed, "noise", timeout=20)
    assert found.exact is None
    assert found.extent is Extent.PIECES
    ends = [Fraction(0), *(Fraction(n, 16) for n in (1, 2, 6, 8))]
    assert [(r.low.fraction, r.high.fraction) for r in found.ranges] == [*itertools.pairwise(ends)]
    kept = [each.answer is Answer.PROVED for each in found.ranges]
    assert kept == [True, False, True, False]
    assert [each.low_included for each in found.ranges] == kept
    text = "noise <= 1/16 = 0.0625 or 1/8 = 0.125 <= noise <= 3/8 = 0.375"
    assert text in describe(found)


def test_an_assumption_that_fails_somewhere() -> None:
    def small(p: Noise) -> Bool:
        """Noise is at most 1/4."""
        return p.noise <= "1/4"

    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=minimum(1, memory.error**2 + p.noise))

    scheme = Loop[Noise, Memory[AtMost]](
        "m", parameters=Noise, seed=blank, step=step, assumptions=[small]
    )
    assumed = Claim("m", scheme, AtMost(error=Real("3/10")))
    assert obstacle(assumed) is Obstacle.ASSUMPTION_FAILS
    found = threshold(assumed, "noise", timeout=20)
    assert found.exact is not None
    assert found.exact.fraction == Fraction(21, 100)
    assert "noise <= 21/100 = 0.21; means nothing for noise > 1/4" in describe(found)
    assert "assumption" in describe(Obstacle.ASSUMPTION_FAILS)


def test_a_claim_that_bounds_the_good_side() -> None:
    """A claim with a floor and a ceiling on one field has no worse direction."""

    class Between(Invariant):
        error: Real = budget(0, 1, "probability", limit="1/2")

        def holds(self, memory: Memory[Any]) -> Bool:
            return (memory.error <= self.error) & (memory.error >= 0 * self.error - 1 + "3/4")

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + p.noise / 2

    between = claim(rewrite, "1/2", Between, seed=lambda p: Memory(error=Real("1/4")))
    assert obstacle(between) is Obstacle.NO_ORDER
