"""How imperfect each half of a loop may be with the other half perfect, and what that shares out.

Each tolerance is enclosed: below the lower end of its interval every value was proved safe, above
the upper end every value unsafe. The shares follow by interval arithmetic on exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.algebraic import decimal
from checker.boxes import ceil_to, floor_to
from checker.bracket import only_bounds_nature
from checker.decision import Options
from checker.threshold import Threshold, threshold
from checker.verdict import Verdict, undecided
from spec.claims import Claim
from spec.invariants import limits_of
from spec.kinds import Tolerances
from spec.terms import exact
from spec.trace import trace

WIDTH = Fraction(1, 2_000)
GRAIN = Fraction(1, 10_000)
"""To which intervals are widened for people."""

SECONDS = 8.0
"""For one half: the shares need few digits."""

Interval = tuple[Fraction, Fraction]


def decide_tolerances(
    statement: Tolerances, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether one half carries at least the stated share of the difficulty.

    Raises:
        SpecError: for a mistake in the specification.
    """
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        invariant=type(statement.invariant).__name__,
        limits=dict(limits_of(statement.invariant)),
        method="certified tolerances",
    )
    found: dict[str, Interval] = {}
    facts: list[str] = []
    for half, (parameter, perfect) in statement.halves().items():
        at = {**statement.chosen, **overriding, **perfect}
        at.pop(parameter, None)
        claim = Claim(
            statement.name, statement.scheme, statement.invariant, at=at, place=statement.place
        )
        seconds = min(SECONDS, options.timeout / 2)
        ends = enclosed(claim, threshold(claim, parameter, {}, width=WIDTH, timeout=seconds))
        if ends is None:
            reason = f"the tolerance of {half} ({parameter}) could not be enclosed above 0"
            return attrs.evolve(blank, reason=reason, facts=tuple(facts))
        found[half] = ends
        facts.append(f"{half} alone bears {parameter} up to {_between(ends)}")
    (a, b), (c, d) = found.values()
    shares = {
        "amplification": (c / (b + c), d / (a + d)),
        "distillation": (a / (a + d), b / (b + c)),
    }
    carried = (f"{half} carries {_between(share)}" for half, share in shares.items())
    told = attrs.evolve(blank, facts=(", ".join(carried) + " of the difficulty", *facts))
    wanted = exact(statement.share)
    if any(low >= wanted for low, _ in shares.values()):
        return attrs.evolve(told, verdict="proved")
    if all(high < wanted for _, high in shares.values()):
        return attrs.evolve(told, verdict="refuted")
    return attrs.evolve(told, reason=f"the enclosures do not tell whether a share reaches {wanted}")


def enclosed(claim: Claim, found: Threshold) -> Interval | None:
    """An interval around the greatest tolerated value; None if 0 is not tolerated, or all is."""
    if found.answer != "edge" or not found.rising or found.safe is None or found.unsafe is None:
        return None
    low, high = found.safe, found.unsafe
    nested = only_bounds_nature(trace(claim.scheme, found.parameters), found.parameter)
    if not nested and found.exact is None:
        safe = [p.high for p in found.pieces if p.kind == "proved"]
        unsafe = [p.low for p in found.pieces if p.kind == "refuted"]
        if not safe or not unsafe:
            return None
        low, high = max(safe), min(unsafe)
    return (low, high) if 0 < low <= high else None


def _between(ends: Interval) -> str:
    low, high = floor_to(ends[0], GRAIN), ceil_to(ends[1], GRAIN)
    return f"{decimal(low)} to {decimal(high)}"
