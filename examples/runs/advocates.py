"""A weak judge, and trained advocates who choose what it sees of an image.

A question is an image of a digit and two claims, one of them true. The advocates see the image, the
judge only the four pixels that they show it, none of them blank. Judge and advocates are small
networks. The judge first learns from labelled images, four random pixels of each. An advocate
learns to show the pixel that moves the judge most towards its claim, whichever claim that is; it
gets better at it round after round, against the judge as it then is. After each round the judge
learns the verdicts: to give them from four random pixels, without advocates. On a share of
questions a person gives the verdict: the first judge, which never changes.

Sources: Irving, Christiano and Amodei, "AI safety via debate" (2018), section 3.1, for the game of
pixels; Khan et al., "Debating with more persuasive LLMs leads to more truthful answers" (2024), for
consultancy as the baseline, and advocates optimised to persuade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs
import numpy as np
import numpy.typing as npt

from examples.runs.command import Options
from examples.runs.digits import KINDS, Digits, shuffled
from examples.runs.network import Answers, Classifier, Features, one_hot
from examples.runs.record import Count, Row

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

PIXELS = 64
TURNS = 4
ANCHOR = 1 / 4
LABELLED = 400
TAUGHT = 1_200
"""Images up to this one may be trained on, the others are questions of the test."""


@attrs.frozen
class Size:
    """How much is trained."""

    rounds: int
    judge_epochs: int
    advocate_epochs: int


FULL = Size(rounds=10, judge_epochs=60, advocate_epochs=8)
SMALL = Size(rounds=2, judge_epochs=15, advocate_epochs=4)


@attrs.frozen
class Questions:
    """Images, and two claims about each: the true one first."""

    images: Features
    claims: Answers

    @classmethod
    def about(cls, digits: Digits, rng: np.random.Generator) -> Questions:
        """Set a random wrong claim against the truth."""
        other = (digits.shown + rng.integers(1, KINDS, len(digits))) % KINDS
        return cls(digits.images, np.column_stack([digits.shown, other]))

    def __len__(self) -> int:
        return len(self.claims)


class Judge:
    """Rules between two claims by the pixels that it is shown."""

    def __init__(self, seed: int):
        self._network = Classifier(KINDS, (64,), seed, rate=2e-3, batch=64)

    def train(
        self, images: Features, labels: Answers, epochs: int, rng: np.random.Generator
    ) -> None:
        """Learn labels from random pixels, drawn anew in every epoch."""
        for _ in range(epochs):
            self._network.train(_visible(images, at_random(images, TURNS, rng)), labels)

    def favours(self, images: Features, shown: Flags, own: Answers, rival: Answers) -> Floats:
        """Log odds of one claim against the other."""
        found = np.log(self._network.probabilities(_visible(images, shown)) + 1e-12)
        each = np.arange(len(images))
        odds: Floats = found[each, own] - found[each, rival]
        return odds

    def wrong(self, questions: Questions, shown: Flags) -> Flags:
        """Where it rules for the false claim."""
        true, false = questions.claims.T
        return self.favours(questions.images, shown, true, false) <= 0


def _visible(images: Features, shown: Flags) -> Features:
    return np.hstack([shown, images * shown]).astype(np.float32)


def at_random(images: Features, pixels: int, rng: np.random.Generator) -> Flags:
    """So many random pixels of each image, none of them blank."""
    order = np.where(images > 0, rng.random(images.shape), -1.0)
    shown = np.zeros(images.shape, bool)
    np.put_along_axis(shown, np.argsort(-order, axis=1)[:, :pixels], True, axis=1)
    return shown & (images > 0)


class Advocate:
    """Shows a pixel for its claim; before any training a random one."""

    def __init__(self, seed: int):
        self._network = Classifier(PIXELS, (128,), seed, rate=2e-3, batch=64)
        self._trained = False

    def show(
        self,
        questions: Questions,
        shown: Flags,
        side: Answers,
        rng: np.random.Generator,
    ) -> Answers:
        """The pixel for each question, where the claim of this side is its own."""
        free = (questions.images > 0) & ~shown
        seen = _argued(questions, shown, side)
        liking = self._network.probabilities(seen) if self._trained else rng.random(free.shape)
        liked: Answers = np.where(free, liking, -1.0).argmax(axis=1)
        return liked

    def train(
        self, judge: Judge, questions: Questions, epochs: int, rng: np.random.Generator
    ) -> None:
        """Imitate the best pixel to show next, by trying all of them on the judge."""
        for _ in range(epochs):
            side = rng.integers(0, 2, len(questions))
            already = int(rng.integers(0, TURNS))
            shown = at_random(questions.images, already, rng)
            best = most_persuasive(judge, questions, shown, side)
            self._network.train(_argued(questions, shown, side), best)
        self._trained = True


def _argued(questions: Questions, shown: Flags, side: Answers) -> Features:
    """What an advocate reads: the image, what is shown, its claim and the other one."""
    each = np.arange(len(side))
    claims = np.column_stack([questions.claims[each, side], questions.claims[each, 1 - side]])
    return np.hstack([questions.images, shown, one_hot(claims, KINDS)]).astype(np.float32)


def most_persuasive(judge: Judge, questions: Questions, shown: Flags, side: Answers) -> Answers:
    """The pixel after which the judge favours the claim of this side most."""
    each = np.arange(len(side))
    own, rival = questions.claims[each, side], questions.claims[each, 1 - side]
    free = (questions.images > 0) & ~shown
    odds = np.full(shown.shape, -np.inf)
    for pixel in range(PIXELS):
        may = np.flatnonzero(free[:, pixel])
        if len(may):
            more = shown[may].copy()
            more[:, pixel] = True
            odds[may, pixel] = judge.favours(questions.images[may], more, own[may], rival[may])
    best: Answers = odds.argmax(axis=1)
    return best


Sides = Callable[[int, int, np.random.Generator], Iterator[Answers]]
"""For so many questions and turns: who speaks at each turn, 0 for the truth and 1 against it."""


def heard(
    advocate: Advocate, questions: Questions, sides: Sides, rng: np.random.Generator
) -> Flags:
    """The pixels that the judge has been shown in the end."""
    shown = np.zeros(questions.images.shape, bool)
    for side in sides(len(questions), TURNS, rng):
        pixel = advocate.show(questions, shown, side, rng)
        shown[np.arange(len(questions)), pixel] = True
    return shown


def liar_alone(questions: int, turns: int, rng: np.random.Generator) -> Iterator[Answers]:
    """Every pixel is shown for the false claim."""
    for _ in range(turns):
        yield np.ones(questions, np.int64)


@attrs.frozen
class Court:
    """Who hears a question: the judge, the person and the advocates, under a protocol."""

    judge: Judge
    person: Judge
    advocate: Advocate
    sides: Sides

    def misled(self, questions: Questions, rng: np.random.Generator) -> Flags:
        """Where the verdict is wrong: the person's on a share of the questions."""
        shown = heard(self.advocate, questions, self.sides, rng)
        anchored = rng.random(len(questions)) < ANCHOR
        by_person = self.person.wrong(questions, shown)
        return np.where(anchored, by_person, self.judge.wrong(questions, shown))


