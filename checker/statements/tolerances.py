"""How imperfect each half of a loop may be with the other half perfect, and what that shares out.

A tolerance is the greatest value up to which the claim holds forever. It is enclosed: every value
up to the lower end of its interval was proved safe, the upper end is a value with a replayed run.
The shares follow by interval arithmetic on exact fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.parameters.bisection import bracket
from checker.parameters.cell_checker import CellChecker
from checker.portfolio.decision import Options, decide
from checker.system.findings import Fact, Method
from checker.system.parametric import Interval, ParametricProblem
from checker.system.verdict import Proof, Refutation, Result, Unknown, Verdict, undecided
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.statements.threshold import Half, Tolerances
from spec.terms import exact

SECONDS = 8.0
"""For one point; the shares need few digits."""

MOST_CELLS = 12


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
    result, facts = _decide(statement, overriding)
    return attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        result=result,
        facts=facts,
    )


def _decide(
    statement: Tolerances, overriding: Mapping[str, Fraction]
) -> tuple[Result, tuple[Fact, ...]]:
    found: dict[Half, Tolerance] = {}
    for half, (parameter, perfect) in statement.halves().items():
        at = {**statement.chosen, **overriding, **perfect}
        at.pop(parameter, None)
        ends = tolerated(_claim(statement, at), parameter)
        if ends is None:
            reason = NotEnclosed(half, parameter)
            return Unknown(Method.TOLERANCES, reason), tuple(found.values())
        found[half] = Tolerance(half, parameter, ends)
    shares = _shares(found[Half.AMPLIFICATION].ends, found[Half.DISTILLATION].ends)
    return _compare(shares, exact(statement.share)), (Shares(shares), *found.values())


def _claim(statement: Tolerances, at: Mapping[str, Fraction]) -> Claim:
    return Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=at,
        location=statement.location,
    )


def _shares(amplification: Interval, distillation: Interval) -> dict[Half, Interval]:
    """What is 1 / tolerance over the sum of the two, as an interval for each half."""
    (a, b), (c, d) = amplification, distillation
    return {
        Half.AMPLIFICATION: (c / (b + c), d / (a + d)),
        Half.DISTILLATION: (a / (a + d), b / (b + c)),
    }


def _compare(shares: Mapping[Half, Interval], wanted: Fraction) -> Result:
    if any(low >= wanted for low, _ in shares.values()):
        return Proof(Method.TOLERANCES)
    if all(high < wanted for _, high in shares.values()):
        return Refutation(Method.TOLERANCES)
    return Unknown(Method.TOLERANCES, SharesUndecided(wanted))


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
    cells = CellChecker(parametric)
    reached, end = low, high
    for _ in range(MOST_CELLS):
        if cells.decide(((reached, end),)).answer is Answer.PROVED:
            reached, end = end, high
            if reached == high:
                break
        else:
            end = (reached + end) / 2
    return reached
