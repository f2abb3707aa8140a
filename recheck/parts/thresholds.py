"""Where a claim turns along a parameter, or settling in it: proved up to one value, broken at
another, and the stated value against these two."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint

from recheck.claims import shown
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import posed
from recheck.obligations import Obligation, Shown
from recheck.parts.arithmetic import rational
from recheck.parts.margins import nearing, with_margin

NEAR = Fraction(1, 10**6)
"""How far apart proof and run may be: as a share of the value, or so much where it is below 1."""


def of_threshold(document: Mapping[str, Any]) -> Shown:
    """A claim proved between two values of the parameter and broken at a third, and what follows
    for the stated value.

    Raises:
        Rejected: where that is not the verdict.
    """
    along, proof = document["statement"].get("along"), document["proof"]
    if along and along["away"] and along.get("settles"):
        raise Malformed("a threshold of staying away and of settling at once")
    if document["system"] is None or not {"holds", "fails"} <= set(proof):
        raise Undecided("no evidence is written yet for this Threshold")
    holds, fails, name = proof["holds"], proof["fails"], along["parameter"]
    why = _turning(along, holds, fails, document["verdict"])
    if along["away"]:
        return Shown(why, _sides_away(document, name, holds, fails, {}))
    kind = "Settles" if along.get("settles") else "Claim"
    return Shown(why, sides_of(document, name, holds, fails, {}, kind))


def _sides_away(
    document: Mapping[str, Any],
    parameter: str,
    holds: Mapping[str, Any],
    fails: Mapping[str, Any],
    others: Mapping[str, tuple[str, str]],
) -> list[Obligation]:
    """That the claim's limits are kept away from for all values of a parameter from ``low`` to
    ``high``, and neared at the value ``at``."""
    ends = {**others, parameter: (holds["low"], holds["high"])}
    kept = posed({**document, "verdict": "proved"}, "Claim", holds, ends)
    found = list(shown(with_margin(kept, holds["margin"])).obligations)
    lost = posed(document, "Claim", fails, {**others, parameter: (fails["at"], fails["at"])})
    assumed = Obligation("the assumptions of the scheme", (), lost.system.assumptions)
    return [*found, assumed, *nearing(lost, fails["near"])]


def sides_of(
    document: Mapping[str, Any],
    parameter: str,
    holds: Mapping[str, Any],
    fails: Mapping[str, Any],
    others: Mapping[str, tuple[str, str]],
    kind: str = "Claim",
) -> list[Obligation]:
    """That the claim, or settling in it, holds for all values of a parameter from ``low`` to
    ``high``, and not at the value ``at``, with some other parameters between ends."""
    found = list[Obligation]()
    for verdict, side, low, high in (
        ("proved", holds, "low", "high"),
        ("refuted", fails, "at", "at"),
    ):
        ends = {**others, parameter: (side[low], side[high])}
        found += shown(posed({**document, "verdict": verdict}, kind, side, ends)).obligations
    return found


def _turning(
    along: Mapping[str, Any], holds: Mapping[str, Any], run: Mapping[str, Any], verdict: str
) -> str:
    """What follows for the stated value once the proof and the run are checked."""
    ends, fails = [Fraction(holds[end]) for end in ("low", "high")], Fraction(run["at"])
    if not ends[0] <= ends[1] or ends[0] <= fails <= ends[1]:
        raise Rejected("the run is where the proof is")
    nearest = min(ends, key=lambda end: abs(end - fails))
    low, high = min(nearest, fails), max(nearest, fails)
    ours = _within(along, low, high) and not _at(along, fails if along["included"] else nearest)
    if ours != (verdict == "proved"):
        raise Rejected("proof and run do not place the stated value so")
    if ours and high - low > NEAR * max(Fraction(1), abs(low), abs(high)):
        raise Rejected("proof and run are too far apart")
    does, not_ = ("settles", "does not") if along.get("settles") else ("holds", "breaks")
    said = f"it {does} from {ends[0]} to {ends[1]} and {not_} at {fails}"
    return f"{said}: the stated value is {'' if ours else 'not '}in between"


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
