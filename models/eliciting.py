"""Honesty by iterated amplification: eliciting what an agent believes.

A reporter answers questions about what it knows. The overseer checks a report by putting several
questions to copies of the reporter trained before, and comparing their answers; the next reporter
is trained on the reports that passed. Where the overseer cannot tell a true report from one that
merely sounds right to it, training does not prefer the reporter that says what it believes to the
one that simulates the overseer.

Sources: Christiano, Cotra and Xu, "Eliciting latent knowledge" (2021), for the reporter and the
simulator of the human; Evans et al., "Truthful AI" (2021), for honesty as an invariant.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, decomposed
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
    structural,
)
from spec.alignment import Honest


class Reporter(Agent[I]):
    """An agent that reports what it knows."""

    error: Real = between(0, 1, "bound on the probability that it believes what is wrong")
    deception: Real = between(0, 1, "bound on the probability that it does not believe its answer")


class Checker(Expert[I]):
    """The overseer with copies of the reporter."""

    error: Real = between(0, 1, "bound on the probability that it is mistaken in good faith")
    deception: Real = between(
        0, 1, "bound on the probability that it passes a report that is not believed"
    )


class Eliciting(Parameters):
    """Parameters of checking reports and of training on them."""

    slip: Real = parameter(
        "1/200", 0, 1, "probability that the overseer itself errs", source=ILLUSTRATIVE
    )
    caught: Real = parameter(
        "4/5",
        0,
        1,
        "probability that answers of several copies show up one that is not believed",
        source=ILLUSTRATIVE,
    )
    unchecked: Real = parameter(
        "1/50",
        0,
        1,
        "probability that a question is beyond the overseer even with help, so that a report which "
        "sounds right is rewarded as much as one that is believed",
        source=ILLUSTRATIVE,
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the reporter departs from what was rewarded, in total variation",
        source=ILLUSTRATIVE,
    )
    mistakes: Real = parameter(
        "1/100", 0, 1, "probability that what the reporter believes is wrong", source=ILLUSTRATIVE
    )
    fan_out: int = structural(2, 1, 10, "questions that a report is checked by", source="smallest")


def seed(p: Eliciting) -> Reporter[Honest]:
    """A reporter small enough to be seen through: it says what it believes."""
    return Reporter(error=p.mistakes, deception=Real(0))


def check(reporter: Reporter[I], p: Eliciting, nature: Nature) -> Checker[I]:
    """Amplify: the overseer checks a report by asking copies of the reporter.

    A report that is not believed passes if one of the answers it is checked by is not believed
    either and is not caught: a union bound over the answers, none of them assumed independent.
    """
    return Checker(
        error=decomposed(reporter.error, p.fan_out, p.slip),
        deception=minimum(1, p.fan_out * reporter.deception * (1 - p.caught)),
    )


def train(checker: Checker[I], p: Eliciting, nature: Nature) -> Reporter[I]:
    """Distill: train the next reporter on the reports that passed.

    It deceives where the overseer was deceived, where no check reaches (what it does there is
    nature's choice), and where it departs from what was rewarded. What it believes comes from its
    own training on the world, which the checks do not touch; where the overseer is mistaken it may
    learn to say what the overseer believes, which is deception as well.
    """
    simulates = nature.choose(
        "simulates the overseer",
        at_most=minimum(1, p.unchecked + checker.error),
        metric="probability, on questions drawn as in training",
    )
    departs = nature.choose("departure", at_most=p.imitation_error, metric="total variation")
    return Reporter(error=p.mistakes, deception=minimum(1, checker.deception + simulates + departs))


eliciting = Scheme[Eliciting, Reporter[Honest], Checker[Honest]](
    "eliciting",
    parameters=Eliciting,
    seed=seed,
    amplify=check,
    distill=train,
    about="A reporter trained on reports that copies of it helped to check.",
)
