"""The best of n by a reward model, for n = 1, 2, 4, ...: how far optimising it helps.

Iteration i is the best of 2^i, so iteration 0 is the base policy; every iteration optimises the
same reward model, harder. Its policy is known exactly: with the answers in the order of their
reward, the k-th of m is the best of n with probability (k/m)^n - ((k-1)/m)^n.

Source: Stiennon and others, "Learning to summarize from human feedback" (2020); Gao, Schulman and
Hilton, "Scaling laws for reward model overoptimization" (2022).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from examples.runs.command import Options, command
from examples.runs.record import Row
from examples.runs.reward_model import Floats, RewardModel, Setting, measured

DOUBLINGS = 14


def best_of(draws: int, model: RewardModel) -> Floats:
    """The probability of each answer to be the best of so many; ties go to the later answer."""
    many = len(model.score)
    below = (np.arange(many + 1) / many) ** draws
    policy = np.empty(many)
    policy[np.argsort(model.score, kind="stable")] = np.diff(below)
    return policy


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    setting = Setting.of(options)
    rng = np.random.default_rng([options.seed, 2])
    for iteration in range(DOUBLINGS + 1):
        model = setting.model(iteration)
        policy = best_of(2**iteration, model)
        yield from measured(iteration, policy, setting.answers, model, setting.size, rng)


if __name__ == "__main__":
    command("best_of_n", __doc__, run, ["reward"])
