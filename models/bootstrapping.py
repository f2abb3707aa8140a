"""Recursive reward modeling bootstraps as far as evaluation is easier than behaviour.

With agents of rank c to assist, a person can evaluate behaviour up to rank c + lead(c); training
then reaches what can be evaluated, less a margin. The lead of evaluation over behaviour may close
as tasks get harder.

Source: Leike et al., "Scalable agent alignment via reward modeling: a research direction" (2018),
on evaluation being easier than behaviour. That the lead closes linearly is an illustration.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    budget,
    maximum,
    parameter,
    unbounded,
)
from spec.alignment import MOST


class Trainee(Agent[I]):
    """An agent known by the rank of behaviour it was trained to."""

    capability: Real = unbounded("rank of the hardest behaviour it was trained to")


class Stalled(Invariant):
    """Its rank stays at or below a level."""

    level: Real = budget(0, MOST, "bound on its rank", limit=50)

    def holds(self, agent: Trainee[Invariant]) -> Bool:
        """capability <= level."""
        return agent.capability <= self.level


class Reached(Invariant):
    """Its rank is at least a level. Stated as minus the level, since budgets grow with laxity."""

    unfit: Real = budget(-MOST, 0, "minus the level", limit=-50)

    def holds(self, agent: Trainee[Invariant]) -> Bool:
        """-capability <= unfit."""
        return -agent.capability <= self.unfit


class Bootstrap(Parameters):
    """Parameters of evaluation and behaviour."""

    lead: Real = parameter(
        2,
        0,
        10,
        "ranks by which evaluation is easier than behaviour, for the easiest tasks",
        source=ILLUSTRATIVE,
    )
    closing: Real = parameter(
        "1/20", 0, 1, "ranks of that lead that close per rank of task", source=ILLUSTRATIVE
    )
    margin: Real = parameter(
        "1/10", 0, 10, "ranks by which an evaluator must exceed the trained", source=ILLUSTRATIVE
    )


def first(p: Bootstrap) -> Trainee[Stalled]:
    """An agent trained on evaluations that need no help."""
    return Trainee(capability=Real(1))


def evaluable(rank: Real, p: Bootstrap) -> Real:
    """The rank of behaviour that can be evaluated with help of this rank: c + max(0, l - s c)."""
    return rank + maximum(0, p.lead - p.closing * rank)


def bootstrap(agent: Trainee[I], p: Bootstrap, nature: Nature) -> Trainee[I]:
    """Train to what can be evaluated with the agent's help, less the margin; or keep the agent."""
    reached = evaluable(agent.capability, p) - p.margin
    return Trainee(capability=maximum(agent.capability, reached))


bootstrapping = Loop[Bootstrap, Trainee[Stalled]](
    "bootstrapping",
    parameters=Bootstrap,
    seed=first,
    step=bootstrap,
    about="Training to what assisted evaluation can judge, over and over.",
)
