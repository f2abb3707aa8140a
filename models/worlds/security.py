"""One attempt of an attacker: a question is what it tries, and a wrong answer a success.

an attempt ── transfers: it breaks all wordings, or none
           └─ wording 1 ── copy ──┐
           └─ wording 2 ── copy ──┼── most are broken ── a screen stops it, or it succeeds
           └─ wording 3 ── copy ──┘
"""

from __future__ import annotations

from models.security_amplification import AdversarialTraining, AverageCase, Screening, Wordings
from models.steps import majority_wrong
from spec import INDEPENDENT, Question, Real, minimum


def reworded_attempt(question: Question, p: Wordings) -> dict[str, Real]:
    """The attempt transfers to all wordings, or breaks each of them by itself."""
    each = question.part().exposure
    if question.assumes(INDEPENDENT):
        most = majority_wrong(p.wordings, each)
    else:
        most = question.draw(
            "most wordings are broken",
            at_most=minimum(1, 2 * p.wordings * each / (p.wordings + 1)),
        )
    return {"exposure": p.transfer * each + (1 - p.transfer) * most}


def withstood(question: Question, p: AdversarialTraining) -> dict[str, Real]:
    """The attempt finds a hole of the expert, or one that training left."""
    left = question.draw("a hole that training left", at_most=p.left)
    question.chooses("holes left", left)
    return {"exposure": minimum(1, question.part().exposure + left)}


def departed_under_attack(question: Question, p: AverageCase) -> dict[str, Real]:
    """What an attacker asks comes under the density ratio, for the student's departures are known
    as questions come."""
    held = question.draw("the attempt breaks the expert")
    question.mean("exposure", held)
    opened = question.part().imitation_error
    question.chooses("holes opened", opened)
    return {"exposure": minimum(1, held + opened)}


def screened(question: Question, p: Screening) -> dict[str, Real]:
    """And a screen stops a bad input, whichever it is."""
    student = departed_under_attack(question, p)
    stopped = question.draw("the screen stops a bad input", at_least=p.detection)
    return {"exposure": (1 - stopped) * student["exposure"]}
