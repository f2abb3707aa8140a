"""Prover-estimator debate: sub-claims are given probabilities, and the prover contests one.

The prover splits a claim into sub-claims. The estimator says of each how probably it is true, and
need not say where a flaw is. The prover then contests the sub-claim whose estimate is most off, and
the debate goes on there, down to a claim that the judge can see. An argument is stable if the
judgement of a claim is off by no more than the estimates of its sub-claims are. A conjunction
of many sub-claims is not stable: each estimate may be off by little, and the whole by much. That
is an obfuscated argument.

Source: Brown-Cohen, Irving and Piliouras, "Avoiding obfuscation with prover-estimator debate"
(2025). The paper's estimators are bounded in computation and its proofs are about what they can
tell apart; here estimates are numbers, and what is kept of stability is that a parent's error is at
most its children's.
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
    Expert,
    Fold,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    maximum,
    minimum,
    parameter,
    structural,
    when,
)


# One debate, as a tree.
class Contest(Parameters):
    """Parameters of one debate."""

    leaf_error: Real = parameter(
        1,
        0,
        1,
        "by how much the estimate of a claim that the judge can see may be off",
        source="any",
    )
    contests_worst: int = structural(
        1,
        0,
        1,
        "1: the prover contests the sub-claim whose estimate is most off; 0: any, by lot",
        source="the protocol of Brown-Cohen, Irving and Piliouras (2025)",
    )


class Estimated(Agent[I]):
    """A claim, its estimate, and where contesting it ends."""

    truth: Real = between(0, 1, "probability that the claim is true")
    estimate: Real = between(0, 1, "the estimator's probability for it")
    contested: Real = between(
        0, 1, "by how much the estimate is off at the leaf where the debate ends (in the mean)"
    )


class EndsAtTheFlaw(Invariant):
    """A debate ends at a leaf whose estimate is off by at least as much as the claim's was."""

    def holds(self, claim: Estimated[Any]) -> Bool:
        """|truth - estimate| <= contested."""
        return distance(claim.truth, claim.estimate) <= claim.contested


class EstimatedWell(Invariant):
    """The estimate is near the truth."""

    off: Real = budget(0, 1, "by how much the estimate may be off", limit="1/10")

    def holds(self, claim: Estimated[Any]) -> Bool:
        """|truth - estimate| <= off."""
        return distance(claim.truth, claim.estimate) <= self.off


class Contested(EndsAtTheFlaw, EstimatedWell):
    """Both."""


def distance(a: Real, b: Real) -> Real:
    """|a - b|."""
    return maximum(a - b, b - a)


def seen(p: Contest, nature: Nature) -> Estimated[Contested]:
    """A claim that the judge can see to be true or false."""
    truth = nature.choose("probability that it is true", at_most=1)
    estimate = nature.choose(
        "estimate",
        at_least=maximum(0, truth - p.leaf_error),
        at_most=minimum(1, truth + p.leaf_error),
    )
    return Estimated(truth=truth, estimate=estimate, contested=distance(truth, estimate))


def ending(parts: tuple[Estimated[I], ...], p: Contest) -> Real:
    """Where the debate ends: below the part that the prover contests."""
    first, second = parts
    if not p.contests_worst:
        return (first.contested + second.contested) / 2
    worse = distance(first.truth, first.estimate) >= distance(second.truth, second.estimate)
    return when(worse, first.contested, second.contested)


def stably(parts: tuple[Estimated[I], ...], p: Contest, nature: Nature) -> Estimated[I]:
    """A claim judged by a weighted mean of two sub-claims, by the weaker or by the stronger.

    Each moves by no more than the sub-claim that moves most.
    """
    weight = nature.choose("weight of the first sub-claim", at_most=1)
    weakest = nature.whether("the weaker sub-claim decides")
    strongest = nature.whether("the stronger sub-claim decides")

    def judged(a: Real, b: Real) -> Real:
        mean = weight * a + (1 - weight) * b
        return when(weakest, minimum(a, b), when(strongest, maximum(a, b), mean))

    first, second = parts
    return Estimated(
        truth=judged(first.truth, second.truth),
        estimate=judged(first.estimate, second.estimate),
        contested=ending(parts, p),
    )


