"""What deciders of statements about one scheme share: the problem posed, and a blank verdict."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import attrs

from checker.backends.solver import QueryBudget
from checker.portfolio.decision import vacuity
from checker.system.problem import Problem, pose
from checker.system.verdict import Verdict, undecided
from spec.invariants import limits_of
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed, Settles


def posed(
    statement: Settles | Closed, overriding: Mapping[str, Fraction], budget: QueryBudget
) -> tuple[Problem, Verdict]:
    claim = Claim(
        statement.name,
        statement.scheme,
        statement.invariant,
        at=statement.at,
        location=statement.location,
    )
    problem = pose(claim, overriding)
    blank = attrs.evolve(
        undecided(statement, {**statement.chosen, **overriding}),
        invariant=type(statement.invariant).__name__,
        limits=dict(limits_of(statement.invariant)),
        parameters=problem.traced.values,
    )
    empty = vacuity(problem, claim, budget)
    if empty:
        blank = attrs.evolve(blank, verdict="vacuous", method="assumptions", reason=empty)
    return problem, blank


def timed(blank: Verdict, budget: QueryBudget, **found: Any) -> Verdict:
    return attrs.evolve(blank, queries=budget.queries, solving=budget.seconds, **found)
