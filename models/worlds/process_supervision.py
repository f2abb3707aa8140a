"""One solution: its steps, what is judged of it, and what becomes of it.

the question ── step 1 ── step 2 ── ... ── answer
                  │         │                └─ compared with a key: wrong with it, or lucky
                  └─────────┴─ judged: the first wrong one is missed, or the solution is redone
"""

from __future__ import annotations

from models.process_supervision import (
    OutcomeSupervision,
    ProcessSupervision,
    Ranks,
    some_rejected,
)
from models.worlds.checks import checked
from models.worlds.departure import departing
from spec import Question, Real, minimum


def _drafted(question: Question, p: Ranks, field: str) -> Real:
    """A draft goes wrong where one of its steps does, or in putting them together."""
    slip = question.draw("an error in putting steps together")
    question.mean("slip", slip)
    steps: list[Real] = [getattr(question.part(i), field) for i in range(p.steps)]
    return question.draw("the draft goes wrong", at_most=minimum(1, sum(steps, slip)))


def steps_judged(question: Question, p: ProcessSupervision) -> dict[str, Real]:
    """A flawed solution passes only if its first wrong step does."""
    flawed = _drafted(question, p, "error")
    error = checked(question, flawed, p.missed, some_rejected(p), p.redone)
    return {"error": error, "wrong": error}


def trace_of_answer_judged(question: Question, p: OutcomeSupervision) -> dict[str, Real]:
    """The steps of a solution whose final answer was compared."""
    flawed = _drafted(question, p, "error")
    return {"error": checked(question, flawed, p.lucky, p.miskeyed, p.redone)}


def answer_judged(question: Question, p: OutcomeSupervision) -> dict[str, Real]:
    """The final answer of the same: wrong with the known one, or wrong a second time."""
    wrong = _drafted(question, p, "wrong")
    key = question.draw("the known answer is wrong", at_most=p.miskeyed)
    again = question.draw("the answer is wrong when done again", at_most=p.redone)
    return {"wrong": key + (1 - key) * wrong * again}


def learned(question: Question, p: Ranks) -> dict[str, Real]:
    """The next reasoner writes the supervised solution, or departs from it."""
    departs = departing(question)
    solution = question.part(0)
    return {
        "error": minimum(1, solution.error + departs),
        "wrong": minimum(1, solution.wrong + departs),
    }
