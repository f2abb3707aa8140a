"""Deciding a statement about a threshold: the tool's own number against the one that is stated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint

from checker.backends.algebraic import Algebraic, decimal
from checker.parameters.exact_threshold import Edge
from checker.parameters.threshold import FoundThreshold, threshold
from checker.portfolio.decision import Options
from checker.report.threshold import edge_line, headline
from checker.system.verdict import Kind, Trace, Verdict, undecided
from spec.errors import SpecError
from spec.invariants import limits_of
from spec.statements.claim import Claim
from spec.statements.threshold import Threshold
from spec.terms import exact


def decide_threshold(
    statement: Threshold, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether the threshold that is computed is the one that is stated.

    PROVED: the computed number is exact, it is the stated one, and so is what happens there.
    REFUTED: another number, or a value on the wrong side of it, was proved. A bracket around the
    stated value leaves it UNKNOWN, since it cannot tell the value from its neighbours.
    """
    claim = Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=statement.at,
        location=statement.location,
    )
    others = {name: v for name, v in overriding.items() if name != statement.parameter}
    found = threshold(claim, statement.parameter, others, timeout=options.timeout)
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **others}),
        invariant=found.invariant,
        limits=dict(limits_of(statement.invariant)),
        parameters=found.parameters,
        method=found.method,
    )
    edge = found.away if statement.away else _edge(found)
    verdict, reason = _compare(statement, found, edge)
    line = edge_line(found, edge) if statement.away and edge is not None else headline(found)
    facts: tuple[str, ...] = (line,)
    if found.counterexample is not None and found.counterexample_at is not None:
        run = found.counterexample
        where = f"{statement.parameter} = {decimal(found.counterexample_at)}"
        facts += (f"at {where} it first breaks at iteration {run.iteration}",)
    trace = None
    if verdict == "refuted" and found.counterexample is not None:
        trace = Trace(found.counterexample, "the worst run", "")
    return attrs.evolve(blank, verdict=verdict, reason=reason, facts=facts, trace=trace)


def _edge(found: FoundThreshold) -> Edge | None:
    if found.answer in ("all", "none", "edge") and (found.exact is not None or found.safe is None):
        return Edge(
            "edge" if found.answer == "edge" else found.answer,
            found.safe,
            found.unsafe,
            found.exact,
            found.included,
        )
    return None


def _compare(statement: Threshold, found: FoundThreshold, edge: Edge | None) -> tuple[Kind, str]:
    wanted = statement.value
    if edge is not None and edge.kind in ("all", "none"):
        return "refuted", "it turns nowhere in the parameter's domain"
    if edge is not None and edge.number is not None:
        if not _is(edge.number, statement, found.domain):
            return "refuted", f"it turns at {edge.number}"
        if edge.included is None:
            return "unknown", "whether it holds at the value itself is open"
        if edge.included != statement.included:
            at_it = "holds" if edge.included else "does not hold"
            return "refuted", f"it {at_it} at the value itself"
        return "proved", ""
    if _outside(found, wanted):
        return "refuted", "the stated value lies outside the bracket proved from both sides"
    return "unknown", "no exact threshold was found, only a bracket"


def _is(number: Algebraic, statement: Threshold, domain: tuple[Fraction, Fraction]) -> bool:
    """Whether a number is the stated one: equal, or that root of the stated polynomial.

    Raises:
        SpecError: when it is not said which of several roots is meant.
    """
    wanted = statement.value
    if not isinstance(wanted, Sequence) or isinstance(wanted, str):
        return number.fraction == exact(wanted)
    low, high = _ball(domain[0]), _ball(domain[1])
    pairs: Any = flint.fmpz_poly(list(wanted)).complex_roots()
    real = [root.real for root, _ in pairs if root.imag == 0]
    roots = [root for root in real if not (root < low or root > high)]
    if len(roots) > 1 and statement.near is None:
        raise SpecError(
            f"{len(roots)} roots of the polynomial lie in the domain of {statement.parameter}; say "
            f"which with near={float(roots[-1].mid()):.3g}, as a text",
            statement.location,
        )
    if flint.fmpq_poly(list(wanted)) % flint.fmpq_poly(list(number.coefficients)):
        return False
    if statement.near is not None:
        near = _ball(exact(statement.near))
        roots = sorted(roots, key=lambda root: float(abs(root - near).mid()))[:1]
    enclosure = _ball(number.low).union(_ball(number.high))
    return any(root.overlaps(enclosure) for root in roots)


def _ball(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def _outside(found: FoundThreshold, wanted: object) -> bool:
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        return False
    if found.answer != "edge" or found.safe is None or found.unsafe is None:
        return False
    low, high = sorted((found.safe, found.unsafe))
    return not low <= exact(wanted) <= high
