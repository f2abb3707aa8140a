"""Control on one question: whether an attack on it gets through, and what the monitor learns.

an attack on the question ── by lot: audited, and caught
                          └─ not audited ── noticed, and not passed on purpose
                                         └─ gets through: the next monitor learns it
"""

from __future__ import annotations

from models.control import Monitoring
from models.worlds.departure import departing
from spec import Question, Real, maximum, minimum


def deployed(question: Question, p: Monitoring) -> dict[str, Real]:
    """The attack on one question.

    How it goes together on a question that an honest monitor would not notice and that this one
    passes on purpose is not known: the two may exclude each other, or coincide.
    """
    missed = question.draw("an honest monitor does not notice")
    question.mean("missed", missed)
    passes = question.part(0).malign
    unflagged = question.draw(
        "the monitor says nothing",
        at_least=maximum(missed, passes),
        at_most=minimum(1, missed + passes),
    )
    return {"malign": (1 - p.by_lot) * unflagged}


def retrained(question: Question, p: Monitoring) -> dict[str, Real]:
    """The next monitor on one question of its training."""
    departs = departing(question)
    return {"malign": minimum(1, question.part(0).malign + departs)}
