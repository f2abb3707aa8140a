"""Runs drawn plainly against a claim that was proved, each replayed in exact fractions.

Hypothesis spends most of its time on what makes one example like another, and on what lets it be
shrunk. Against a proof there is hardly ever anything to shrink.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

from checker.backends.solver import QueryBudget
from checker.counterexamples.random_search import following
from checker.system.problem import Problem
from checker.system.replay import Run, replay
from checker.system.seeds import begun

ENDS = (Fraction(0), Fraction(1))
BETWEEN = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))
"""Where in its range nature's choice may be."""
SEED = 2018


def plain_units(draw: random.Random, others: Sequence[Fraction], count: int) -> list[Fraction]:
    """So many numbers of [0, 1], as often at an end as among the others."""
    return [draw.choice(draw.choice((ENDS, others))) for _ in range(count)]


def attack(problem: Problem, horizon: int, runs: int, budget: QueryBudget) -> Run | None:
    """A run of at most ``horizon`` iterations that breaks the claim, if one of so many does.

    Nothing more is replayed once the budget is used up.
    """
    draw = random.Random(SEED)
    for _ in range(runs):
        if budget.exhausted:
            return None
        start = begun(problem, plain_units(draw, BETWEEN, len(problem.seed_choices)))
        plan = [
            tuple(plain_units(draw, BETWEEN, len(step.stage.choices)) for step in problem.steps)
            for _ in range(horizon)
        ]
        run = replay(start, following(plan), horizon)
        if run is not None and run.broken is not None:
            return run
    return None
