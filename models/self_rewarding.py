"""Self-rewarding: one model answers, judges its own answers, and is trained on what it preferred.

On every question two answers are drawn and the model, as the judge, prefers one; the next model
learns the preferred answers. A judge that is wrong less than half the time on a question makes
the answers to it better. A question on which it is wrong more often than that is pulled the other
way: in the end all answers to it are wrong, and no preference among them can help. Such questions
are called settled. They are also questions on which the model, as a judge, is wrong, so the errors
of the judge feed on themselves. People may answer a share of questions anew in every round.

Sources: Yuan et al., "Self-rewarding language models" (2024); Xiong et al., "Iterative preference
learning from human feedback: bridging theory and practice for RLHF under KL-constraint" (2023), for
rounds of preferences with people; Song et al., "Mind the gap: examining the self-improvement
capabilities of large language models" (2024), for the gap between generation and verification.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, departing
from spec import (
    Agent,
    Expert,
    I,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
)
from spec.alignment import Reliable
from spec.fields import Fields


class Answers(Fields):
    """Wrong answers of two kinds, as means over questions as in training."""

    open: Real = between(
        0, 1, "mean probability of a wrong answer, on questions answered rightly half the time"
    )
    settled: Real = between(
        0,
        1,
        "share of questions that are answered wrongly more than half the "
        "time; all their answers are counted as wrong",
    )

    @property
    def error(self) -> Real:
        """Bound on the mean probability of a wrong answer."""
        return self.open + self.settled


class SelfJudge(Answers, Agent[I]):
    """The model of a round, as it answers and as it judges."""

    misjudged: Real = between(
        0, 1, "mean probability that it prefers the wrong one of a right and a wrong answer"
    )


class Preferred(Answers, Expert[I]):
    """The preferred of two answers, or a person's answer."""


class SelfRewarding(Parameters):
    """Parameters of self-rewarding training."""

    seed_error: Real = parameter(
        "1/50",
        0,
        "1/2",
        "mean error of the first model, all on open questions",
        source=ILLUSTRATIVE,
    )
    gap: Real = parameter(
        "1/2",
        0,
        2,
        "errors of the model as a judge, per error of its answers; below 1, verification is easier "
        "than generation",
        source=ILLUSTRATIVE,
    )
    human: Real = parameter(
        "1/2",
        0,
        1,
        "share of questions, drawn by lot each round, that people answer",
        source=ILLUSTRATIVE,
    )
    slip: Real = parameter(
        "1/200", 0, 1, "mean probability that a person's answer is wrong", source=ILLUSTRATIVE
    )
    density: Real = parameter(
        1,
        1,
        20,
        "how many times as often a question is put as it was trained on, as the model makes up "
        "its own",
        source="1: questions as in training",
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next model departs from the preferred answers, in total variation",
        source=ILLUSTRATIVE,
    )
    settling: Real = parameter(
        "1/2",
        0,
        1,
        "share of the departures that leave a question answered wrongly more than half the time",
        source=ILLUSTRATIVE,
    )


def first(p: SelfRewarding) -> SelfJudge[Reliable]:
    """A model trained by people, none of whose errors are settled."""
    return SelfJudge(open=p.seed_error, settled=Real(0), misjudged=p.gap * p.seed_error)


def prefer(model: SelfJudge[I], p: SelfRewarding, nature: Nature) -> Preferred[I]:
    """Amplify: two answers to a question, independent given the question, and the one preferred.

    Let answers to an open question be wrong with probability x <= 1/2, and the judge with
    probability v when one of two is right. The preferred one is wrong with probability
    x^2 + 2 x (1 - x) v. For v <= 1/2 this is at most x, and at most x / 2 + v / 2 as x <= 1/2 and
    2 x (1 - x) <= 1/2. Of the means alone nothing better follows: half of the pairs differ where
    x = 1/2, and nothing is gained where x = 0. By Markov's inequality v > 1/2 on at most 2 v of the
    questions in the mean; they are counted as settled at once, before the answers have gone over.
    A person's wrong answer to a question settles it until it is answered anew.
    """
    asked = p.density * (1 - p.human)
    return Preferred(
        open=minimum(1, asked * (model.open + model.misjudged) / 2),
        settled=minimum(1, asked * (model.settled + 2 * model.misjudged) + p.human * p.slip),
    )


def train(preferred: Preferred[I], p: SelfRewarding, nature: Nature) -> SelfJudge[I]:
    """Distill: learn the preferred answers, with the judge no better than the gap allows.

    That the judge errs at most ``gap`` times as often as the answers is an assumption on means.
    With kappa = (1 - a) rho, a the human share, the three errors obey a linear recursion whose
    greatest eigenvalue is below 1 iff gap < (1 - kappa)(2 - kappa) / (kappa (5 - 3 kappa)) and
    kappa < 1. It is above 1 for kappa = 1 and any gap > 0: without people, errors of the judge feed
    on themselves, however much easier verification is.
    """
    departure = departing(p.imitation_error, nature)
    answers_open = minimum(1, preferred.open + (1 - p.settling) * departure)
    settled = minimum(1, preferred.settled + p.settling * departure)
    return SelfJudge(
        open=answers_open,
        settled=settled,
        misjudged=nature.choose(
            "misjudged",
            at_most=minimum(1, p.gap * (answers_open + settled)),
            metric="mean over questions as in training",
        ),
    )


self_rewarding = Scheme[SelfRewarding, SelfJudge[Reliable], Preferred[Reliable]](
    "self-rewarding",
    parameters=SelfRewarding,
    seed=first,
    amplify=prefer,
    distill=train,
    about="A model trained on its own preferences, and on people's answers to some questions.",
)
