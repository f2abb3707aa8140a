"""What shows where a claim turns along a parameter, or settling in it: a proof on one side, a run
on the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import attrs

from checker.backends.solver import QueryBudget
from checker.evidence.certificates import (
    certificate_section,
    outside_section,
    run_section,
    settled_section,
)
from checker.parameters.found_threshold import FoundThreshold
from checker.portfolio.decision import Options, decide
from checker.statements.posing import claim_of
from checker.statements.settles import RunStaysOut, Settled, decide_settles, entered
from checker.system.parametric import ParametricProblem
from checker.system.verdict import Proof, Unknown, Verdict, undecided
from recheck.parts.thresholds import NEAR
from spec.statements.claim import Claim
from spec.statements.dynamics import Settles
from spec.statements.threshold import Threshold

QUICK = Options(timeout=20.0, query=2.0, attack=0)
"""How much may be done for the proof at one value, and for the run at one."""
AT_FIRST = attrs.evolve(QUICK, timeout=5.0)
"""How much is done at each value before more is done at any."""
STEPS = (Fraction(0), Fraction(1, 10**9), NEAR * 2 / 5)
"""How far from the edge a proof or a run is tried: short runs are near enough at the last."""


@attrs.frozen
class Sides:
    """A proof at one value of the parameter, and a run at another, as parts of a file.

    ``holds`` has proofs of the same, the one that is likeliest to do for the whole side first.
    """

    holds_at: Fraction
    holds: tuple[dict[str, Any], ...]
    fails_at: Fraction
    fails: dict[str, Any]
    safe_end: Fraction
    """The end of the parameter's domain on the side of the proof."""


def found_as_stated(claim: Claim, found: FoundThreshold) -> tuple[Threshold, Verdict]:
    """A threshold that was found, as a statement that is proved.

    Where no exact number was found, the stated value is the last that was proved.
    """
    number = found.exact
    value: Fraction | list[int] = Fraction(0) if found.safe is None else found.safe
    if number is not None:
        value = list(number.coefficients) if number.fraction is None else number.fraction
    statement = Threshold(
        f"{claim.name} along {found.parameter}",
        claim.scheme,
        claim.invariant,
        parameter=found.parameter,
        value=value,
        near=None if number is None else number.nearest,
        included=found.included is not False,
        settles=found.eventually,
        at=claim.at,
        location=claim.location,
    )
    result = Unknown() if found.method is None else Proof(found.method)
    blank = undecided(statement, found.parameters)
    return statement, attrs.evolve(
        blank, parameters=found.parameters, result=result, facts=(found,)
    )


def sides_of(verdict: Verdict, statement: Threshold) -> Sides | None:
    """A proof and a run near the computed threshold; None where either is missing."""
    found = next((fact for fact in verdict.facts if isinstance(fact, FoundThreshold)), None)
    if found is None or found.rising is None:
        return None
    at = _deciding(statement, verdict.parameters)
    end = found.domain[0 if found.rising else 1]
    for holds_at, holding in _decided(at, found, outward=False):
        proof = _proof_in(holding)
        if proof is None:
            continue
        for fails_at, failing in _decided(at, found, outward=True):
            fails = _break_in(failing)
            if fails is not None:
                wide = _settled_between(statement, verdict.parameters, *sorted((end, holds_at)))
                return Sides(holds_at, (*wide, proof), fails_at, fails, end)
        return None
    return None


def _deciding(
    statement: Threshold, parameters: Mapping[str, Fraction]
) -> Callable[[Fraction, Options], Verdict]:
    """What decides the claim, or that all runs settle in it, at a value of the parameter."""
    claim, name = claim_of(statement), statement.parameter
    if not statement.settles:
        return lambda value, options: decide(claim, {**parameters, name: value}, options)
    settles = Settles(claim.name, claim.scheme, claim.invariant, at=claim.at)
    return lambda value, options: decide_settles(settles, {**parameters, name: value}, options)


def _proof_in(verdict: Verdict) -> dict[str, Any] | None:
    """The certificate of a verdict; None where there is none."""
    for fact in verdict.facts:
        if isinstance(fact, Settled):
            return settled_section(fact)
    proof = verdict.certificate
    return certificate_section(proof) if proof and (proof.walk or proof.depth) else None


def _break_in(verdict: Verdict) -> dict[str, Any] | None:
    """The run of a verdict that is refuted, or one that is proved to stay outside; None where
    there is none."""
    for fact in verdict.facts:
        outside = outside_section(fact) if isinstance(fact, RunStaysOut) else None
        if outside is not None:
            return {"stays": outside}
    return None if verdict.run is None else {"run": run_section(verdict.run)}


def _settled_between(
    statement: Threshold, parameters: Mapping[str, Fraction], low: Fraction, high: Fraction
) -> list[dict[str, Any]]:
    """Boxes into which all runs lead at all values of the parameter between two at once."""
    if not statement.settles:
        return []
    others = {n: v for n, v in parameters.items() if n != statement.parameter}
    parametric = ParametricProblem(claim_of(statement), (statement.parameter,), others)
    budget = QueryBudget(QUICK.query, time.monotonic() + QUICK.timeout)
    settled = entered(parametric.over(((low, high),)), budget)
    return [settled_section(settled)] if isinstance(settled, Settled) else []


def _decided(
    deciding: Callable[[Fraction, Options], Verdict], found: FoundThreshold, *, outward: bool
) -> Iterator[tuple[Fraction, Verdict]]:
    """The claim, or settling in it, decided at values on one side of the edge, each a little
    further from it; then once more at those where it is open."""
    number, low, high = found.exact, *found.domain
    edge = found.unsafe if outward else found.safe
    if number is not None:
        edge = number.refined().high if outward is found.rising else number.refined().low
    if edge is None:
        return
    sign = 1 if outward is found.rising else -1
    rational = number is None or number.fraction is not None
    steps = (STEPS[0], STEPS[2], STEPS[1]) if outward else STEPS
    # the claim may be otherwise at the number itself, or that is no fraction
    tried = steps[1:] if found.included is outward or not rational else steps
    open_ = [edge + sign * step * max(Fraction(1), abs(edge)) for step in tried]
    for options in (AT_FIRST, QUICK):
        for at in [each for each in open_ if low <= each <= high]:
            verdict = deciding(at, options)
            if not isinstance(verdict.result, Unknown):
                open_.remove(at)
            yield at, verdict
