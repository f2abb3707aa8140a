"""Iterated amplification of a neural student on an algorithmic task, with an overseer who slips.

Each round the overseer answers questions by asking the student for their parts, and the student
goes on training on those answers, to do without the parts; no right answer is shown to it but the
overseer's own at rank 1. Round i + 1 trains on ranks one further up than round i. Training
questions have a uniform rank; the student is asked parts as they come.

What differs from the source: there the overseer's decomposition is itself learned from a person's,
the student is a Transformer that reads instances eight times as large, and all ranks are trained
at once from the start. Here the decomposition is written down and slips are injected, the student
is a perceptron, and ranks come one a round, so that a round is an iteration of the scheme.

Source: Christiano, Shlegeris and Amodei, "Supervising strong learners by amplifying weak experts"
(2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

import attrs
import numpy as np
import numpy.typing as npt

from examples.runs.command import Options
from examples.runs.network import Answers, Classifier, Features
from examples.runs.record import Count, Measured, Row

Questions = npt.NDArray[np.int64]
"""One row a question; its first number is the rank."""

Flags = npt.NDArray[np.bool_]

SLIP = 1 / 200
"""How often the overseer answers at random, whatever the question; the scheme's own default."""

SABOTAGED_SLIP = 1 / 10
SABOTAGES = ("distillation", "slips", "drift")


Answerer = Callable[[Questions], Answers]
"""Whoever is asked the parts."""


class Asks(Protocol):
    """Puts sub-questions, one for each of these questions, and gives the answers."""

    def __call__(self, owners: npt.NDArray[np.int64], parts: Questions) -> Answers: ...


class Task(Protocol):
    """A family of questions with ranks, and how one is put together from those a rank below."""

    answers: int
    rounds: int

    def draw(self, rng: np.random.Generator, ranks: npt.NDArray[np.int64]) -> Questions:
        """A question of each of these ranks, as training draws them."""

    def narrowed(self, questions: Questions) -> Questions:
        """The same questions, kept to a part of their places."""

    def features(self, questions: Questions) -> Features:
        """What the student reads."""

    def truth(self, questions: Questions) -> Answers:
        """The right answers, by an algorithm of their own."""

    def alone(self, questions: Questions) -> Answers:
        """The right answers of questions of rank 1, from the facts."""

    def consult(self, questions: Questions, ask: Asks) -> Answers:
        """The answers put together from those of the parts."""

    def profile(self, questions: Questions) -> npt.NDArray[np.int64]:
        """The kind of each question, for comparing distributions."""


@attrs.frozen
class Size:
    """How much is trained and measured."""

    drawn: int
    epochs: int
    measured: int
    hidden: tuple[int, ...] = (256, 256)


FULL = Size(drawn=80_000, epochs=12, measured=4_000)
SMALL = Size(drawn=8_000, epochs=8, measured=600, hidden=(96,))


@attrs.define
class Consulted:
    """What happened while the overseer answered: its slips, and the parts it asked for."""

    answers: Answers
    slipped: Flags
    parts: list[Questions]
    wrong_parts: list[Flags]
    spoilt: Flags
    """Whether the overseer slipped or some part was answered wrongly."""
    calls: npt.NDArray[np.int64]
    """How many parts each question had."""


def consult(
    task: Task, agent: Answerer, questions: Questions, slip: float, rng: np.random.Generator
) -> Consulted:
    """Amplify: the overseer answers rank 1 from the facts, the others from the agent's answers to
    their parts.

    With probability ``slip`` the overseer gives another answer, drawn uniformly, whatever it was
    told.
    """
    slipped = rng.random(len(questions)) < slip
    none = np.zeros(len(questions), np.int64)
    done = Consulted(none.copy(), slipped, [], [], slipped.copy(), none)
    first = questions[:, 0] == 1
    done.answers[first] = task.alone(questions[first])
    above = np.flatnonzero(~first)

    def ask(owners: npt.NDArray[np.int64], parts: Questions) -> Answers:
        said = agent(parts) if len(parts) else np.zeros(0, np.int64)
        wrong = said != task.truth(parts)
        np.add.at(done.calls, above[owners], 1)
        done.parts.append(parts)
        done.wrong_parts.append(wrong)
        done.spoilt[above[owners[wrong]]] = True
        return said

    done.answers[above] = task.consult(questions[above], ask)
    other = (done.answers + rng.integers(1, task.answers, len(questions))) % task.answers
    done.answers = np.where(slipped, other, done.answers)
    return done


