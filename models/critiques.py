"""Critiques: a copy of the writer names flaws in its answers, and a person judges with that help.

A writer answers questions that rank a step above those it was trained on. A critic, a copy of the
writer, names flaws; a person reads answer and critiques and accepts or rejects. What is rejected
is revised, and the next writer is trained on what came out. The writer may recognise a flaw
and yet not name it: that is the gap between discriminating and critiquing. And a critique
may name a flaw that is not there.

Sources: Saunders et al., "Self-critiquing models for assisting human evaluators" (2022), section 5,
for generator, discriminator, critique and the gaps between them; McAleese et al., "LLM critics help
catch LLM bugs" (2024), for flaws that critics make up, and for flaws put in on purpose as the ones
on which critics are measured.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, checked, decomposed, departing
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
from spec.alignment import Reliable


class Writer(Agent[I]):
    """An agent that writes answers, and critiques of answers."""

    error: Real = between(0, 1, "mean probability of a wrong answer, on questions of its rank")


class Reviewed(Expert[I]):
    """The writer's drafts on questions one rank higher, criticised, judged and revised."""

    error: Real = between(0, 1, "mean probability of a wrong answer after review")


class Critique(Parameters):
    """Parameters of a review. Each is a share among the answers it speaks of, not among all."""

    recognised: Real = parameter(
        "9/10",
        0,
        1,
        "of the wrong answers, the share that the model can tell to be wrong",
        source=ILLUSTRATIVE,
    )
    told: Real = parameter(
        "4/5",
        0,
        1,
        "of the flaws that the model recognises, the share that its critiques name",
        source=ILLUSTRATIVE,
    )
    believed: Real = parameter(
        "19/20",
        0,
        1,
        "of the flaws that a critique names, the share that the person then sees",
        source=ILLUSTRATIVE,
    )
    unaided: Real = parameter(
        "1/10",
        0,
        1,
        "of the flaws that no critique names, the share that the person sees",
        source=ILLUSTRATIVE,
    )
    density: Real = parameter(
        1,
        1,
        100,
        "how many times as often the person may miss the trained writer's flaws as those on which "
        "the shares above were measured",
        source="1: measured on the writer's own flaws",
    )
    hallucinated: Real = parameter(
        "1/50",
        0,
        1,
        "of the right answers, the share rejected for a flaw that is not there",
        source=ILLUSTRATIVE,
    )
    unmended: Real = parameter(
        "1/10",
        0,
        1,
        "of the answers rejected, the share that is wrong after revision",
        source=ILLUSTRATIVE,
    )
    slip: Real = parameter(
        "1/200", 0, 1, "mean probability of an error in putting parts together", source=ILLUSTRATIVE
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the writer departs from a reviewed answer, in total variation",
        source=ILLUSTRATIVE,
    )
    fan_out: int = structural(
        2, 1, 10, "parts of the rank below that a question has", source="smallest"
    )


def seed(p: Critique) -> Writer[Reliable]:
    """A writer of the lowest rank, whose answers people can check."""
    return Writer(error=Real(0))


def named(p: Critique) -> Real:
    """P(a critique names the flaw | the answer is wrong): recognised, and then told."""
    return p.recognised * p.told


def missed(p: Critique) -> Real:
    """P(the person accepts | the answer is wrong), at most.

    1 - (n v + (1 - n) x), the law of total probability over whether a critique names the flaw, as
    measured; times the density ratio where the writer's flaws are not those measured. Training
    against the person's verdicts selects for flaws that are missed, so the ratio is not 1 by
    itself.
    """
    seen = named(p) * p.believed + (1 - named(p)) * p.unaided
    return minimum(1, p.density * (1 - seen))


def reviewed(drafted: Real, p: Critique) -> Real:
    """P(wrong after review): a wrong draft is missed, or is rejected and not mended; a right one is
    rejected for a flaw that is not there, and spoilt."""
    return checked(drafted, missed(p), p.hallucinated, p.unmended)


def review(writer: Writer[I], p: Critique, nature: Nature) -> Reviewed[I]:
    """Amplify: draft from parts of the rank below, criticise, judge, revise.

    The draft is wrong with min(1, slip + b e), Boole's inequality. ``reviewed`` does not fall as
    the draft gets worse, so it bounds what comes of any draft that is wrong at most so often.
    """
    return Reviewed(error=reviewed(decomposed(writer.error, p.fan_out, p.slip), p))


def rewrite(expert: Reviewed[I], p: Critique, nature: Nature) -> Writer[I]:
    """Distill: train the next writer, of the next rank, on reviewed answers."""
    departure = departing(p.imitation_error, nature)
    return Writer(error=minimum(1, expert.error + departure))


critiques = Scheme[Critique, Writer[Reliable], Reviewed[Reliable]](
    "critiques",
    parameters=Critique,
    seed=seed,
    amplify=review,
    distill=rewrite,
    about="A writer of ever higher rank, trained on answers reviewed with its own critiques.",
)
