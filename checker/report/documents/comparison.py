"""Documents of refinements and agreements of two schemes."""

from __future__ import annotations

from typing import Any

from checker.refinement.agreement import Agreement, Difference
from checker.refinement.distinguishing_run import DistinguishingRun
from checker.refinement.refinement import ChoiceTerm, Refinement
from checker.refinement.unmatched_run import Nearest
from checker.report.comparison import warning
from checker.report.documents.base import document, enclosure, enclosures, exact_values, transition
from checker.report.words import describe
from checker.system.findings import Fact


def _text(fact: Fact | None) -> str:
    """A fact in words; empty where there is none."""
    return "" if fact is None else describe(fact)


@document.register
def _(refinement: Refinement) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "first": refinement.first,
        "second": refinement.second,
        "direction": f"{refinement.side} refines {refinement.side.other}",
        "verdict": refinement.answer.value,
        "method": _text(refinement.method),
        "seconds": round(refinement.seconds, 4),
        "queries": refinement.queries,
    }
    if refinement.proved:
        answer["witness"] = [[document(term) for term in case] for case in refinement.witness]
        answer["held"] = {
            side.value: [str(bound) for bound in bounds] for side, bounds in refinement.held.items()
        }
    if refinement.distinguishing_run is not None:
        answer["separating"] = document(refinement.distinguishing_run)
    if refinement.reason is not None:
        answer["reason"] = describe(refinement.reason)
        if refinement.reason.stuck:
            answer["stuck"] = exact_values(refinement.reason.stuck)
    if refinement.allows_everything:
        answer["warning"] = warning(refinement)
    return answer


@document.register
def _(term: ChoiceTerm) -> dict[str, Any]:
    return {"choice": term.choice, "how": describe(term.origin), "term": term.term}


@document.register
def _(found: DistinguishingRun) -> dict[str, Any]:
    return {
        "parameters": exact_values(found.parameters),
        "iteration": found.iteration,
        "broken": found.broken,
        "arithmetic": describe(found.run.arithmetic),
        "seed": enclosures(found.run.seed),
        "steps": [transition(step) for step in found.run.steps],
        "unmatched": list(found.fields),
        "over_whole_run": found.whole,
        "nearest": [document(near) for near in found.nearest],
    }


@document.register
def _(near: Nearest) -> dict[str, Any]:
    return {
        "field": near.field,
        "wanted": enclosure(near.wanted),
        "below": None if near.below is None else enclosure(near.below),
        "above": None if near.above is None else enclosure(near.above),
    }


@document.register
def _(agreement: Agreement) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "invariant": agreement.invariant,
        "limits": exact_values(agreement.limits),
        "along": {name: [str(low), str(high)] for name, (low, high) in agreement.along.items()},
        "verdict": agreement.answer.value,
        "method": _text(agreement.method),
        "reason": _text(agreement.reason),
        "shares": {
            "both_safe": str(agreement.safe),
            "both_unsafe": str(agreement.unsafe),
            "undecided": str(agreement.undecided),
        },
        "seconds": round(agreement.seconds, 4),
    }
    if agreement.difference is not None:
        answer["separating"] = document(agreement.difference)
    return answer


@document.register
def _(difference: Difference) -> dict[str, Any]:
    return {
        "parameters": exact_values(difference.parameters),
        "left": document(difference.left),
        "right": document(difference.right),
    }
