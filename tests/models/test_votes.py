"""Votes by brute force: joint distributions of copies' errors against the three bounds."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import check
from checker.cli.shipped import _modules, shipped_schemes, shipped_statements
from checker.statements.sound import Tightness
from checker.worlds.tracing import two_versions
from checker.worlds.world import AskedQuestion, Replay, TableQuestion, World
from models.steps import vote_factor
from models.voting import (
    vote_any_dependence,
    vote_any_hardness,
    vote_same_hardness,
)
from models.worlds.votes import vote
from spec import INDEPENDENT, SAME_HARDNESS, Sound
from tests.models.draws import CHANCES, FORTY

F = Fraction
SIZES = (1, 3, 5, 7, 9, 15)


def lost(copies: int, error: Fraction) -> Fraction:
    """P(most of so many independent copies are wrong), by the sum over all patterns."""
    return sum(
        (
            error ** sum(wrong) * (1 - error) ** (copies - sum(wrong))
            for wrong in itertools.product((0, 1), repeat=copies)
            if 2 * sum(wrong) > copies
        ),
        F(0),
    )


def tail(copies: int, error: Fraction) -> Fraction:
    """The same by binomials."""
    return sum(
        (
            comb(copies, n) * error**n * (1 - error) ** (copies - n)
            for n in range(copies // 2 + 1, copies + 1)
        ),
        F(0),
    )


@pytest.mark.parametrize("copies", SIZES)
def test_the_factor_bounds_every_hardness_and_is_nearly_attained(copies: int) -> None:
    factor = vote_factor(copies)
    ratios = [tail(copies, F(n, 2000)) / F(n, 2000) for n in range(1, 2001)]
    assert max(ratios) <= factor
    assert factor - max(ratios) < F(1, 10**4)


def test_the_factors_in_closed_form() -> None:
    assert vote_factor(1) == 1
    assert vote_factor(3) == F(9, 8)  # 3 x - 2 x^2 at x = 3/4
    at = (45 - sqrt(105)) / 48  # where 10 x^2 - 15 x^3 + 6 x^4 is greatest
    most = 10 * at**2 - 15 * at**3 + 6 * at**4
    assert most <= vote_factor(5) <= most + 1.1e-6


@FORTY
@given(CHANCES)
def test_patterns_and_binomials_agree(error: Fraction) -> None:
    assert lost(3, error) == tail(3, error)
    assert lost(5, error) == tail(5, error)


WORLD = st.lists(st.tuples(st.integers(1, 6), CHANCES, CHANCES), min_size=1, max_size=5)


@FORTY
@given(WORLD, st.sampled_from([3, 5]))
def test_every_world_keeps_to_the_bounds(
    drawn: list[tuple[int, Fraction, Fraction]], copies: int
) -> None:
    """Copies that are as dependent as they can be, and copies that are not."""
    total = sum(weight for weight, _, _ in drawn)
    weights = [F(weight, total) for weight, _, _ in drawn]
    errors = [error for _, error, _ in drawn]
    mean = sum((w * e for w, e in zip(weights, errors, strict=True)), F(0))
    alone = sum((w * lost(copies, e) for w, e in zip(weights, errors, strict=True)), F(0))
    assert alone <= vote_factor(copies) * mean
    most = (copies + 1) // 2
    draws = []
    for _, error, share in drawn:
        low = max(F(0), (copies * error - (most - 1)) / (copies - most + 1))
        high = min(F(1), copies * error / most)
        assert low <= lost(copies, error) <= high  # independence is one of the joint distributions
        draws.append(low + share * (high - low))
    together = sum((w * d for w, d in zip(weights, draws, strict=True)), F(0))
    assert together <= min(F(1), F(2 * copies, copies + 1) * mean)
    world = World(
        tuple(
            AskedQuestion(w, {"most copies are wrong": d}, (n,))
            for n, (w, d) in enumerate(zip(weights, draws, strict=True))
        ),
        tuple(TableQuestion(w, {"error": e}) for w, e in zip(weights, errors, strict=True)),
        {"copies": F(copies), "error": mean},
    )
    statement = Sound("s", vote_any_dependence, "voted_together", vote, at={"copies": copies})
    bounds = Replay(two_versions(statement, {})).bounds(world)
    assert bounds is not None
    assert bounds[0].happens == together
    assert bounds[0].says == min(F(1), F(2 * copies, copies + 1) * mean)


@pytest.mark.parametrize("copies", [3, 5, 7])
def test_the_three_bounds_are_proved_and_attained(copies: int) -> None:
    at = {"copies": copies}
    same = (INDEPENDENT, SAME_HARDNESS)
    for statement in (
        Sound("a", vote_same_hardness, "voted_same", vote, assumptions=same, at=at),
        Sound("b", vote_any_hardness, "voted_any", vote, assumptions=(INDEPENDENT,), at=at),
        Sound("c", vote_any_dependence, "voted_together", vote, at=at),
    ):
        (tight,) = (fact for fact in check(statement).facts if isinstance(fact, Tightness))
        assert tight.seen.share is not None
        assert tight.seen.share > F(97, 100)


@pytest.mark.parametrize("copies", [3, 5])
def test_a_vote_of_a_mean_is_refuted(copies: int) -> None:
    for scheme, step, assumed in (
        (vote_same_hardness, "voted_same", (INDEPENDENT,)),
        (vote_same_hardness, "voted_same", (SAME_HARDNESS,)),
        (vote_any_hardness, "voted_any", ()),
    ):
        mutant = Sound(
            "s", scheme, step, vote, assumptions=assumed, at={"copies": copies}, expected="refuted"
        )
        check(mutant)


def test_what_ships_in_a_subfolder_is_found() -> None:
    assert "models.worlds.votes" in {module.__name__ for module in _modules("models")}
    names = [scheme.name for scheme in shipped_schemes()]
    assert len(names) == len(set(names))
    assert "vote-any-hardness" in names
    assert any(isinstance(statement, Sound) for statement in shipped_statements())
