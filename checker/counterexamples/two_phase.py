"""Strategies of nature in two phases: one constant choice until the loop settles, then another.

What weakens an overseer over many rounds is often not what breaks it in the last: a student kept
weak for long and then as capable as it may be, say.
"""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np

from checker.counterexamples.random_search import Strategy, first_breaks, split
from checker.system.problem import Problem
from checker.system.region import Array

PHASES = 64
LAST = 3
"""Iterations of the second phase."""


def two_phase_strategies(problem: Problem, rounds: int) -> list[tuple[int, Strategy]]:
    """Two-phase strategies that break a clause as far as floats can tell, the quickest first.

    Args:
        problem: at exact parameters.
        rounds: iterations of the first phase.
    """
    phases = _corners(problem)
    pairs = np.array(list(itertools.product(range(len(phases)), repeat=2)))
    table = np.stack([phases[pairs[:, 0]]] * rounds + [phases[pairs[:, 1]]] * LAST)
    widths = [len(step.stage.choices) for step in problem.steps]
    return [
        (length, two_phases(split(phases[a], widths), split(phases[b], widths), rounds))
        for row, length in first_breaks(problem, table, rounds + LAST)
        for a, b in [pairs[row]]
    ]


def two_phases(first: list[list[Fraction]], second: list[list[Fraction]], rounds: int) -> Strategy:
    """The strategy that switches after so many iterations."""
    return [first] * rounds + [second]


def stretched(strategy: Strategy, rounds: int) -> Strategy:
    """The same two phases, the first of them of so many iterations."""
    return [strategy[0]] * rounds + [strategy[-1]]


def _corners(problem: Problem) -> Array:
    """Every choice at one of its ends; one that spans a field's domain at the upper one."""
    choices = [choice for step in problem.steps for choice in step.stage.choices]
    free = [number for number, choice in enumerate(choices) if not choice.role.spans_domain]
    if 2 ** len(free) <= PHASES:
        ends = np.array(list(itertools.product((0.0, 1.0), repeat=len(free))))
    else:
        generator = np.random.default_rng(20183)
        ends = generator.integers(0, 2, size=(PHASES, len(free))).astype(float)
    corners = np.ones((len(ends), len(choices)))
    corners[:, free] = ends.reshape(len(ends), len(free))
    return corners
