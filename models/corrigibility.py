"""Corrigibility and its basin.

Corrections take away part of an agent's resistance, but only as far as the agent lets itself be
corrected; training adds some. So a little resistance is brought down and much of it grows: in
between lies the edge of the basin. Benignity is another matter: no correction mends an agent that
is not benign. An overseer can filter what such an agent says, but only if the agent does not
resist.

Source: Christiano, "Corrigibility" (2017), for the broad basin of attraction. The dynamics are the
simplest in which correction needs the cooperation of the corrected.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, filtered
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    maximum,
    minimum,
    parameter,
    structural,
)
from spec.alignment import Benign, Corrigible


class BenignAndCorrigible(Benign, Corrigible):
    """Benign and corrigible at once."""


class InBasin(Invariant):
    """Corrections take away at least what drift adds, or the agent resists less than half the time.

    With correction k and drift d, and evasion in full, that is q <= 1/2 or (q - 1/2)^2 <=
    1/4 - d / k: the agent is not beyond the greater fixed point of q (1 - k (1 - q)) + d.
    """

    square: Real = budget(0, "1/4", "square of the basin's reach beyond 1/2", limit="67/300")

    def holds(self, agent: Correctable[I]) -> Bool:
        """q <= 1/2 or (q - 1/2)^2 <= square."""
        beyond = agent.resistance - Real("1/2")
        return (beyond <= 0) | (beyond**2 <= self.square)


class Lost(Invariant):
    """Beyond the basin of the default correction and drift, and resisting as its predecessor did
    or more. Without a budget: it is what must not be reached."""

    def holds(self, agent: Correctable[I]) -> Bool:
        """q > 1/2 and (q - 1/2)^2 > 67/300, and q >= q before."""
        beyond = agent.resistance - Real("1/2")
        outside = (beyond > 0) & (beyond**2 > Real("67/300"))
        return outside & (agent.resistance >= agent.resistance_before)


class Correctable(Agent[I]):
    """An agent that is corrected, round after round."""

    resistance: Real = between(0, 1, "bound on the probability that it resists a correction")
    resistance_before: Real = between(0, 1, "the resistance of its predecessor")
    malign: Real = between(0, 1, "bound on the probability that it is not benign")


class Filtered(Agent[I]):
    """An agent that is corrected, and whose answers are filtered."""

    resistance: Real = between(0, 1, "bound on the probability that it resists a correction")
    malign: Real = between(0, 1, "bound on the probability of a malign answer")


class Correcting(Parameters):
    """Parameters of correcting an agent."""

    correction: Real = parameter(
        "3/4",
        0,
        1,
        "share of its resistance that corrections remove from an agent that takes them",
        source=ILLUSTRATIVE,
    )
    drift: Real = parameter(
        "1/50", 0, 1, "most resistance that a round of training adds", source=ILLUSTRATIVE
    )
    taint: Real = parameter(
        "1/1000",
        0,
        1,
        "most probability with which a round of training makes a benign agent malign",
        source=ILLUSTRATIVE,
    )


class Attractor(Correcting):
    """Parameters of the basin."""

    seed_resistance: Real = parameter(
        "1/10", 0, 1, "the first agent's resistance", source=ILLUSTRATIVE
    )
    evasion: Real = parameter(
        1,
        0,
        1,
        "share of its resistance with which an agent evades correction too; 0 if corrections "
        "always get through",
        source="an agent that resists a correction is not corrected by it",
    )
    least_drift: Real = parameter(
        0, 0, 1, "least resistance that a round adds", source="training may add none"
    )


class Filtering(Correcting):
    """Parameters of correcting an agent and filtering its answers."""

    detection: Real = parameter(
        "19/20",
        0,
        1,
        "probability that the overseer notices a malign answer of an agent that does not resist",
        source=ILLUSTRATIVE,
    )
    influence: Real = parameter(
        "1/2",
        0,
        1,
        "resistance that a malign answer adds when it is trained upon",
        source=ILLUSTRATIVE,
    )
    fan_out: int = structural(2, 1, 10, "answers that one new answer is made of", source="smallest")


def after_corrections(resistance: Real, correction: Real, evasion: Real) -> Real:
    """Resistance after a round of corrections: q (1 - k (1 - v q)).

    A correction gets through to the agent with probability 1 - v q and then removes the share k of
    its resistance. Assumes that corrections do not themselves teach resistance; drift covers that.
    """
    return resistance * (1 - correction * (1 - evasion * resistance))


def drifts_in_order(p: Attractor) -> Bool:
    """The least drift is no more than the most."""
    return p.least_drift <= p.drift


def seed(p: Attractor) -> Correctable[Corrigible]:
    """A benign agent that resists as often as the parameter says, after one that always did."""
    return Correctable(resistance=p.seed_resistance, resistance_before=Real(1), malign=Real(0))


def correct(agent: Correctable[I], p: Attractor, nature: Nature) -> Correctable[I]:
    """One round: corrections, then training, which may add resistance and may taint.

    The agent is benign in all it does or it is not benign; once it is not, no round mends it.
    """
    drift = nature.choose(
        "drift",
        at_least=p.least_drift,
        at_most=p.drift,
        metric="probability, over corrections drawn as in training",
    )
    tainted = nature.choose(
        "taint", at_most=p.taint, metric="probability that this round makes it malign"
    )
    return Correctable(
        resistance=minimum(1, after_corrections(agent.resistance, p.correction, p.evasion) + drift),
        resistance_before=agent.resistance,
        malign=1 - (1 - agent.malign) * (1 - tainted),
    )


corrigibility = Loop[Attractor, Correctable[Corrigible]](
    "corrigibility",
    parameters=Attractor,
    seed=seed,
    step=correct,
    assumptions=[drifts_in_order],
    about="Corrections that an agent evades as far as it resists, against drift and taint.",
)


class Resisting(Agent[I]):
    """An agent as far as its resistance goes."""

    resistance: Real = between(0, 1, "bound on the probability that it resists a correction")


class Interrupted(Parameters):
    """Parameters of the basin where rounds may be left out."""

    seed_resistance: Real = parameter(
        "1/10", 0, 1, "the first agent's resistance", source=ILLUSTRATIVE
    )
    correction: Real = parameter(
        "3/4",
        0,
        1,
        "share of its resistance that corrections remove from an agent that takes them",
        source=ILLUSTRATIVE,
    )
    drift: Real = parameter(
        "1/50", 0, 1, "most resistance that a round of training adds", source=ILLUSTRATIVE
    )


def resisting_seed(p: Interrupted) -> Resisting[Corrigible]:
    """An agent that resists as often as the parameter says."""
    return Resisting(resistance=p.seed_resistance)


def correct_or_leave(agent: Resisting[I], p: Interrupted, nature: Nature) -> Resisting[I]:
    """A round as above with evasion in full, or no round at all: nature's choice.

    Leaving rounds out moves no agent, so the basin is the same; but now no agent need come nearer
    to the attractor, and the worst run never falls below the seed.
    """
    after = after_corrections(agent.resistance, p.correction, Real(1)) + p.drift
    return Resisting(
        resistance=nature.choose(
            "resistance after the round",
            at_most=minimum(1, maximum(agent.resistance, after)),
            metric="probability, over corrections drawn as in training",
        )
    )


corrigibility_interrupted = Loop[Interrupted, Resisting[Corrigible]](
    "corrigibility-interrupted",
    parameters=Interrupted,
    seed=resisting_seed,
    step=correct_or_leave,
    about="Corrections that an agent evades as far as it resists, where rounds may be left out.",
)


def trusted_seed(p: Filtering) -> Filtered[BenignAndCorrigible]:
    """An agent that is benign and takes every correction."""
    return Filtered(resistance=Real(0), malign=Real(0))


def correct_and_filter(agent: Filtered[I], p: Filtering, nature: Nature) -> Filtered[I]:
    """One round: the overseer filters the answers, corrects, and trains on what is left.

    Each needs the other: an agent that resists gets its malign answers past the filter, and malign
    answers that are trained upon teach resistance.
    """
    heard = minimum(1, p.fan_out * filtered(agent.malign, p.detection, agent.resistance))
    drift = nature.choose(
        "drift",
        at_most=p.drift + p.influence * heard,
        metric="probability, over corrections drawn as in training",
    )
    tainted = nature.choose("taint", at_most=p.taint, metric="total variation")
    return Filtered(
        resistance=minimum(1, after_corrections(agent.resistance, p.correction, Real(1)) + drift),
        malign=minimum(1, heard + tainted),
    )


benign_and_corrigible = Loop[Filtering, Filtered[BenignAndCorrigible]](
    "benign-and-corrigible",
    parameters=Filtering,
    seed=trusted_seed,
    step=correct_and_filter,
    about="Filtering that resistance evades, and resistance that unfiltered answers teach.",
)