def jointly(parts: tuple[Estimated[I], ...], p: Contest, nature: Nature) -> Estimated[I]:
    """A claim that is true if both of two independent sub-claims are: not stable."""
    first, second = parts
    return Estimated(
        truth=first.truth * second.truth,
        estimate=first.estimate * second.estimate,
        contested=ending(parts, p),
    )


stable_debate = Fold[Contest, Estimated[Contested]](
    "stable-estimates",
    parameters=Contest,
    leaf=seen,
    node=stably,
    arities=(2,),
    about="Prover-estimator debates about claims whose arguments are stable.",
)

conjunctive_debate = Fold[Contest, Estimated[Contested]](
    "conjunctive-estimates",
    parameters=Contest,
    leaf=seen,
    node=jointly,
    arities=(2,),
    about="Prover-estimator debates about claims that need all of their steps.",
)


# Estimators trained rank by rank.
class Estimator(Agent[I]):
    """An estimator of claims of some rank."""

    off: Real = between(0, 1, "mean of |estimate - truth| over claims of its rank")


class Judged(Expert[I]):
    """Claims one rank higher, judged after a debate with the estimator."""

    off: Real = between(0, 1, "mean of |verdict - truth| over claims of the higher rank")


class Close(Invariant):
    """Estimates are close to the truth on average."""

    off: Real = budget(0, 1, "mean distance of estimate and truth", limit="1/10")

    def holds(self, estimator: Estimator[Any]) -> Bool:
        """The mean distance is within the budget."""
        return estimator.off <= self.off


class Estimating(Parameters):
    """Parameters of debates with a trained estimator."""

    influence: Real = parameter(
        "1/2",
        0,
        1,
        "most that the judgement of a claim moves, per unit that one sub-claim's estimate moves",
        source="the mean of two sub-claims",
    )
    settled: Real = parameter(
        "1/2",
        0,
        1,
        "least probability, on any claim, that the prover contests the sub-claim whose estimate is "
        "most off and the contest sets it right",
        source=ILLUSTRATIVE,
    )
    density: Real = parameter(
        1,
        1,
        100,
        "how many times as often a sub-claim may come up in debates as in the estimator's training",
        source="1: trained on the sub-claims of debates",
    )
    slip: Real = parameter(
        "1/200", 0, 1, "mean error of the judge in putting sub-claims together", source=ILLUSTRATIVE
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "mean distance between the next estimator's estimates and the verdicts",
        source=ILLUSTRATIVE,
    )
    fan_out: int = structural(2, 1, 12, "sub-claims of a claim", source="smallest")


def seed(p: Estimating) -> Estimator[Close]:
    """An estimator of claims that the judge can see."""
    return Estimator(off=Real(0))


def debate(estimator: Estimator[I], p: Estimating, nature: Nature) -> Judged[I]:
    """Amplify: the judge puts estimates together after the prover has contested one.

    |M(x) - M(y)| <= k sum |x_i - y_i| for influence k. Where the contest succeeds, the greatest
    of b distances is gone, which is at least a b-th of their sum: k (b - f) times their mean is
    left, and the judge's own slip. Stable arguments have k = 1 / b; a conjunction has k = 1.
    """
    left = p.influence * (p.fan_out - p.settled) * p.density * estimator.off
    return Judged(off=minimum(1, p.slip + left))


def fit(expert: Judged[I], p: Estimating, nature: Nature) -> Estimator[I]:
    """Distill: fit the next estimator to the verdicts on claims of the higher rank."""
    departure = nature.choose(
        "departure",
        at_most=p.imitation_error,
        metric="mean distance, on claims drawn as in training",
    )
    return Estimator(off=minimum(1, expert.off + departure))


prover_estimator = Scheme[Estimating, Estimator[Close], Judged[Close]](
    "prover-estimator",
    parameters=Estimating,
    seed=seed,
    amplify=debate,
    distill=fit,
    about="Estimators of ever higher rank, fitted to verdicts of prover-estimator debates.",
)
