"""k-induction: several safe states in a row are followed by another."""

from __future__ import annotations

import z3

from checker.backends.solver import QueryBudget, Satisfiability, satisfy
from checker.system.gaps import met
from checker.system.obligations import entry, preservation
from checker.system.problem import Problem
from checker.system.unrolling import break_at, holds, path

INDUCTION_SECONDS = 2.0
"""For one query of k-induction: unrolled nonlinear steps are decided soon or not at all."""


def induct(problem: Problem, depth: int, budget: QueryBudget) -> bool:
    """k-induction: the clauses hold for ``depth`` iterations from the seed, and any ``depth``
    states in a row that meet them are followed by another that does."""
    (step,) = problem.steps
    clauses = problem.clauses[problem.agent.name]
    if not met([*entry(problem, ()), *preservation(step, clauses, ())], budget):
        return False
    seconds = INDUCTION_SECONDS
    steps = path(problem, depth)
    good = [holds(problem, state) for state in steps.states]
    if not satisfy([*steps.moves, *good[:-1], z3.Not(good[-1])], budget, seconds).unsat:
        return False
    lengths = range(depth)
    return all(break_at(problem, n, budget, seconds) is Satisfiability.UNSAT for n in lengths)
