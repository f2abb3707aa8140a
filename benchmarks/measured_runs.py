"""Measured runs made up from schemes: nature chooses, counts are drawn, and the truth is known."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs

from checker.system.replay import Enclosure, replay
from checker.system.transition_system import problem_of
from spec.scheme import Process
from spec.terms import numeral

State = Mapping[str, Enclosure]


@attrs.frozen
class Corruption:
    """Parameters that take other values from an iteration on, which the log does not say.

    The first expert and the next agent that are made with them are those of ``iteration`` and of
    the one after it.
    """

    iteration: int
    values: Mapping[str, Fraction]


def true_run(
    process: Process,
    values: Mapping[str, Fraction],
    iterations: int,
    draw: int | None,
    corruption: Corruption | None = None,
) -> list[State]:
    """The true numbers of a run, position by position: the seed, its expert, the next agent, ...

    Args:
        process: the scheme.
        values: its parameters.
        iterations: how many agents come after the seed.
        draw: the number of a run at which nature chooses at random; the greatest for None.
        corruption: what changes on the way.
    """
    first = iterations if corruption is None else min(corruption.iteration, iterations)
    states = _states(process, values, first, draw, None)
    if corruption is not None and first < iterations:
        changed = {**values, **corruption.values}
        states += _states(process, changed, iterations - first, draw, states[-1])[1:]
    return states


def _states(
    process: Process,
    values: Mapping[str, Fraction],
    iterations: int,
    draw: int | None,
    start: State | None,
) -> list[State]:
    problem = problem_of(process, values)
    if start is not None:
        ends = [start[field.name] for field in problem.agent.fields]
        seed = tuple(numeral((end.low + end.high) / 2) for end in ends)
        problem = attrs.evolve(problem, traced=attrs.evolve(problem.traced, seed=seed))
    widths = [len(step.stage.choices) for step in problem.steps]
    begun = "later" if start else "first"

    def units(iteration: int, stage: int) -> Sequence[Fraction]:
        if draw is None:
            return [Fraction(1)] * widths[stage]
        generator = random.Random(f"{draw} {begun} {iteration} {stage}")
        return [Fraction(generator.randint(0, 64), 64) for _ in range(widths[stage])]

    run = replay(problem, units, iterations, kept=max(1, iterations))
    assert run is not None
    assert run.broken is None
    return [run.seed, *(step.after for step in run.steps)]


def counted(
    process: Process, states: Sequence[State], fields: Sequence[str], of: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Rows of a log: for every position so many draws, of which a binomial number is counted."""
    positions = [stage.source.name for stage in process.stages]
    generator = random.Random(f"counts {seed}")
    for slot, state in enumerate(states):
        iteration, place = divmod(slot, len(positions))
        row: dict[str, Any] = {"iteration": iteration, "position": positions[place]}
        for field in fields:
            share = float(state[field].low)
            row[f"{field}.count"] = sum(generator.random() < share for _ in range(of))
            row[f"{field}.of"] = of
        yield row
