"""Consultancy and debate on one question: what the judge hears, and whether it errs.

    the question ── by lot: a person ──┬── hears one consultant, on either side
                 └─ else the judge ────┘   or a liar and an opponent, who may find the flaw
                                       └── persuaded of what is false, or not helped by what is true

Everything may differ from question to question: how hard the question is for the judge, whether
its false argument persuades, whether its flaw is found. Only means are known.
"""

from __future__ import annotations

from models.consultancy import Advocacy, Consultancy, Debated
from models.worlds.departure import departing
from spec import Real, minimum
from spec.worlds import Question


def consulted(question: Question, p: Consultancy) -> dict[str, Real]:
    """One consultancy, before a person on a share of questions drawn by lot, else the judge."""
    persuasive = question.draw("a false argument persuades")
    question.mean("persuasion", persuasive)
    unhelped = question.draw("a true argument does not help")
    question.mean("unhelped", unhelped)
    alone = question.draw("a person who hears nobody is wrong")
    question.mean("alone", alone)

    def wrong(who: str, error: Real) -> Real:
        lied_to = question.draw(
            f"{who} is wrong after a false argument", at_most=minimum(1, error + persuasive)
        )
        told_truth = question.draw(
            f"{who} is wrong after a true argument", at_most=minimum(error, unhelped)
        )
        return p.assigned * lied_to + (1 - p.assigned) * told_truth

    by_person = wrong("the person", alone)
    by_judge = wrong("the judge", question.part(0).error)
    return {
        "error": p.anchor * by_person + (1 - p.anchor) * by_judge,
        "persuasion": persuasive,
    }


def debated(question: Question, p: Debated) -> dict[str, Real]:
    """One debate; where the opponent finds the flaw, what it shows is a question of its own."""
    missed = question.draw("the flaw is not found")
    question.mean("missed", missed)
    slip = question.draw("a person does not see the flaw that is shown")
    question.mean("slip", slip)
    persuasive = question.draw("a false argument persuades")
    question.mean("persuasion", persuasive)
    fooled = question.draw("the judge is wrong where the flaw is not found")
    seen = p.anchor * slip + (1 - p.anchor) * question.part(0).error
    return {"error": missed * fooled + (1 - missed) * seen, "persuasion": persuasive}


def learned(question: Question, p: Advocacy) -> dict[str, Real]:
    """The trained judge answers as the expert did, or departs from it."""
    departs = departing(question)
    practice = question.draw("training makes the argument persuasive")
    question.mean("push", practice)
    question.chooses("learned persuasion", practice)
    verdict = question.part(0)
    return {
        "error": minimum(1, verdict.error + departs),
        "persuasion": minimum(1, verdict.persuasion + practice),
    }
