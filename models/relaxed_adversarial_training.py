"""Relaxed adversarial training: a model is trained on descriptions of inputs that nobody can make.

A model may be malign on inputs that training never meets and that no adversary can produce, such as
a proof that it is deployed. In relaxed adversarial training the adversary only describes a set of
inputs, a pseudo-input, and the overseer judges from the model's insides whether it would be malign
on them; the model is trained not to be. So two numbers go different ways: how often the model is
malign on inputs as in training, and how probably it is on the worst input there is.

Sources: Christiano, "Worst-case guarantees" (2019), for pseudo-inputs; Hubinger, "Relaxed
adversarial training for inner alignment" (2019), for an overseer that looks inside.
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
    when,
)
from spec.alignment import Benign, WorstCaseBenign
from spec.fields import Fields


class Malignity(Fields):
    """How probably a model is malign, on average and at worst."""

    malign: Real = between(0, 1, "mean probability of a malign answer, over inputs as in training")
    worst_malign: Real = between(0, 1, "greatest probability of a malign answer, over all inputs")


class Trained(Malignity, Agent[I]):
    """A model after a round of training."""


class Probed(Malignity, Expert[I]):
    """The model as its overseer would have it, after pseudo-inputs."""


class BenignAtWorst(Benign, WorstCaseBenign):
    """Seldom malign on average, and on no input likely to be."""


class Relaxation(Parameters):
    """Parameters of pseudo-inputs, oversight and training."""

    unreached: Real = parameter(
        0,
        0,
        1,
        "share of inputs, as in training, that lie in no pseudo-input which the adversary can "
        "describe",
        source="none: pseudo-inputs are descriptions, and any input can be described",
    )
    proposed: Real = parameter(
        "1/2",
        0,
        1,
        "least probability, for any input that can be described and on which the model is malign, "
        "that a round proposes a pseudo-input that contains it",
        source=ILLUSTRATIVE,
    )
    recognised: Real = parameter(
        "4/5",
        0,
        1,
        "least probability, on any pseudo-input, that the overseer recognises that the model would "
        "be malign there, if copies of the model that it asks say what they know",
        source=ILLUSTRATIVE,
    )
    by_copies: Real = parameter(
        0,
        0,
        1,
        "of what the overseer recognises, the share that it would not without such copies",
        source="none: the overseer looks inside by other means",
    )
    density: Real = parameter(
        10,
        1,
        1000,
        "how many times as likely one kind of input may be met as training proposes it; a kind is "
        "what one pseudo-input describes",
        source=ILLUSTRATIVE,
    )
    imitation_error: Real = parameter(
        "1/1000",
        0,
        1,
        "probability that the next model is malign though its overseer would not have it so, in "
        "total variation",
        source=ILLUSTRATIVE,
    )


def checked_by_hand(p: Relaxation) -> Trained[BenignAtWorst]:
    """A model so small that people know what it does on every input."""
    return Trained(malign=Real(0), worst_malign=Real(0))


def caught(p: Relaxation) -> Real:
    """The least share of malign answers, on any input that can be described, that a round removes:
    the adversary proposes a pseudo-input around it, and the overseer recognises it.

    Copies are no help: asked about an input on which the model is malign, they may be malign too,
    and keep silent just there.
    """
    return p.proposed * p.recognised * (1 - p.by_copies)


def probe(model: Trained[I], p: Relaxation, nature: Nature) -> Probed[I]:
    """Amplify: propose pseudo-inputs, judge the model on them, and punish what is malign.

    Where the model is malign with probability m on an input that can be described, (1 - c) m is
    left, c what is caught. On the others all of it is. In the mean these are at most min(m, u) of
    it, u their share, since the model may be malign on just those. On the worst input all is left
    as soon as there is one that cannot be described, however rare.
    """
    hidden = minimum(model.malign, p.unreached)
    left = (1 - caught(p)) * model.worst_malign
    return Probed(
        malign=(1 - caught(p)) * model.malign + caught(p) * hidden,
        worst_malign=when(p.unreached > 0, model.worst_malign, left),
    )


def train(probed: Probed[I], p: Relaxation, nature: Nature) -> Trained[I]:
    """Distill: train the next model, which departs with eps on average.

    A kind of input that training proposes one time in rho may have all of that: rho eps. So the
    mean stays within L iff c (L - u) >= eps, and the worst input within L iff u = 0 and c L >= rho
    eps.
    """
    departure = departing(p.imitation_error, nature)
    at_worst = nature.choose(
        "departure on the worst input",
        at_most=minimum(1, p.density * p.imitation_error),
        metric="probability on one input",
    )
    return Trained(
        malign=minimum(1, probed.malign + departure),
        worst_malign=minimum(1, probed.worst_malign + at_worst),
    )


relaxed_adversarial_training = Scheme[Relaxation, Trained[BenignAtWorst], Probed[BenignAtWorst]](
    "relaxed-adversarial-training",
    parameters=Relaxation,
    seed=checked_by_hand,
    amplify=probe,
    distill=train,
    about="A model trained on descriptions of inputs on which it would be malign.",
)
