"""Deciding a statement about a threshold: the tool's own number against the one that is stated."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.algebraic import Algebraic
from checker.backends.evaluator import ball
from checker.parameters.extent import Edge, Extent
from checker.parameters.found_threshold import FoundBy, FoundThreshold
from checker.parameters.threshold import threshold
from checker.portfolio.decision import Options
from checker.statements.posing import claim_of
from checker.statements.settling_threshold import settling_threshold
from checker.system.findings import Fact
from checker.system.verdict import (
    Proof,
    Refutation,
    Result,
    Shortest,
    Unknown,
    Verdict,
    undecided,
)
from spec.errors import SpecError
from spec.statements.threshold import Threshold
from spec.terms import exact


@attrs.frozen
class StaysAway(Fact):
    """Where a claim stays away from its own limits by some margin.

    ``rising`` says that it is greater values of the parameter that break the claim.
    """

    parameter: str
    rising: bool | None
    edge: Edge


@attrs.frozen
class FirstBreak(Fact):
    """At a value of the parameter a replayed run breaks the claim, at this iteration and not
    before."""

    parameter: str
    value: Fraction
    iteration: int


class Mismatch(Fact, Enum):
    """Why a stated threshold is not the one that was computed."""

    TURNS_NOWHERE = "turns nowhere"
    """The claim holds at all values of the parameter, or at none."""
    OUTSIDE_BRACKET = "outside bracket"
    """The stated value is not between the values that were proved and refuted."""


@attrs.frozen
class TurnsAt(Fact):
    """The computed threshold is another number."""

    number: Algebraic


@attrs.frozen
class AtTheValue(Fact):
    """The threshold is the stated number, but the claim holds at it, or fails, unlike stated."""

    holds: bool


class Undetermined(Fact, Enum):
    """Why a stated threshold was neither confirmed nor refuted."""

    AT_THE_VALUE = "at the value"
    """It was not shown whether the claim holds at the threshold itself."""
    ONLY_A_BRACKET = "only a bracket"
    """No exact threshold was found, and a bracket cannot tell the value from its neighbours."""
    PIECES = "pieces"
    """No single threshold was found, but answers on some intervals."""
    NOTHING = "nothing"
    """Nothing was shown at any value."""


_LEFT_OPEN = {
    Extent.UNKNOWN: Undetermined.NOTHING,
    Extent.PIECES: Undetermined.PIECES,
}


def decide_threshold(
    statement: Threshold, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether the threshold that is computed is the one that is stated.

    PROVED: the computed number is exact, it is the stated one, and so is what happens there.
    REFUTED: another number, or a value on the wrong side of it, was proved. A bracket around the
    stated value leaves it UNKNOWN, since it cannot tell the value from its neighbours.

    Raises:
        SpecError: for a mistake in the specification, or a polynomial of which it is not said
            which root is meant.
    """
    claim = claim_of(statement)
    others = {name: v for name, v in overriding.items() if name != statement.parameter}
    find = settling_threshold if statement.settles else threshold
    found = find(claim, statement.parameter, others, timeout=options.timeout)
    edge = found.away if statement.away else _edge(found)
    return attrs.evolve(
        undecided(statement, {**statement.chosen, **others}),
        parameters=found.parameters,
        result=_compare(statement, found, edge),
        facts=_facts(statement, found, edge),
    )


def _edge(found: FoundThreshold) -> Edge | None:
    """The threshold of the claim itself, where it was found exactly."""
    if found.extent in (Extent.PIECES, Extent.UNKNOWN):
        return None
    if found.exact is None and found.safe is not None:
        return None
    return Edge(found.extent, found.safe, found.unsafe, found.exact, found.included)


def _facts(statement: Threshold, found: FoundThreshold, edge: Edge | None) -> tuple[Fact, ...]:
    facts: list[Fact] = [found]
    if statement.away and edge is not None:
        facts = [StaysAway(found.parameter, found.rising, edge)]
    if found.counterexample is not None and found.counterexample_at is not None:
        value, iteration = found.counterexample_at, found.counterexample.iteration
        facts.append(FirstBreak(statement.parameter, value, iteration))
    return tuple(facts)


def _compare(statement: Threshold, found: FoundThreshold, edge: Edge | None) -> Result:
    """What the computed threshold says of the stated one."""
    assert found.method is not None
    if edge is not None and edge.extent is not Extent.EDGE:
        return _refuted(found, Mismatch.TURNS_NOWHERE)
    if edge is None or edge.number is None:
        if _outside(statement, found):
            return _refuted(found, Mismatch.OUTSIDE_BRACKET)
        return Unknown(found.method, _LEFT_OPEN.get(found.extent, Undetermined.ONLY_A_BRACKET))
    if not _is_stated(edge.number, statement, found.domain):
        return _refuted(found, TurnsAt(edge.number))
    if edge.included is None:
        return Unknown(found.method, Undetermined.AT_THE_VALUE)
    if edge.included != statement.included:
        return _refuted(found, AtTheValue(edge.included))
    return Proof(found.method)


def _refuted(found: FoundThreshold, reason: Fact) -> Refutation:
    assert found.method is not None
    run = found.counterexample
    worst = run is not None and found.method is FoundBy.WORST_RUN
    shortest = Shortest.WORST_RUN if worst else Shortest.NOT_ASKED
    return Refutation(found.method, run, shortest, reason=reason)


def _is_stated(number: Algebraic, statement: Threshold, domain: tuple[Fraction, Fraction]) -> bool:
    """Whether a number is the stated one: equal, or that root of the stated polynomial.

    Raises:
        SpecError: when it is not said which of several roots is meant.
    """
    if statement.polynomial is None:
        return number.fraction == statement.number
    polynomial = list(statement.polynomial)
    roots = _roots(polynomial, domain)
    if len(roots) > 1 and statement.near is None:
        raise SpecError(
            f"{len(roots)} roots of the polynomial lie in the domain of {statement.parameter}; say "
            f"which with near={float(roots[-1].mid()):.3g}, as a text",
            statement.location,
        )
    if flint.fmpq_poly(polynomial) % flint.fmpq_poly(list(number.coefficients)):
        return False
    if statement.near is not None:
        near = ball(exact(statement.near))
        roots = sorted(roots, key=lambda root: float(abs(root - near).mid()))[:1]
    enclosure = ball(number.low).union(ball(number.high))
    return any(root.overlaps(enclosure) for root in roots)


def _roots(polynomial: list[int], domain: tuple[Fraction, Fraction]) -> list[Any]:
    """Balls around the real roots that may lie in a parameter's domain."""
    low, high = ball(domain[0]), ball(domain[1])
    pairs: Any = flint.fmpz_poly(polynomial).complex_roots()
    real = [root.real for root, _ in pairs if root.imag == 0]
    return [root for root in real if not (root < low or root > high)]


def _outside(statement: Threshold, found: FoundThreshold) -> bool:
    """Whether a stated number is not between the values that were proved and refuted."""
    if statement.number is None or found.extent is not Extent.EDGE:
        return False
    if found.safe is None or found.unsafe is None:
        return False
    low, high = sorted((found.safe, found.unsafe))
    return not low <= statement.number <= high
