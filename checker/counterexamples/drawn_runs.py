"""Falsification by Hypothesis, which draws exact fractions and shrinks what it finds.

Hypothesis takes as long to import as all engines together, so what does not always draw imports
this module where it does.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import TypeVar

import hypothesis
from hypothesis import strategies
from hypothesis.errors import NoSuchExample

from checker.backends.solver import QueryBudget
from checker.counterexamples.random_search import Strategy, following
from checker.system.problem import Problem
from checker.system.replay import Run, replay
from checker.system.seeds import begun

T = TypeVar("T")

HALF, ONE, ZERO = Fraction(1, 2), Fraction(1), Fraction(0)

Drawn = tuple[list[Fraction], list[tuple[list[Fraction], ...]]]
"""Units of the seed's choices, and a strategy."""


def draw(
    problem: Problem, horizon: int, examples: int, budget: QueryBudget | None = None
) -> tuple[Run, Strategy] | None:
    """Let Hypothesis look for a break in runs of at most ``horizon`` iterations, and shrink it.

    Nothing more is replayed once the budget is used up.
    """
    unit = strategies.sampled_from([ZERO, ONE, HALF, Fraction(1, 4), Fraction(3, 4)])
    iteration = strategies.tuples(
        *[
            strategies.lists(unit, min_size=n, max_size=n)
            for n in (len(step.stage.choices) for step in problem.steps)
        ]
    )
    plans = strategies.lists(iteration, min_size=1, max_size=horizon)
    free = len(problem.seed_choices)
    starts = strategies.lists(unit, min_size=free, max_size=free)

    def run_of(drawn: Drawn) -> Run | None:
        start, plan = drawn
        return replay(begun(problem, start), following(plan), len(plan))

    def breaks(drawn: Drawn) -> bool:
        if budget is not None and budget.exhausted:
            return False
        run = run_of(drawn)
        return run is not None and run.broken is not None

    found = find_example(strategies.tuples(starts, plans), breaks, examples)
    run = None if found is None else run_of(found)
    return None if found is None or run is None else (run, found[1])


def read_sources() -> None:
    """Let Hypothesis read the constants in the sources of all loaded modules.

    It does so once in a process, when it first draws such a number; those that are forked
    afterwards need not.
    """
    many = strategies.lists(strategies.integers(), min_size=99, max_size=99)
    find_example(many, lambda drawn: False, 3)


def find_example(
    drawn: strategies.SearchStrategy[T], wanted: Callable[[T], bool], examples: int
) -> T | None:
    """The simplest example that is wanted, if Hypothesis draws one among so many."""
    settings = hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        verbosity=hypothesis.Verbosity.quiet,
    )

    def find() -> T | None:
        gc.freeze()  # Hypothesis collects garbage when it begins in a process; all that is read
        try:  # so far is none, and to look at it takes longer than the draws
            return hypothesis.find(drawn, wanted, settings=settings, random=random.Random(2018))
        except NoSuchExample:
            return None
        finally:
            gc.unfreeze()

    if not hypothesis.currently_in_test_context():
        return find()
    with ThreadPoolExecutor(1) as apart:  # a claim may be checked within a test of Hypothesis's own
        return apart.submit(find).result()
