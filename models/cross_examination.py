"""Debate with cross-examination.

A liar need not say anything false and definite: it makes a claim with several readings, waits to
see which one is attacked, and says it meant another. Cross-examination takes that away. A debater
may put questions to copies of the opponent that see the argument only up to the claim, and so must
fix its reading without knowing the attack; where the opponent later reads it differently, the judge
is shown the two answers side by side.

Source: Barnes and Christiano, "Writeup: progress on AI safety via debate" (2020), on ambiguous
claims and cross-examination.
"""

from __future__ import annotations

from models.debate import (
    Debate,
    after_debate,
    at_leaf,
    at_level,
    learn_verdicts,
    seed,
)
from models.steps import (
    ILLUSTRATIVE,
    can_judge,
    keeps_back_no_more_than_it_loses,
    vetted_by_hand,
)
from spec import (
    Agent,
    Assistant,
    I,
    Loop,
    Nature,
    Overseer,
    Real,
    Scheme,
    between,
    parameter,
    structural,
)
from spec.alignment import Benign, Trusted


class CrossExamination(Debate):
    """Parameters of debate against a liar that may shift what it meant."""

    ambiguity: Real = parameter(
        1,
        0,
        1,
        "mean probability that the liar finds a claim with readings to shift between at a level",
        source="the worst case, which debates were observed to drift to (Barnes and Christiano)",
    )
    agreement: Real = parameter(
        "1/2",
        0,
        1,
        "probability, at any claim, that a copy which does not know the attack happens to fix the "
        "reading that the liar will shift to",
        source="two readings, drawn as the worst for the liar's pursuer",
    )
    leak: Real = parameter(
        "1/1000",
        0,
        1,
        "probability, at any claim, that the copies see more of the argument than they should",
        source=ILLUSTRATIVE,
    )
    questions: int = structural(
        8, 0, 16, "copies asked about each claim; 0 is no cross-examination", source=ILLUSTRATIVE
    )


def shifts(p: CrossExamination) -> Real:
    """P(the liar shifts its reading at a level and gets away with it).

    v (l + (1 - l) a^n): it needs an ambiguous claim, and n copies that either know the attack or
    all happen to have fixed the reading that it shifts to. Assumes that copies that do not know
    the attack answer independently given the claim. Of a mean over claims, a^n would be no bound.
    """
    return p.ambiguity * (p.leak + (1 - p.leak) * p.agreement**p.questions)


def flaw_not_pinned(missed: Real, p: CrossExamination) -> Real:
    """P(the honest side misses the flaw at a level, or the liar shifts away from it).

    A union bound, capped with all levels together. Assumes that a claim that is false has a flaw in
    each of its readings.
    """
    return missed + shifts(p)


def hear_examined_debate(judge: Assistant[I], p: CrossExamination, nature: Nature) -> Overseer[I]:
    """Amplify: the judge after a debate in which claims are cross-examined.

    As without cross-examination, but the honest side must also hold the liar to what it said, and
    each question costs an answer.
    """
    return after_debate(
        judge,
        p,
        rank=judge.capability,
        leaf_wrong=at_leaf(judge, p),
        missed=flaw_not_pinned(at_level(judge, p), p),
        arguing=p.depth * (2 + p.questions),
        ruling=1,
    )


cross_examination = Scheme[CrossExamination, Assistant[Trusted], Overseer[Trusted]](
    "cross-examination",
    parameters=CrossExamination,
    seed=seed,
    amplify=hear_examined_debate,
    distill=learn_verdicts,
    smart_enough=can_judge,
    assumptions=[keeps_back_no_more_than_it_loses],
    about="Debate against liars that shift what they meant, with cross-examination.",
)


class OnceExamined(CrossExamination):
    """Parameters of one debate before any judge that is wrong seldom enough."""

    most_error: Real = parameter(
        "1/200", 0, 1, "most mean error of the copies that debate and judge", source=ILLUSTRATIVE
    )


class Ruling(Agent[I]):
    """What came of a debate."""

    malign: Real = between(0, 1, "probability that the liar wins, at most")


def before_debates(p: OnceExamined) -> Ruling[Benign]:
    """No debate yet."""
    return Ruling(malign=Real(0))


def rule(last: Ruling[I], p: OnceExamined, nature: Nature) -> Ruling[I]:
    """Draw copies whose errors are rare enough and let them debate, with cross-examination."""
    error = nature.choose("error", at_most=p.most_error, metric="mean over questions of a rank")
    judge = hear_examined_debate(vetted_by_hand(error), p, nature)
    return Ruling(malign=judge.malign)


examined_once = Loop[OnceExamined, Ruling[Benign]](
    "examined-once",
    parameters=OnceExamined,
    seed=before_debates,
    step=rule,
    about="One debate with cross-examination, of copies that are wrong seldom enough.",
)
