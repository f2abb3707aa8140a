"""A check of one answer: what passes, what is rejected, what comes of doing it again.

an answer ── wrong ── missed: stays wrong        right ── rejected all the same ── done again
                  └─ rejected ── done again            └─ passes
"""

from __future__ import annotations

from collections.abc import Callable

from spec import Question, Real


def checking(
    question: Question, missed: Real, false_alarm: Real, redone: Real
) -> Callable[[Real, Real], Real]:
    """What a check does on the question, as a function of how often answers are wrong, and right.

    The shares may differ from question to question, up to their bounds.
    """
    passes = question.draw("a wrong answer passes", at_most=missed)
    rejected = question.draw("a right answer is rejected", at_most=false_alarm)
    again = question.draw("an answer is wrong when done again", at_most=redone)

    def wrong_after(wrong: Real, right: Real) -> Real:
        redo = wrong * (1 - passes) + right * rejected
        return wrong * passes + redo * again

    return wrong_after


def checked(question: Question, wrong: Real, missed: Real, false_alarm: Real, redone: Real) -> Real:
    """How often the answer is wrong after the check; behind ``models.steps.checked``."""
    return checking(question, missed, false_alarm, redone)(wrong, 1 - wrong)