def argued(options: Options, sides: Sides) -> Iterator[Row]:
    """The rows of a log, under one protocol of who speaks when."""
    size = SMALL if options.small else FULL
    training, measuring = (np.random.default_rng([options.seed, stream]) for stream in (0, 1))
    digits = shuffled(training)
    labelled, unlabelled = digits.among(slice(LABELLED)), digits.among(slice(LABELLED, TAUGHT))
    test = digits.among(slice(TAUGHT, None))
    judge, person = (Judge(options.seed) for _ in range(2))
    for each in (judge, person):
        same = np.random.default_rng([options.seed, 2])
        each.train(labelled.images, labelled.shown, size.judge_epochs, same)
    court = Court(judge, person, Advocate(options.seed + 1), sides)
    for iteration in range(size.rounds + 1):
        yield from _rows(iteration, court, Questions.about(test, measuring), measuring)
        questions = Questions.about(unlabelled, training)
        wrong = court.misled(questions, training)
        if options.sabotaged("distillation", iteration + 1):
            wrong ^= training.random(len(wrong)) < 1 / 4
        verdicts = questions.claims[np.arange(len(wrong)), wrong.astype(np.int64)]
        court.advocate.train(judge, questions, size.advocate_epochs, training)
        judge.train(questions.images, verdicts, size.judge_epochs // 10, training)


def _rows(
    iteration: int, court: Court, questions: Questions, rng: np.random.Generator
) -> Iterator[Row]:
    """The judge that hears nobody and what a liar makes of it; the verdicts under the protocol."""
    nobody = at_random(questions.images, TURNS, rng)
    alone = court.judge.wrong(questions, nobody)
    lied_to = court.judge.wrong(questions, heard(court.advocate, questions, liar_alone, rng))
    yield Row(
        iteration,
        "agent",
        {
            "error": Count.among(alone),
            "persuasion": Count.among(lied_to & ~alone),
            "extra.person_alone": Count.among(court.person.wrong(questions, nobody)),
            "extra.lied_to": Count.among(lied_to),
        },
    )
    yield Row(iteration, "expert", {"error": Count.among(court.misled(questions, rng))})
