"""One consultation, seen from every agent: is the amplified agent more capable than the agent?

A lemma about all agents, as a loop that draws a fresh agent each time and remembers what
amplification made of it.
"""

from __future__ import annotations

from models.imitation import Imitation, amplify
from models.steps import ILLUSTRATIVE, odd_copies
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
    any_of,
    between,
    minimum,
    parameter,
)
from spec.agents import TOP_RANK


class Lift(Agent[I]):
    """What amplification did to the last agent drawn."""

    before: Real = between(0, TOP_RANK, "rank of the agent")
    after: Real = between(0, TOP_RANK, "rank of the amplified agent")


class Lifted(Invariant):
    """Amplification raised the rank, or the agent had the top rank already."""

    def holds(self, lift: Lift[Invariant]) -> Bool:
        """after > before, or before = top."""
        return any_of(lift.after > lift.before, lift.before >= TOP_RANK)


class Drawing(Imitation):
    """Parameters of the agents drawn and of their consultation."""

    highest: Real = parameter(
        10, 0, TOP_RANK, "rank up to which agents are drawn", source=ILLUSTRATIVE
    )
    most_error: Real = parameter(
        "1/100", 0, 1, "most probability of a wrong answer of agents drawn", source=ILLUSTRATIVE
    )


def before_any(p: Imitation) -> Lift[Lifted]:
    """No agent drawn yet."""
    return Lift(before=Real(0), after=Real(1))


def _draw(rank: Real, error: Real, nature: Nature) -> Assistant[Invariant]:
    return Assistant(
        capability=nature.choose("rank", at_most=rank),
        error=nature.choose("error", at_most=error),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=Real(0),
    )


def raised(last: Lift[I], p: Imitation, nature: Nature) -> Lift[I]:
    """Draw any agent and amplify it."""
    agent = _draw(Real(TOP_RANK), Real(1), nature)
    expert: Overseer[Invariant] = amplify(agent, p, nature)
    return Lift(before=agent.capability, after=expert.capability)


def raised_effectively(last: Lift[I], p: Drawing, nature: Nature) -> Lift[I]:
    """Draw an agent of bounded rank and error, and compare effective ranks, that is, less the share
    of answers that are wrong."""
    agent = _draw(p.highest, p.most_error, nature)
    expert: Overseer[Invariant] = amplify(agent, p, nature)
    return Lift(
        before=agent.capability * (1 - agent.error),
        after=minimum(TOP_RANK, expert.capability * (1 - expert.error)),
    )


lift = Loop[Imitation, Lift[Lifted]](
    "lift",
    parameters=Imitation,
    seed=before_any,
    step=raised,
    assumptions=[odd_copies],
    about="Any agent, before and after amplification.",
)

lift_effective = Loop[Drawing, Lift[Lifted]](
    "lift-effective",
    parameters=Drawing,
    seed=before_any,
    step=raised_effectively,
    assumptions=[odd_copies],
    about="Agents of bounded rank and error, before and after amplification, by effective rank.",
)
