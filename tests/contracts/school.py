"""The school is an instance whose steps each test replaces by broken ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

from checker.contracts.findings import Contract, Finding
from checker.report.contracts import CONTRACTS
from checker.report.words import describe
from checker.statements.instance import Tally
from checker.statements.registry import judge
from checker.system.verdict import Verdict
from spec import (
    Agent,
    BeyondItsRank,
    Bool,
    Channel,
    Expert,
    I,
    Instance,
    Invariant,
    Nature,
    Parameters,
    Process,
    Real,
    Scheme,
    between,
    maximum,
    minimum,
    parameter,
    structural,
)
from spec.statements.base import Answer

GENTLE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
TOP = 10
ON_AMPLIFICATION = {
    Contract.PROGRAM,
    Contract.CONSULTS,
    Contract.RAISES,
    Contract.IMPROVES,
    Contract.COSTS,
}
"""The contracts on amplification; the others are on distillation."""


class Pupil(Agent[I]):
    skill: Real = between(0, TOP, "rank of task")
    wrong: Real = between(0, 1, "probability of a wrong answer")
    price: Real = between(0, 100, "cost of an answer")


class Teacher(Expert[I]):
    skill: Real = between(0, TOP, "rank of task")
    wrong: Real = between(0, 1, "probability of a wrong answer")
    price: Real = between(0, 1000, "cost of an answer")
    secret: Real = between(0, 1, "what no answer shows")


class Right(Invariant):
    """It is seldom wrong."""

    def holds(self, agent: Any) -> Bool:
        return Real(agent.wrong) <= Real("1/2")


class School(Parameters):
    step: Real = parameter(1, 0, 5, "ranks that a round adds")
    slip: Real = parameter("1/10", 0, 1, "most departure from the teacher")
    copies: int = structural(3, 1, 9, "pupils asked")


def first(p: School) -> Pupil[Right]:
    return Pupil(skill=Real(1), wrong=Real("1/5"), price=Real(1))


def teacher(pupil: Pupil[I], p: School, nature: Nature, **other: Real) -> Teacher[I]:
    fields = {
        "skill": minimum(TOP, pupil.skill + p.step),
        "wrong": pupil.wrong / 2,
        "price": 1 + p.copies * pupil.price,
        "secret": Real(0),
    }
    return Teacher(**{**fields, **other})


def ask(pupil: Pupil[I], p: School, nature: Nature) -> Teacher[I]:
    return teacher(pupil, p, nature)


def pupil_of(expert: Teacher[I], p: School, nature: Nature, **other: Real) -> Pupil[I]:
    fields = {"skill": expert.skill / 2, "price": Real(1)}
    if "wrong" not in other:
        fields["wrong"] = minimum(1, expert.wrong + nature.choose("slip", at_most=p.slip))
    return Pupil(**{**fields, **other})


def learn(expert: Teacher[I], p: School, nature: Nature) -> Pupil[I]:
    return pupil_of(expert, p, nature)


def distance(expert: Teacher[Any], student: Pupil[Any], p: School) -> Real:
    """Difference in the probability of a wrong answer."""
    return maximum(expert.wrong - student.wrong, student.wrong - expert.wrong)


ANSWERS = Channel("answers", lambda expert: {"skill": expert.skill, "wrong": expert.wrong})


def scheme(
    amplify: Callable[..., Any] = ask,
    distill: Callable[..., Any] = learn,
    smart_enough: Callable[..., Bool] | None = None,
    assumptions: tuple[Callable[..., Bool], ...] = (),
) -> Process:
    return Scheme[School, Pupil[Right], Teacher[Right]](
        "school",
        parameters=School,
        seed=first,
        amplify=amplify,
        distill=distill,
        smart_enough=smart_enough,
        assumptions=assumptions,
    )


def instance(process: Process | None = None, **other: Any) -> Instance:
    stated: dict[str, Any] = {
        "channel": ANSWERS,
        "calls": lambda p: p.copies,
        "distance": distance,
        "eps": lambda expert, p: p.slip,
        "improvement": BeyondItsRank(lambda p: "1/4", loss="wrong"),
        "capability": "skill",
        "cost": "price",
    }
    return Instance("school", process or scheme(), **{**stated, **other})


def findings_of(verdict: Verdict) -> dict[Contract, Finding]:
    """What a verdict says of each contract, the tally before them checked against them."""
    tally, *facts = verdict.facts
    found = [fact for fact in facts if isinstance(fact, Finding)]
    assert found == facts
    assert isinstance(tally, Tally)
    assert tally.holding == sum(finding.holds for finding in found)
    assert tally.failing == tuple(finding.contract for finding in found if finding.fails)
    by_contract = {finding.contract: finding for finding in found}
    assert set(by_contract) == set(Contract)
    assert len(found) == len(by_contract)
    return by_contract


def failing(verdict: Verdict) -> set[Contract]:
    """The contracts that a verdict says fail; whatever is not listed must hold."""
    findings = findings_of(verdict).values()
    fails = {finding.contract for finding in findings if finding.fails}
    holds = {finding.contract for finding in findings if finding.holds}
    assert fails | holds == set(Contract)
    assert verdict.answer is (Answer.REFUTED if fails else Answer.PROVED)
    for finding in findings:
        word = "fails" if finding.fails else "holds"
        assert describe(finding).startswith(f"{word}: {CONTRACTS[finding.contract]}: ")
    return fails


def broken(**other: Any) -> set[Contract]:
    """The contracts that fail of a school with other steps, or in another statement of it."""
    steps = {
        name: other.pop(name) for name in ("amplify", "distill", "smart_enough") if name in other
    }
    return failing(judge(instance(scheme(**steps), **other)))
