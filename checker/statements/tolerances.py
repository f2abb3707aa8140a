"""How imperfect each half of a loop may be with the other half perfect, and what that shares out.

A tolerance is the greatest value up to which the claim holds forever: the claim's threshold along
the half's parameter, exact where that has a name, else between a value up to which all are proved
safe and one at which a run breaks the claim. The shares follow by interval arithmetic on exact
fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.parameters.extent import Extent
from checker.parameters.found_threshold import BothSides, FoundThreshold
from checker.parameters.threshold import threshold
from checker.portfolio.decision import Options
from checker.system.findings import Fact, Method
from checker.system.parametric import Interval
from checker.system.verdict import Proof, Refutation, Result, Unknown, Verdict, undecided
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.statements.threshold import Half, Tolerances
from spec.terms import exact


@attrs.frozen
class Tolerance(Fact):
    """The greatest value of a half's parameter up to which the claim holds forever, with the other
    half perfect: it lies in ``ends``."""

    half: Half
    parameter: str
    ends: Interval


@attrs.frozen
class Shares(Fact):
    """The share of the difficulty that each half carries, as an interval."""

    shares: Mapping[Half, Interval]


@attrs.frozen
class NotEnclosed(Fact):
    """No interval above 0 was found around a half's tolerance."""

    half: Half
    parameter: str


@attrs.frozen
class SharesUndecided(Fact):
    """The intervals of the shares do not tell whether one of them reaches ``wanted``."""

    wanted: Fraction


def decide_tolerances(
    statement: Tolerances, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether one half carries at least the stated share of the difficulty.

    Raises:
        SpecError: for a mistake in the specification.
    """
    result, facts = _decide(statement, overriding, options.timeout / 2)
    return attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        result=result,
        facts=facts,
    )


def _decide(
    statement: Tolerances, overriding: Mapping[str, Fraction], seconds: float
) -> tuple[Result, tuple[Fact, ...]]:
    """The answer, and what it rests on; each half may take so many seconds."""
    found: dict[Half, Tolerance] = {}
    for half, (parameter, perfect) in statement.halves().items():
        at = {**statement.chosen, **overriding, **perfect}
        at.pop(parameter, None)
        ends = enclosed(threshold(_claim(statement, at), parameter, timeout=seconds))
        if ends is None:
            reason = NotEnclosed(half, parameter)
            return Unknown(Method.TOLERANCES, reason), tuple(found.values())
        found[half] = Tolerance(half, parameter, ends)
    shares = shares_of(found[Half.AMPLIFICATION].ends, found[Half.DISTILLATION].ends)
    return answered(shares, exact(statement.share)), (Shares(shares), *found.values())


def _claim(statement: Tolerances, at: Mapping[str, Fraction]) -> Claim:
    return Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=at,
        location=statement.location,
    )


def shares_of(amplification: Interval, distillation: Interval) -> dict[Half, Interval]:
    """What is 1 / tolerance over the sum of the two, as an interval for each half."""
    (a, b), (c, d) = amplification, distillation
    return {
        Half.AMPLIFICATION: (c / (b + c), d / (a + d)),
        Half.DISTILLATION: (a / (a + d), b / (b + c)),
    }


def answered(shares: Mapping[Half, Interval], wanted: Fraction) -> Result:
    """Whether some half's share is at least the one that is wanted."""
    if any(low >= wanted for low, _ in shares.values()):
        return Proof(Method.TOLERANCES)
    if all(high < wanted for _, high in shares.values()):
        return Refutation(Method.TOLERANCES)
    return Unknown(Method.TOLERANCES, SharesUndecided(wanted))


def enclosed(found: FoundThreshold) -> Interval | None:
    """The least and the greatest number that a tolerance may be, the same two if it is known.

    None if nothing above the domain's low end and 0 was proved, or nothing refuted.
    """
    ends = _first_end(found) if found.extent is Extent.PIECES else _only_end(found)
    least = max(found.domain[0], Fraction(0))
    return ends if ends is not None and least < ends[0] else None


def _only_end(found: FoundThreshold) -> Interval | None:
    """Where greater values break the claim, and no lesser one does."""
    shown = found.shown
    if not found.rising or not isinstance(shown, BothSides):
        return None
    if shown.apart or shown.gaps or found.safe is None or found.unsafe is None:
        return None
    low, high = found.safe, found.unsafe
    if found.exact is not None:
        number = found.exact.refined()
        low, high = number.low, number.high
    return low - shown.left, high  # what no cell covers is next to the threshold


def _first_end(found: FoundThreshold) -> Interval | None:
    """Where the claim first breaks, if it holds forever at all lesser values and does so again
    further on."""
    first, *others = found.ranges or (None,)
    if first is None or first.answer is not Answer.PROVED:
        return None
    broken = next((each for each in others if each.answer is Answer.REFUTED), None)
    return None if broken is None else (first.high.refined().low, broken.low.refined().high)
