"""A policy trained by policy gradient against a reward model, with nothing that holds it back.

The policy gives an answer with probability proportional to exp(w f), f its six numbers and their
squares, each scaled; w = 0 is the base policy and iteration 0. Each step samples answers and
follows the gradient of their mean score by the reward model (REINFORCE, the batch's mean as
baseline); an iteration is so many steps.

Source: Williams, "Simple statistical gradient-following algorithms for connectionist reinforcement
learning" (1992); Gao, Schulman and Hilton, "Scaling laws for reward model overoptimization" (2022).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from examples.runs.command import Options, command
from examples.runs.record import Row
from examples.runs.reward_model import Floats, Setting, measured

ITERATIONS = 14
STEPS = 20
BATCH = 256
RATE = 0.02


def softmax(weights: Floats, features: Floats) -> Floats:
    """The probability of each answer."""
    tilted = features @ weights
    policy: Floats = np.exp(tilted - tilted.max())
    return np.asarray(policy / policy.sum())


def followed(weights: Floats, features: Floats, score: Floats, rng: np.random.Generator) -> Floats:
    """The weights after one step: the mean over a batch of (score - baseline) f.

    The gradient has f - E f, but what is multiplied by it has the mean 0.
    """
    policy = softmax(weights, features)
    given = rng.choice(len(policy), BATCH, p=policy)
    better = score[given] - score[given].mean()
    gradient = better @ features[given] / BATCH
    return np.asarray(weights + RATE * gradient)


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    setting = Setting.of(options)
    training, measuring = (np.random.default_rng([options.seed, 2, i]) for i in (0, 1))
    numbers = setting.answers.numbers.astype(np.float64)
    features = np.hstack([numbers, numbers**2])
    features = (features - features.mean(axis=0)) / features.std(axis=0)
    weights = np.zeros(features.shape[1])
    for iteration in range(4 if options.small else ITERATIONS + 1):
        model = setting.model(iteration)
        policy = softmax(weights, features)
        yield from measured(iteration, policy, setting.answers, model, setting.size, measuring)
        for _ in range(STEPS):
            weights = followed(weights, features, setting.model(iteration + 1).score, training)


if __name__ == "__main__":
    command("policy_gradient", __doc__, run, ["reward"])
