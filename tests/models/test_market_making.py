"""A market's hearings argument by argument, calibration, and the exact thresholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.market_making import (
    Hearing,
    Market,
    MarketMaking,
    hear,
    market_making,
    predict,
)
from models.worlds.market_making import heard, predicted
from spec import I, Nature, Real, minimum
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


@given(
    st.lists(
        st.tuples(st.integers(1, 5), st.fractions(0, 1, max_denominator=4), SIXTIETHS),
        min_size=1,
        max_size=12,
    )
)
@FORTY
def test_calibration_error_is_at_most_the_mean_distance(
    questions: list[tuple[int, Fraction, Fraction]],
) -> None:
    """Questions with a weight, the confidence stated and the probability of being right."""
    total = sum(weight for weight, _, _ in questions)
    levels: defaultdict[Fraction, list[tuple[int, Fraction]]] = defaultdict(list)
    for weight, stated, right in questions:
        levels[stated].append((weight, right))
    calibration = Fraction(0)
    for stated, members in levels.items():
        share = sum(weight for weight, _ in members)
        frequency = sum((weight * right for weight, right in members), Fraction(0)) / share
        calibration += Fraction(share, total) * abs(stated - frequency)
    distance = sum((w * abs(c - r) for w, c, r in questions), Fraction(0)) / total
    assert calibration <= distance
    if all(len(members) == 1 for members in levels.values()):
        assert calibration == distance


def belief_after(
    start: Fraction, misled: Fraction, asked: list[Fraction], unmoved: Fraction, influence: Fraction
) -> Fraction:
    """How far the belief is off after the arguments, told one by one."""
    for off in asked:
        start = min(Fraction(1), unmoved * start + misled + influence * off)
    return start


@given(
    st.lists(
        st.tuples(SIXTIETHS, SIXTIETHS, st.lists(SIXTIETHS, min_size=3, max_size=3)),
        min_size=1,
        max_size=5,
    ),
    SIXTIETHS,
    SIXTIETHS,
)
@FORTY
def test_hearings_are_off_by_no_more_than_the_bound(
    questions: list[tuple[Fraction, Fraction, list[Fraction]]],
    unmoved: Fraction,
    influence: Fraction,
) -> None:
    n = len(questions)
    after = sum(
        (belief_after(d, misled, asked, unmoved, influence) for d, misled, asked in questions),
        Fraction(0),
    )
    p = parameters_at(
        MarketMaking,
        untold=sum((d for d, _, _ in questions), Fraction(0)) / n,
        misleading=sum((misled for _, misled, _ in questions), Fraction(0)) / n,
        unmoved=unmoved,
        influence=influence,
    )
    errors = sum((sum(asked, Fraction(0)) for _, _, asked in questions), Fraction(0))
    market: Any = Market(miscalibration=Real(errors / (3 * n)))
    nature: Any = Given()
    assert after / n <= number(hear(market, p, nature).miscalibration)


def test_errors_at_the_last_argument_attain_the_bound() -> None:
    asked = [Fraction(0), Fraction(0), Fraction(3, 5)]
    p = parameters_at(MarketMaking, untold=Fraction(1, 2), misleading=0)
    market: Any = Market(miscalibration=Real(Fraction(1, 5)))
    nature: Any = Given()
    bound = number(hear(market, p, nature).miscalibration)
    off = belief_after(Fraction(1, 2), Fraction(0), asked, Fraction(1, 4), Fraction(1, 10))
    assert off == bound


def settles_at(rounds: int, **at: Fraction | int) -> Fraction:
    """What the worst run comes to."""
    start = {"miscalibration": Fraction(0)}
    steps = (hear, predict)
    run = worst_run(Market, steps, MarketMaking, rounds=rounds, start=start, at=at)
    return run[-1]["miscalibration"]


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize("arguments", [2, 3, 5])
def test_the_market_stays_near_exactly_within_the_formula(arguments: int, beyond: bool) -> None:
    """k^n d0 + w (1 + ... + k^(n-1)) + b n L + eps <= L, solved for b."""
    k, w, eps = Fraction(1, 4), Fraction(1, 200), Fraction(1, 200)
    fixed = k**arguments / 2 + w * sum((k**i for i in range(arguments)), Fraction(0)) + eps
    influence = (LIMIT - fixed) / (arguments * LIMIT) + Fraction(1 if beyond else -1, 1000)
    assert (settles_at(400, arguments=arguments, influence=influence) > LIMIT) == beyond


def test_more_arguments_help_and_then_harm() -> None:
    off = [settles_at(400, arguments=n) for n in range(11)]
    best = off.index(min(off))
    assert 0 < best < 10
    assert off[: best + 1] == sorted(off[: best + 1], reverse=True)
    assert off[best:] == sorted(off[best:])


def discounted(market: Market[I], p: MarketMaking, nature: Nature) -> Hearing[I]:
    """The market's errors are spread over the arguments evenly, and early ones are discounted."""
    left, misled = p.untold, Real(0)
    for _ in range(p.arguments):
        left = p.unmoved * left
        misled = p.unmoved * misled + p.misleading + p.influence * p.density * market.miscalibration
    return Hearing(miscalibration=minimum(1, left + misled))


def heard_once(market: Market[I], p: MarketMaking, nature: Nature) -> Hearing[I]:
    """One argument misleads, and not every one."""
    left = p.untold
    for _ in range(p.arguments):
        left = p.unmoved * left
    misled = p.influence * p.arguments * p.density * market.miscalibration
    return Hearing(miscalibration=minimum(1, left + p.misleading + misled))


@pytest.mark.parametrize("step", [discounted, heard_once])
def test_a_wrong_hearing_is_refuted_by_a_world(step: Callable[..., Any]) -> None:
    broken = broken_world(market_making, "amplify", step, heard, density="density")
    assert broken == "miscalibration"


def test_a_market_that_forgets_its_departures_is_refuted_by_a_world() -> None:
    def flawless(hearing: Hearing[I], p: MarketMaking, nature: Nature) -> Market[I]:
        """The price is the belief."""
        nature.choose("departure", at_most=p.imitation_error)
        return Market(miscalibration=hearing.miscalibration)

    assert broken_world(market_making, "distill", flawless, predicted) == "miscalibration"
