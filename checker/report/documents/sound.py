"""Documents of soundness: worlds, what was covered, how tight bounds are, what they assume."""

from __future__ import annotations

from typing import Any

from checker.report.documents.base import document, exact, exact_values
from checker.statements.sound import Covered, Tightness, Without
from checker.system.findings import Fact
from checker.system.verdict import Verdict
from checker.worlds.lifting import Lifted
from checker.worlds.world import BoundInWorld


@document.register
def _(bound: BoundInWorld) -> dict[str, Any]:
    world = bound.world
    return {
        "of": bound.of,
        "bound": bound.end.value,
        "happens": exact(bound.value),
        "says": exact(bound.limit),
        "asked": [
            {
                "weight": exact(asked.weight),
                "draws": exact_values(asked.draws),
                "parts": list(asked.parts),
                "does": exact_values(does),
            }
            for asked, does in zip(world.asked, bound.on_each, strict=True)
        ],
        "table": [
            {
                "weight": exact(question.weight),
                "does": exact_values(question.does),
                **({"under": question.under} if question.under else {}),
            }
            for question in world.table
        ],
        "inputs": exact_values(world.inputs),
    }


@document.register
def _(covered: Covered) -> dict[str, Any]:
    return {
        "shares": [exact(share) for share in covered.shares],
        "kinds": covered.kinds,
        "whole": covered.whole,
        "settled": covered.settled,
    }


def soundness(verdict: Verdict) -> dict[str, Any]:
    """What was found of the soundness of a step, beside the verdict."""
    found: dict[str, Any] = {"tightness": [], "without": []}
    for fact in verdict.facts:
        if isinstance(fact, Tightness | Without):
            found["tightness" if isinstance(fact, Tightness) else "without"].append(_listed(fact))
        elif isinstance(fact, Lifted):
            found["lifted"] = "every value" if fact.everywhere else "own values"
        elif isinstance(fact, Covered):
            found["covered"] = document(fact)
        elif isinstance(fact, BoundInWorld):
            found["broken"] = document(fact)
    return found


def _listed(fact: Fact) -> dict[str, Any]:
    if isinstance(fact, Tightness):
        assert fact.seen.share is not None
        return {
            "of": fact.seen.of,
            "share": exact(fact.seen.share),
            "seen": document(fact.seen),
        }
    assert isinstance(fact, Without)
    answer: dict[str, Any] = {"assumption": fact.assumption.name, "role": fact.role.value}
    if fact.broken is not None:
        answer["broken"] = document(fact.broken)
    if fact.covered is not None:
        answer["covered"] = document(fact.covered)
    return answer
