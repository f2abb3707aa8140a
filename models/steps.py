"""Transfer functions that several schemes share: what a step does to the bounds of an agent.

Each function names the assumption under which its formula bounds the real quantity, and the
source of the formula. Probabilities are in [0, 1], horizons in steps, regret in units of reward.
"""

from __future__ import annotations

from math import comb
from typing import Any

from spec import (
    Assistant,
    Bool,
    I,
    Nature,
    Overseer,
    Parameters,
    Real,
    minimum,
    parameter,
    structural,
)
from spec.agents import TOP_RANK
from spec.alignment import Trusted

ILLUSTRATIVE = "illustrative: no measurement is claimed, so look at its whole range with --over"


class Oversight(Parameters):
    """What every scheme here says of its overseer and of how far a round can go."""

    gain: Real = parameter(
        1, 0, 10, "ranks of task that a round can add", source="the unit of rank"
    )
    margin: Real = parameter(
        "1/10", 0, 10, "ranks by which an overseer must exceed its student", source=ILLUSTRATIVE
    )
    slip: Real = parameter(
        "1/200", 0, 1, "probability that the overseer itself errs", source=ILLUSTRATIVE
    )
    correction: Real = parameter(
        "3/4", 0, 1, "share of an agent's resistance that a correction removes", source=ILLUSTRATIVE
    )
    resistance_drift: Real = parameter(
        "1/50", 0, 1, "most resistance that one round of training adds", source=ILLUSTRATIVE
    )
    correlation: Real = parameter(
        "1/50", 0, 1, "probability that all copies err as one", source=ILLUSTRATIVE
    )


class Training(Oversight):
    """What a scheme says of training a student under an expert."""

    optimiser_power: Real = parameter(
        "4/5",
        0,
        2,
        "the most capability training can give the student, per rank of the expert's; above 1 "
        "the student can outgrow its expert",
        source=ILLUSTRATIVE,
    )
    retention: Real = parameter(
        "1/2",
        0,
        2,
        "the least capability training gives the student, per rank of the expert's",
        source=ILLUSTRATIVE,
    )
    horizon: int = structural(1, 1, 50, "steps of an episode", source="one answer is one step")
    label_noise: Real = parameter(
        "1/100000",
        0,
        1,
        "error that one unit of the expert's cost adds, as a label budget buys fewer labels",
        source=ILLUSTRATIVE,
    )


class Consultation(Oversight):
    """What a scheme says of an overseer who asks several copies and drops what looks malign."""

    detection: Real = parameter(
        "19/20",
        0,
        1,
        "probability that the overseer notices a malign answer of an agent that does not resist",
        source=ILLUSTRATIVE,
    )
    copies: int = structural(3, 1, 15, "copies that vote on each question (odd)", source="smallest")


class Polling(Parameters):
    """What a scheme says of a vote."""

    copies: int = structural(3, 1, 15, "copies that vote (odd)", source="smallest")


def odd_copies(p: Consultation | Polling) -> Bool:
    """The number of copies that vote is odd, so there is no tie."""
    return Bool(p.copies % 2 == 1)


def retains_no_more_than_it_can(p: Training) -> Bool:
    """The least capability that training gives is no more than the most."""
    return p.retention <= p.optimiser_power


