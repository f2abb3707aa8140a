"""How far a claim holds along one parameter: exactly where the theorem applies, else a bracket."""

from __future__ import annotations

from checker.backends.solver import QueryBudget
from checker.parameters.bisection import bracket, real_parameter
from checker.parameters.exact_threshold import Exact, exact_threshold
from checker.parameters.extent import Extent
from checker.parameters.obstacles import NotExact
from checker.parameters.worst_seed import from_worst_seed
from checker.portfolio.decision import Options
from checker.system.parametric import ParametricProblem
from checker.system.verdict import Bracket, EnginesDisagree, Verdict
from spec.parameters import ParameterDomain
from spec.statements.base import Answer
from spec.statements.claim import Claim


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
    try:
        from_one = from_worst_seed(parametric, QueryBudget(options.query))
        exact = exact_threshold(from_one, options.query)
    except NotExact:
        return bracket(claim, verdict, parameter, options)
    found = _found(domain, exact)
    own = verdict.parameters[parameter]
    holds = found.holds_at(own)
    if holds is not None and verdict.answer is (Answer.REFUTED if holds else Answer.PROVED):
        raise EnginesDisagree(
            f"{claim.name} is {verdict.answer} at {parameter} = {own}, which its exact range "
            "contradicts"
        )
    return found


def _found(domain: ParameterDomain, exact: Exact) -> Bracket:
    """An exact threshold as a range."""
    edge, safe_end = exact.edge, domain.low if exact.rising else domain.high
    unsafe_end = domain.high if exact.rising else domain.low
    return Bracket(
        domain.name,
        domain.low,
        domain.high,
        proved_to={Extent.ALL: unsafe_end, Extent.EDGE: edge.holds_at}.get(edge.extent),
        refuted_from={Extent.NONE: safe_end, Extent.EDGE: edge.fails_at}.get(edge.extent),
        monotone=True,
        rising=exact.rising,
        number=edge.number,
        included=edge.included,
    )
