"""How far a claim holds along one parameter: exactly where a condition is soon found, else a
bracket."""

from __future__ import annotations

import time
from fractions import Fraction

from checker.backends.solver import QueryBudget
from checker.parameters.bisection import bracket, real_parameter
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
    from_one = from_worst_seed(parametric, QueryBudget(options.query))
    exact = _exactly(from_one, options)
    if exact is None:
        return _named(from_one, bracket(claim, verdict, parameter, options), options)
    found = _found(domain, *exact)
    own = verdict.parameters[parameter]
    holds = found.holds_at(own)
    if holds is not None and verdict.answer is (Answer.REFUTED if holds else Answer.PROVED):
        raise EnginesDisagree(
            f"{claim.name} is {verdict.answer} at {parameter} = {own}, which its exact range "
            "contradicts"
        )
    return found


def _named(parametric: ParametricProblem, found: Bracket, options: Options) -> Bracket:
    """A bracket whose ends settle what is beyond them, with the exact end if a condition on what is
    between them gives it."""
    safe, unsafe = found.proved_to, found.refuted_from
    if not found.monotone or safe is None or unsafe is None:
        return found
    between = edge_of(ranges_on(parametric, (safe, unsafe), _soon(options)))
    if between is None or between[0].extent is not Extent.EDGE:
        return found
    return _found(parametric.free_parameters[0], *between)


def _soon(options: Options) -> float:
    """When the search for exact conditions ends, by ``time.monotonic``."""
    return time.monotonic() + max(SECONDS, options.timeout / 10)


def _exactly(parametric: ParametricProblem, options: Options) -> tuple[Edge, bool] | None:
    """The one end of the values at which the claim holds, and whether greater values are worse: by
    the theorem on thresholds, or by conditions of other kinds."""
    try:
        exact = exact_threshold(parametric, options.query)
    except NotExact:
        return edge_of(ranges_on(parametric, parametric.domain[0], _soon(options)))
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
