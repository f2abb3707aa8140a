"""How far a claim holds along one parameter: exactly where a condition is soon found, else a
bracket."""

from __future__ import annotations

import time
from fractions import Fraction

from checker.backends.solver import QueryBudget
from checker.parameters.bisection import bracket, real_parameter
from checker.parameters.cell_checker import CellChecker
from checker.parameters.exact_threshold import exact_threshold
from checker.parameters.extent import Edge, Extent
from checker.parameters.obstacles import NotExact
from checker.parameters.ranges import edge_of, ranges_on
from checker.parameters.worst_seed import from_worst_seed
from checker.portfolio.decision import Options
from checker.system.parametric import ParametricProblem
from checker.system.verdict import Bracket, EnginesDisagree, Verdict
from spec.parameters import ParameterDomain
from spec.statements.base import Answer
from spec.statements.claim import Claim

SECONDS = 5.0
"""For exact conditions of all kinds, or a tenth of the time that a verdict has, if that is more."""


def range_along(claim: Claim, verdict: Verdict, parameter: str, options: Options) -> Bracket:
    """The range of a claim along a parameter.

    Args:
        claim: the claim, at any value of the parameter.
        verdict: its verdict there.
        parameter: a parameter of the scheme that is not structural.
        options: limits on the work.

    Raises:
        SpecError: for an unknown or a structural parameter.
        EnginesDisagree: when the exact range contradicts the verdict.
    """
    domain = real_parameter(claim, parameter)
    others = {name: value for name, value in verdict.parameters.items() if name != parameter}
    parametric = ParametricProblem(claim, (parameter,), others)
    exact = _exactly(from_worst_seed(parametric, QueryBudget(options.query)), options)
    if exact is None:
        return bracket(claim, verdict, parameter, options)
    found = _found(domain, *exact)
    own = verdict.parameters[parameter]
    holds = found.holds_at(own)
    if holds is not None and verdict.answer is (Answer.REFUTED if holds else Answer.PROVED):
        raise EnginesDisagree(
            f"{claim.name} is {verdict.answer} at {parameter} = {own}, which its exact range "
            "contradicts"
        )
    return found


def _exactly(parametric: ParametricProblem, options: Options) -> tuple[Edge, bool] | None:
    """The one end of the values at which the claim holds, and whether greater values are worse: by
    the theorem on thresholds, by one proof for all values, or by conditions of other kinds."""
    try:
        exact = exact_threshold(parametric, options.query)
    except NotExact:
        deadline = time.monotonic() + max(SECONDS, options.timeout / 10)
        cells, domain = CellChecker(parametric, deadline=deadline), parametric.domain
        if cells.by_one_proof(domain).answer is Answer.PROVED:
            return Edge(Extent.ALL, holds_at=domain[0][0]), True
        return edge_of(ranges_on(parametric, domain[0], deadline))
    return exact.edge, exact.rising


def _found(domain: ParameterDomain, edge: Edge, rising: bool) -> Bracket:
    """An exact threshold as a range."""
    safe_end = domain.low if rising else domain.high
    unsafe_end = domain.high if rising else domain.low
    ends: dict[Extent, Fraction | None] = {Extent.ALL: unsafe_end, Extent.EDGE: edge.holds_at}
    breaks: dict[Extent, Fraction | None] = {Extent.NONE: safe_end, Extent.EDGE: edge.fails_at}
    return Bracket(
        domain.name,
        domain.low,
        domain.high,
        proved_to=ends.get(edge.extent),
        refuted_from=breaks.get(edge.extent),
        monotone=True,
        rising=rising,
        number=edge.number,
        included=edge.included,
    )