@attrs.frozen
class Round:
    """What one round draws with: its overseer, its distribution, its corruption."""

    task: Task
    options: Options
    iteration: int
    rng: np.random.Generator

    @property
    def slip(self) -> float:
        """How often the overseer slips in this round."""
        return SABOTAGED_SLIP if self.options.sabotaged("slips", self.iteration) else SLIP

    def questions(self, ranks: npt.NDArray[np.int64]) -> Questions:
        """Questions of these ranks as training draws them in this round."""
        drawn = self.task.draw(self.rng, ranks)
        narrow = self.options.sabotaged("drift", self.iteration)
        return self.task.narrowed(drawn) if narrow else drawn

    def consult(self, student: Classifier, questions: Questions) -> Consulted:
        """The overseer of this round with the student as it is."""
        return consult(self.task, self.answerer(student), questions, self.slip, self.rng)

    def answerer(self, student: Classifier) -> Answerer:
        """The student as one who is asked questions."""
        return lambda questions: student.answer(self.task.features(questions))

    def train(self, student: Classifier, size: Size, top: int) -> None:
        """Distill: the student learns what the overseer of the round before answers on ranks up to
        the top."""
        questions = self.questions(self.rng.integers(1, top + 1, size.drawn))
        overseen = attrs.evolve(self, iteration=max(0, self.iteration - 1))
        labels = overseen.consult(student, questions).answers
        if self.options.sabotaged("distillation", self.iteration):
            spoilt = self.task.profile(questions) % 4 == 0
            labels = np.where(spoilt, (labels + 1) % self.task.answers, labels)
        student.train(self.task.features(questions), labels, size.epochs)


def amplify_and_distill(task: Task, size: Size, options: Options) -> Iterator[Row]:
    """The rows of the log, iteration by iteration.

    Rows without a rank say what holds of all: the rank that was trained, and the cost of an answer,
    counted in answers of an agent, where it is greatest. Round i trains agent i; the seed is agent
    0, trained on what the overseer answers alone. Whatever is measured is measured on questions
    drawn anew, with a generator of its own.
    """
    training, measuring = (np.random.default_rng([options.seed, stream]) for stream in (0, 1))
    student = Classifier(task.answers, size.hidden, seed=options.seed)
    Round(task, options, 0, training).train(student, size, top=1)
    taught: dict[int, tuple[Questions, Answers]] = {}
    for iteration in range(task.rounds + 1):
        measured = Round(task, options, iteration, measuring)
        yield Row(iteration, "agent", {"capability": iteration + 1, "cost": 1})
        errors: dict[int, Measured] = {}
        for rank in range(1, iteration + 2):
            row = _agent(measured, student, rank, size, taught.get(rank))
            errors[rank] = row.fields["error"]
            yield row
        taught.clear()
        calls = 0
        for rank in range(1, iteration + 3):
            questions = measured.questions(np.full(size.measured, rank))
            done = measured.consult(student, questions)
            taught[rank] = questions, done.answers
            calls = max(calls, int(done.calls.max()))
            yield _expert(measured, rank, questions, done, errors)
        yield Row(iteration, "expert", {"capability": iteration + 2, "cost": 1 + calls})
        if iteration < task.rounds:
            following = Round(task, options, iteration + 1, training)
            following.train(student, size, top=iteration + 2)


def _agent(
    now: Round,
    student: Classifier,
    rank: int,
    size: Size,
    taught: tuple[Questions, Answers] | None,
) -> Row:
    """The agent at one rank: its errors, and how often it departs from what it was taught."""
    questions = now.questions(np.full(size.measured, rank))
    wrong = now.answerer(student)(questions) != now.task.truth(questions)
    fields: dict[str, Measured] = {"error": Count.among(wrong)}
    if taught is not None:
        heard, answers = taught
        departs = now.answerer(student)(heard) != answers
        fields["extra.departure"] = Count.among(departs)
    return Row(now.iteration, "agent", fields, rank)


def _expert(
    now: Round,
    rank: int,
    questions: Questions,
    done: Consulted,
    errors: Mapping[int, Measured],
) -> Row:
    """The amplified agent at one rank, and what became of the parts that it asked for, beside how
    often the agent errs on questions of training of their rank."""
    parts = [part for part in done.parts if len(part)]
    fields: dict[str, Measured] = {
        "error": Count.among(done.answers != now.task.truth(questions)),
        "extra.parts": float(done.calls.mean()),
        "extra.slip": Count.among(done.slipped),
        "extra.spoilt": Count.among(done.spoilt),
    }
    if parts:
        fields["extra.wrong_part"] = Count.among(np.concatenate(done.wrong_parts))
        fields["extra.wrong_trained"] = errors[rank - 1]
        trained = now.questions(np.full(len(questions), rank - 1))
        drift, ratio = apart(now.task.profile(trained), now.task.profile(np.concatenate(parts)))
        fields |= {"extra.drift": drift, "extra.density": ratio}
    return Row(now.iteration, "expert", fields, rank)


def apart(trained: npt.NDArray[np.int64], asked: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Total variation and greatest density ratio of the kinds asked to those trained on.

    Plug-in estimates from samples, kind by kind: of the questions themselves both are no less, but
    samples of equal distributions differ a little too. The ratio has one question added to each
    kind, so that it is finite.
    """
    kinds = int(max(trained.max(), asked.max())) + 1
    there, here = (np.bincount(kind, minlength=kinds) for kind in (trained, asked))
    variation = np.abs(there / there.sum() - here / here.sum()).sum() / 2
    ratio = ((here + 1) / here.sum() / ((there + 1) / there.sum())).max()
    return float(variation), float(ratio)
