"""Proofs alone, for those who need a certificate and not a verdict."""

from __future__ import annotations

from checker.backends.solver import QueryBudget
from checker.invariants.certificate import Certificate, Wording
from checker.portfolio.engine import Shows, Task
from checker.portfolio.schedule import PROOFS, QUICK, run
from checker.system.findings import Blocked
from checker.system.problem import Problem


def prove(
    problem: Problem, budget: QueryBudget, *, terse: bool = True, thorough: bool = True
) -> Certificate | list[Blocked]:
    """A checked certificate, or what blocked each attempt.

    Args:
        problem: the loop and the set that it must stay in.
        budget: limits on the queries.
        terse: whether the proof is stated by as few field bounds as it needs.
        thorough: whether more is tried than regions around the seed, step by step.
    """
    wording = Wording.FEWEST if terse else Wording.BUDGETS
    task = Task(problem, budget, wording if thorough else Wording.REGIONS, quick=not thorough)
    engines = PROOFS if thorough else [e for e in QUICK if e.shows is Shows.PROOF]
    found, _ = run(engines, task)
    return found if isinstance(found, Certificate) else task.blocked
