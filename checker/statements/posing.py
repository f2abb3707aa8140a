"""What deciders of statements about one scheme share: the problem posed, and a blank verdict."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.portfolio.decision import vacuity
from checker.system.findings import Fact
from checker.system.problem import Problem, pose
from checker.system.verdict import Result, Vacuous, Verdict, undecided
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed, Settles
from spec.statements.subjects import OfScheme


def claim_of(statement: OfScheme) -> Claim:
    """The claim that the statement's scheme keeps its invariant forever, at the same parameters."""
    return Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=statement.at,
        location=statement.location,
    )


def posed(
    statement: Settles | Closed, overriding: Mapping[str, Fraction], budget: QueryBudget
) -> tuple[Problem, Verdict]:
    """The problem of a statement's scheme and invariant, and the verdict before it is decided.

    The verdict is vacuous where the assumptions fail, and unknown elsewhere.
    """
    claim = claim_of(statement)
    problem = pose(claim, overriding)
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        parameters=problem.traced.values,
    )
    reason = vacuity(problem, claim, budget)
    if reason is not None:
        blank = attrs.evolve(blank, result=Vacuous(reason))
    return problem, blank


def decided(
    blank: Verdict, budget: QueryBudget, result: Result, facts: tuple[Fact, ...] = ()
) -> Verdict:
    """The verdict with its result, and with the queries that it took."""
    return attrs.evolve(
        blank, result=result, facts=facts, queries=budget.queries, solving=budget.seconds
    )
