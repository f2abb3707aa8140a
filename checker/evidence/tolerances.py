"""What shows the tolerances of two halves: for each a proof up to a value and a run at another."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from checker.evidence.certificates import proved_section, run_section
from checker.evidence.thresholds import QUICK
from checker.portfolio.decision import decide
from checker.statements.posing import claim_of
from checker.statements.tolerances import Tolerance, answered, shares_of
from checker.system.parametric import Cell, ParametricProblem
from checker.system.verdict import Verdict
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.threshold import Tolerances
from spec.terms import exact

STEPS = (Fraction(0), Fraction(1, 10**6), Fraction(1, 10**3), Fraction(1, 10))
"""How far from a tolerance, as parts of it, a proof and a run are tried."""


def halves_of(verdict: Verdict, statement: Tolerances) -> dict[str, Any] | None:
    """A proof and a run for each half; None where one is missing, or they are too far apart."""
    found = {fact.half: fact for fact in verdict.facts if isinstance(fact, Tolerance)}
    domains, halves = parameter_domains(statement.scheme.parameters), []
    for half, (parameter, perfect) in statement.halves().items():
        if half not in found:
            return None
        at = {**verdict.parameters, **{name: exact(value) for name, value in perfect.items()}}
        at.pop(parameter, None)
        holds = _holds(statement, domains[parameter], at, found[half].ends[0])
        fails = _fails(statement, domains[parameter], at, found[half].ends[1])
        if holds is None or fails is None:
            return None
        halves.append({"holds": holds, "fails": fails})
    between = ((Fraction(each["holds"]["high"]), Fraction(each["fails"]["at"])) for each in halves)
    told = answered(shares_of(*between), exact(statement.share))
    return {"halves": halves} if type(told) is type(verdict.result) else None


def _holds(
    statement: Tolerances, domain: ParameterDomain, at: Mapping[str, Fraction], tolerance: Fraction
) -> dict[str, Any] | None:
    """A proof for all values up to one that is as near the tolerance as one is found for."""
    for step in STEPS:
        safe = tolerance - step * (tolerance - domain.low)
        proof = proof_over(statement, domain.name, at, ((domain.low, safe),))
        if proof is not None:
            return {"low": str(domain.low), "high": str(safe), **proof}
    return None


def _fails(
    statement: Tolerances, domain: ParameterDomain, at: Mapping[str, Fraction], tolerance: Fraction
) -> dict[str, Any] | None:
    """A run that breaks the claim at a value as near the tolerance as one is found for."""
    for step in STEPS:
        unsafe = min(tolerance * (1 + step), domain.high)
        run = decide(claim_of(statement), {**at, domain.name: unsafe}, QUICK).run
        if run is not None:
            return {"at": str(unsafe), "run": run_section(run)}
    return None


def proof_over(
    statement: Tolerances, parameter: str, at: Mapping[str, Fraction], cell: Cell
) -> dict[str, Any] | None:
    """A certificate for all values of a parameter in an interval at once."""
    problem = ParametricProblem(claim_of(statement), (parameter,), at).over(cell)
    return proved_section(problem, QUICK)
