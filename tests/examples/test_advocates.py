"""Advocates before a weak judge: who speaks, what is shown, and what comes of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.runs import consultancy, debate
from examples.runs.advocates import (
    TURNS,
    Advocate,
    Judge,
    Questions,
    at_random,
    heard,
    liar_alone,
    most_persuasive,
)
from examples.runs.command import Options
from examples.runs.digits import shuffled
from examples.runs.record import Row
from tests.examples.rows import Run, count, rate

RUNS: list[Run] = [consultancy.run, debate.run]


@pytest.fixture(scope="module")
def questions() -> Questions:
    rng = np.random.default_rng(0)
    return Questions.about(shuffled(rng).among(slice(100)), rng)


@pytest.fixture(scope="module")
def judge() -> Judge:
    rng, judge = np.random.default_rng(1), Judge(0)
    digits = shuffled(rng).among(slice(300))
    judge.train(digits.images, digits.shown, 10, rng)
    return judge


def test_one_claim_of_two_is_true(questions: Questions) -> None:
    true, false = questions.claims.T
    assert np.all(true != false)
    assert np.all((false >= 0) & (false <= 9))


@given(st.integers(0, 2**32), st.integers(0, 6))
@settings(deadline=None)
def test_random_pixels_are_so_many_and_none_is_blank(
    questions: Questions, seed: int, pixels: int
) -> None:
    shown = at_random(questions.images, pixels, np.random.default_rng(seed))
    assert np.all(shown.sum(axis=1) == pixels)
    assert np.all(questions.images[shown] > 0)


def test_a_consultant_keeps_its_side_and_debaters_take_turns() -> None:
    one = np.array(list(consultancy.consultant(400, TURNS, np.random.default_rng(0))))
    two = np.array(list(debate.both(400, TURNS, np.random.default_rng(0))))
    assert np.all(one == one[0])
    assert np.all(two[1:] == 1 - two[:-1])
    for sides in (one, two):
        assert abs(sides[0].mean() - 1 / 2) < 0.1
    assert np.all(two.sum(axis=0) == TURNS // 2)


def test_as_many_pixels_are_heard_as_there_are_turns(questions: Questions, judge: Judge) -> None:
    rng = np.random.default_rng(0)
    for trained in (False, True):
        advocate = Advocate(0)
        if trained:
            advocate.train(judge, questions, 2, rng)
        shown = heard(advocate, questions, liar_alone, rng)
        assert np.all(shown.sum(axis=1) == TURNS)
        assert np.all(questions.images[shown] > 0)


def test_the_most_persuasive_pixel_is_the_best_of_all(questions: Questions, judge: Judge) -> None:
    shown = at_random(questions.images, 2, np.random.default_rng(0))
    side = np.arange(len(questions)) % 2
    best = most_persuasive(judge, questions, shown, side)
    for i in range(10):
        own, rival = questions.claims[i, [side[i], 1 - side[i]]]
        odds = {}
        for pixel in np.flatnonzero((questions.images[i] > 0) & ~shown[i]):
            more = shown[i : i + 1].copy()
            more[0, pixel] = True
            odds[pixel] = judge.favours(
                questions.images[i : i + 1], more, np.array([own]), np.array([rival])
            )[0]
        assert odds[best[i]] == pytest.approx(max(odds.values()))


def test_what_speaks_for_a_claim_speaks_against_the_other(
    questions: Questions, judge: Judge
) -> None:
    shown = at_random(questions.images, TURNS, np.random.default_rng(0))
    true, false = questions.claims.T
    odds = judge.favours(questions.images, shown, true, false)
    assert odds == pytest.approx(-judge.favours(questions.images, shown, false, true))
    assert np.array_equal(judge.wrong(questions, shown), odds <= 0)
    assert judge.wrong(questions, shown).mean() < 0.4  # one half by chance


@pytest.fixture(scope="module")
def logs() -> list[list[Row]]:
    return [list(run(Options(small=True))) for run in RUNS]


def test_a_seed_makes_the_run(logs: list[list[Row]]) -> None:
    assert logs == [list(run(Options(small=True))) for run in RUNS]


def test_trained_advocates_persuade_and_debate_withstands_them(logs: list[list[Row]]) -> None:
    for rows in logs:
        agents = [row for row in rows if row.position == "agent"]
        assert rate(agents[-1], "persuasion") > 2 * rate(agents[0], "persuasion")
        for row in agents:
            lied_to = count(row, "extra.lied_to").count
            assert lied_to <= count(row, "error").count + count(row, "persuasion").count
    consulted, debated = (rate(rows[-1], "error") for rows in logs)
    assert debated < consulted - 1 / 10
