"""How imperfect each half of a loop may be with the other half perfect, and what that shares out.

A tolerance is the greatest value up to which the claim holds forever. It is enclosed: every value
up to the lower end of its interval was proved safe, the upper end is a value with a replayed run.
The shares follow by interval arithmetic on exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.algebraic import decimal
from checker.backends.rounding import ceil_to, floor_to
from checker.parameters.bisection import bracket
from checker.parameters.cell_checker import CellChecker
from checker.portfolio.decision import Options, decide
from checker.system.parametric import ParametricProblem
from checker.system.verdict import Verdict, undecided
from spec.invariants import limits_of
from spec.statements.claim import Claim
from spec.statements.threshold import Tolerances
from spec.terms import exact

GRAIN = Fraction(1, 10_000)
"""To which intervals are widened for people."""

SECONDS = 8.0
"""For one point; the shares need few digits."""

MOST_CELLS = 12

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
            statement.name,
            statement.scheme,
            statement.invariant,
            at=at,
            location=statement.location,
        )
        ends = tolerated(claim, parameter)
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


def tolerated(claim: Claim, parameter: str) -> Interval | None:
    """An interval around the greatest value up to which the claim holds forever.

    Every value from the domain's low end to the interval's was proved safe: by one point if the
    parameter only bounds what nature may do, else by cells. The upper end is a refuted point. None
    if nothing above the domain's low end was proved, or nothing refuted.
    """
    quick = Options(timeout=SECONDS, attack=0, thorough=False)
    found = bracket(claim, decide(claim, options=quick), parameter, quick)
    if found.proved_to is None or found.refuted_from is None:
        return None
    safe = found.proved_to
    if not found.monotone:
        safe = _covered(ParametricProblem(claim, (parameter,), {}), found.low, safe)
    return (safe, found.refuted_from) if found.low < safe <= found.refuted_from else None


def _covered(parametric: ParametricProblem, low: Fraction, high: Fraction) -> Fraction:
    """How far from ``low`` towards ``high`` cells without a gap are proved safe."""
    cell_checker = CellChecker(parametric)
    reached, end = low, high
    for _ in range(MOST_CELLS):
        if cell_checker.decide(((reached, end),)).kind == "proved":
            reached, end = end, high
            if reached == high:
                break
        else:
            end = (reached + end) / 2
    return reached


def _between(ends: Interval) -> str:
    low, high = floor_to(ends[0], GRAIN), ceil_to(ends[1], GRAIN)
    return f"{decimal(low)} to {decimal(high)}"
