"""A vote of three copies, overruled now and then by an overseer who does not depend on them.

Source: the majority map of von Neumann, "Probabilistic logics" (1956); the anchor is the overseer's
fresh judgement, which makes the next agent whatever the last one was.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE, majority_wrong
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    parameter,
)


class Answerer(Agent[I]):
    """An agent known by how often it errs."""

    error: Real = between(0, 1, "probability of a wrong answer, at any question")


class SeldomWrong(Invariant):
    """It errs seldom."""

    error: Real = budget(0, 1, "bound on the probability of a wrong answer", limit="1/10")

    def holds(self, agent: Answerer[Invariant]) -> Bool:
        """The error is within the budget."""
        return agent.error <= self.error


class Anchor(Parameters):
    """Parameters of the overseer."""

    anchor: Real = parameter(
        "1/4", 0, 1, "share of questions that the overseer answers afresh", source=ILLUSTRATIVE
    )
    slip: Real = parameter(
        "1/200", 0, 1, "probability, at any question, that the overseer errs", source=ILLUSTRATIVE
    )


def good(p: Anchor) -> Answerer[SeldomWrong]:
    """An agent without error."""
    return Answerer(error=Real(0))


def vote(agent: Answerer[I], p: Anchor, nature: Nature) -> Answerer[I]:
    """The overseer's answer in a share a of questions, the majority of three copies in the rest.

    e -> a h + (1 - a)(3 e^2 - 2 e^3). For h = 0 its only fixed point is 0 where a > 1/9: beyond
    that the discriminant 9 - 8 / (1 - a) of the others is negative.
    """
    return Answerer(error=p.anchor * p.slip + (1 - p.anchor) * majority_wrong(3, agent.error))


anchored_vote = Loop[Anchor, Answerer[SeldomWrong]](
    "anchored-vote",
    parameters=Anchor,
    seed=good,
    step=vote,
    about="A vote of three copies, overruled by a fresh overseer in a share of questions.",
)
