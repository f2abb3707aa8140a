"""Where to begin a search when the seed is a set: the points of it from which runs seem to break.

Many points are followed side by side in floats, each under a few constant strategies of nature.
What comes out is only where to look; a run from there is replayed like any other.
"""

from __future__ import annotations

import numpy as np

from checker.backends.evaluator import FLOATS
from checker.counterexamples.random_search import Strategy, falsify, first_breaks
from checker.system.problem import Problem
from checker.system.region import Array
from checker.system.replay import Run
from checker.system.seeds import Point, begun, points, seeds_in_floats

HORIZON = 200
STRATEGIES = 8
"""Constant strategies under which each point is followed."""
MOST = 4
"""Points that are given to each search."""


def falsify_from_any(problem: Problem, horizon: int) -> tuple[Run, Strategy] | None:
    """A run that breaks a clause, as ``falsify`` finds it, from the seed or the likeliest seeds."""
    several = (begun(problem, point) for point in starts(problem))
    return next(filter(None, (falsify(p, horizon, simple=False) for p in several)), None)


def starts(problem: Problem) -> list[Point]:
    """A few points of the set of seeds, the likeliest first; the one point of no set."""
    return likely_starts(problem) if problem.seed_choices else [()]


def likely_starts(problem: Problem) -> list[Point]:
    """A few points of the set of seeds, those from which a run seems to break first in front."""
    candidates = points(problem)
    states = seeds_in_floats(problem, candidates)
    guard = problem.guards[problem.agent.name].bind(FLOATS)
    with np.errstate(all="ignore"):
        truths, _, _ = guard(list(states.T), ())
    broken = np.zeros(len(candidates), dtype=bool)
    for truth in truths:
        broken |= ~np.broadcast_to(np.asarray(truth, dtype=bool), len(candidates))
    found = [candidates[row] for row in np.flatnonzero(broken)[:MOST]]
    if len(found) < MOST:
        table = _strategies(problem)
        rows = np.repeat(np.arange(len(candidates)), len(table))
        units = np.tile(table, (len(candidates), 1))
        later = first_breaks(problem, units[None], HORIZON, states[rows])
        ordered = sorted(later, key=lambda pair: pair[1])
        found += [candidates[rows[row]] for row, _ in ordered]
    return list(dict.fromkeys([*found, *candidates]))[:MOST]


def _strategies(problem: Problem) -> Array:
    """Corners of all choices of an iteration: the low ends, the high ends, and others."""
    width = sum(len(step.stage.choices) for step in problem.steps)
    table = np.random.default_rng(20189).integers(0, 2, size=(STRATEGIES, width)).astype(float)
    table[0], table[1] = 0.0, 1.0
    return table
