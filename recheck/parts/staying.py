"""That a claim is never settled into: from some start, under one strategy, it is false forever."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from recheck.evidence import Evidence, System
from recheck.parts.runs import fixed, plan_of, start_of
from recheck.terms import MANAGER, every


def outside(evidence: Evidence) -> Evidence:
    """What is to be shown: that the opposite of the claim holds of a system whose choices are made
    and whose seed is the start."""
    system, stays = evidence.system, evidence.proof["stays"]
    made = with_choices(system, plan_of(stays)[0][1])
    seed = tuple(MANAGER.mkReal(str(value)) for value in start_of(evidence, stays))
    start = system.start._replace(choices=(), outputs=seed)
    claim: dict[str, Sequence[Any]] = dict.fromkeys(system.fields, ())
    claim[system.agent] = [every(evidence.claim[system.agent]).notTerm()]
    return evidence._replace(
        kind="Claim",
        verdict="proved",
        proof=stays,
        claim=claim,
        system=made._replace(start=start),
    )


def with_choices(system: System, units: Sequence[Fraction]) -> System:
    """The system with all choices made, each always at the same place between its ends."""
    steps, left = [], list(units)
    for step in system.steps:
        steps.append(fixed(step, left[: len(step.choices)]))
        left = left[len(step.choices) :]
    return system._replace(steps=tuple(steps))
