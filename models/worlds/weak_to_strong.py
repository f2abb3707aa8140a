"""A link of a weak-to-strong chain on one question of the next rank."""

from __future__ import annotations

from models.weak_to_strong import Climb, Recovery
from spec import Question, Real, maximum, minimum


def labelled(question: Question, p: Climb) -> dict[str, Real]:
    """The label of one question, which rests on the link's answer to one of its own rank.

    How being wrong there and going wrong on the way up go together is not known.
    """
    jump = question.draw("the label is wrong though what it rests on is right")
    question.mean("jump", jump)
    below = question.part(0).error
    wrong = question.draw(
        "the label is wrong", at_least=maximum(jump, below), at_most=minimum(1, jump + below)
    )
    return {"error": wrong}


def generalised(question: Question, p: Recovery) -> dict[str, Real]:
    """The student on one question: a share of the way from the label to what it would have learned
    from the truth."""
    truth = question.draw("a student trained on the truth is wrong")
    question.mean("ceiling", truth)
    wrong = (1 - p.recovered) * question.part(0).error + p.recovered * truth
    question.chooses("student's error", wrong)
    return {"error": wrong}
