"""Simulations for people: the agent round by round, and which claims the runs break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from checker.backends.rounding import short_decimal
from checker.counterexamples.simulation import Simulation
from checker.system.replay import Enclosure

MOST_ROWS = 24
"""Rounds that are shown; of longer runs the first and the last."""

States = Mapping[int, Mapping[str, Enclosure]]
"""The agent at the end of each round; the seed at 0."""


def states_of(simulation: Simulation) -> dict[int, Mapping[str, Enclosure]]:
    """The agent at the end of each round of a run; the seed at 0."""
    run = simulation.run
    found: dict[int, Mapping[str, Enclosure]] = {0: run.seed}
    for step in run.steps:
        if step.after.keys() == run.seed.keys():
            found[step.iteration] = step.after  # the last step of a round is the one that stays
    return found


def simulation_lines(runs: Sequence[Simulation], claims: Sequence[str]) -> Iterator[RenderableType]:
    """The runs as a table, a run each round or the span of several, then what became of claims."""
    yield _table([states_of(run) for run in runs])
    for claim in claims:
        yield _fate(claim, runs)
    left = [run.run.iteration for run in runs if run.run.broken is not None]
    if left:
        yield Text(f"{_of(len(left), runs)} left the domain, first in round {min(left)}", "red")
    yield Text("a simulation shows what can happen; `alignspec check` decides it", "dim")


def _table(runs: Sequence[States]) -> Table:
    table = Table()
    table.add_column("round", justify="right")
    names = list(runs[0][0])
    for name in names:
        table.add_column(name, justify="right")
    rounds = sorted({number for states in runs for number in states})
    half = MOST_ROWS // 2
    gap = len(rounds) > MOST_ROWS
    for number in rounds[:half] if gap else rounds:
        table.add_row(*_row(number, names, runs))
    if gap:
        table.add_row("...", *["..."] * len(names))
        for number in rounds[-half:]:
            table.add_row(*_row(number, names, runs))
    return table


def _row(number: int, names: Sequence[str], runs: Sequence[States]) -> list[str]:
    alive = [states[number] for states in runs if number in states]
    return [str(number), *(_span([state[name] for state in alive]) for name in names)]


def _span(values: Sequence[Enclosure]) -> str:
    """A value, or the least and the greatest of several."""
    middles = [(value.low + value.high) / 2 for value in values]
    least, most = _short(min(middles)), _short(max(middles))
    return least if least == most else f"{least} to {most}"


def _short(value: Fraction) -> str:
    return short_decimal(value, 4)


def _fate(claim: str, runs: Sequence[Simulation]) -> Text:
    broken = [run.breaks[claim] for run in runs if claim in run.breaks]
    if not broken:
        return Text(f"{claim}: kept in {'this run' if len(runs) == 1 else 'all runs'}")
    which = "" if len(runs) == 1 else f" in {_of(len(broken), runs)}"
    first = "in round" if len(runs) == 1 else "first in round"
    return Text(f"{claim}: broken{which}, {first} {min(broken)}", "red")


def _of(count: int, runs: Sequence[Simulation]) -> str:
    return "the run" if len(runs) == 1 else f"{count} of {len(runs)} runs"
