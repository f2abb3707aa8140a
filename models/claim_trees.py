"""Claim trees: debate and amplification side by side, over one space of parameters.

A claim is judged as it stands (a leaf), is the negation of another, or is put together from two by
"and" or "or". Amplification asks an agent about every sub-claim and combines the answers. In
debate the side against an "and" names the sub-claim to contest, and so does the side for an "or";
the judge decides the leaf at which they arrive. Both rely on the same judge, who may err at a
leaf. In ``claim_trees`` both sides of the debate see which leaves the judge gets wrong; what it is
worth to a liar to see that, ``leaf_errors`` says.

Sources: Irving, Christiano and Amodei, "AI safety via debate" (2018); Christiano, Shlegeris and
Amodei, "Supervising strong learners by amplifying weak experts" (2018).
"""

from __future__ import annotations

from typing import Any

from models.questions import same
from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
    Count,
    Fold,
    I,
    Invariant,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
    flag,
    minimum,
    parameter,
    structural,
    when,
    whole,
)

BLIND, INFORMED, OPTIMAL = 0, 1, 2
"""What the honest side of a debate can do, as ``ClaimTrees.sight``."""

MANY = 2
"""Leaf errors from which on they are no longer counted."""


class ClaimTrees(Parameters):
    """Parameters of claim trees, shared by debate and amplification."""

    fallible: int = structural(
        1, 0, 1, "1 where the judge may err at any leaf", source="both cases"
    )
    sight: int = structural(
        OPTIMAL,
        BLIND,
        OPTIMAL,
        "the honest side: 0 cannot find the flaw, 1 knows which sub-claims are true, 2 also "
        "foresees the judge",
        source="the three cases",
    )


class Claimed(Agent[I]):
    """One claim: its truth, and what both methods make of it."""

    truth: Bool = flag("whether the claim is true")
    amplified: Bool = flag("whether amplification accepts the claim")
    defended: Bool = flag("whether debate accepts it where the honest side argues for it")
    attacked: Bool = flag("whether debate accepts it where the honest side argues against it")


def debated(claim: Claimed[Any]) -> Bool:
    """Whether debate accepts the claim: the honest side argues for what is true."""
    return when(claim.truth, claim.defended, claim.attacked)


class SameVerdict(Invariant):
    """Debate and amplification give the same verdict on the claim, right or wrong."""

    def holds(self, claim: Claimed[Any]) -> Bool:
        """The verdict of debate is that of amplification."""
        return same(debated(claim), claim.amplified)


class DebateRight(Invariant):
    """Debate accepts exactly the true claims."""

    def holds(self, claim: Claimed[Any]) -> Bool:
        """The verdict of debate is the truth."""
        return same(debated(claim), claim.truth)


class AmplificationRight(Invariant):
    """Amplification accepts exactly the true claims."""

    def holds(self, claim: Claimed[Any]) -> Bool:
        """The verdict of amplification is the truth."""
        return same(claim.amplified, claim.truth)


class DebateNeedsAmplification(Invariant):
    """Where debate is right, so is amplification."""

    def holds(self, claim: Claimed[Any]) -> Bool:
        """Debate right implies amplification right."""
        return ~same(debated(claim), claim.truth) | same(claim.amplified, claim.truth)


def judged(p: ClaimTrees, nature: Nature) -> Claimed[SameVerdict]:
    """A leaf: a claim that the judge decides, by both methods alike."""
    truth = nature.whether("the claim is true")
    wrong = nature.whether("the judge errs") if p.fallible else Bool(False)
    verdict = when(wrong, ~truth, truth)
    return Claimed(truth=truth, amplified=verdict, defended=verdict, attacked=verdict)


def composed(children: tuple[Claimed[I], ...], p: ClaimTrees, nature: Nature) -> Claimed[I]:
    """A claim put together from one sub-claim, by "not", or from two, by "and" or "or"."""
    if len(children) == 1:
        (inner,) = children
        return Claimed(
            truth=~inner.truth,
            amplified=~inner.amplified,
            defended=~inner.attacked,  # who argues for it argues against what it negates
            attacked=~inner.defended,
        )
    first, second = children
    disjunction = nature.whether("joined by or")
    chosen = _contested(first, second, disjunction, p, nature)
    return Claimed(
        truth=when(disjunction, first.truth | second.truth, first.truth & second.truth),
        amplified=when(
            disjunction, first.amplified | second.amplified, first.amplified & second.amplified
        ),
        # The liar names the sub-claim of an "and" that the honest side defends, the honest side
        # that of an "or"; where it attacks, it is the other way round.
        defended=when(
            disjunction,
            when(chosen, first.defended, second.defended),
            first.defended & second.defended,
        ),
        attacked=when(
            disjunction,
            first.attacked | second.attacked,
            when(chosen, first.attacked, second.attacked),
        ),
    )


