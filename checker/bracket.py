"""How far a claim holds along one parameter: proved from below, refuted from above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
import z3

from checker.decide import Options, decide
from checker.solver import Meter, follows
from checker.verdict import Bracket, Verdict
from spec.claims import Claim
from spec.errors import SpecError
from spec.parameters import knobs_of
from spec.terms import numeral
from spec.trace import Traced, topological, trace

MOST_POINTS = 14


def bracket(claim: Claim, verdict: Verdict, parameter: str, options: Options) -> Bracket:
    """The largest value proved and the least value refuted, found by halving.

    Args:
        claim: the claim, at any value of the parameter.
        verdict: its verdict there, which is the first point known.
        parameter: a parameter of the scheme that is not structural.
        options: limits on the work at each point.

    Raises:
        SpecError: for an unknown or a structural parameter.
    """
    knob = knobs_of(claim.scheme.parameters).get(parameter)
    if knob is None or knob.structural:
        known = [k.name for k in knobs_of(claim.scheme.parameters).values() if not k.structural]
        raise SpecError(
            f"no real parameter {parameter} in {claim.scheme.name}; it has {', '.join(known)}", ""
        )
    quick = attrs.evolve(options, attack=0, thorough=False, timeout=min(options.timeout, 10.0))
    others = {name: value for name, value in verdict.parameters.items() if name != parameter}

    def at(value: Fraction) -> str:
        return decide(claim, {**others, parameter: value}, quick).verdict

    points: dict[Fraction, str] = {verdict.parameters[parameter]: verdict.verdict}
    for end in (knob.low, knob.high):
        if end not in points and len({*points.values()} & {"proved", "refuted"}) < 2:
            points[end] = at(end)
    proved = [value for value, kind in points.items() if kind == "proved"]
    refuted = [value for value, kind in points.items() if kind == "refuted"]
    ends: tuple[Fraction | None, Fraction | None] = (
        proved[0] if proved else None,
        refuted[0] if refuted else None,
    )
    if proved and refuted:
        ends = _close_in(at, proved[0], refuted[0])
    monotone = only_bounds_nature(trace(claim.scheme, verdict.parameters), parameter)
    return Bracket(parameter, knob.low, knob.high, *ends, monotone)


def _close_in(
    at: Callable[[Fraction], str], proved: Fraction, refuted: Fraction
) -> tuple[Fraction, Fraction]:
    """Halve the gap (in ratio while one end is much the smaller) until it is small or undecided."""
    for _ in range(MOST_POINTS):
        gap = abs(refuted - proved)
        if gap * 12 <= max(proved, refuted):
            break
        low, high = sorted((proved, refuted))
        middle = _short(high / 4 if low * 16 < high else (low + high) / 2)
        kind = at(middle)
        if kind == "proved":
            proved = middle
        elif kind == "refuted":
            refuted = middle
        else:
            break
    return proved, refuted


def _short(value: Fraction) -> Fraction:
    """The value to three significant decimals."""
    scale = Fraction(10) ** (3 - len(str(int(value)))) if value >= 1 else Fraction(1000)
    while value * scale < 100:
        scale *= 10
    return Fraction(round(value * scale)) / scale


def only_bounds_nature(traced: Traced, parameter: str) -> bool:
    """Whether raising the parameter only widens what nature may choose.

    Then every run at a smaller value is a run at a larger one, so an invariant that holds forever
    at some value holds at all smaller ones. Checked: the parameter occurs in upper bounds of
    choices alone, and those bounds rise with it.
    """
    symbol = traced.parameters[parameter]
    raised = z3.Real("raised")
    for stage in traced.stages:
        bottoms = [choice.low for choice in stage.choices]
        others = [*stage.outputs, *bottoms, *(n.condition for n in stage.nonzero)]
        if _occurs(
            symbol, [*others, *traced.seed, *([] if stage.smart is None else [stage.smart])]
        ):
            return False
        for choice in stage.choices:
            if not _occurs(symbol, [choice.high]):
                continue
            higher = z3.substitute(choice.high, (symbol, raised))
            values = [s == numeral(traced.values[n]) for n, s in traced.parameters.items()]
            here = [v for n, v in zip(traced.parameters, values, strict=True) if n != parameter]
            within = [stage.source.domain, *here, symbol >= 0, symbol <= raised]
            if not follows(within, choice.high <= higher, Meter(2.0)).proved:
                return False
    return True


def _occurs(symbol: z3.ExprRef, terms: Sequence[z3.ExprRef]) -> bool:
    return any(node.eq(symbol) for node in topological(terms))
