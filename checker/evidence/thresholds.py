"""What shows where a claim turns along a parameter: a proof on one side, a run on the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import attrs

from checker.parameters.found_threshold import FoundThreshold
from checker.portfolio.decision import Options, decide
from checker.statements.posing import claim_of
from checker.system.replay import Run
from checker.system.verdict import Proof, Stated, Unknown, Verdict, undecided
from recheck.parts.thresholds import NEAR
from spec.statements.claim import Claim
from spec.statements.threshold import Threshold

QUICK = Options(timeout=20.0, query=2.0, attack=0)
"""How much may be done for the proof at one value, and for the run at one."""
AT_FIRST = attrs.evolve(QUICK, timeout=2.0)
"""How much is done at each value before more is done at any."""
STEPS = (Fraction(0), Fraction(1, 10**9), NEAR * 2 / 5)
"""How far from the edge a proof or a run is tried: short runs are near enough at the last."""


@attrs.frozen
class Sides:
    """A proof at one value of the parameter, and a run at another."""

    holds_at: Fraction
    proof: Stated
    fails_at: Fraction
    run: Run
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
    claim = claim_of(statement)
    others = {n: v for n, v in verdict.parameters.items() if n != statement.parameter}
    end = found.domain[0 if found.rising else 1]
    for holds_at, holding in _decided(claim, others, found, outward=False):
        proof = holding.certificate
        if proof is None or not (proof.walk or proof.depth):
            continue
        for fails_at, failing in _decided(claim, others, found, outward=True):
            if failing.run is not None:
                return Sides(holds_at, proof, fails_at, failing.run, end)
        return None
    return None


def _decided(
    claim: Claim, others: Mapping[str, Fraction], found: FoundThreshold, *, outward: bool
) -> Iterator[tuple[Fraction, Verdict]]:
    """The claim decided at values on one side of the edge, each a little further from it; then
    once more at those where it is open."""
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
            verdict = decide(claim, {**others, found.parameter: at}, options)
            if not isinstance(verdict.result, Unknown):
                open_.remove(at)
            yield at, verdict
