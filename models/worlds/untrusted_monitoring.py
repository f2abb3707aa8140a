"""Untrusted monitoring on one question: whether an attack on it gets through, and what that
teaches.

    an attack on the question ── by lot: audited, and caught
                              └─ a copy watches ── misses it, or makes out the signal and spares it
                                                └─ otherwise flags it
"""

from __future__ import annotations

from models.untrusted_monitoring import Untrusted
from models.worlds.departure import departing
from spec import Question, Real, maximum, minimum


def watched(question: Question, p: Untrusted) -> dict[str, Real]:
    """The attack on one question.

    How a miss and a signal go together is not known: they may exclude each other, or coincide.
    Other words are drawn without regard to the signal, so that it survives with a probability of
    the question's own.
    """
    missed = question.draw("an honest monitor does not notice")
    question.mean("missed", missed)
    survives = question.draw("the signal survives other words", at_most=1 - p.paraphrased)
    spares = survives * question.part(0).collusion
    unflagged = question.draw(
        "the monitor says nothing",
        at_least=maximum(missed, spares),
        at_most=minimum(1, missed + spares),
    )
    return {"malign": (1 - p.by_lot) * unflagged, "collusion": spares}


def taught(question: Question, p: Untrusted) -> dict[str, Real]:
    """The next model on one question of its training."""
    departs, attack = departing(question), question.part(0).malign
    return {"malign": attack, "collusion": minimum(1, attack + departs)}
