"""Of a run that breaks a claim: whether a shorter one is ruled out, and which step is to blame."""

from __future__ import annotations

from checker.backends.solver import QueryBudget, Satisfiability
from checker.invariants.certificate import clear_steps
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.system.obligations import OVERSIGHT, SEED, Duty, Label
from checker.system.problem import Problem
from checker.system.replay import Run
from checker.system.unrolling import break_at
from checker.system.verdict import Blame, Shortest

MOST_ITERATIONS = 32
"""Iterations of a run up to which it is asked whether a shorter one exists."""
SECONDS = 1.0
"""For one query about all runs of some length."""


def shortness(problem: Problem, run: Run, budget: QueryBudget) -> Shortest:
    """Whether every run that breaks the claim is at least as long as this one."""
    before = run.iteration - 1
    if before < 1:
        return Shortest.NONE_SHORTER
    if before > MOST_ITERATIONS:
        return Shortest.SHORTEST_FOUND
    whole = before * len(problem.steps) + 1
    chain = RegionSynthesizer(problem).chain(before)
    if len(chain) >= whole and clear_steps(problem, chain[:whole], budget) == whole:
        return Shortest.CLEAR_BEFORE
    composed = problem.composed()
    for length in range(1, before + 1):
        if budget.exhausted:
            return Shortest.SHORTEST_FOUND
        if break_at(composed, length, budget, SECONDS) is not Satisfiability.UNSAT:
            return Shortest.SHORTEST_FOUND
    return Shortest.CLEAR_BEFORE


def blame_for(run: Run) -> Blame | None:
    """The first obligation that the run breaks; None where the run keeps no steps."""
    if run.iteration == 0:
        return Blame(SEED)
    unseen = next((step for step in run.steps if step.oversight_holds is False), None)
    if unseen is not None:
        return Blame(OVERSIGHT, unseen.iteration)
    if not run.steps:
        return None
    names = list(dict.fromkeys(step.step for step in run.steps))
    last = run.steps[-1]
    obligation = Label(Duty.PRESERVATION, last.step, names.index(last.step) + 2)
    return Blame(obligation, last.iteration)
