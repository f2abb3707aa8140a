"""Documents of verdicts, and of the rows of the ledger that they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from checker.invariants.uninterpreted import FiniteModel
from checker.report.certificate import bounds_at, method_of
from checker.report.documents.base import (
    algebraic,
    document,
    enclosures,
    exact,
    exact_values,
    trace_step,
)
from checker.report.documents.sound import soundness
from checker.report.words import describe, detail, shortest
from checker.report.would_decide import would_decide
from checker.system.problem import Conjunct
from checker.system.verdict import Bracket, EnginesDisagree, Refutation, Stated, Verdict
from spec.errors import SpecError
from spec.statements.base import Answer
from spec.statements.ledger import Row
from spec.statements.sound import Sound


@document.register
def _(error: SpecError) -> dict[str, Any]:
    return {"location": error.location, "error": error.message}


@document.register
def _(error: EnginesDisagree) -> dict[str, Any]:
    return {"location": "", "error": f"engines disagree: {error}"}


@document.register
def _(verdict: Verdict) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "claim": verdict.claim,
        "kind": verdict.kind.__name__,
        "scheme": verdict.scheme,
        "invariant": verdict.invariant,
        "limits": exact_values(verdict.limits),
        "verdict": verdict.answer.value,
        "expected": verdict.expected.value,
        "method": method_of(verdict.result),
        "seconds": round(verdict.seconds, 4),
        "solver_seconds": round(verdict.solving, 4),
        "queries": verdict.queries,
        "parameters": exact_values(verdict.parameters),
    }
    if isinstance(verdict.reason, FiniteModel):
        answer["model"] = list(detail(verdict.reason))
    elif verdict.reason is not None:
        answer["reason"] = describe(verdict.reason)
    if verdict.answer is Answer.UNKNOWN:
        answer["would_decide"] = would_decide(verdict)
    if verdict.certificate is not None:
        answer["certificate"] = _certificate(verdict.certificate)
    if isinstance(verdict.result, Refutation) and verdict.result.run is not None:
        answer["trace"] = document(verdict.result)
    if verdict.facts:
        answer["facts"] = [line for fact in verdict.facts for line in detail(fact)]
    if verdict.kind is Sound:
        answer["soundness"] = soundness(verdict)
    if verdict.bracket is not None:
        answer["region"] = _region(verdict.bracket)
    return answer


def _certificate(proof: Stated) -> dict[str, Any]:
    return {
        "prefix": proof.prefix,
        "budgets": {name: exact_values(budgets) for name, budgets in proof.budgets.items()},
        "bounds": {name: bounds_at(proof, name) for name in proof.bounds},
        "obligations": [describe(label) for label in proof.discharged],
    }


@document.register
def _(found: Refutation) -> dict[str, Any]:
    run = found.run
    assert run is not None
    return {
        "iteration": run.iteration,
        "broken": run.broken,
        "at": run.position,
        "arithmetic": describe(run.arithmetic),
        "shortest": shortest(found.shortest, run.iteration),
        "blame": "" if found.blame is None else describe(found.blame),
        "seed": enclosures(run.seed),
        **({"seed_chosen": enclosures(run.seed_chosen)} if run.seed_chosen else {}),
        "steps": [trace_step(step) for step in run.steps],
    } | ({"conjuncts": [_conjunct(each) for each in run.conjuncts]} if run.conjuncts else {})


def _conjunct(found: Conjunct) -> dict[str, Any]:
    return {"number": found.number, "text": found.text}


def _region(bracket: Bracket) -> dict[str, Any]:
    return {
        "parameter": bracket.parameter,
        "domain": [str(bracket.low), str(bracket.high)],
        "proved_to": exact(bracket.proved_to),
        "refuted_from": exact(bracket.refuted_from),
        "monotone": bracket.monotone,
        "rising": bracket.rising,
        "exact": algebraic(bracket.number),
        "included": bracket.included,
    }


def ledger_rows(rows: Sequence[Row], verdicts: Mapping[str, Verdict]) -> list[dict[str, Any]]:
    """The rows of the ledger; the verdicts stand beside them, under the same names."""
    return [
        {
            "row": row.name,
            "group": row.group,
            "quote": row.quote,
            "formal": row.formal,
            "not_covered": row.not_covered,
            "source": row.source,
            "claims": [statement.name for statement in row.statements],
            "as_expected": all(verdicts[s.name].as_expected for s in row.statements),
        }
        for row in rows
    ]