def _contested(
    first: Claimed[I], second: Claimed[I], disjunction: Bool, p: ClaimTrees, nature: Nature
) -> Bool:
    """Whether the honest side names the first sub-claim where the choice is its own.

    Optimal: one on which it wins. Informed: one that is true where it argues for the claim, false
    where it argues against it, as nature likes among several. Blind: as nature likes.
    """
    if p.sight == OPTIMAL:
        return when(disjunction, first.defended, ~first.attacked)
    arbitrary = nature.whether("the honest side names the first sub-claim")
    if p.sight == BLIND:
        return arbitrary
    fits_first = when(disjunction, first.truth, ~first.truth)
    fits_second = when(disjunction, second.truth, ~second.truth)
    return when(same(fits_first, fits_second), arbitrary, fits_first)


claim_trees = Fold[ClaimTrees, Claimed[SameVerdict]](
    "claim-trees",
    parameters=ClaimTrees,
    leaf=judged,
    node=composed,
    arities=(1, 2),
    about="Debate and amplification side by side, on claims made of sub-claims.",
)


class Answers(Parameters):
    """Nothing: trees of claims that are all true, of which the judge gets some wrong."""


class Answered(Agent[I]):
    """The answer to a true claim, put together from answers to true sub-claims."""

    wrong: Bool = flag("whether the claim is rejected")
    errors: Count = whole(0, MANY, "wrong leaves below, counted up to two")
    inner: Bool = flag("whether the claim has sub-claims")


class OneErrorFlips(Invariant):
    """One wrong leaf is enough: wherever it is, the answer is wrong."""

    def holds(self, answer: Answered[Any]) -> Bool:
        """Exactly one error below implies a wrong answer."""
        return (answer.errors != 1) | answer.wrong


class OneErrorHarmless(Invariant):
    """One wrong leaf flips no answer that is put together from others."""

    def holds(self, answer: Answered[Any]) -> Bool:
        """At an inner node, at most one error below implies a right answer."""
        return ~answer.inner | (answer.errors > 1) | ~answer.wrong


def answered(p: Answers, nature: Nature) -> Answered[OneErrorFlips]:
    """A leaf: the judge accepts the true claim, or errs."""
    wrong = nature.whether("the judge errs")
    return Answered(wrong=wrong, errors=when(wrong, Count(1), Count(0)), inner=Bool(False))


def _errors(children: tuple[Answered[I], ...]) -> Count:
    total = Count(0)
    for child in children:
        total = total.plus(child.errors)
    return when(total > MANY, Count(MANY), total)


def conjunction(children: tuple[Answered[I], ...], p: Answers, nature: Nature) -> Answered[I]:
    """An "and" of true claims is rejected when any of them is."""
    wrong = Bool(False)
    for child in children:
        wrong = wrong | child.wrong
    return Answered(wrong=wrong, errors=_errors(children), inner=Bool(True))


def majority(children: tuple[Answered[I], ...], p: Answers, nature: Nature) -> Answered[I]:
    """Three times the same question: the answer is wrong when two of three are."""
    a, b, c = (child.wrong for child in children)
    return Answered(wrong=(a & b) | (b & c) | (a & c), errors=_errors(children), inner=Bool(True))


conjunctions = Fold[Answers, Answered[OneErrorFlips]](
    "conjunctions",
    parameters=Answers,
    leaf=answered,
    node=conjunction,
    arities=(2, 3),
    about="Amplification on conjunctions of true claims.",
)

majorities = Fold[Answers, Answered[OneErrorFlips]](
    "majorities",
    parameters=Answers,
    leaf=answered,
    node=majority,
    arities=(3,),
    about="Amplification where every question is asked three times and the majority wins.",
)


class LeafErrors(Parameters):
    """Parameters of the probabilities with which the judge errs at leaves."""

    leaf_error: Real = parameter(
        "1/100", 0, 1, "probability that the judge errs at the worst leaf", source=ILLUSTRATIVE
    )


LEAVES = 12
"""Leaves from which on they are no longer counted."""


class Risk(Agent[I]):
    """How probably a conjunction of true claims is rejected after a debate, by a judge whose errors
    the liar does not see: it knows at most how probable they are."""

    wrong: Real = between(0, 1, "probability that the liar wins")
    average: Real = between(0, 1, "leaf error, averaged over random descents from the claim")


