"""A seed that nature has a say in: any agent within bounds, of which all carry the invariant."""

from typing import Any

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


class Learner(Agent[I]):
    error: Real = between(0, 1)


class Low(Invariant):
    error: Real = budget(0, 1, limit="1/2")

    def holds(self, agent: Learner[Any]) -> Bool:
        return agent.error <= self.error


class Start(Parameters):
    worst: Real = parameter("1/4", 0, 1)


def somebody(p: Start, nature: Nature) -> Learner[Low]:
    return Learner(error=nature.choose("first error", at_most=p.worst))


def improve(agent: Learner[I], p: Start, nature: Nature) -> Learner[I]:
    return Learner(error=agent.error / 2)


learner = Loop[Start, Learner[Low]]("learner", parameters=Start, seed=somebody, step=improve)
