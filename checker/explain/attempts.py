"""A decided claim whose assumptions are examined, and quick attempts at changed problems."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget
from checker.counterexamples.starts import falsify_from_any
from checker.explain.findings import Meaningless
from checker.portfolio.decision import decide_problem
from checker.system.problem import Problem, pose
from checker.system.replay import Run
from spec.errors import SpecError
from spec.statements.base import Answer
from spec.statements.claim import Claim

HORIZON = 200
"""Iterations of a search for a run that breaks a changed problem."""


@attrs.frozen
class Case:
    """A claim that is proved or refuted, its problem, and the budget of the examination."""

    claim: Claim
    overriding: Mapping[str, Fraction]
    problem: Problem
    proved: bool
    budget: QueryBudget


@attrs.frozen
class Attempt:
    """A quick answer on a changed problem.

    ``run`` refutes it. ``meaningless`` is set where the problem is no longer one, for example
    since a choice has no value; the answer is unknown then.
    """

    answer: Answer
    run: Run | None = None
    meaningless: Meaningless | None = None

    @property
    def broken(self) -> str | None:
        """The clause that the refuting run breaks."""
        return None if self.run is None else self.run.broken


def attempt(case: Case, problem: Problem) -> Attempt:
    """A quick answer on a problem."""
    try:
        answer, shown = decide_problem(problem, case.budget)
    except SpecError as error:
        return Attempt(Answer.UNKNOWN, meaningless=Meaningless(error.message))
    return Attempt(answer, shown if isinstance(shown, Run) else None)


def attempt_at(case: Case, point: Mapping[str, Fraction]) -> Attempt:
    """A quick answer on the claim at other parameter values."""
    try:
        problem = pose(case.claim, {**case.overriding, **point})
    except SpecError as error:
        return Attempt(Answer.UNKNOWN, meaningless=Meaningless(error.message))
    return attempt(case, problem)


def breaking_run(problem: Problem) -> Run | None:
    """A replayed run that breaks a clause, if a quick search finds one."""
    try:
        found = falsify_from_any(problem, HORIZON)
    except SpecError:
        return None
    return None if found is None else found[0]
