"""Runs for people: the fields step by step, the first and the last iterations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text

from checker.report.words import amount, move, unmoved
from checker.system.replay import Enclosure, Run, TraceStep

SHOWN = 3
"""Iterations of a run that are shown at either end."""


def run_lines(run: Run, start: str = "seed") -> Iterator[Text]:
    """A run, its first and last iterations; ``start`` is what its first agent is called."""
    yield Text(f"  {start}: " + fields(run.seed))
    if run.seed_chosen:
        yield Text("      nature chooses " + fields(run.seed_chosen), "dim")
    last = 0
    for step in run.steps:
        if SHOWN < step.iteration <= run.iteration - SHOWN:
            continue
        if step.iteration > last + 1:
            left_out = step.iteration - last - 1
            word = "iteration" if left_out == 1 else "iterations"
            yield Text(f"  ... {left_out} {word} like these ...", "dim")
        last = step.iteration
        yield _step(step, run)


def fields(values: Mapping[str, Enclosure]) -> str:
    """Fields with their values."""
    return ", ".join(f"{name} = {amount(value)}" for name, value in values.items())


def _step(step: TraceStep, run: Run) -> Text:
    text = Text(f"  {step.iteration:>3} {step.step}: ")
    moves = {
        name: move(step.before[name], value)
        for name, value in step.after.items()
        if name in step.before
    }
    changed = [f"{name} {pair[0]} -> {pair[1]}" for name, pair in moves.items() if pair]
    text.append(", ".join(changed) or unmoved(step))
    fresh = {name: value for name, value in step.after.items() if name not in step.before}
    if fresh:
        text.append("; " + fields(fresh))
    if step.oversight_holds is False:
        text.append("\n      the expert is not smart enough, so the student is arbitrary", "red")
    if step.made:
        text.append("\n      nature chooses " + fields(step.made), "dim")
    if step is run.steps[-1] and run.broken is not None:
        text.append(f"\n      {run.broken} is broken", "bold red")
    return text
