"""An invariant of one's own, claimed of a shipped scheme: an agent that can always be corrected.

    alignspec map examples/correctable.py:stays StaysCorrectable drift evasion \
        --param seed_resistance=0 --out basin

draws for which drifts and evasions an agent that takes every correction goes on taking some.
"""

from __future__ import annotations

from typing import Any

from models.corrigibility import corrigibility
from spec import Bool, Claim, Invariant, Real, budget


class StaysCorrectable(Invariant):
    """It resists at most 99 corrections in 100."""

    resistance: Real = budget(
        0, 1, "bound on the probability that it resists a correction", limit="99/100"
    )

    def holds(self, agent: Any) -> Bool:
        """The resistance is within the budget."""
        return Bool(agent.resistance <= self.resistance)


stays = Claim(
    "stays-correctable",
    corrigibility,
    StaysCorrectable(),
    over="drift",
    says="It goes on taking some corrections.",
)
