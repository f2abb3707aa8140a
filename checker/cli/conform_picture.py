"""The picture of a measured run: what was measured against what is guaranteed, by iteration."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rich.console import Console

from checker.cli.console import write_whole
from checker.cli.map_files import write_picture
from checker.conform.findings import Conformance, Ends, Ranges
from checker.conform.measured import At, Measurement
from checker.report.conform import conformance_lines, ends_of

COLUMNS = 2
GUARANTEED, ALLOWED, MEASURED, DEPARTS = "#d9e6f2", "#3b6ea5", "#333333", "#c8372d"
FORECAST = "#e0a030"
ROOM = 1.15
"""How far above what was measured an axis reaches, at most."""

Rows = list[tuple[At, Measurement]]


def draw_conformance(found: Conformance, file: Path) -> None:
    """Write the picture, as a PNG or as a page that needs no other file, in one piece."""
    with matplotlib.rc_context({"text.parse_math": False, "svg.fonttype": "none"}):
        figure = _figure(found)
        if file.suffix == ".png":
            write_picture(figure, file)
            return
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg")
    write_whole(file, _page(found, drawn.getvalue()))


def _figure(found: Conformance) -> Figure:
    panels: dict[tuple[int, str], Rows] = {}
    for at, field, measurement in found.measured:
        panels.setdefault((at[1], field), []).append((at, measurement))
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    figure = Figure(figsize=(4.6 * columns + 0.4, 2.9 * rows + 0.9), layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False, sharex=True).flat)
    for panel in axes[len(panels) :]:
        panel.set_visible(False)
    for ((place, field), measured), panel in zip(panels.items(), axes, strict=False):
        _panel(panel, found, field, measured)
        panel.set_title(f"{field} of the {found.measured.positions[place]}", fontsize=10)
    handles: dict[str, Any] = {}
    for panel in axes[: len(panels)]:
        drawn, labels = panel.get_legend_handles_labels()
        handles |= dict(zip(labels, drawn, strict=True))
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside lower center",
        ncols=3,
        frameon=False,
        fontsize=8,
    )
    figure.suptitle(f"{found.scheme} against {Path(found.measured.file).name}: {_verdict(found)}")
    return figure


def _verdict(found: Conformance) -> str:
    if found.departure is None:
        return found.judgement.value
    position = found.measured.positions[found.departure.at[1]]
    return f"departs at the {position} of iteration {found.departure.at[0]}"


def _panel(panel: Axes, found: Conformance, field: str, rows: Rows) -> None:
    top = ROOM * max(float(m.high) for _, m in rows) or 1.0
    iterations = [at[0] for at, _ in rows]
    low, high = _curves(found, found.bands, field, rows, top)
    panel.fill_between(
        iterations, low, high, color=GUARANTEED, label="guaranteed from the seed on", linewidth=0
    )
    _, allowed = _curves(found, found.allowed, field, rows, top)
    panel.plot(
        iterations, allowed, "_", color=ALLOWED, label="allowed after the measurement before"
    )
    _forecast(panel, found, field, rows, top)
    for departs, colour, label in (
        (False, MEASURED, "measured, with its interval"),
        (True, DEPARTS, "measured, not allowed"),
    ):
        _bars(panel, [row for row in rows if (row[0] in found.departs) is departs], colour, label)
    panel.set_ylim(bottom=min(0.0, *(float(m.low) for _, m in rows)), top=top)
    panel.spines[["top", "right"]].set_visible(False)
    panel.set_xlabel("iteration", fontsize=9)


def _bars(panel: Axes, rows: Rows, colour: str, label: str) -> None:
    if not rows:
        return
    iterations = [at[0] for at, _ in rows]
    middles = [_middle(m) for _, m in rows]
    down = [middle - float(m.low) for middle, (_, m) in zip(middles, rows, strict=True)]
    up = [float(m.high) - middle for middle, (_, m) in zip(middles, rows, strict=True)]
    panel.errorbar(
        iterations, middles, [down, up], fmt=".", color=colour, capsize=2, linewidth=1, label=label
    )


def _middle(measurement: Measurement) -> float:
    if measurement.counted is None:
        return float((measurement.low + measurement.high) / 2)
    count, of = measurement.counted
    return min(max(count / of, float(measurement.low)), float(measurement.high))


def _curves(
    found: Conformance, ranges: Ranges, field: str, rows: Rows, top: float
) -> tuple[list[float], list[float]]:
    ends = [ends_of(found, ranges, at, field) for at, _ in rows]
    return _clipped(ends, top)


def _clipped(ends: Sequence[Ends], top: float) -> tuple[list[float], list[float]]:
    """The ends in floats, an end that there is not, or far up, at the top of the axis."""
    highs = [top if high is None else min(top, float(high)) for _, high in ends]
    return [min(top, float(low)) for low, _ in ends], highs


def _forecast(panel: Axes, found: Conformance, field: str, rows: Rows, top: float) -> None:
    if found.forecast is None:
        return
    place = rows[0][0][1]
    mine = [r for r in found.forecast.rows if r.field == field and r.at[1] == place]
    low, high = _clipped([row.ends for row in mine], top)
    panel.fill_between(
        [row.at[0] for row in mine],
        low,
        high,
        color=FORECAST,
        alpha=0.3,
        label=f"forecast from iterations 0 to {found.forecast.until}",
        linewidth=0,
    )


def _page(found: Conformance, drawn: str) -> str:
    """A page with the picture and all that the terminal shows."""
    text = io.StringIO()
    console = Console(file=text, width=100, no_color=True)
    for line in conformance_lines(found, run=True):
        console.print(line, highlight=False)
    title = escape(f"{found.scheme} against {found.measured.file}")
    picture = drawn[drawn.index("<svg") :]
    return PAGE.format(title=title, picture=picture, text=escape(text.getvalue()))


PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>
body {{ font: 15px/1.45 system-ui, sans-serif; margin: 1.5rem; color: #222; }}
svg {{ max-width: 100%; height: auto; }}
pre {{ font-size: 12px; line-height: 1.3; overflow-x: auto; }}
</style>
<h1>{title}</h1>
{picture}
<pre>{text}</pre>
</html>
"""
