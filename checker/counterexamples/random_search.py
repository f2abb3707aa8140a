"""Falsification: look for a run that breaks a clause. What is found is replayed before it counts.

``screen`` runs many strategies of nature side by side in floats: every choice pinned to an end of
its bounds, and random mixtures that change from iteration to iteration.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from checker.backends.evaluator import FLOATS
from checker.system.problem import Problem
from checker.system.replay import Run, Units, replay

CONSTANT_RUNS, LEAST_RUNS = 1024, 128
MIXED_RUNS = 256
MIXED_LENGTH = 48
AT_REST = 1e-15
MOST_GROUPS = 16
"""Of nature's choices, which are made simple together where they are more."""
ZERO = Fraction(0)

Strategy = Sequence[Sequence[Sequence[Fraction]]]
"""Units by iteration and stage; the last iteration's are used from then on."""


def following(strategy: Strategy) -> Units:
    """The units of a strategy, its last iteration repeated for ever."""
    last = len(strategy) - 1
    return lambda iteration, stage: strategy[min(iteration - 1, last)][stage]


def falsify(
    problem: Problem, horizon: int, tries: int = 6, simple: bool = True
) -> tuple[Run, Strategy] | None:
    """A replayed run of at most ``horizon`` iterations that breaks a clause, or None.

    Unless told otherwise the strategy is made simple: every choice that need not be made is left
    at its low end.
    """
    start = replay(problem, lambda iteration, stage: (), 0)
    if start is not None and start.broken is not None:
        return start, []
    for found, (length, strategy) in enumerate(screen(problem, horizon)):
        run = replay(problem, following(strategy), length + 8)
        if run is not None and run.broken is not None:
            return simplify(problem, run, strategy) if simple else (run, strategy)
        if found + 1 >= tries:
            break
    return None


def screen(problem: Problem, horizon: int) -> list[tuple[int, Strategy]]:
    """Strategies that break a clause as far as floats can tell, the quickest first."""
    found = list(_constant(problem, horizon)) + list(_mixed(problem, min(horizon, MIXED_LENGTH)))
    return sorted(found, key=lambda pair: pair[0])


def _constant(problem: Problem, horizon: int) -> Iterator[tuple[int, Strategy]]:
    widths = [len(step.stage.choices) for step in problem.steps]
    total = sum(widths)
    if 2**total <= CONSTANT_RUNS:
        corners = np.array(list(itertools.product((0.0, 1.0), repeat=total))).reshape(
            2**total, total
        )
    else:
        generator = np.random.default_rng(20181)
        runs = max(LEAST_RUNS, min(CONSTANT_RUNS, CONSTANT_RUNS * 16 // total))
        corners = generator.integers(0, 2, size=(runs, total)).astype(float)
        corners[0], corners[1] = 0.0, 1.0
    table = corners[None, :, :]
    for row, length in first_breaks(problem, table, horizon):
        yield length, [split(corners[row], widths)]


def _mixed(problem: Problem, horizon: int) -> Iterator[tuple[int, Strategy]]:
    widths = [len(step.stage.choices) for step in problem.steps]
    if not sum(widths):
        return
    generator = np.random.default_rng(20182)
    table = generator.choice([0.0, 0.0, 0.5, 1.0, 1.0], size=(horizon, MIXED_RUNS, sum(widths)))
    for row, length in first_breaks(problem, table, horizon):
        yield length, [split(table[i, row], widths) for i in range(length)]


def split(units: np.ndarray[Any, Any], widths: Sequence[int]) -> list[list[Fraction]]:
    """A row of units, by stage."""
    parts, start = [], 0
    for width in widths:
        parts.append([Fraction(float(u)) for u in units[start : start + width]])
        start += width
    return parts


def first_breaks(
    problem: Problem,
    table: np.ndarray[Any, Any],
    horizon: int,
    states: np.ndarray[Any, Any] | None = None,
) -> list[tuple[int, int]]:
    """The quickest few rows of the table that break a clause, with the iteration at which; from
    the seed, unless each row is told a state of its own."""
    programs = [step.program.bind(FLOATS) for step in problem.steps]
    guards = {name: program.bind(FLOATS) for name, program in problem.guards.items()}
    rows = table.shape[1]
    if states is None:
        states = np.tile(np.array(problem.seed_in(FLOATS), dtype=float), (rows, 1))
    state = list(states.T)
    alive = np.arange(rows)
    found: list[tuple[int, int]] = []
    with np.errstate(all="ignore"):
        for iteration in range(1, horizon + 1):
            units = table[min(iteration - 1, len(table) - 1)].T
            start, previous = 0, state
            ok = np.ones(len(alive), dtype=bool)
            for step, program in zip(problem.steps, programs, strict=True):
                width = len(step.stage.choices)
                outputs, _, _ = program(state, units[start : start + width][:, alive])
                start += width
                state = [
                    np.broadcast_to(np.asarray(v, dtype=float), len(alive))
                    for v in outputs[: len(step.target.fields)]
                ]
                truths, _, _ = guards[step.target.name](state, ())
                for truth in truths:
                    ok = ok & np.asarray(truth)
            found += [(int(row), iteration) for row in alive[~ok][:4]]
            if len(found) >= 4:
                break
            if len(table) == 1:  # a run that has come to rest under constant choices stays there
                moved = [
                    np.abs(a - b) > AT_REST * (1 + np.abs(b))
                    for a, b in zip(state, previous, strict=True)
                ]
                ok = ok & np.logical_or.reduce(moved)
            if not ok.all():
                alive, state = alive[ok], [values[ok] for values in state]
            if not len(alive):
                break
    return found


def simplify(problem: Problem, run: Run, strategy: Strategy) -> tuple[Run, Strategy]:
    """The same break with as few choices away from their low ends as a greedy pass can manage.

    A shorter run is kept whenever the pass comes upon one.
    """
    length = run.iteration
    if length == 0:
        return run, strategy
    names = [(s, k) for s, step in enumerate(problem.steps) for k in range(len(step.stage.choices))]
    first = _unrolled(strategy, length) if length <= 12 else [list(strategy[-1])]
    best, plan = length, first
    if length > 12 and len(strategy) > 1:
        return run, strategy
    together = -(-len(names) // MOST_GROUPS)
    groups: list[list[tuple[int, int, int]]] = [
        [(i, s, k) for s, k in names[start : start + together] for i in range(len(plan))]
        for start in range(0, len(names), together or 1)
    ]
    if together == 1 and len(plan) * len(names) <= 96:
        groups += [[(i, s, k)] for s, k in names for i in range(len(plan))]
    for group in groups:
        if all(plan[i][s][k] == 0 for i, s, k in group):
            continue
        tried = [[list(units) for units in stages] for stages in plan]
        for i, s, k in group:
            tried[i][s][k] = ZERO
        again = replay(problem, following(tried), best, kept=0)
        if again is not None and again.broken is not None:
            best, plan = again.iteration, tried
    shown = run if plan is first else replay(problem, following(plan), best)
    assert shown is not None
    return shown, plan


def _unrolled(strategy: Strategy, length: int) -> list[list[list[Fraction]]]:
    units = following(strategy)
    return [
        [list(units(iteration, stage)) for stage in range(len(strategy[0]))]
        for iteration in range(1, length + 1)
    ]
