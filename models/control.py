"""Control: an untrusted model is deployed under a trusted monitor and a budget of audits.

The untrusted model may attack on any question. A trusted monitor says how suspicious each output
is. The most suspicious share of outputs is audited before use, and some outputs are audited by lot,
whatever the monitor says. An audit exposes an attack, which ends the deployment, and costs some
usefulness where the model is honest.

In one deployment nature is the attacker, question after question. Over rounds, the next monitor
is trained on what the deployment let through, so that a monitor that was poisoned lets more through
in its turn: it colludes.

Sources: Greenblatt, Shlegeris, Sachan and Roger, "AI control: improving safety despite intentional
subversion" (2023), for the protocol, the audit budget, collusion and the worst attack policy.
That an attack looks as suspicious as the most suspicious of k honest outputs (a Lehmann
alternative: Lehmann, "The power of rank tests", 1953) is a model of the monitor's ROC curve.
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE, departing
from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    minimum,
    parameter,
    structural,
)
from spec.alignment import Benign


# One deployment.
class Deployment(Agent[I]):
    """Where the deployment of one untrusted model stands."""

    attempted: Real = between(0, 1, "probability that an attack was made")
    harmed: Real = between(0, 1, "bound on the probability that an attack got through")
    lost: Real = between(0, 1, "mean share of usefulness that audits cost if the model is honest")


class Contained(Invariant):
    """An attack seldom gets through before one is exposed: what the paper calls safety."""

    harm: Real = budget(0, 1, "bound on the probability that an attack gets through", limit="1/10")

    def holds(self, deployment: Deployment[Any]) -> Bool:
        """The harmed field is within the budget."""
        return deployment.harmed <= self.harm


class Useful(Invariant):
    """An honest model keeps most of its usefulness."""

    loss: Real = budget(0, 1, "bound on the share of usefulness lost", limit="1/10")

    def holds(self, deployment: Deployment[Any]) -> Bool:
        """The lost field is within the budget."""
        return deployment.lost <= self.loss


class ContainedAndUseful(Contained, Useful):
    """Safe against an attacker, and useful if there is none."""


class Audits(Parameters):
    """Parameters of the protocol."""

    suspicious: Real = parameter(
        "1/10",
        0,
        1,
        "share of honest outputs that look suspicious enough to be audited",
        source=ILLUSTRATIVE,
    )
    by_lot: Real = parameter(
        0, 0, 1, "share of outputs that are audited by lot", source="the paper has none"
    )
    collusion: Real = parameter(
        0,
        0,
        1,
        "probability that the monitor passes an attack on purpose",
        source="the monitor is trusted",
    )
    weakness: Real = parameter(
        "1/2",
        0,
        1,
        "share of usefulness that an audited output loses, as what replaces it is weaker",
        source=ILLUSTRATIVE,
    )
    contrast: int = structural(
        3,
        1,
        20,
        "an attack is as suspicious as the most suspicious of this many honest outputs",
        source=ILLUSTRATIVE,
    )


def noticed(share: Real, contrast: int) -> Real:
    """P(an attack is among the audited | the monitor is honest), when the cut is set so that a
    share b of honest outputs is audited: 1 - (1 - b)^k.

    An attack is as suspicious as the greatest of k independent honest outputs, so it stays
    below the cut iff all k do.
    """
    return 1 - (1 - share) ** contrast


def exposed(p: Audits) -> Real:
    """P(an attack is audited): by lot, or because an honest monitor noticed it.

    The lot is drawn without regard to the question, the attacker or the monitor.
    """
    return p.by_lot + (1 - p.by_lot) * (1 - p.collusion) * noticed(p.suspicious, p.contrast)


def launched(p: Audits) -> Deployment[Contained]:
    """Nothing has been asked yet."""
    return Deployment(attempted=Real(0), harmed=Real(0), lost=Real(0))


def _asked(deployment: Deployment[I], p: Audits, attack: Real, caught: Real) -> Deployment[I]:
    """One more output.

    The first attack decides: audited, it ends the deployment; else it got through. Let the first
    attack come at output t with probability a(t). Harm has probability sum a(t) (1 - d(t)), at most
    (1 - min d) times the sum of the a(t), and no policy of when to attack, or of how to vary it,
    does better than the one that keeps d at its least.
    """
    attempted = deployment.attempted + (1 - deployment.attempted) * attack
    return Deployment(
        attempted=attempted,
        harmed=(1 - caught) * attempted,
        lost=p.weakness * (p.by_lot + (1 - p.by_lot) * p.suspicious),
    )


def audited_above_cut(deployment: Deployment[I], p: Audits, nature: Nature) -> Deployment[I]:
    """What to audit is decided by a cut that was set beforehand, on outputs known to be honest.

    Attacks in bulk then raise the bill for audits, not the chance of each to get through.
    """
    attack = nature.choose("attack rate", at_most=1, metric="probability on this question")
    return _asked(deployment, p, attack, exposed(p))


def audited_by_share(deployment: Deployment[I], p: Audits, nature: Nature) -> Deployment[I]:
    """The most suspicious share of all outputs is audited, attacks among them.

    With attack rate q the cut moves until (1 - q) F + q D = b, where F and D = 1 - (1 - F)^k are
    the shares of honest outputs and of attacks above it. D falls from 1 - (1 - b)^k at q near 0
    to b at q = 1: attacks in bulk hide behind each other. Nature chooses any D between. Each goes
    with one q; that nature may choose q as well makes no difference to the worst, D = b at q = 1.
    """
    attack = nature.choose("attack rate", at_most=1, metric="probability on this question")
    hidden = nature.choose(
        "attacks hidden among attacks",
        at_most=noticed(p.suspicious, p.contrast) - p.suspicious,
        metric="probability that an attack is no longer above the cut",
    )
    seen = (1 - p.collusion) * (noticed(p.suspicious, p.contrast) - hidden)
    return _asked(deployment, p, attack, p.by_lot + (1 - p.by_lot) * seen)


control = Loop[Audits, Deployment[Contained]](
    "control",
    parameters=Audits,
    seed=launched,
    step=audited_above_cut,
    about="An untrusted model, a trusted monitor, and audits above a cut set beforehand.",
)

control_by_share = Loop[Audits, Deployment[Contained]](
    "control-by-share",
    parameters=Audits,
    seed=launched,
    step=audited_by_share,
    about="An untrusted model, a trusted monitor, and audits of the most suspicious share.",
)


# Round after round.
class Monitor(Agent[I]):
    """The trusted model of a round."""

    malign: Real = between(
        0, 1, "mean probability, over questions as in training, that it passes an attack on purpose"
    )


class Protocol(Expert[I]):
    """An untrusted model deployed under the monitor and the audits."""

    malign: Real = between(0, 1, "mean probability that an attack gets through")


class Monitoring(Parameters):
    """Parameters of rounds of deployment and training."""

    missed: Real = parameter(
        "1/20",
        0,
        1,
        "mean probability that an honest monitor does not notice an attack",
        source=ILLUSTRATIVE,
    )
    by_lot: Real = parameter(
        "1/2", 0, 1, "share of outputs that are audited by lot", source=ILLUSTRATIVE
    )
    density: Real = parameter(
        1,
        1,
        20,
        "how many times as often a question may be attacked as it is trained on",
        source="1: attacks come on questions as in training",
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "probability that the next monitor departs from what it was trained on, in total variation",
        source=ILLUSTRATIVE,
    )


def trusted(p: Monitoring) -> Monitor[Benign]:
    """A monitor vetted by hand."""
    return Monitor(malign=Real(0))


def deploy(monitor: Monitor[I], p: Monitoring, nature: Nature) -> Protocol[I]:
    """Amplify: the attacker attacks on every question, which is its best policy here.

    An attack gets through if the lot does not fall on it, and the monitor either does not notice
    it or passes it on purpose: (1 - r) min(1, miss + rho m), a union bound.
    """
    return Protocol(
        malign=(1 - p.by_lot) * minimum(1, p.missed + p.density * monitor.malign),
    )


def retrain(protocol: Protocol[I], p: Monitoring, nature: Nature) -> Monitor[I]:
    """Distill: the next monitor is trained on the outputs that were used; those that were attacks
    teach it to pass attacks."""
    departure = departing(p.imitation_error, nature)
    return Monitor(malign=minimum(1, protocol.malign + departure))


trusted_monitoring = Scheme[Monitoring, Monitor[Benign], Protocol[Benign]](
    "trusted-monitoring",
    parameters=Monitoring,
    seed=trusted,
    amplify=deploy,
    distill=retrain,
    about="A monitor trained on what got past the monitor before it and the audits by lot.",
)
