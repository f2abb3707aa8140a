"""A vote of k copies on one question: what is behind the bounds of ``models/voting.py``.

    the question ── copy 1: right, mistaken, malign ──┐
                 ── copy 2 ───────────────────────────┼── the majority's answer
                 ── copy k ───────────────────────────┘

The one part of a question is the question itself, which every copy is asked.
"""

from __future__ import annotations

from math import comb

from models.anchored_vote import Anchor
from models.reliability_amplification import Reliability, SharedDraw, SomeSystematic
from models.steps import Polling, majority_wrong
from spec import INDEPENDENT, Bool, Entry, Question, Real, maximum, minimum


def vote(question: Question, p: Polling) -> dict[str, Real]:
    """Most of k copies answer the question wrongly.

    Without independence, any joint distribution of the copies' errors may be behind it. If N copies
    are wrong, E N = k x, and P(N >= m) for m = (k + 1) / 2 is anything between (k x - m + 1) /
    (k - m + 1), when all or m - 1 are wrong, and k x / m, when m or none are.
    """
    each = question.part().error
    if question.assumes(INDEPENDENT):
        return {"error": majority_wrong(p.copies, each)}
    most = (p.copies + 1) // 2
    wrong = question.draw(
        "most copies are wrong",
        at_least=maximum(0, (p.copies * each - (most - 1)) / (p.copies - most + 1)),
        at_most=minimum(1, p.copies * each / most),
    )
    return {"error": wrong}


def with_malign(question: Question, p: Polling) -> dict[str, Real]:
    """Of k copies, malign, mistaken or right, most are wrong; and one of those asked is malign.

    The majority is wrong in good faith if most copies are mistaken and none is malign.
    """
    each = question.part()
    wrong = vote(question, p)["error"]
    if not question.assumes(INDEPENDENT):
        malign = question.draw(
            "most are wrong and one is malign", at_most=minimum(wrong, p.copies * each.malign)
        )
        return {"error": wrong, "malign": malign}
    good_faith = Real(0)
    for erring in range(p.copies // 2 + 1, p.copies + 1):
        others = (1 - each.error) ** (p.copies - erring)
        good_faith += comb(p.copies, erring) * (each.error - each.malign) ** erring * others
    return {"error": wrong, "malign": wrong - good_faith}


def malign_is_wrong(entry: Entry) -> Bool:
    """A malign answer is a wrong one."""
    return entry.malign <= entry.error


def shared_draw(question: Question, p: SharedDraw) -> dict[str, Real]:
    """Now and then one draw answers for all copies; otherwise they vote."""
    each = question.part().error
    voted = vote(question, p)["error"]
    return {"error": p.correlation * each + (1 - p.correlation) * voted}


def learned_answer(question: Question, p: Reliability) -> dict[str, Real]:
    """One copy answers as the ensemble did, or departs from it."""
    departs = question.draw("the copy departs from the answer")
    question.mean("imitation_error", departs)
    question.chooses("departure", departs)
    return {"error": minimum(1, question.part().error + departs)}


def learned_at_every_question(question: Question, p: Reliability) -> dict[str, Real]:
    """One copy departs from the answer with no more than a bound, whichever the question."""
    departs = question.draw("the copy departs from the answer", at_most=p.imitation_error)
    question.chooses("departure", departs)
    return {"error": minimum(1, question.part().error + departs)}


def voted_afresh(question: Question, p: SomeSystematic) -> dict[str, Real]:
    """All copies are wrong alike, or each errs afresh and they vote."""
    part = question.part()
    if question.assumes(INDEPENDENT):
        fresh = majority_wrong(p.copies, part.fresh)
    else:
        fresh = question.draw(
            "most copies are wrong afresh",
            at_most=minimum(1, 2 * p.copies * part.fresh / (p.copies + 1)),
        )
    return {"fresh": fresh, "shared": part.shared}


def learned_afresh_and_alike(question: Question, p: SomeSystematic) -> dict[str, Real]:
    """Of what a copy departs with, a share is made by all copies alike."""
    departs = question.draw("the copy departs from the answer", at_most=p.imitation_error)
    anew, alike = (1 - p.systematic) * departs, p.systematic * departs
    question.chooses("departure made anew", anew)
    question.chooses("departure made alike", alike)
    expert = question.part()
    return {
        "fresh": minimum(1, expert.fresh + anew),
        "shared": minimum(1, expert.shared + alike),
    }


def overruled(question: Question, p: Anchor) -> dict[str, Real]:
    """On a share of questions, drawn by lot, the overseer answers; on others three copies vote."""
    slip = question.draw("the overseer slips", at_most=p.slip)
    each = question.part().error
    if question.assumes(INDEPENDENT):
        voted = majority_wrong(3, each)
    else:
        voted = question.draw("most copies are wrong", at_most=minimum(1, 3 * each / 2))
    return {"error": p.anchor * slip + (1 - p.anchor) * voted}
