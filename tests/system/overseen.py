"""A scheme with all that an obligation can be about: a seed that is a set, choices that read
others, a division, and an expert that oversees while it is good enough."""

from __future__ import annotations

from spec import Agent, Bool, Expert, I, Invariant, Nature, Parameters, Real, Scheme, between


class NoParameters(Parameters):
    """None."""


class Learner(Agent[I]):
    error: Real = between(0, 1)
    rank: Real = between(0, 4)


class Judge(Expert[I]):
    error: Real = between(0, 1)
    rank: Real = between(0, 8)


class FewErrors(Invariant):
    def holds(self, agent: Learner[I]) -> Bool:
        return agent.error <= "1/2"


def first(p: NoParameters, nature: Nature) -> Learner[FewErrors]:
    return Learner(error=nature.choose("first", at_most="1/10"), rank=Real(0))


def amplify(agent: Learner[I], p: NoParameters, nature: Nature) -> Judge[I]:
    return Judge(error=agent.error / (2 - agent.rank / 4), rank=agent.rank + 1)


def distill(judge: Judge[I], p: NoParameters, nature: Nature) -> Learner[I]:
    slip = nature.choose("slip", at_most=judge.rank / 100)
    more = nature.choose("more", at_most=slip)
    return Learner(error=judge.error + slip + more, rank=judge.rank - 1)


def can_judge(judge: Judge[I], student: Learner[I], p: NoParameters) -> Bool:
    return (judge.rank >= student.rank) & (judge.error <= "1/2")


overseen = Scheme[NoParameters, Learner[FewErrors], Judge[FewErrors]](
    "overseen",
    parameters=NoParameters,
    seed=first,
    amplify=amplify,
    distill=distill,
    smart_enough=can_judge,
)
