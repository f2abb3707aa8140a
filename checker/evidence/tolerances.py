"""What shows the tolerances of two halves: for each a proof up to a value and a run at another."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from checker.evidence.certificates import proved_section, run_section
from checker.evidence.thresholds import QUICK
from checker.portfolio.decision import decide
from checker.statements.posing import claim_of
from checker.statements.tolerances import Tolerance
from checker.system.parametric import Cell, ParametricProblem
from checker.system.verdict import Verdict
from spec.parameters import parameter_domains
from spec.statements.threshold import Tolerances
from spec.terms import exact


def halves_of(verdict: Verdict, statement: Tolerances) -> dict[str, Any] | None:
    """A proof and a run for each half; None where one is missing."""
    found = {fact.half: fact for fact in verdict.facts if isinstance(fact, Tolerance)}
    domains, halves = parameter_domains(statement.scheme.parameters), []
    for half, (parameter, perfect) in statement.halves().items():
        if half not in found:
            return None
        safe, unsafe = found[half].ends
        at = {**verdict.parameters, **{name: exact(value) for name, value in perfect.items()}}
        at.pop(parameter, None)
        low = domains[parameter].low
        proof = proof_over(statement, parameter, at, ((low, safe),))
        fails = decide(claim_of(statement), {**at, parameter: unsafe}, QUICK)
        if proof is None or fails.run is None:
            return None
        halves.append(
            {
                "holds": {"low": str(low), "high": str(safe), **proof},
                "fails": {"at": str(unsafe), "run": run_section(fails.run)},
            }
        )
    return {"halves": halves}


def proof_over(
    statement: Tolerances, parameter: str, at: Mapping[str, Fraction], cell: Cell
) -> dict[str, Any] | None:
    """A certificate for all values of a parameter in an interval at once."""
    problem = ParametricProblem(claim_of(statement), (parameter,), at).over(cell)
    return proved_section(problem, QUICK)
