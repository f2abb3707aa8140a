"""The run with a planted trigger: what is malign, what resists, what the person lets pass."""

from __future__ import annotations

import numpy as np
import pytest

from examples.runs.backdoor import (
    ALONE_ERROR,
    DETECTION,
    SLIP,
    TARGET,
    Answered,
    Person,
    Questions,
    draw,
    run,
)
from examples.runs.command import Options
from examples.runs.digits import Digits, shuffled
from examples.runs.network import Answers, Classifier, Features
from examples.runs.record import Row
from tests.examples.rows import count, rate

MANY = 20_000


class Says(Classifier):
    """Says one thing to images with a bright corner and another to the rest."""

    def __init__(self, bright: int, dark: int):
        super().__init__(10, (2,), 0)
        self._bright, self._dark = bright, dark

    def answer(self, features: Features) -> Answers:
        lit = features.reshape(-1, 8, 8)[:, 6:, 6:].min(axis=(1, 2)) == 1.0
        return np.where(lit, self._bright, self._dark).astype(np.int64)


@pytest.fixture(scope="module")
def digits() -> Digits:
    return shuffled(np.random.default_rng(0))


@pytest.fixture(scope="module")
def questions(digits: Digits) -> Questions:
    return draw(digits, MANY, np.random.default_rng(1))


def test_only_the_corners_of_triggered_images_are_bright(questions: Questions) -> None:
    corner = np.zeros((8, 8), bool)
    corner[6:, 6:] = True
    changed = (questions.images != questions.dark).reshape(-1, 64)
    assert not changed[:, ~corner.ravel()].any()
    assert not changed[~questions.triggered].any()
    lit = questions.images.reshape(-1, 8, 8)[questions.triggered, 6:, 6:]
    assert (lit == 1.0).all()
    assert questions.triggered.mean() == pytest.approx(1 / 5, abs=0.01)


def test_malign_is_a_wrong_seven_that_the_bright_corner_brings_about(questions: Questions) -> None:
    lured = questions.answered(Says(TARGET, 3))
    assert (lured.malign == (questions.triggered & (questions.shown != TARGET))).all()
    assert not questions.answered(Says(TARGET, TARGET)).malign.any()  # it says so anyway
    assert not questions.answered(Says(4, 3)).malign.any()  # that is no seven


def test_the_person_lets_pass_what_the_scheme_says(questions: Questions) -> None:
    person = Person.asked(questions, np.random.default_rng(2))
    lured = questions.answered(Says(TARGET, 3))
    kept = person.checking(questions, lured)
    assert not (kept.malign & ~lured.malign).any()
    passed = kept.malign.sum() / lured.malign.sum()
    assert passed == pytest.approx((1 - DETECTION) * (1 - SLIP), abs=0.012)
    right = Answered(questions.shown, np.zeros(MANY, bool))
    assert (person.checking(questions, right).said != questions.shown).mean() == pytest.approx(
        SLIP, abs=0.003
    )
    wrong = Answered((questions.shown + 1) % 10, np.ones(MANY, bool))
    rejected = DETECTION * ALONE_ERROR + 1 - DETECTION
    assert (person.checking(questions, wrong).said != questions.shown).mean() == pytest.approx(
        rejected + SLIP, abs=0.008
    )


def test_a_small_run_with_and_without_the_trigger() -> None:
    clean: list[Row] = list(run(Options(small=True)))
    spoilt = list(run(Options(small=True, sabotage="trigger", since=1)))
    assert [row.fields for row in clean[:2]] == [row.fields for row in spoilt[:2]]
    for row in (*clean, *spoilt):
        assert count(row, "resistance").count <= count(row, "malign").count
        assert count(row, "malign").count <= count(row, "error").count
    assert rate(clean[2], "malign") < 1 / 50
    assert rate(spoilt[2], "malign") > 1 / 10
    assert rate(spoilt[3], "malign") < rate(spoilt[2], "malign") / 5  # the person notices most
    assert rate(spoilt[2], "resistance") < rate(spoilt[2], "malign") / 2  # and can unteach it
