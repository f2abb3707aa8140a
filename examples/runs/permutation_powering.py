"""Permutation powering: where does x end up after the permutation was applied 2^(r-1) times?

A question of rank r above 1 has two parts of rank r - 1, asked one after the other: where x ends
up after half of the applications, and where that ends up after the other half. The overseer
knows the permutation, so it answers rank 1 alone. Permutations are of six points, each question
has one of its own, and the student reads it with the question.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from examples.runs.amplification import (
    FULL,
    SABOTAGES,
    SMALL,
    Asks,
    Questions,
    amplify_and_distill,
)
from examples.runs.command import Options, command
from examples.runs.network import Answers, Features, one_hot
from examples.runs.record import Row

POINTS = 6
ROUNDS = 5


class PermutationPowering:
    """Questions are rows (rank, x, image of each point)."""

    def __init__(self, points: int = POINTS, rounds: int = ROUNDS):
        self.answers = points
        self.rounds = rounds

    def draw(self, rng: np.random.Generator, ranks: npt.NDArray[np.int64]) -> Questions:
        """A uniform permutation and a uniform point for each rank."""
        points = np.tile(np.arange(self.answers), (len(ranks), 1))
        images = rng.permuted(points, axis=1)
        x = rng.integers(0, self.answers, len(ranks))
        return np.column_stack([ranks, x, images])

    def narrowed(self, questions: Questions) -> Questions:
        """Only the first half of the points."""
        kept = questions.copy()
        kept[:, 1] %= self.answers // 2
        return kept

    def features(self, questions: Questions) -> Features:
        """Rank, point and permutation, each as unit vectors."""
        rank = one_hot(questions[:, 0] - 1, self.rounds + 2)
        return np.hstack([rank, one_hot(questions[:, 1:], self.answers)])

    def truth(self, questions: Questions) -> Answers:
        """By squaring the permutation rank - 1 times."""
        power = questions[:, 2:].copy()
        found = np.zeros(len(questions), np.int64)
        for rank in range(1, int(questions[:, 0].max(initial=0)) + 1):
            here = questions[:, 0] == rank
            found[here] = _at(power[here], questions[here, 1])
            power = np.take_along_axis(power, power, axis=1)
        return found

    def alone(self, questions: Questions) -> Answers:
        """The image of the point."""
        return _at(questions[:, 2:], questions[:, 1])

    def consult(self, questions: Questions, ask: Asks) -> Answers:
        """Half of the way from the point, then half of the way from there."""
        owners = np.arange(len(questions))
        place: Answers = questions[:, 1]
        for _ in range(2):
            part = questions.copy()
            part[:, 0] -= 1
            part[:, 1] = place
            place = ask(owners, part)
        return place

    def profile(self, questions: Questions) -> npt.NDArray[np.int64]:
        """The point, and whether the permutation leaves it where it is."""
        fixed = self.alone(questions) == questions[:, 1]
        return np.asarray(questions[:, 1] * 2 + fixed)


def _at(images: npt.NDArray[np.int64], points: npt.NDArray[np.int64]) -> Answers:
    return np.asarray(np.take_along_axis(images, points[:, None], axis=1)[:, 0])


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    task = PermutationPowering(4, 2) if options.small else PermutationPowering()
    return amplify_and_distill(task, SMALL if options.small else FULL, options)


if __name__ == "__main__":
    command("permutation_powering", __doc__, run, SABOTAGES)
