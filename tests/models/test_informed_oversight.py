"""Questioning copies, outcome by outcome, and what it takes to stay informed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.informed_oversight import (
    Insider,
    Questioner,
    Questioning,
    informed_oversight,
    question,
    train,
)
from models.worlds.informed_oversight import questioned, trained
from spec import I, Nature, Real
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


@given(st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(any), SIXTIETHS, SIXTIETHS)
@FORTY
def test_questioning_covers_every_way_in_which_copies_collude(
    drawn: list[int], asked: Fraction, told: Fraction
) -> None:
    """Every outcome of: is something withheld, does the copy collude, is it asked, does it tell."""
    total = sum(drawn)
    still, withheld, collusion = Fraction(0), Fraction(0), Fraction(0)
    for (hides, spares), weight in zip(product((0, 1), repeat=2), drawn, strict=True):
        chance = Fraction(weight, total)
        withheld += chance * hides
        collusion += chance * spares
        for lot, tells in product((0, 1), repeat=2):
            outcome = (asked if lot else 1 - asked) * (told if tells else 1 - told)
            exposed = lot and tells and not spares
            still += chance * outcome * (hides and not exposed)
    p = parameters_at(Questioning, questioned=asked, told=told)
    insider: Any = Insider(withheld=Real(withheld), collusion=Real(collusion))
    nature: Any = Given()
    bound = number(question(insider, p, nature).withheld)
    assert still <= bound
    if not drawn[1] or not drawn[2]:  # one of the two only where the other is
        assert still == bound


def worst(rounds: int, field: str, **at: Fraction | int) -> Fraction:
    """The greatest value of a field in the worst run."""
    start = {"withheld": Fraction(0), "collusion": Fraction(0)}
    steps = (question, train)
    run = worst_run(Insider, steps, Questioning, rounds=rounds, start=start, at=at)
    return max(values[field] for values in run)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("field", "name", "last", "outward"),
    [
        ("withheld", "questioned", Fraction(5, 32), -1),
        ("withheld", "drift", Fraction(3, 80), 1),
        ("withheld", "broken", Fraction(1, 100) / (LIMIT - Fraction(1, 40)), -1),
        ("collusion", "broken", Fraction(1, 10), -1),
    ],
)
def test_it_stays_informed_exactly_within_the_formula(
    field: str, name: str, last: Fraction, outward: int, beyond: bool
) -> None:
    """x t (L - d / a) >= n, and d / a <= L."""
    value = last + outward * Fraction(1 if beyond else -1, 1000)
    assert (worst(600, field, **{name: value}) > LIMIT) == beyond


def colluding_independently(insider: Insider[I], p: Questioning, nature: Nature) -> Questioner[I]:
    """Copies collude as often where something is withheld as elsewhere."""
    exposed = p.questioned * p.told * (1 - insider.collusion)
    return Questioner(
        withheld=insider.withheld * (1 - exposed), collusion=(1 - p.broken) * insider.collusion
    )


def never_colluding(insider: Insider[I], p: Questioning, nature: Nature) -> Questioner[I]:
    """Copies tell whatever they are asked."""
    return Questioner(
        withheld=insider.withheld * (1 - p.questioned * p.told),
        collusion=(1 - p.broken) * insider.collusion,
    )


@pytest.mark.parametrize("step", [colluding_independently, never_colluding])
def test_a_wrong_questioning_is_refuted_by_a_world(step: Callable[..., Any]) -> None:
    assert broken_world(informed_oversight, "amplify", step, questioned) == "withheld"


def test_training_that_adds_no_collusion_is_refuted_by_a_world() -> None:
    def pure(questioner: Questioner[I], p: Questioning, nature: Nature) -> Insider[I]:
        """Nobody learns to collude."""
        after: Insider[I] = train(questioner, p, nature)
        return Insider(withheld=after.withheld, collusion=questioner.collusion)

    assert broken_world(informed_oversight, "distill", pure, trained) == "collusion"
