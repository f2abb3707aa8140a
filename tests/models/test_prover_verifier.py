"""Prover-verifier games: the best of several solutions, counted, and the exact thresholds."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.prover_verifier import (
    Game,
    Proving,
    Verifier,
    play,
    prover_verifier,
    some_accepted,
    tell_apart,
)
from models.worlds.prover_verifier import offered, shown_to_a_person, told_apart
from spec import INDEPENDENT, I, Nature, Real, minimum
from spec.worlds import Assumption
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT, SLIP, EPS = Fraction(1, 10), Fraction(1, 200), Fraction(1, 200)


@given(SIXTIETHS, st.integers(1, 5))
@FORTY
def test_one_of_several_solutions_is_accepted(accepted: Fraction, tries: int) -> None:
    """Every outcome of: is each solution accepted."""
    chance = Fraction(0)
    for verdicts in product((True, False), repeat=tries):
        weight = Fraction(1)
        for verdict in verdicts:
            weight *= accepted if verdict else 1 - accepted
        chance += weight if any(verdicts) else 0
    assert number(some_accepted(Real(accepted), tries)) == chance


@given(st.lists(st.tuples(SIXTIETHS, SIXTIETHS), min_size=1, max_size=6), st.integers(1, 5))
@FORTY
def test_selection_helps_the_sneaky_prover_and_need_not_help_the_other(
    questions: list[tuple[Fraction, Fraction]], tries: int
) -> None:
    """Questions on which one solution is accepted, or rejected, with any probabilities."""
    n = len(questions)
    fooled = sum((1 - (1 - x) ** tries for x, _ in questions), Fraction(0)) / n
    rejected = sum((y**tries for _, y in questions), Fraction(0)) / n
    verifier: Any = Verifier(
        fooled=Real(sum((x for x, _ in questions), Fraction(0)) / n),
        unconvinced=Real(sum((y for _, y in questions), Fraction(0)) / n),
        misled=Real(0),
    )
    nature: Any = Given()
    after = play(verifier, parameters_at(Proving, tries=tries), nature)
    assert fooled <= number(after.fooled)
    assert rejected <= number(after.unconvinced)
    if all(y in (0, 1) for _, y in questions):
        assert rejected == number(after.unconvinced)


def worst(rounds: int, field: str, **at: Fraction | int) -> Fraction:
    """The greatest value of a field in the worst run."""
    start = dict.fromkeys(("fooled", "unconvinced", "misled"), Fraction(0))
    steps = (play, tell_apart)
    run = worst_run(Verifier, steps, Proving, rounds=rounds, start=start, at=at)
    return max(values[field] for values in run)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize("tries", [1, 2, 5])
@pytest.mark.parametrize("field", ["fooled", "unconvinced"])
def test_the_answers_that_must_be_known(field: str, tries: int, beyond: bool) -> None:
    """(1 - a) W + j + eps <= L, with W = 1 - (1 - L)^n for wrong solutions and L for right ones."""
    won = 1 - (1 - LIMIT) ** tries if field == "fooled" else LIMIT
    labelled = 1 - (LIMIT - SLIP - EPS) / won + Fraction(-1 if beyond else 1, 500)
    assert (worst(500, field, labelled=labelled, tries=tries) > LIMIT) == beyond


@pytest.mark.parametrize("beyond", [False, True])
def test_people_are_misled_by_provers_trained_against_the_verifier(beyond: bool) -> None:
    gap = LIMIT - (1 - (1 - SLIP - EPS) ** 4) + (Fraction(1, 10**6) if beyond else 0)
    assert (worst(20, "misled", gap=gap) > LIMIT) == beyond


def untried(verifier: Verifier[I], p: Proving, nature: Nature) -> Game[I]:
    """A new prover is accepted as often as the last one."""
    return Game(
        fooled=verifier.fooled,
        unconvinced=verifier.unconvinced,
        misled=minimum(1, verifier.fooled + p.gap),
    )


def helped_on_average(verifier: Verifier[I], p: Proving, nature: Nature) -> Game[I]:
    """The best of n right solutions is rejected with the mean to the power of n."""
    after: Game[I] = play(verifier, p, nature)
    return Game(fooled=after.fooled, unconvinced=verifier.unconvinced**p.tries, misled=after.misled)


def legible_if_checkable(verifier: Verifier[I], p: Proving, nature: Nature) -> Game[I]:
    """A person is misled by nothing but what the verifier accepts."""
    after: Game[I] = play(verifier, p, nature)
    return Game(fooled=after.fooled, unconvinced=after.unconvinced, misled=after.fooled)


@pytest.mark.parametrize(
    ("step", "concrete", "assumptions", "field"),
    [
        (untried, offered, (INDEPENDENT,), "fooled"),
        (helped_on_average, offered, (INDEPENDENT,), "unconvinced"),
        (legible_if_checkable, shown_to_a_person, (INDEPENDENT,), "misled"),
        (play, offered, (), "fooled"),
        (play, shown_to_a_person, (), "misled"),
    ],
)
def test_a_wrong_game_is_refuted_by_a_world(
    step: Callable[..., Any],
    concrete: Callable[..., Any],
    assumptions: tuple[Assumption, ...],
    field: str,
) -> None:
    broken = broken_world(prover_verifier, "amplify", step, concrete, assumptions=assumptions)
    assert broken == field


def test_labels_of_answers_that_are_always_right_are_refuted_by_a_world() -> None:
    def flawless(game: Game[I], p: Proving, nature: Nature) -> Verifier[I]:
        """No known answer is wrong."""
        after: Verifier[I] = tell_apart(game, p, nature)
        return Verifier(
            fooled=minimum(1, after.fooled - p.slip),
            unconvinced=after.unconvinced,
            misled=after.misled,
        )

    assert broken_world(prover_verifier, "distill", flawless, told_apart) == "fooled"
