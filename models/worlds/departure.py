"""A student on one question of its training: it does what it was taught, or departs from it.

what was taught ── the student does it
                └─ departs from it: anything
"""

from __future__ import annotations

from spec import Question, Real


def departing(question: Question) -> Real:
    """How often the student departs from what it was taught on this question, whatever that is.

    Behind ``models.steps.departing``, where the bound is the parameter ``imitation_error``.
    """
    departs = question.draw("the student departs from what it was taught")
    question.mean("imitation_error", departs)
    question.chooses("departure", departs)
    return departs
