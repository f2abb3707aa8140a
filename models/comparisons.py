"""Two ways on one question: what the first loses against the second."""

from __future__ import annotations

from typing import Any

from spec import Agent, Bool, I, Invariant, Parameters, Real, between, budget


class Comparison(Agent[I]):
    """What the first of two ways loses against the second on one question."""

    loss: Real = between(-1, 1, "probability that the first goes wrong, less that the second does")


class NoLoss(Invariant):
    """The first way loses nothing against the second."""

    slack: Real = budget(0, 1, "what it may lose", limit=0)

    def holds(self, comparison: Comparison[Any]) -> Bool:
        """loss <= slack."""
        return comparison.loss <= self.slack


def nothing_compared(p: Parameters) -> Comparison[NoLoss]:
    """No question yet: the least loss there is, so that it is the question that counts."""
    return Comparison(loss=Real(-1))
