"""Feedback by principles on one question, of which a principle speaks or none does.

the question ── by lot: a person answers, and may slip
             └─ a copy answers, under pressure ── a principle speaks of it: mended, or not
                                               └─ none does: what harms passes
"""

from __future__ import annotations

from models.constitutional import Constitution
from models.worlds.departure import departing
from spec import Bool, Entry, Question, Real, any_of, minimum


def covered_or_not(entry: Entry) -> Bool:
    """On a question of which no principle speaks all harm is uncovered; on the others none is."""
    return any_of(entry.uncovered == 0, entry.uncovered == entry.harm)


def _beyond(question: Question) -> Real:
    """Whether no principle speaks of the question: where uncovered harm is, none does."""
    beyond = question.draw(
        "no principle speaks of the question", at_least=question.part(0).uncovered
    )
    question.mean("beyond", beyond)
    return beyond


def preferred(question: Question, p: Constitution) -> dict[str, Real]:
    """Answers made more likely by preference, mended where the model sees harm, or a person's."""
    covered = question.part(0).harm - question.part(0).uncovered
    slip = question.draw("a person answers, and harmfully", at_most=p.people)
    question.mean("slip", slip)
    mended = question.draw("the model mends a harmful answer", at_least=p.noticed)
    passed = (1 - mended) * minimum(1, p.pressure * covered)
    uncovered = minimum(1, p.pressure * question.part(0).uncovered)
    return {
        "harm": minimum(1, slip + (1 - p.people) * (passed + uncovered)),
        "uncovered": minimum(_beyond(question), slip + (1 - p.people) * uncovered),
    }


def learned(question: Question, p: Constitution) -> dict[str, Real]:
    """The next model answers what was preferred, or departs from it."""
    departs = departing(question)
    answer = question.part(0)
    return {
        "harm": minimum(1, answer.harm + departs),
        "uncovered": minimum(_beyond(question), answer.uncovered + departs),
    }
