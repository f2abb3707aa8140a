"""Reliability amplification of networks that read digits: three vote, the next ones learn the vote.

The first networks learn from a few hundred labelled images, each from a sample of its own with
replacement and with weights of its own. Then, round after round, three of them vote on images that
nobody labelled, and the next networks learn those votes, again each from a sample of its own. Nine
networks are trained where the vote needs three, so that the log can say what a vote of *any* three
comes to, and on which questions most copies are wrong.

The agent's row counts the errors of one copy and the expert's row those of one vote, on images that
none was trained on. Beside the scheme stand the means over all copies and all votes of three.

Source: Christiano, "Reliability amplification" (2016); Breiman, "Bagging predictors" (1996) for
copies that differ by their samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import attrs
import numpy as np
import numpy.typing as npt

from examples.runs.command import Options, command
from examples.runs.digits import KINDS, Digits, shuffled
from examples.runs.network import Answers, Classifier
from examples.runs.record import Count, Row

VOTERS = 3
LABELLED = 250
TAUGHT = 1_200
"""Images up to this one may be trained on, the others are questions of the test."""


@attrs.frozen
class Size:
    """How much is trained."""

    rounds: int
    copies: int
    epochs: int


FULL = Size(rounds=7, copies=9, epochs=40)
SMALL = Size(rounds=1, copies=5, epochs=12)


@attrs.frozen
class Spread:
    """How the errors of copies lie over the questions."""

    error: float
    """e: the mean over questions and copies."""
    vote: float
    """Share of questions on which most of three are wrong, the mean over all three."""
    hard: float
    """Share of questions on which more than half of the copies are wrong."""
    easy_error: float
    """e': the mean error on the other questions."""
    correlation: float
    """Correlation coefficient of the errors of two copies, the mean over all pairs."""
    shared: float
    """Share of questions on which all copies are wrong."""

    @property
    def same_hardness(self) -> float:
        """M_3(e): what a vote would come to if all questions were equally hard."""
        return majority(self.error)

    @property
    def hard_and_easy(self) -> float:
        """hard + (1 - hard) M_3(e'): if it were lost on hard questions and the rest were alike."""
        return self.hard + (1 - self.hard) * majority(self.easy_error)


def majority(error: float) -> float:
    """M_3: the probability that two or three of three independent answers are wrong."""
    return 3 * error**2 - 2 * error**3


def spread(wrong: npt.NDArray[np.bool_]) -> Spread:
    """The statistics of errors, given as one row a copy and one column a question."""
    often = wrong.mean(axis=0)
    error, hard = float(wrong.mean()), often > 1 / 2
    votes = [wrong[list(three)].sum(axis=0) >= 2 for three in combinations(range(len(wrong)), 3)]
    both = [float((wrong[a] & wrong[b]).mean()) for a, b in combinations(range(len(wrong)), 2)]
    alike = error * (1 - error)
    return Spread(
        error=error,
        vote=float(np.mean(votes)),
        hard=float(hard.mean()),
        easy_error=float(often[~hard].mean()) if not hard.all() else 0.0,
        correlation=(float(np.mean(both)) - error**2) / alike if alike else 0.0,
        shared=float(wrong.all(axis=0).mean()),
    )


def vote(said: Answers) -> Answers:
    """The answer of most, for one row a copy; where all differ, the first copy's."""
    counts = (said[:, None, :] == said[None, :, :]).sum(axis=1)
    answers: Answers = np.take_along_axis(said, counts.argmax(axis=0)[None], axis=0)[0]
    return answers


def _trained(
    copies: int, epochs: int, material: Digits, seed: int, rng: np.random.Generator
) -> list[Classifier]:
    """Copies, each of which learns from a sample of its own, as large as the labelled one."""
    networks = []
    for copy in range(copies):
        network = Classifier(KINDS, (32,), seed + copy, rate=3e-3, batch=32)
        sample = material.among(rng.integers(0, len(material), LABELLED))
        network.train(sample.images, sample.shown, epochs)
        networks.append(network)
    return networks


def _voted(copies: list[Classifier], digits: Digits) -> Answers:
    return vote(np.stack([copy.answer(digits.images) for copy in copies[:VOTERS]]))


def _rows(iteration: int, copies: list[Classifier], questions: Digits) -> Iterator[Row]:
    """One copy and one vote, with the statistics of all."""
    said = np.stack([copy.answer(questions.images) for copy in copies])
    found = spread(said != questions.shown)
    wrong = Count.among(said[0] != questions.shown)
    alone = {"extra.mean_error": found.error, "extra.correlation": found.correlation}
    often = (said != questions.shown).mean(axis=0)
    counts = {"extra.hard": Count.among(often > 1 / 2), "extra.shared": Count.among(often == 1)}
    yield Row(iteration, "agent", {"error": wrong, **alone, **counts})
    together = {"extra.mean_vote": found.vote, "extra.same_hardness": found.same_hardness}
    together |= {"extra.hard_and_easy": found.hard_and_easy}
    voted = Count.among(_voted(copies, questions) != questions.shown)
    yield Row(iteration, "expert", {"error": voted, **together})


def run(options: Options) -> Iterator[Row]:
    """The rows of the log."""
    size, rng = SMALL if options.small else FULL, np.random.default_rng(options.seed)
    digits = shuffled(rng)
    material, questions = digits.among(slice(LABELLED)), digits.among(slice(TAUGHT, None))
    unlabelled = digits.among(slice(LABELLED, TAUGHT))
    for iteration in range(size.rounds + 1):
        seed = 1000 * options.seed + 100 * iteration
        copies = _trained(size.copies, size.epochs, material, seed, rng)
        yield from _rows(iteration, copies, questions)
        labels = _voted(copies, unlabelled)
        if options.sabotaged("distillation", iteration + 1):
            labels = np.where(labels == 8, 3, labels)  # a systematic error, made by every copy
        material = Digits(unlabelled.images, labels)


if __name__ == "__main__":
    command("reliability", __doc__, run, ["distillation"])
