"""One consultation, seen from every agent: is the amplified agent more capable than the agent?

To be capable of a rank is to be wrong on it no more often than is tolerated. A lemma about all
agents that are wrong seldom enough, as a loop that draws a fresh agent each time and remembers what
amplification made of it.
"""

from __future__ import annotations

from typing import Any

from models.imitation import Imitation
from models.steps import ILLUSTRATIVE, consult, odd_copies
from spec import (
    Agent,
    Assistant,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Overseer,
    Real,
    between,
    budget,
    parameter,
)
from spec.alignment import MOST


class Lift(Agent[I]):
    """What amplification did to the last agent drawn."""

    rise: Real = between(0, 10, "ranks of the amplified agent above the agent's")
    wrong: Real = between(0, 1, "mean probability that the amplified agent is wrong, at most")


class Lifted(Invariant):
    """Amplification raised the rank up to which answers are wrong no more often than tolerated."""

    wrong: Real = budget(0, 1, "probability of a wrong answer that is tolerated", limit="1/2")

    def holds(self, lift: Lift[Any]) -> Bool:
        """rise > 0, and what is wrong at the new rank is within the budget."""
        return (lift.rise > 0) & (lift.wrong <= self.wrong)


class Drawing(Imitation):
    """Parameters of the agents drawn and of their consultation."""

    most_error: Real = parameter(
        "1/100", 0, 1, "most mean error of the agents drawn", source=ILLUSTRATIVE
    )


def before_any(p: Drawing) -> Lift[Lifted]:
    """No agent drawn yet."""
    return Lift(rise=p.gain, wrong=Real(0))


def raised(last: Lift[I], p: Drawing, nature: Nature) -> Lift[I]:
    """Draw any agent whose mistakes are rare enough, of any rank, and amplify it."""
    agent = Assistant[Invariant](
        capability=nature.choose("rank", at_most=MOST, metric="rank of task"),
        error=nature.choose("error", at_most=p.most_error, metric="mean over questions of a rank"),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )
    expert: Overseer[Invariant] = consult(agent, p, nature)
    return Lift(rise=expert.capability - agent.capability, wrong=expert.error)


lift = Loop[Drawing, Lift[Lifted]](
    "lift",
    parameters=Drawing,
    seed=before_any,
    step=raised,
    assumptions=[odd_copies],
    about="Agents of any rank that are mistaken seldom enough, before and after amplification.",
)
