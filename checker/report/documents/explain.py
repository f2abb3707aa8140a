"""Budget flows, assumptions and non-vacuity as JSON."""

from __future__ import annotations

from typing import Any

from checker.explain.budget_flow import BudgetFlow, QuantityFlow, StepFlow
from checker.explain.findings import AssumptionResult, AssumptionsReport
from checker.explain.nonvacuity import NonVacuity
from checker.report.assumptions import note, subject
from checker.report.documents.base import document, exact, exact_values
from checker.report.nonvacuity import choice_made
from checker.report.words import describe


@document.register
def _(found: BudgetFlow) -> dict[str, Any]:
    return {
        "reason": "" if found.reason is None else describe(found.reason),
        "lines": [document(flow) for flow in found.lines],
    }


@document.register
def _(flow: QuantityFlow) -> dict[str, Any]:
    return {
        "quantity": flow.quantity,
        "slack": exact(flow.slack),
        "shares": exact_values(flow.shares),
        "steps": [document(entry) for entry in flow.entries],
    }


@document.register
def _(entry: StepFlow) -> dict[str, Any]:
    return {
        "step": entry.step,
        "before": exact(entry.before),
        "after": exact(entry.after),
        "change": exact(entry.change),
        "choices": exact_values(entry.shares),
    }


@document.register
def _(report: AssumptionsReport) -> dict[str, Any]:
    return {
        "reason": "" if report.reason is None else describe(report.reason),
        "findings": [document(result) for result in report.results],
        "substance": None if report.nonvacuity is None else document(report.nonvacuity),
    }


@document.register
def _(result: AssumptionResult) -> dict[str, Any]:
    return {
        "kind": result.kind.value,
        "what": subject(result),
        "status": result.status.value,
        "proved_at_factor": exact(result.proved),
        "refuted_at_factor": exact(result.refuted),
        "point": exact_values(result.point),
        "broken": result.broken or "",
        "note": note(result),
        "verdict": "" if result.answer is None else result.answer.value,
    }


@document.register
def _(found: NonVacuity) -> dict[str, Any]:
    capability = None
    if found.start is not None and found.last is not None:
        capability = [str(found.start), str(found.last)]
    return {
        "end": "" if found.end is None else found.end.value,
        "iterations": found.iterations,
        "capability": capability,
        "capability_rises": found.rises,
        "choices_made": [choice_made(choice) for choice in found.made],
        "unread_fields": list(found.unread),
    }
