"""A verdict's evidence as a document, and as a file."""

from __future__ import annotations

import json
import re
from typing import Any

import attrs

from checker.report.certificate import method_of
from checker.report.words import describe
from checker.evidence.sections import claim_section, statement_section, system_section
from checker.system.replay import Run
from checker.system.verdict import Proof, Refutation, Stated, Verdict
from checker.system.walk import HeldSet
from recheck.check import obligations, queries
from recheck.errors import Undecided
from recheck.evidence import hashes, parse
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.trace import trace
from spec.trees import Fold

VERSION = 1


def evidence(verdict: Verdict, statement: Statement) -> dict[str, Any] | None:
    """The evidence for a verdict; None where its kind has none yet."""
    if not isinstance(statement, Claim) or isinstance(statement.scheme, Fold):
        return None
    traced = trace(statement.scheme, verdict.parameters)
    if not traced.positions[0].fields:
        return None
    agent = traced.positions[0].name
    limits = {p.name: statement.expert_limit for p in traced.positions}
    limits[agent] = statement.invariant
    document = {
        "format": "alignspec-evidence",
        "version": VERSION,
        "statement": statement_section(statement, statement.invariant),
        "verdict": verdict.answer.value,
        "method": method_of(verdict.result),
        "system": system_section(traced),
        "claim": claim_section(traced.positions, limits),
        "proof": _proof(verdict),
        "queries": [],
    }
    document["hashes"] = hashes(document)
    if isinstance(verdict.result, Proof):
        document["queries"] = queries(list(obligations(parse(document))))
        document["hashes"] = hashes(document)
    return document


def _proof(verdict: Verdict) -> dict[str, Any]:
    result = verdict.result
    if isinstance(result, Refutation) and result.run is not None:
        return {"run": _run(result.run)}
    if isinstance(result, Proof) and result.certificate is not None:
        return _certificate(result.certificate)
    return {"reason": "" if verdict.reason is None else describe(verdict.reason)}


def _certificate(stated: Stated) -> dict[str, Any]:
    if stated.depth:
        return {"depth": stated.depth}
    return {"walk": [_held_set(held) for held in stated.walk]}


def _held_set(held: HeldSet) -> dict[str, Any]:
    return {**attrs.asdict(held), "conditions": list(held.conditions)}


def _run(run: Run) -> dict[str, Any]:
    return {
        "position": run.position,
        "plan": [[count, [str(unit) for unit in units]] for count, units in run.plan],
    }


def text_of(document: dict[str, Any]) -> str:
    """The document as it is written: keys in order, one bytes for one content."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def file_name(statement: Statement) -> str:
    """The name of a statement's file."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "--", statement.name) + ".json"
