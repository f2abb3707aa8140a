"""The assumptions of these loops and of this scheme are examined one by one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from checker.backends.solver import QueryBudget
from checker.explain.assumptions import examine_assumptions
from checker.explain.findings import (
    AssumptionKind,
    AssumptionResult,
    AssumptionsReport,
    ChoiceBound,
)
from checker.explain.relaxations import End
from checker.portfolio.decision import Options, decide
from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    parameter,
)

F = Fraction
UNATTACKED = Options(attack=0)  # Hypothesis does not nest


class Memory(Agent[I]):
    error: Real = between(0, 1, "what is claimed of")
    other: Real = between(0, 1, "what nothing depends on")


class Seldom(Invariant):
    error: Real = budget(0, 1, "bound on the error", limit="1/2")

    def holds(self, agent: Memory[Any] | Overseer[Any]) -> Bool:
        return agent.error <= self.error


class Noise(Parameters):
    slope: Real = parameter("1/2", 0, 1, "what is kept of the error")
    noise: Real = parameter("1/8", 0, 1, "what is added to it")
    volume: Real = parameter("1/8", 0, 1, "bound on what does not matter")


def blank(p: Noise) -> Memory[Seldom]:
    return Memory(error=Real(0), other=Real(0))


def forget(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    other = nature.choose("other", at_most=p.volume)
    return Memory(
        error=p.slope * memory.error + nature.choose("slip", at_most=p.noise), other=other
    )


def quiet(p: Noise) -> Bool:
    """The noise is at most a quarter."""
    return p.noise <= Real("1/4")


def small(p: Noise) -> Bool:
    """The volume is at most a half."""
    return p.volume <= Real("1/2")


memory = Loop[Noise, Memory[Seldom]](
    "memory", parameters=Noise, seed=blank, step=forget, assumptions=[quiet, small]
)
anything = Loop[Noise, Memory[Seldom]]("anything", parameters=Noise, seed=blank, step=forget)


SLIP = ChoiceBound("forget", "slip", End.UPPER)
OTHER = ChoiceBound("forget", "other", End.UPPER)
"""The two bounds of ``forget``: on what the claim is about, and on what nothing depends on."""


def examined(claim: Claim) -> AssumptionsReport:
    answer = decide(claim, options=UNATTACKED).answer
    return examine_assumptions(claim, answer, budget=QueryBudget(5.0))


def result_on(
    claim: Claim, kind: AssumptionKind, subject: ChoiceBound | str | None = None
) -> AssumptionResult:
    """The one result on a thing that the claim assumes."""
    results = examined(claim).results
    (found,) = [r for r in results if (r.kind, r.subject) == (kind, subject)]
    return found


def gain(agent: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    kept = nature.choose("kept", at_least="1/8", at_most="1/4")
    return Memory(error=agent.error / 2 + Real("1/4") - kept, other=agent.other)


corrected = Loop[Noise, Memory[Seldom]]("corrected", parameters=Noise, seed=blank, step=gain)


class Overseer(Expert[I]):
    error: Real = between(0, 1, "its error")
    other: Real = between(0, 1, "the skill that oversight takes")


def consult(agent: Memory[I], p: Noise, nature: Nature) -> Overseer[I]:
    return Overseer(error=agent.error / 2, other=p.volume)


def train(expert: Overseer[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(
        error=expert.error + nature.choose("slip", at_most=p.noise),
        other=nature.choose("skill", at_most="1/8"),
    )


def can_follow(expert: Overseer[I], student: Memory[I], p: Noise) -> Bool:
    return expert.other >= student.other


taught = Scheme[Noise, Memory[Seldom], Overseer[Seldom]](
    "taught",
    parameters=Noise,
    seed=blank,
    amplify=consult,
    distill=train,
    smart_enough=can_follow,
)
