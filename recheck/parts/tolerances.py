"""Which half of a loop carries the difficulty: how imperfect each may be with the other perfect.

The tolerance of a half lies between a value up to which the claim is proved and one at which a run
breaks it; its share of the difficulty is 1 / tolerance over the sum of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from recheck.errors import Rejected, Undecided
from recheck.obligations import Obligation, Shown
from recheck.parts.thresholds import sides_of


def of_tolerances(document: Mapping[str, Any]) -> Shown:
    """What follows for the shares from a proof and a run for each half.

    Raises:
        Rejected: where that is not the verdict.
    """
    if document["system"] is None or "halves" not in document["proof"]:
        raise Undecided("no evidence is written yet for this Tolerances")
    stated, proofs = document["statement"]["halves"], document["proof"]["halves"]
    (a, b), (c, d) = (_ends(half, proof) for half, proof in zip(stated, proofs, strict=True))
    shares = ((c / (b + c), d / (a + d)), (a / (a + d), b / (b + c)))
    wanted = Fraction(document["statement"]["share"])
    proved, refuted = any(low >= wanted for low, _ in shares), all(h < wanted for _, h in shares)
    if not (proved if document["verdict"] == "proved" else refuted):
        raise Rejected("the tolerances do not give the shares of the verdict")
    found = list[Obligation]()
    for half, proof in zip(stated, proofs, strict=True):
        perfect = {name: (value, value) for name, value in half["perfect"].items()}
        found += sides_of(document, half["parameter"], proof["holds"], proof["fails"], perfect)
    said = (f"{float(low):.4g} to {float(high):.4g}" for low, high in shares)
    return Shown(f"the shares are {' and '.join(said)}", found)


def _ends(half: Mapping[str, Any], proof: Mapping[str, Any]) -> tuple[Fraction, Fraction]:
    """Between what the tolerance of a half lies: all below the first is proved."""
    ends = [Fraction(proof["holds"][end]) for end in ("low", "high")]
    fails = Fraction(proof["fails"]["at"])
    if ends[0] != Fraction(half["low"]) or not ends[0] < ends[1] <= fails or ends[1] <= 0:
        raise Rejected("the proof does not begin where the parameter does, or leaves nothing")
    return ends[1], fails
