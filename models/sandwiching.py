"""Sandwiching: people who are no experts get expert answers out of a model that could give them.

A model can do more than the people who oversee it, though less than experts, who are not asked; it
need not show what it can do. The people ask it, accept or reject what it says, and answer alone
what they rejected; the model is trained on the answers that came out. Only at the end experts look
whether the answers are as good as theirs. Both are asked here: is a person with the model better
than either alone, on one question; and does training on such answers come to show what the model
can do, whatever it showed at first?

Sources: Cotra, "The case for aligning narrowly superhuman models" (2021), for sandwiching; Bowman
et al., "Measuring progress on scalable oversight for large language models" (2022), for people with
a model beside people and model alone.
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE, checked, departing
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
)
from spec.alignment import Reliable, SandbaggingFree
from spec.fields import Fields


class People(Parameters):
    """What is known of people who are no experts."""

    missed: Real = parameter(
        "1/4",
        0,
        1,
        "of the model's wrong answers, the share, on any question, that the person accepts",
        source=ILLUSTRATIVE,
    )
    false_alarm: Real = parameter(
        "1/10",
        0,
        1,
        "of the model's right answers, the share, on any question, that the person rejects",
        source=ILLUSTRATIVE,
    )
    alone: Real = parameter(
        "3/10",
        0,
        1,
        "probability, on any question, that a person who answers alone is wrong",
        source=ILLUSTRATIVE,
    )


def assisted(wrong: Real, p: People) -> Real:
    """P(a person with the model is wrong), of a model that is wrong with that probability."""
    return checked(wrong, p.missed, p.false_alarm, p.alone)


# One question.
class Losses(Agent[I]):
    """What a person with the model loses against either alone."""

    to_model: Real = between(
        -1, 1, "probability that the person with the model is wrong, less that the model is"
    )
    to_person: Real = between(
        -1, 1, "probability that the person with the model is wrong, less that a person alone is"
    )


class BeatsModel(Invariant):
    """A person with the model is wrong no more often than the model."""

    def holds(self, losses: Losses[Any]) -> Bool:
        """to_model <= 0."""
        return losses.to_model <= 0


class BeatsPerson(Invariant):
    """A person with the model is wrong no more often than a person alone."""

    def holds(self, losses: Losses[Any]) -> Bool:
        """to_person <= 0."""
        return losses.to_person <= 0


class BeatsBoth(BeatsModel, BeatsPerson):
    """A person with the model is wrong no more often than either."""


class OneQuestion(People):
    """Parameters of one question, put to a model, to a person, and to both."""

    model_error: Real = parameter(
        "1/5", 0, 1, "probability that the model is wrong", source=ILLUSTRATIVE
    )


def nothing_asked(p: OneQuestion) -> Losses[BeatsBoth]:
    """No question yet: the least losses there are, so that it is the question that counts."""
    return Losses(to_model=Real(-1), to_person=Real(-1))


def ask_both(last: Losses[I], p: OneQuestion, nature: Nature) -> Losses[I]:
    """A question on which the shares are just what the parameters say.

    With x the model's error, r a person's alone, m and f what is accepted and rejected by mistake:
    the loss to the model is r f (1 - x) - (1 - m)(1 - r) x, and to the person m (1 - r) x -
    r (1 - f)(1 - x). So the person with the model beats both iff the odds x / (1 - x) are between
    r f / ((1 - m)(1 - r)) and r (1 - f) / (m (1 - r)): there is such an x iff m + f <= 1, that is,
    iff a person accepts right answers at least as often as wrong ones.
    """
    together = assisted(p.model_error, p)
    return Losses(to_model=together - p.model_error, to_person=together - p.alone)


one_question = Loop[OneQuestion, Losses[BeatsBoth]](
    "sandwiched-question",
    parameters=OneQuestion,
    seed=nothing_asked,
    step=ask_both,
    about="What a person with a model loses against either alone, as exact differences.",
)


# Round after round.
class Shown(Fields):
    """What answers are wrong, as means over questions as in training."""

    error: Real = between(0, 1, "mean probability of a wrong answer")
    held_back: Real = between(
        0,
        1,
        "mean probability of a wrong answer to what the model could answer rightly",
        coupled=lambda answers: answers.error,
    )


class Model(Shown, Agent[I]):
    """A model, as it answers."""


class Assisted(Shown, Expert[I]):
    """People with the model."""


class Elicited(Reliable, SandbaggingFree):
    """It is seldom wrong, and shows what it can do."""


class Sandwiching(People):
    """Parameters of people and of training."""

    unable: Real = parameter(
        "1/100",
        0,
        1,
        "mean probability that a model of this size answers wrongly, however it is trained",
        source=ILLUSTRATIVE,
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next model, where it is able to, does not answer as people with the "
        "last one did, in total variation",
        source=ILLUSTRATIVE,
    )


def doing_its_best(p: Sandwiching) -> Model[Elicited]:
    """A model that shows what it can do; whether others come to, is asked from any start."""
    return Model(error=p.unable, held_back=Real(0))


def assist(model: Model[I], p: Sandwiching, nature: Nature) -> Assisted[I]:
    """Amplify: ask the model, accept or reject, and answer alone what was rejected.

    Of what the model is able to answer, what it held back passes or is answered alone, and what it
    answered rightly may be rejected: the same formula, as no more than all the rest is right.
    """
    return Assisted(error=assisted(model.error, p), held_back=assisted(model.held_back, p))


def imitate(people: Assisted[I], p: Sandwiching, nature: Nature) -> Model[I]:
    """Distill: train the model on people's answers.

    It is wrong where they were, where it departs, and where it is not able to be right. Let
    F(x) = (m + r (1 - m - f)) x + r f. Held back x -> F(x) + eps comes to a fixed point from any
    start if m < 1 and r < 1, and stays within L iff F(L) + eps <= L; errors likewise iff F(L) + eps
    + u <= L, u what it is not able to do.
    """
    departure = departing(p.imitation_error, nature)
    return Model(
        error=minimum(1, people.error + departure + p.unable),
        held_back=minimum(1, people.held_back + departure),
    )


sandwiching = Scheme[Sandwiching, Model[Elicited], Assisted[Elicited]](
    "sandwiching",
    parameters=Sandwiching,
    seed=doing_its_best,
    amplify=assist,
    distill=imitate,
    about="A model trained on the answers of people who are no experts and ask it.",
)
