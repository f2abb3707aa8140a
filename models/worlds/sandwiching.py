"""People with a model on one question, and what the next model makes of their answers.

the question ── the model answers, and may hold back ── the person accepts it
                                                     └─ rejects it: answers alone
"""

from __future__ import annotations

from models.sandwiching import Sandwiching
from models.worlds.checks import checking
from models.worlds.departure import departing
from spec import Bool, Entry, Question, Real, minimum


def held_back_is_wrong(entry: Entry) -> Bool:
    """What is held back is a part of what is wrong."""
    return entry.held_back <= entry.error


def assisted(question: Question, p: Sandwiching) -> dict[str, Real]:
    """The person accepts the model's answer, or rejects it and answers alone."""
    model = question.part(0)
    wrong_after = checking(question, p.missed, p.false_alarm, p.alone)
    right = 1 - model.error
    return {
        "error": wrong_after(model.error, right),
        "held_back": wrong_after(model.held_back, right),
    }


def imitated(question: Question, p: Sandwiching) -> dict[str, Real]:
    """The next model answers as people did, departs, or is not able to answer rightly."""
    departs = departing(question)
    unable = question.draw("the model is not able to answer rightly")
    question.mean("unable", unable)
    people = question.part(0)
    return {
        "error": minimum(1, people.error + departs + unable),
        "held_back": minimum(1, people.held_back + departs),
    }
