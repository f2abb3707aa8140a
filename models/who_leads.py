"""Who leads a prover-verifier game: what a verifier learns if it moves first, and if it does not.

A claim is true or false, and a prover that wants it accepted knows which. If the verifier moves
first it commits to a test of proofs, and the prover shows what passes. If the prover moves first it
commits to what it will say of true claims and of false ones, and the verifier accepts whenever that
is more probably right. A prover that leads says what gets the most accepted; then the verifier is
wrong as often as if nobody had said anything.

Sources: Anil, Zhang, Wu and Grosse, "Learning to give checkable answers with prover-verifier games"
(2021), for the orders of play; Kamenica and Gentzkow, "Bayesian persuasion" (2011), for
the prover that leads.
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE
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
    minimum,
    parameter,
    structural,
    when,
)


class Told(Agent[I]):
    """What a verifier has from a prover."""

    gain: Real = between(
        -1, 1, "probability of a wrong verdict without any prover, less that with one"
    )


class NothingGained(Invariant):
    """The prover is of no use to the verifier."""

    gain: Real = budget(-1, 1, "what the verifier gains", limit=0)

    def holds(self, told: Told[Any]) -> Bool:
        """The gain is within the budget."""
        return told.gain <= self.gain


class NothingLost(Invariant):
    """The prover does the verifier no harm."""

    loss: Real = budget(-1, 1, "what the verifier loses", limit=0)

    def holds(self, told: Told[Any]) -> Bool:
        """-gain <= loss."""
        return -told.gain <= self.loss


class Commitment(Parameters):
    """Parameters of a prover that leads."""

    plays_best: int = structural(
        1,
        0,
        1,
        "1: the prover commits to what gets the most accepted; 0: to anything",
        source="both cases",
    )


class ProofTest(Parameters):
    """Parameters of a verifier that leads."""

    false_share: Real = parameter(
        "1/2", 0, 1, "probability that the claim is false", source="nothing is known"
    )
    fooled: Real = parameter(
        "1/100", 0, 1, "probability that a false claim has a proof that passes", source=ILLUSTRATIVE
    )
    unconvinced: Real = parameter(
        "1/20", 0, 1, "probability that a true claim has no proof that passes", source=ILLUSTRATIVE
    )


def nothing_said(p: Commitment) -> Told[NothingGained]:
    """No claim yet."""
    return Told(gain=Real(0))


def nothing_tested(p: ProofTest) -> Told[NothingLost]:
    """No claim yet: the greatest gain there is, so that it is the claim that counts."""
    return Told(gain=Real(1))


def unaided(false: Real) -> Real:
    """P(wrong without a prover): the verifier says of every claim what is more probable."""
    return minimum(1 - false, false)


def prover_leads(last: Told[I], p: Commitment, nature: Nature) -> Told[I]:
    """Some claims are false; the prover commits to how many of these, and how many true ones, it
    says that there is a proof of.

    The verifier accepts on hearing one thing or the other if a claim of which that is said is at
    least as probably true as false, and is wrong with the less probable one. At most min(1, 2 t) of
    all claims are accepted, t the share of true ones, since of those accepted at least half are
    true; and where that many are, what the verifier gets wrong is min(t, 1 - t) in all.
    """
    false = nature.choose("claims that are false", at_most=1)
    said_false = nature.choose("false claims of which it says so", at_most=false)
    said_true = nature.choose("true claims of which it says so", at_most=1 - false)
    heard = [(said_true, said_false), (1 - false - said_true, false - said_false)]
    accepted, wrong = Real(0), Real(0)
    for if_true, if_false in heard:
        accepted = accepted + when(if_false <= if_true, if_true + if_false, 0)
        wrong = wrong + minimum(if_true, if_false)
    gain = unaided(false) - wrong
    if not p.plays_best:
        return Told(gain=gain)
    return Told(gain=when(accepted >= minimum(1, 2 * (1 - false)), gain, 0))


def verifier_leads(last: Told[I], p: ProofTest, nature: Nature) -> Told[I]:
    """The verifier commits to its test, and the prover shows a proof that passes if there is one.

    It is wrong of false claims that have one and of true ones that have none.
    """
    wrong = p.false_share * p.fooled + (1 - p.false_share) * p.unconvinced
    return Told(gain=unaided(p.false_share) - wrong)


prover_first = Loop[Commitment, Told[NothingGained]](
    "prover-leads",
    parameters=Commitment,
    seed=nothing_said,
    step=prover_leads,
    about="A prover commits to what it says, and the verifier makes the best of it.",
)

verifier_first = Loop[ProofTest, Told[NothingLost]](
    "verifier-leads",
    parameters=ProofTest,
    seed=nothing_tested,
    step=verifier_leads,
    about="A verifier commits to a test, and the prover shows what passes.",
)
