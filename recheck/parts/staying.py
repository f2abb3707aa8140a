"""That a claim is never settled into: from some start, under one strategy, it is false forever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recheck.evidence import Evidence
from recheck.parts.runs import fixed, plan_of, start_of
from recheck.terms import MANAGER, every


def outside(evidence: Evidence) -> Evidence:
    """What is to be shown: that the opposite of the claim holds of a system whose choices are made
    and whose seed is the start."""
    system, stays = evidence.system, evidence.proof["stays"]
    units = plan_of(stays)[0][1]
    steps = []
    for step in system.steps:
        steps.append(fixed(step, units[: len(step.choices)]))
        units = units[len(step.choices) :]
    seed = tuple(MANAGER.mkReal(str(value)) for value in start_of(evidence, stays))
    claim: dict[str, Sequence[Any]] = dict.fromkeys(system.fields, ())
    claim[system.agent] = [every(evidence.claim[system.agent]).notTerm()]
    return evidence._replace(
        kind="Claim",
        verdict="proved",
        proof=stays,
        claim=claim,
        system=system._replace(steps=tuple(steps), seed=seed),
    )