class RiskWithin(Invariant):
    """A liar who does not see the judge's errors seldom wins."""

    wrong: Real = budget(0, 1, "probability of rejecting a true claim", limit="1/100")

    def holds(self, risk: Risk[Any]) -> Bool:
        """The probability is within the budget."""
        return risk.wrong <= self.wrong


class RiskWithinAverage(Invariant):
    """Debate is as good as the judge is on average."""

    wrong: Real = budget(0, 1, "probability of rejecting a true claim", limit="1/100")

    def holds(self, risk: Risk[Any]) -> Bool:
        """An average leaf error within the budget implies the same for debate."""
        return (risk.average > self.wrong) | (risk.wrong <= self.wrong)


def leaf_risk(p: LeafErrors, nature: Nature) -> Risk[RiskWithin]:
    """A leaf, at which the judge errs with a probability up to the worst."""
    error = _leaf_error(p, nature)
    return Risk(wrong=error, average=error)


def _leaf_error(p: LeafErrors, nature: Nature) -> Real:
    return nature.choose(
        "leaf error", at_most=p.leaf_error, metric="probability of a wrong verdict at this leaf"
    )


def joint_risk(children: tuple[Risk[I], ...], p: LeafErrors, nature: Nature) -> Risk[I]:
    """A conjunction of two claims: the liar contests one, by any strategy that does not see the
    errors, which is nature's choice."""
    first, second = children
    contests_first = nature.whether("the liar contests the first")
    return Risk(
        wrong=when(contests_first, first.wrong, second.wrong),
        average=(first.average + second.average) / 2,
    )


leaf_errors = Fold[LeafErrors, Risk[RiskWithin]](
    "leaf-errors",
    parameters=LeafErrors,
    leaf=leaf_risk,
    node=joint_risk,
    arities=(2,),
    about="Debate on conjunctions of true claims, against a liar who does not see the judge err.",
)


class Seen(Agent[I]):
    """How probably a conjunction of true claims is rejected where the liar sees the judge's errors.

    It goes to a leaf that is judged wrongly if there is one. So it wins exactly where amplification
    errs, which asks about every leaf.
    """

    wrong: Real = between(0, 1, "probability that some leaf is wrong, if they err independently")
    union: Real = between(0, 1, "bound on the same, however the errors hang together")
    leaves: Count = whole(1, LEAVES, "leaves below, counted up to twelve")


class SeenWithin(Invariant):
    """A liar who sees the judge's errors seldom wins, and amplification seldom errs."""

    wrong: Real = budget(0, 1, "probability of rejecting a true claim", limit="1/10")

    def holds(self, seen: Seen[Any]) -> Bool:
        """The probability is within the budget."""
        return seen.wrong <= self.wrong


class SeenWithinByLeaves(Invariant):
    """With n leaves, a liar who sees the judge's errors wins with 1 - (1 - e)^n at most."""

    leaf: Real = budget(0, 1, "e: probability that the judge errs at a leaf", limit="1/100")

    def holds(self, seen: Seen[Any]) -> Bool:
        """For each n below twelve, n leaves imply the bound."""
        leaves, wrong = seen.leaves, seen.wrong
        return all_of(
            *((leaves != n) | (wrong <= 1 - (1 - self.leaf) ** n) for n in range(1, LEAVES))
        )


class UnionWithin(Invariant):
    """Seldom wrong, however the judge's errors hang together."""

    wrong: Real = budget(0, 1, "probability of rejecting a true claim", limit="1/10")

    def holds(self, seen: Seen[Any]) -> Bool:
        """The union bound is within the budget."""
        return seen.union <= self.wrong


def seen_leaf(p: LeafErrors, nature: Nature) -> Seen[SeenWithin]:
    """A leaf, at which the judge errs with a probability up to the worst."""
    error = _leaf_error(p, nature)
    return Seen(wrong=error, union=error, leaves=Count(1))


def seen_conjunction(children: tuple[Seen[I], ...], p: LeafErrors, nature: Nature) -> Seen[I]:
    """A conjunction of two claims, of which the liar contests one that it can win.

    That is 1 - (1 - a)(1 - b) where errors are independent, and at most a + b where they are not,
    which errors that exclude each other attain.
    """
    first, second = children
    leaves = first.leaves.plus(second.leaves)
    return Seen(
        wrong=1 - (1 - first.wrong) * (1 - second.wrong),
        union=minimum(1, first.union + second.union),
        leaves=when(leaves > LEAVES, Count(LEAVES), leaves),
    )


seen_errors = Fold[LeafErrors, Seen[SeenWithin]](
    "seen-errors",
    parameters=LeafErrors,
    leaf=seen_leaf,
    node=seen_conjunction,
    arities=(2,),
    about="Debate on conjunctions of true claims, against a liar who sees the judge err.",
)
