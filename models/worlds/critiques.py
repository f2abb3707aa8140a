"""A review on one question: parts, a draft, critiques, a verdict, and a revision.

the question ── parts 1, 2, ... ── a draft ── a critique that is believed: it is revised
             └─ a slip between them       └─ none, or not believed: it stays
"""

from __future__ import annotations

from models.critiques import Critique, missed
from models.worlds.checks import checked
from models.worlds.departure import departing
from spec import Real, minimum
from spec.worlds import Question


def reviewed_answer(question: Question, p: Critique) -> dict[str, Real]:
    """The shares of a review may differ from question to question, up to their bounds."""
    slip = question.draw("an error in putting parts together")
    question.mean("slip", slip)
    parts = [question.part(i).error for i in range(p.fan_out)]
    wrong = question.draw("the draft is wrong", at_most=minimum(1, sum(parts, slip)))
    after = checked(question, wrong, missed(p), p.hallucinated, p.unmended)
    return {"error": after}


def rewritten_answer(question: Question, p: Critique) -> dict[str, Real]:
    """The trained writer answers as the review did, or departs from it."""
    departs = departing(question)
    return {"error": minimum(1, question.part(0).error + departs)}