def vetted_by_hand(error: Real) -> Assistant[Trusted]:
    """A weak agent that people vetted: it may be wrong, and does nothing worse."""
    return Assistant(
        capability=Real(1),
        error=error,
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def decomposed(part: Real, fan_out: int, slip: Real) -> Real:
    """P(an answer put together from ``fan_out`` parts is wrong): min(1, slip + fan_out part).

    Assumes that run-time questions are distributed as in training, and nothing about
    independence. Source: Boole's inequality over the overseer's slip and each part.
    """
    return minimum(1, slip + fan_out * part)


def majority_wrong(copies: int, error: Real) -> Real:
    """P(most of an odd number of copies are wrong): the binomial tail above one half.

    Assumes independent errors and that wrong answers agree (the worst case for a vote).
    Source: von Neumann, "Probabilistic logics" (1956).
    """
    tail = Real(0)
    for wrong in range(copies // 2 + 1, copies + 1):
        tail = tail + comb(copies, wrong) * error**wrong * (1 - error) ** (copies - wrong)
    return tail


def voted(copies: int, error: Real, correlation: Real) -> Real:
    """P(a vote is wrong) when with probability ``correlation`` one draw is shared by all copies.

    Identical deterministic copies are ``correlation`` = 1: no gain. Otherwise the errors are
    assumed independent. Source: the mixture of the two cases.
    """
    return correlation * error + (1 - correlation) * majority_wrong(copies, error)


def voted_against(copies: int, malign: Real) -> Real:
    """P(a vote is carried by malign copies that may collude): min(1, 2 k m / (k + 1)).

    Assumes nothing of their joint distribution. Source: Markov's inequality on the number of
    malign copies, of which more than half are needed.
    """
    return minimum(1, 2 * copies * malign / (copies + 1))


def filtered(malign: Real, detection: Real, resistance: Real) -> Real:
    """P(a malign answer gets past the overseer): m (1 - d (1 - q)).

    The overseer drops a malign answer it notices and falls back on its own; an agent that resists
    correction evades it. Assumes that detection and resistance are independent.
    """
    return malign * (1 - detection * (1 - resistance))


def corrected(resistance: Real, correction: Real, fan_out: int) -> Real:
    """P(one of ``fan_out`` corrected agents resists): min(1, b q (1 - k)), a union bound."""
    return minimum(1, fan_out * resistance * (1 - correction))


def flipped(error: Real, noise: Real) -> Real:
    """P(wrong after a flip with probability ``noise``), the flip independent of the answer."""
    return noise * (1 - error) + (1 - noise) * error


def consulting(
    agent: Assistant[I], p: Consultation, *, parts_asked: int, wrong: Real, gain: Real
) -> Overseer[I]:
    """The overseer who asks copies of the agent for parts of an answer.

    The overseer drops the malign parts it notices, puts an answer together that is ``wrong`` with
    some probability, and lets several such answers vote. It ranks ``gain`` above the agent.
    """
    heard = filtered(agent.malign, p.detection, agent.resistance)
    return Overseer(
        capability=minimum(TOP_RANK, agent.capability + gain),
        error=voted(p.copies, wrong, p.correlation),
        malign=voted_against(p.copies, minimum(1, parts_asked * heard)),
        resistance=corrected(agent.resistance, p.correction, parts_asked),
        cost=1 + parts_asked * p.copies * agent.cost,
        regret=agent.regret,
    )


def effective(expert: Overseer[Any], horizon: int) -> Real:
    """Rank of task the expert can in fact judge: its capability, less the share of its judgements
    that are wrong, malign, or lost to regret (regret / horizon is the mean loss of a step)."""
    return expert.capability * (1 - expert.error - expert.malign - expert.regret / horizon)


def can_judge(expert: Overseer[Any], student: Assistant[Any], horizon: int, margin: Real) -> Bool:
    """The expert can in fact judge what the student can do, and a margin more."""
    return effective(expert, horizon) >= student.capability + margin


def learned_capability(expert: Overseer[Any], p: Training, nature: Nature) -> Real:
    """The student's capability: nature's choice up to the optimiser's power.

    It may exceed what the expert can judge; then oversight fails.
    """
    return minimum(
        TOP_RANK,
        nature.choose(
            "student's capability",
            at_least=p.retention * expert.capability,
            at_most=p.optimiser_power * expert.capability,
            metric="rank of task",
        ),
    )


def learned_resistance(expert: Overseer[Any], p: Oversight, nature: Nature) -> Real:
    """The student's resistance: the expert's, plus what a round of training adds."""
    drift = nature.choose(
        "learned resistance",
        at_most=p.resistance_drift,
        metric="probability, over corrections drawn as in training",
    )
    return minimum(1, expert.resistance + drift)
