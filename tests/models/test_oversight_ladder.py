"""Ladders hold as often as the published formula says, computed apart in decimals."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest

from models.oversight_ladder import (
    GAMES,
    MOST_STEPS,
    EveryLength,
    Game,
    long_ladders_lose,
    one_step,
    success,
    success_of_equals,
    vetted,
)
from spec import Real
from tests.support import number, parameters_at


def published(game: Game, gap: int, steps: int) -> Decimal:
    """The product over steps, as the paper writes it, in decimals of 40 digits."""
    with localcontext() as context:
        context.prec = 40
        slopes = [
            Decimal(part.numerator) / Decimal(part.denominator)
            for part in (
                game.guard_slope,
                game.guard_intercept,
                game.challenger_slope,
                game.challenger_intercept,
            )
        ]
        product = Decimal(1)
        for step in range(steps):
            low = Decimal(1103) + Decimal(gap) * step / steps
            high = Decimal(1103) + Decimal(gap) * (step + 1) / steps
            guard, challenger = slopes[0] * low + slopes[1], slopes[2] * high + slopes[3]
            product /= 1 + Decimal(10) ** ((challenger - guard) / 400)
        return product


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
@pytest.mark.parametrize("gap", [1, 400, 800])
def test_success_encloses_the_published_product(game: Game, gap: int) -> None:
    for steps in range(1, MOST_STEPS + 1):
        found = success(game, gap, steps)
        assert found.high - found.low < Fraction(1, 10**18)
        expected = Fraction(published(game, gap, steps))
        assert found.low - Fraction(1, 10**30) <= expected <= found.high + Fraction(1, 10**30)
        assert found.low <= success_of_equals(game, gap).high ** steps


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
def test_the_bound_on_long_ladders_is_what_long_ladders_approach(game: Game) -> None:
    """Over no gap at all every step is between equals, and the bound is met."""
    equals = success_of_equals(game, 0)
    assert success(game, 0, 5).low <= equals.high**5 + Fraction(1, 10**15)
    assert success(game, 0, 5).high >= equals.low**5 - Fraction(1, 10**15)


def test_the_authors_notebook_prints_the_same_numbers() -> None:
    """Win probabilities at a gap of 400 and the best of up to twenty steps."""
    printed = ("0.110623594442584", "0.513584475109632", "0.275691407676766", "0.097977002063203")
    for game, steps, figure in zip(GAMES, (1, 1, 2, 1), printed, strict=True):
        assert abs(success(game, 400, steps).low - Fraction(figure)) < Fraction(2, 10**15)


def test_a_rung_more_fails_with_odds_over_one_plus_odds() -> None:
    escaped = Real(0)
    for _ in range(3):
        escaped = vetted(escaped, Real("1/4"))
    assert number(escaped) == 1 - Fraction(4, 5) ** 3


def test_the_seed_is_the_whole_gap_in_one_step() -> None:
    seed = one_step(parameters_at(EveryLength, game=0, gap=800, best=3))
    assert number(seed.holds) == success(GAMES[0], 800, 1).high
    assert number(seed.best) == success(GAMES[0], 800, 3).low


def test_no_best_ladder_is_below_the_bound_on_long_ones() -> None:
    for game, best in ((0, 3), (1, 1), (2, 2), (3, 2)):
        p = parameters_at(EveryLength, game=game, gap=800, best=best)
        assert str(long_ladders_lose(p).term) == "True"
    hopeless = parameters_at(EveryLength, game=2, gap=800, best=MOST_STEPS)
    assert str(long_ladders_lose(hopeless).term) == "False"
