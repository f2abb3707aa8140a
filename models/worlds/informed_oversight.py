"""Questioning a copy about one answer, and what training adds.

an answer ── by lot: a copy is asked ── it tells what was known, or does not, or colludes
          └─ not asked: what is withheld stays so
"""

from __future__ import annotations

from models.informed_oversight import Questioning
from spec import Question, Real, maximum, minimum


def questioned(question: Question, p: Questioning) -> dict[str, Real]:
    """The lot and the copy's telling are of the experiment; whether a copy colludes where something
    is withheld is not."""
    withheld, collusion = question.part(0).withheld, question.part(0).collusion
    both = question.draw(
        "something is withheld and the copy colludes",
        at_least=maximum(0, withheld + collusion - 1),
        at_most=minimum(withheld, collusion),
    )
    return {
        "withheld": withheld - p.questioned * p.told * (withheld - both),
        "collusion": question.draw("the copy still colludes", at_most=(1 - p.broken) * collusion),
    }


def trained(question: Question, p: Questioning) -> dict[str, Real]:
    """What the next agent knows, and whether its copies collude."""
    learned = question.draw("something new is not known to the overseer")
    question.mean("learned", learned)
    question.chooses("learned", learned)
    drift = question.draw("training adds collusion")
    question.mean("drift", drift)
    question.chooses("drift", drift)
    return {
        "withheld": minimum(1, question.part(0).withheld + learned),
        "collusion": minimum(1, question.part(0).collusion + drift),
    }
