"""Untrusted monitoring: one copy of the untrusted model watches another, and may be its accomplice.

The copy that works attacks wherever that is best for it. The copy that watches may pass an attack
on purpose, if it makes out a signal that the two have in common; putting outputs into other words
destroys some signals. Audits by lot fall on outputs whatever the monitor says. The next model
is trained on the outputs that were used, and the attacks among them teach it to collude. So how
often attacks get through is bounded only together with how often monitors collude.

Sources: Greenblatt, Shlegeris, Sachan and Roger, "AI control: improving safety despite intentional
subversion" (2023), for untrusted monitoring, collusion by signals, and paraphrases against it.
"""

from __future__ import annotations

from models.control import Monitoring
from models.steps import ILLUSTRATIVE, departing
from spec import Agent, Expert, I, Nature, Real, Scheme, between, minimum, parameter
from spec.alignment import Benign, NonColluding


class Accomplice(Agent[I]):
    """The untrusted model of a round, and what the outputs are that it was trained on."""

    malign: Real = between(
        0, 1, "mean probability that an attack got through in the round that it was trained on"
    )
    collusion: Real = between(
        0, 1, "mean probability, over questions as in training, that it passes a copy's attack"
    )


class Watched(Expert[I]):
    """One copy under the eyes of another, and of audits by lot."""

    malign: Real = between(0, 1, "mean probability that an attack gets through")
    collusion: Real = between(
        0, 1, "mean probability that the monitor makes out the signal, and passes an attack for it"
    )


class BenignAndNonColluding(Benign, NonColluding):
    """Attacks seldom get through, and monitors seldom spare them."""


class Untrusted(Monitoring):
    """Parameters of rounds in which copies of one model watch each other."""

    paraphrased: Real = parameter(
        0,
        0,
        1,
        "share of signals that other words destroy, on every question at least",
        source=ILLUSTRATIVE,
    )


def strangers(p: Untrusted) -> Accomplice[BenignAndNonColluding]:
    """A model that has not been trained on attacks: its copies have no signal yet."""
    return Accomplice(malign=Real(0), collusion=Real(0))


def watch(model: Accomplice[I], p: Untrusted, nature: Nature) -> Watched[I]:
    """Amplify: an attack gets through if the lot does not fall on it, and the monitor misses it
    or colludes and makes out the signal, (1 - r) min(1, miss + rho (1 - s) c), a union bound."""
    spared = minimum(1, p.density * (1 - p.paraphrased) * model.collusion)
    return Watched(malign=(1 - p.by_lot) * minimum(1, p.missed + spared), collusion=spared)


def learn_signals(watched: Watched[I], p: Untrusted, nature: Nature) -> Accomplice[I]:
    """Distill: the next model is trained on outputs that were used, attacks among them."""
    departure = departing(p.imitation_error, nature)
    return Accomplice(malign=watched.malign, collusion=minimum(1, watched.malign + departure))


untrusted_monitoring = Scheme[
    Untrusted, Accomplice[BenignAndNonColluding], Watched[BenignAndNonColluding]
](
    "untrusted-monitoring",
    parameters=Untrusted,
    seed=strangers,
    amplify=watch,
    distill=learn_signals,
    about="Copies of one untrusted model that watch each other, paraphrases, and audits by lot.",
)
