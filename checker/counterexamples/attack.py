"""Runs drawn plainly against a claim that was proved, each replayed in exact fractions.

Hypothesis spends most of its time on what makes one example like another, and on what lets it be
shrunk. Against a proof there is hardly ever anything to shrink.
"""

from __future__ import annotations

import random
from fractions import Fraction

from checker.backends.solver import QueryBudget
from checker.counterexamples.random_search import following
from checker.system.problem import Problem
from checker.system.replay import Run, replay
from checker.system.seeds import begun

ENDS = (Fraction(0), Fraction(1))
BETWEEN = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
"""Where in its range nature's choice may be: as often at an end as not."""


def attack(problem: Problem, horizon: int, runs: int, budget: QueryBudget) -> Run | None:
    """A run of at most ``horizon`` iterations that breaks the claim, if one of so many does.

    Nothing more is replayed once the budget is used up.
    """
    draw = random.Random(2018)

    def units(choices: int) -> list[Fraction]:
        return [draw.choice(draw.choice((ENDS, BETWEEN))) for _ in range(choices)]

    for _ in range(runs):
        if budget.exhausted:
            return None
        start = begun(problem, units(len(problem.seed_choices)))
        plan = [
            tuple(units(len(step.stage.choices)) for step in problem.steps) for _ in range(horizon)
        ]
        run = replay(start, following(plan), horizon)
        if run is not None and run.broken is not None:
            return run
    return None
