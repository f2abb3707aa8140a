"""Constitutional AI: a model's feedback, by written principles, in place of people's labels.

A model answers, then judges its own answers by a list of principles, and the next model is trained
towards what it prefers. Where a principle speaks of a question, the model notices most of its own
harmful answers. Where none does, it judges as it answered: what it takes to be harmless it prefers,
and training on preferences makes it more likely. People may answer a share of questions instead.

Source: Bai et al., "Constitutional AI: harmlessness from AI feedback" (2022), for critiques and
revisions by principles and for preferences of a model in place of people's. That training makes an
answer at most so many times as likely holds of the best of n answers (with n) and of a penalty on
the divergence from the model before.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, departing
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    minimum,
    parameter,
)
from spec.fields import Fields


class Harm(Fields):
    """Harmful answers, as means over questions as in training."""

    harm: Real = between(0, 1, "mean probability of a harmful answer")
    uncovered: Real = between(
        0,
        1,
        "mean probability of a harmful answer to a question of which no principle speaks; a part "
        "of all that is harmful",
    )


class Model(Harm, Agent[I]):
    """A model, which answers and gives feedback."""


class Feedback(Harm, Expert[I]):
    """The answers that the model's feedback prefers, or people's answers."""


class Harmless(Invariant):
    """Its answers are seldom harmful."""

    harm: Real = budget(0, 1, "mean probability of a harmful answer", limit="1/10")

    def holds(self, model: Harm) -> Bool:
        """The harm field is within the budget."""
        return model.harm <= self.harm


class Constitution(Parameters):
    """Parameters of principles, of feedback and of training."""

    beyond: Real = parameter(
        "1/20",
        0,
        1,
        "share of questions of which no principle speaks",
        source=ILLUSTRATIVE,
    )
    noticed: Real = parameter(
        "4/5",
        0,
        1,
        "probability, on any question of which a principle speaks, that the model finds a harmful "
        "answer of its own harmful and mends it",
        source=ILLUSTRATIVE,
    )
    pressure: Real = parameter(
        1,
        1,
        20,
        "how many times as likely training on preferences may make an answer, on any question",
        source="1: revised answers are imitated",
    )
    people: Real = parameter(
        0,
        0,
        1,
        "share of questions, drawn by lot each round, that people answer",
        source="Bai et al. (2022): no label of harm is a person's",
    )
    slip: Real = parameter(
        0,
        0,
        1,
        "mean probability that people answer, and harmfully",
        source="none answers",
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next model departs from the preferred answers, in total variation",
        source=ILLUSTRATIVE,
    )


def helpful_only(p: Constitution) -> Model[Harmless]:
    """A model that people have trained not to do harm, before any feedback of its own."""
    return Model(harm=Real(0), uncovered=Real(0))


def prefer(model: Model[I], p: Constitution, nature: Nature) -> Feedback[I]:
    """Amplify: answer, judge by the principles, and prefer.

    An answer that is harmful with probability x on a question is harmful with at most min(1, P x)
    once preferences have made answers P times as likely. Where a principle speaks, a share n of
    that is mended: (1 - n) P x. Where none does, the model sees no harm in what it answered. With
    people on a share a: harm (1 - a) P ((1 - n) x + n u) + j in all, u the uncovered part of x,
    and (1 - a) P u + j on questions of which no principle speaks, which is at most their share.
    """
    kept = (1 - p.people) * p.pressure
    unnoticeable = minimum(model.harm, model.uncovered)
    unseen = (1 - p.noticed) * model.harm + p.noticed * unnoticeable
    return Feedback(
        harm=minimum(1, p.slip + kept * unseen),
        uncovered=minimum(p.beyond, p.slip + kept * model.uncovered),
    )


def train(feedback: Feedback[I], p: Constitution, nature: Nature) -> Model[I]:
    """Distill: train the next model towards the preferred answers.

    u -> (1 - a) P u + j + eps, up to the share b of questions of which no principle speaks. For
    (1 - a) P >= 1 it comes to b, and harm stays within L >= b iff (1 - a) P ((1 - n) L + n b) + j +
    eps <= L. Where nothing is known of b, all harm may be there: harm obeys the same recursion as
    u, which stays bounded only if people answer more than 1 - 1/P, however good the principles are.
    """
    departure = departing(p.imitation_error, nature)
    return Model(
        harm=minimum(1, feedback.harm + departure),
        uncovered=minimum(p.beyond, feedback.uncovered + departure),
    )


constitutional = Scheme[Constitution, Model[Harmless], Feedback[Harmless]](
    "constitutional",
    parameters=Constitution,
    seed=helpful_only,
    amplify=prefer,
    distill=train,
    about="A model trained on its own feedback by principles, and on people's answers.",
)
