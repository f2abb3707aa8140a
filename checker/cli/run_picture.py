"""The picture of simulated runs: a panel for each field, its value round by round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from checker.cli.map_files import write_picture
from checker.counterexamples.simulation import Simulation
from checker.report.simulation import states_of

COLUMNS = 3
COLOUR = "#3b6ea5"


def draw_runs(runs: Sequence[Simulation], scheme: str, file: Path) -> None:
    """Write the runs as a PNG, in one piece."""
    names = list(runs[0].run.seed)
    columns = min(COLUMNS, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(3.4 * columns, 2.3 * rows + 0.5), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True).flat
    for panel in panels[len(names) :]:
        panel.set_visible(False)
    for name, panel in zip(names, panels, strict=False):
        for simulation in runs:
            states = states_of(simulation)
            values = [float((v[name].low + v[name].high) / 2) for v in states.values()]
            panel.plot(
                list(states), values, color=COLOUR, alpha=max(0.2, 1 / len(runs)), linewidth=1.4
            )
        panel.set_title(name, fontsize=10)
        panel.spines[["top", "right"]].set_visible(False)
    figure.suptitle(
        f"{scheme}: {len(runs)} simulated {'run' if len(runs) == 1 else 'runs'}, by round"
    )
    write_picture(figure, file)
