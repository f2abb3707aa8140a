"""Is a scheme an instance of iterated amplification? Its contracts, one by one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget, satisfy
from checker.contracts.contracts import CONTRACTS, Answer, Finding, findings
from checker.contracts.step_terms import step_terms
from checker.portfolio.decision import Options
from checker.system.verdict import Kind, Verdict, undecided
from spec.statements.instance import Instance


def decide_instance(
    statement: Instance, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether a scheme meets every contract, as it is factored.

    Raises:
        SpecError: for a mistake in the specification.
    """
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}), method="contracts"
    )
    if len(statement.scheme.stages) == 1:
        step = statement.scheme.stages[0].name
        bare = (
            f"fails: it has no expert: {step} leads from agent to agent, so nothing is amplified "
            "that could be distilled",
        )
        return attrs.evolve(blank, verdict="refuted", facts=bare)
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    posed = step_terms(statement, overriding)
    blank = attrs.evolve(blank, parameters=posed.values)
    if satisfy([*posed.given, *posed.at_own_values], budget).proved:
        reason = "the parameters' own values do not meet the scheme's assumptions"
        return attrs.evolve(blank, verdict="vacuous", reason=reason, queries=budget.queries)
    found = findings(statement, posed, budget)
    return attrs.evolve(
        blank,
        verdict=_verdict(found),
        facts=_lines(found, len(posed.free)),
        reason=_reason(found),
        queries=budget.queries,
        solving=budget.seconds,
    )


def _verdict(found: Sequence[Finding]) -> Kind:
    answers = {finding.answer for finding in found}
    if "fails" in answers:
        return "refuted"
    return "unknown" if "undecided" in answers else "proved"


def _lines(found: Sequence[Finding], free: int) -> tuple[str, ...]:
    """How many contracts hold or fail, then all of them, those that fail first."""
    order: tuple[Answer, ...] = ("fails", "undecided", "holds")
    named = {answer: [f for f in found if f.answer == answer] for answer in order}
    failing = "; ".join(finding.contract for finding in named["fails"])
    head = f"meets {len(named['holds'])} of {len(CONTRACTS)} contracts"
    if failing:
        head += f", not: {failing}"
    elif free:
        head += f", for all values of {free} parameters within their bounds"
    return (head, *(str(finding) for answer in order for finding in named[answer]))


def _reason(found: Sequence[Finding]) -> str:
    left = [finding.contract for finding in found if finding.answer == "undecided"]
    if not left or _verdict(found) == "refuted":
        return ""
    return f"left open: {'; '.join(left)} (of {len(CONTRACTS)} contracts)"
