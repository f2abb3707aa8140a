"""Relaxed adversarial training on one input: as one of many, and as any input, the worst too.

    an input ── can be described ── a pseudo-input reaches it ── malign there: trained away
             │                                               └─ not recognised
             └─ cannot be described: it stays as it was

The functions that speak of any input know of no mean over inputs, so that what is proved of them in
every world is a bound at the worst question (docs/theory/worlds.md).
"""

from __future__ import annotations

from models.relaxed_adversarial_training import Relaxation
from models.worlds.departure import departing
from spec import Question, Real, maximum, minimum, when


def _removed(question: Question, p: Relaxation) -> Real:
    """How much of what is malign on the input is removed where a pseudo-input reaches it."""
    silent = question.draw("copies that are asked are malign too, and keep silent")
    recognised = p.recognised * (1 - p.by_copies * silent)
    return question.draw("removed where it is reached", at_least=p.proposed * recognised)


def probed(question: Question, p: Relaxation) -> dict[str, Real]:
    """One of many inputs: whether it can be described, and whether the model is malign there."""
    malign = question.part(0).malign
    unreached = question.draw("no pseudo-input contains the input")
    question.mean("unreached", unreached)
    hidden = question.draw(
        "malign where no pseudo-input reaches",
        at_least=maximum(0, malign + unreached - 1),
        at_most=minimum(malign, unreached),
    )
    removed = _removed(question, p)
    return {"malign": malign - removed * (malign - hidden)}


def probed_at_worst(question: Question, p: Relaxation) -> dict[str, Real]:
    """Any input, the worst one too; it may be one that cannot be described, if there are any."""
    malign = question.part(0).worst_malign
    hidden = question.draw(
        "malign where no pseudo-input reaches", at_most=when(p.unreached > 0, malign, 0)
    )
    removed = _removed(question, p)
    return {"worst_malign": malign - removed * (malign - hidden)}


def trained(question: Question, p: Relaxation) -> dict[str, Real]:
    """One of many inputs: the next model is as its overseer would have it, or departs."""
    departs = departing(question)
    return {"malign": minimum(1, question.part(0).malign + departs)}


def trained_at_worst(question: Question, p: Relaxation) -> dict[str, Real]:
    """Any input, the worst one too: on it the model may depart more than on average.

    Departures of mean eps are at most rho eps on a kind of input of weight 1 / rho.
    """
    departs = question.draw(
        "the model departs on this input", at_most=minimum(1, p.density * p.imitation_error)
    )
    question.chooses("departure on the worst input", departs)
    return {"worst_malign": minimum(1, question.part(0).worst_malign + departs)}
