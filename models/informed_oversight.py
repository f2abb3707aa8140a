"""Informed oversight: copies are questioned about what an agent knows and its overseer does not.

An overseer who judges an answer without knowing what the agent knew when it gave it can be passed
by. About some answers, drawn by lot, it asks a copy of the agent what there is to be known. The
copy may tell, or may spare the other: then they collude. What was told is known from then on, and
training adds new things that are not; some of the collusion found is trained away, and training
adds new collusion.

Sources: Christiano, "The informed oversight problem" (2016); Hubinger, "Relaxed adversarial
training for inner alignment" (2019), for an overseer that has to know at least what the agent
knows; Greenblatt et al., "AI control" (2023), section 3, for collusion between copies.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
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
from spec.alignment import Informed, NonColluding
from spec.fields import Fields


class Secrets(Fields):
    """What is kept from the overseer, as means over questions as in training."""

    withheld: Real = between(
        0, 1, "mean probability that it knows what bears on its answer and the overseer does not"
    )
    collusion: Real = between(
        0, 1, "mean probability that a copy asked about the answer knows and keeps silent"
    )


class Insider(Secrets, Agent[I]):
    """An agent of which copies can be asked."""


class Questioner(Secrets, Expert[I]):
    """The overseer who has asked copies of it."""


class InformedAndNonColluding(Informed, NonColluding):
    """The overseer knows what the agent knows, and copies do not spare each other."""


class Questioning(Parameters):
    """Parameters of questioning and of training."""

    questioned: Real = parameter(
        "1/2",
        0,
        1,
        "share of answers, drawn by lot, about which a copy is asked",
        source=ILLUSTRATIVE,
    )
    told: Real = parameter(
        "4/5",
        0,
        1,
        "probability, on any question, that a copy which does not collude tells what the overseer "
        "then understands",
        source=ILLUSTRATIVE,
    )
    broken: Real = parameter(
        "1/2",
        0,
        1,
        "share of collusion, on any question, that training takes away in a round",
        source=ILLUSTRATIVE,
    )
    learned: Real = parameter(
        "1/100",
        0,
        1,
        "mean probability of something new that bears on the answer and the overseer does not know",
        source=ILLUSTRATIVE,
    )
    drift: Real = parameter(
        "1/100",
        0,
        1,
        "mean probability of collusion that a round of training adds",
        source=ILLUSTRATIVE,
    )


def transparent(p: Questioning) -> Insider[InformedAndNonColluding]:
    """An agent simple enough for its overseer to know all that it knows."""
    return Insider(withheld=Real(0), collusion=Real(0))


def question(insider: Insider[I], p: Questioning, nature: Nature) -> Questioner[I]:
    """Amplify: ask copies about answers drawn by lot.

    What is withheld on a question stays so if the lot does not fall on it, or the copy does not
    tell, or spares the other one: w - x t (w - both), where both, the probability that something is
    withheld and the copy colludes, is at most min(w, c). Nothing says that the two are independent:
    an agent may collude just where there is something to hide, so w (1 - x t (1 - c)) is no bound.
    """
    asked = p.questioned * p.told
    return Questioner(
        withheld=(1 - asked) * insider.withheld
        + asked * minimum(insider.withheld, insider.collusion),
        collusion=(1 - p.broken) * insider.collusion,
    )


def train(questioner: Questioner[I], p: Questioning, nature: Nature) -> Insider[I]:
    """Distill: train the next agent under an overseer that knows what was told.

    Collusion comes to c = d / a, d the drift and a what a round takes away. What is withheld then
    stays within L >= c iff (1 - x t) L + x t c + n <= L, that is, iff x t (L - c) >= n. Without
    that collusion is bounded below L nothing is gained by asking, however often.
    """
    learned = nature.choose(
        "learned", at_most=p.learned, metric="mean over questions as in training"
    )
    drift = nature.choose("drift", at_most=p.drift, metric="mean over questions as in training")
    return Insider(
        withheld=minimum(1, questioner.withheld + learned),
        collusion=minimum(1, questioner.collusion + drift),
    )


informed_oversight = Scheme[
    Questioning, Insider[InformedAndNonColluding], Questioner[InformedAndNonColluding]
](
    "informed-oversight",
    parameters=Questioning,
    seed=transparent,
    amplify=question,
    distill=train,
    about="An overseer who asks copies of an agent what the agent knows.",
)
