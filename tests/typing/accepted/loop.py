"""A loop: one step from agent to agent, with no expert in it."""

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


class Habit(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Steady(Invariant):
    """It is right more often than not."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, agent: Habit[Invariant]) -> Bool:
        return agent.error <= self.error


class Drift(Parameters):
    drift: Real = parameter("1/10", 0, 1, "most that one round adds")


def begin(p: Drift) -> Habit[Steady]:
    return Habit(error=Real(0))


def practise(habit: Habit[I], p: Drift, nature: Nature) -> Habit[I]:
    return Habit(error=habit.error / 2 + nature.choose("drift", at_most=p.drift / 2))


practice = Loop[Drift, Habit[Steady]]("practice", parameters=Drift, seed=begin, step=practise)
