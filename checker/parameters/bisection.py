"""How far a claim holds along one parameter: proved from below, refuted from above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.portfolio.decision import Options, decide
from checker.system.verdict import Bracket, Verdict
from spec.errors import SpecError
from spec.parameters import parameter_domains
from spec.statements.claim import Claim
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
    domain = parameter_domains(claim.scheme.parameters).get(parameter)
    if domain is None or domain.structural:
        known = [
            k.name for k in parameter_domains(claim.scheme.parameters).values() if not k.structural
        ]
        raise SpecError(
            f"no real parameter {parameter} in {claim.scheme.name}; it has {', '.join(known)}", ""
        )
    quick = attrs.evolve(options, attack=0, thorough=False, timeout=min(options.timeout, 10.0))
    others = {name: value for name, value in verdict.parameters.items() if name != parameter}

    points: dict[Fraction, str] = {verdict.parameters[parameter]: verdict.verdict}

    def at(value: Fraction) -> str:
        if value not in points:
            points[value] = decide(claim, {**others, parameter: value}, quick).verdict
        return points[value]

    for end in (domain.low, domain.high):
        if not {"proved", "refuted"} <= set(points.values()):
            at(end)
    proved = next((value for value, kind in points.items() if kind == "proved"), None)
    refuted = next((value for value, kind in points.items() if kind == "refuted"), None)
    if proved is not None and refuted is not None:
        proved, beyond = _edge(at, "proved", proved, refuted)
        if at(beyond) == "refuted":
            refuted = beyond
        else:
            refuted, _ = _edge(at, "refuted", refuted, beyond)
    monotone = only_bounds_nature(trace(claim.scheme, verdict.parameters), parameter)
    return Bracket(parameter, domain.low, domain.high, proved, refuted, monotone)


def _edge(
    at: Callable[[Fraction], str], kind: str, inside: Fraction, outside: Fraction
) -> tuple[Fraction, Fraction]:
    """A value of that verdict and one beyond it that is not, brought close by halving (in ratio,
    while one is much the smaller)."""
    for _ in range(MOST_POINTS):
        low, high = sorted((inside, outside))
        if (high - low) * 12 <= high:
            break
        middle = _short(high / 4 if low * 16 < high else (low + high) / 2)
        if at(middle) == kind:
            inside = middle
        else:
            outside = middle
    return inside, outside


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
        others = [*stage.outputs, *bottoms, *(n.condition for n in stage.sides)]
        if _occurs(
            symbol,
            [
                *others,
                *traced.seed,
                *([] if stage.oversight_holds is None else [stage.oversight_holds]),
            ],
        ):
            return False
        for choice in stage.choices:
            if not _occurs(symbol, [choice.high]):
                continue
            higher = z3.substitute(choice.high, (symbol, raised))
            values = [s == numeral(traced.values[n]) for n, s in traced.parameters.items()]
            here = [v for n, v in zip(traced.parameters, values, strict=True) if n != parameter]
            within = [stage.source.domain, *here, symbol >= 0, symbol <= raised]
            rises = z3.And(choice.low <= choice.high, choice.high <= higher)
            if not follows(within, rises, QueryBudget(2.0)).proved:
                return False
    return True


def _occurs(symbol: z3.ExprRef, terms: Sequence[z3.ExprRef]) -> bool:
    return any(node.eq(symbol) for node in topological(terms))
