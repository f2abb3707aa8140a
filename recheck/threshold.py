"""Where a claim turns along a parameter: proved up to one value, broken at another, and the stated
value against these two."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint

from recheck.arithmetic import rational
from recheck.errors import Rejected, Undecided
from recheck.evidence import Evidence, posed

NEAR = Fraction(1, 10**6)
"""How far apart proof and run may be: as a share of the value, or so much where it is below 1."""


def holding(evidence: Evidence) -> Evidence:
    """That the claim holds for all values between the ends of the proof."""
    given = _part(evidence, "holds")
    ends = {_along(evidence)["parameter"]: (given["low"], given["high"])}
    return posed(evidence.document, "Claim", given, ends)._replace(verdict="proved")


def breaking(evidence: Evidence) -> Evidence:
    """That the claim breaks at the value of the run."""
    given = _part(evidence, "fails")
    ends = {_along(evidence)["parameter"]: (given["at"], given["at"])}
    return posed(evidence.document, "Claim", given, ends)._replace(verdict="refuted")


def turning(evidence: Evidence) -> str:
    """What follows for the stated value once the proof and the run are checked.

    Raises:
        Rejected: where that is not the verdict.
    """
    ends = [Fraction(_part(evidence, "holds")[end]) for end in ("low", "high")]
    fails, along = Fraction(_part(evidence, "fails")["at"]), _along(evidence)
    if not ends[0] <= ends[1] or ends[0] <= fails <= ends[1]:
        raise Rejected("the run is where the proof is")
    holds = min(ends, key=lambda end: abs(end - fails))
    low, high = min(holds, fails), max(holds, fails)
    ours = _within(along, low, high) and not _at(along, fails if along["included"] else holds)
    if ours != (evidence.verdict == "proved"):
        raise Rejected("proof and run do not place the stated value so")
    if ours and high - low > NEAR * max(Fraction(1), abs(low), abs(high)):
        raise Rejected("proof and run are too far apart")
    said = f"it holds from {ends[0]} to {ends[1]} and breaks at {fails}"
    return f"{said}: the stated value is {'' if ours else 'not '}in between"


def _part(evidence: Evidence, part: str) -> Any:
    if part not in evidence.proof or _along(evidence)["away"]:
        raise Undecided("no evidence is written yet for this Threshold")
    return evidence.proof[part]


def _along(evidence: Evidence) -> Mapping[str, Any]:
    found: Mapping[str, Any] = evidence.document["statement"]["along"]
    return found


def _at(along: Mapping[str, Any], value: Fraction) -> bool:
    """Whether a value is the stated one, which as a root is taken to be none that is listed."""
    return along["value"] is not None and Fraction(along["value"]) == value


def _within(along: Mapping[str, Any], low: Fraction, high: Fraction) -> bool:
    """Whether the stated value is between two others."""
    if along["value"] is not None:
        return low <= Fraction(along["value"]) <= high
    pairs: Any = flint.fmpz_poly(along["polynomial"]).complex_roots()
    roots = [root.real for root, _ in pairs if root.imag == 0]
    first, last = (flint.arb(rational(end)) for end in (low, high))
    if along["near"] is None:
        ends = map(Fraction, along["domain"])
        least, most = (flint.arb(rational(end)) for end in ends)
        roots = [root for root in roots if not (root < least or root > most)]
    else:
        near = flint.arb(rational(Fraction(along["near"])))
        roots = sorted(roots, key=lambda root: float(abs(root - near).mid()))[:1]
    if len(roots) != 1 or roots[0].overlaps(first) or roots[0].overlaps(last):
        raise Undecided("it is not clear which root is meant, or where it is")
    return bool(first < roots[0] < last)
