"""Optimising a reward model: policies against enumeration, sums against theory."""

from __future__ import annotations

from itertools import product
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.runs import best_of_n, policy_gradient
from examples.runs.best_of_n import best_of
from examples.runs.command import Options
from examples.runs.policy_gradient import followed, softmax
from examples.runs.reward_model import Answers, Optimised, RewardModel, optimised
from tests.examples.rows import Run, measured, rate

RUNS: list[Run] = [best_of_n.run, policy_gradient.run]


def scored(scores: list[float]) -> RewardModel:
    score = np.array(scores, float)
    return RewardModel(1 / (1 + np.exp(-score)), score)


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=5, unique=True), st.integers(1, 4))
def test_the_best_of_n_is_that_of_all_draws(scores: list[int], draws: int) -> None:
    policy = best_of(draws, scored([float(score) for score in scores]))
    expected = np.zeros(len(scores))
    for drawn in product(range(len(scores)), repeat=draws):
        expected[max(drawn, key=lambda answer: scores[answer])] += len(scores) ** -draws
    assert policy == pytest.approx(expected)


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.booleans()), min_size=2, max_size=30),
    st.integers(1, 500),
)
@settings(deadline=None)
def test_regret_is_paid_for_by_misjudgement_and_density(
    table: list[tuple[float, bool]], draws: int
) -> None:
    right = np.array([is_right for _, is_right in table])
    if not right.any():
        return
    answers = Answers(np.zeros((len(table), 1), np.float32), right)
    model = scored([score for score, _ in table])
    base = optimised(best_of(1, model), answers, model)
    found = optimised(best_of(draws, model), answers, model)
    assert found.density <= draws * (1 + 1e-9)
    assert found.divergence <= log(draws) - (draws - 1) / draws + 1e-9
    assert found.misjudged <= draws * base.misjudged + 1e-9  # the change of measure
    underrated = float((1 - model.reward[right]).min())
    gap = float(model.reward.max()) - found.proxy
    assert found.regret <= found.misjudged + underrated + gap + 1e-9  # the simulation lemma


def test_a_step_follows_the_gradient_of_the_mean_score() -> None:
    rng = np.random.default_rng(0)
    features, score = 1 + rng.normal(size=(40, 3)), 3 + rng.normal(size=40)
    weights, tiny = rng.normal(size=3), 1e-6
    steps = [followed(weights, features, score, rng) - weights for _ in range(3000)]
    slope = [
        (softmax(weights + tiny * unit, features) - softmax(weights, features)) @ score / tiny
        for unit in np.eye(3)
    ]
    assert np.mean(steps, axis=0) / policy_gradient.RATE == pytest.approx(slope, abs=0.02)


@pytest.mark.parametrize("run", RUNS)
def test_a_seed_makes_the_run(run: Run) -> None:
    first, again, other = (list(run(Options(small=True, seed=seed))) for seed in (3, 3, 4))
    assert first == again
    assert first != other


@pytest.mark.parametrize("run", RUNS)
def test_counts_are_draws_of_what_is_known_exactly(run: Run) -> None:
    rows = [row for row in run(Options(small=True)) if row.position == "agent"]
    assert measured(rows[0], "regret") == pytest.approx(0.7, abs=1e-3)
    for row in rows:
        assert rate(row, "error") == pytest.approx(measured(row, "regret"), abs=0.1)
    proxies = [measured(row, "extra.proxy") for row in rows]
    assert proxies == sorted(proxies)


def test_a_hacked_reward_is_optimised_and_the_answers_are_wrong() -> None:
    clean, hacked = (
        [
            row
            for row in best_of_n.run(Options(small=True, sabotage=what))
            if row.position == "agent"
        ]
        for what in ("", "reward")
    )
    least = [min(measured(row, "regret") for row in rows) for rows in (clean, hacked)]
    assert least[0] < least[1]


def test_the_sums_of_one_policy_by_hand() -> None:
    answers = Answers(np.zeros((2, 1), np.float32), np.array([True, False]))
    model = RewardModel(np.array([0.75, 0.5]), np.array([1.0, 0.0]))
    found = optimised(np.array([1.0, 0.0]), answers, model)
    assert found == Optimised(0.0, log(2), 2.0, 0.75, 0.25, 0.25)
