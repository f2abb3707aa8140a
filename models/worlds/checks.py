"""A check of one answer: what passes, what is rejected, what comes of doing it again."""

from __future__ import annotations

from spec import Question, Real


def checked(question: Question, wrong: Real, missed: Real, false_alarm: Real, redone: Real) -> Real:
    """How often the answer is wrong after the check; behind ``models.steps.checked``.

    The shares may differ from question to question, up to their bounds.
    """
    passes = question.draw("a wrong answer passes", at_most=missed)
    rejected = question.draw("a right answer is rejected", at_most=false_alarm)
    again = question.draw("an answer is wrong when done again", at_most=redone)
    redo = wrong * (1 - passes) + (1 - wrong) * rejected
    return wrong * passes + redo * again
