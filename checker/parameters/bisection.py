"""How far a claim holds along one parameter: proved from below, refuted from above."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.parameters.monotonicity import monotone_directions
from checker.portfolio.decision import Options, decide
from checker.system.parametric import ParametricProblem, point_cell
from checker.system.verdict import Bracket, Verdict
from spec.errors import SpecError, alternatives
from spec.parameters import ParameterDomain, parameter_domains
from spec.statements.base import Answer
from spec.statements.claim import Claim

MOST_POINTS = 14
MOST_SECONDS = 10.0
"""For one point."""

AnswerAt = Callable[[Fraction], Answer]


def bracket(claim: Claim, verdict: Verdict, parameter: str, options: Options) -> Bracket:
    """The largest value proved and the least value refuted, found by bisection.

    Args:
        claim: the claim, at any value of the parameter.
        verdict: its verdict there, which is the first point known.
        parameter: a parameter of the scheme that is not structural.
        options: limits on the work at each point.

    Raises:
        SpecError: for an unknown or a structural parameter.
    """
    domain = real_parameter(claim, parameter)
    timeout = min(options.timeout, MOST_SECONDS)
    quick = attrs.evolve(options, attack=0, thorough=False, timeout=timeout)
    others = {name: value for name, value in verdict.parameters.items() if name != parameter}
    parametric = ParametricProblem(claim, (parameter,), others)
    points = {verdict.parameters[parameter]: verdict.answer}

    def answer_at(value: Fraction) -> Answer:
        if value not in points:
            points[value] = Answer.VACUOUS
            if parametric.seed_stands(point_cell((value,)), QueryBudget(options.query)):
                with suppress(SpecError):  # a mistake at this value, such as bounds that cross
                    points[value] = decide(claim, {**others, parameter: value}, quick).answer
        return points[value]

    for end in (domain.low, domain.high):
        if not {Answer.PROVED, Answer.REFUTED} <= set(points.values()):
            answer_at(end)
    proved = _first(points, Answer.PROVED)
    refuted = _first(points, Answer.REFUTED)
    if proved is not None and refuted is not None:
        proved, beyond = _last_with(Answer.PROVED, answer_at, proved, refuted)
        if answer_at(beyond) is Answer.REFUTED:
            refuted = beyond
        else:
            refuted, _ = _last_with(Answer.REFUTED, answer_at, refuted, beyond)
    monotone = monotone_directions(parametric) == (1,)
    if monotone and proved is None:
        refuted = min((v for v, found in points.items() if found is Answer.REFUTED), default=None)
    return Bracket(parameter, domain.low, domain.high, proved, refuted, monotone)


def real_parameter(claim: Claim, parameter: str) -> ParameterDomain:
    """A parameter of the claim's scheme along which a range can be found.

    Raises:
        SpecError: for an unknown or a structural parameter.
    """
    domains = parameter_domains(claim.scheme.parameters)
    domain = domains.get(parameter)
    if domain is None or domain.structural:
        known = [other.name for other in domains.values() if not other.structural]
        raise SpecError(
            f"no real parameter {parameter} in {claim.scheme.name}; it has "
            f"{alternatives(known, parameter)}",
            "",
        )
    return domain


def _first(points: dict[Fraction, Answer], answer: Answer) -> Fraction | None:
    return next((value for value, found in points.items() if found is answer), None)


def _last_with(
    answer: Answer, answer_at: AnswerAt, inside: Fraction, outside: Fraction
) -> tuple[Fraction, Fraction]:
    """A value with this answer and one without, brought close to each other by bisection.

    Where one is much the smaller, the interval is cut near the smaller end.
    """
    for _ in range(MOST_POINTS):
        low, high = sorted((inside, outside))
        if (high - low) * 12 <= high:
            break
        middle = _short(high / 4 if low * 16 < high else (low + high) / 2)
        if answer_at(middle) is answer:
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
