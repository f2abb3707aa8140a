"""One correction, and what a round makes of how often the agent resists it.

a correction ── the agent evades it, at most as often as it resists
             └─ it gets through ── a share of that resistance goes ── training adds some
"""

from __future__ import annotations

from models.corrigibility import Attractor
from spec import Question, Real, minimum


def corrected_once(question: Question, p: Attractor) -> dict[str, Real]:
    """The correction gets through as far as the agent does not evade it, and then takes away a
    share of its resistance to this one; training adds some."""
    resists = question.part(0).resistance
    evaded = question.draw("the agent evades the correction", at_most=p.evasion * resists)
    drift = question.draw("resistance that training adds", at_least=p.least_drift, at_most=p.drift)
    question.chooses("drift", drift)
    return {
        "resistance": minimum(1, resists * (1 - p.correction * (1 - evaded)) + drift),
        "resistance_before": resists,
    }
