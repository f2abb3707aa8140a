"""A hearing on one question: a belief, and what each argument does to it.

the question ── the market's price ── argument 1 ── belief ── argument 2 ── belief ── ...
                                  └─ each moves the belief towards the truth, or misleads
"""

from __future__ import annotations

from models.market_making import MarketMaking
from models.worlds.departure import departing
from spec import Question, Real, minimum


def heard(question: Question, p: MarketMaking) -> dict[str, Real]:
    """The distance of the belief from the considered judgement, argument after argument.

    What the i-th argument turns on is the i-th part of the question, and any of them may be what
    the market gets wrong. A distance that adds up to more than 1 is 1 in the end.
    """
    distance = question.draw("distance of the belief before any argument")
    question.mean("untold", distance)
    misled = question.draw("how far an argument misleads the person")
    question.mean("misleading", misled)
    for i in range(p.arguments):
        asked = question.part(i).miscalibration
        distance = p.unmoved * distance + misled + p.influence * asked
    return {"miscalibration": minimum(1, distance)}


def predicted(question: Question, p: MarketMaking) -> dict[str, Real]:
    """The next market's price is the person's belief, or departs from it."""
    departs = departing(question)
    return {"miscalibration": minimum(1, question.part(0).miscalibration + departs)}
