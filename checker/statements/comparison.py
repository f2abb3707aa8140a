"""Deciding statements about two schemes: refinement and agreement."""

from __future__ import annotations

import time
from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.portfolio.decision import Options
from checker.refinement.agreement import Agreement, agrees
from checker.refinement.compared import Ranges, compared_schemes
from checker.refinement.correspondence import pair
from checker.refinement.refinement import Refinement, refines
from checker.system.verdict import Proof, Refutation, Result, Unknown, Verdict, undecided
from spec.invariants import limits_of
from spec.statements.base import Answer
from spec.statements.comparison import Agrees, Refines

QUERY = 2.0
"""Seconds for one query about two schemes at once."""


def decide_refines(
    statement: Refines, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether every run of the left scheme is a run of the right one.

    Raises:
        SpecError: for fields that cannot be compared, or a mistake in a specification.
    """
    pairing = pair(statement.left, statement.right, statement.relate)
    ranges, shared = _values(statement, overriding)
    first, second = compared_schemes(statement.left, statement.right, shared)
    budget = QueryBudget(QUERY, time.monotonic() + options.timeout)
    found = refines(first, second, pairing.links, ranges, budget)
    return attrs.evolve(
        undecided(statement, shared),
        result=_result(found),
        facts=(found,),
        queries=found.queries,
        solving=budget.seconds,
    )


def decide_agrees(
    statement: Agrees, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether both schemes keep the invariant at the same values.

    Raises:
        SpecError: for fields that cannot be compared, or a mistake in a specification.
    """
    pairing = pair(statement.left, statement.right, statement.relate)
    ranges, shared = _values(statement, overriding)
    both = compared_schemes(statement.left, statement.right, shared)
    refinements: list[Refinement] = []
    for one, two, links in (
        (*both, pairing.links),
        (*both[::-1], pairing.swapped().links),
    ):
        budget = QueryBudget(QUERY, time.monotonic() + options.timeout / 4)
        if all(each.proved for each in refinements):
            refinements.append(refines(one, two, links, ranges, budget))
    limited = Options(timeout=options.timeout / 2, query=QUERY)
    found = agrees(*both, statement.invariant, pairing, ranges, refinements, limited)
    return attrs.evolve(
        undecided(statement, shared),
        invariant=found.invariant,
        limits=dict(limits_of(statement.invariant)),
        result=_result(found),
        facts=(found,),
    )


def _result(found: Refinement | Agreement) -> Result:
    """What was found as the result of a statement."""
    if found.method is not None and found.answer is Answer.PROVED:
        return Proof(found.method)
    if found.method is not None and found.answer is Answer.REFUTED:
        return Refutation(found.method)
    return Unknown(found.method, found.reason)


def _values(
    statement: Refines | Agrees, overriding: Mapping[str, Fraction]
) -> tuple[Ranges, dict[str, Fraction]]:
    """What stays free, and what does not."""
    shared = {**statement.chosen, **overriding}
    return {n: r for n, r in statement.ranges.items() if n not in overriding}, shared
