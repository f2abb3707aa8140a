"""Verdicts, thresholds and maps as a notebook shows them: HTML, in which every name is escaped."""

from __future__ import annotations

import io
from html import escape

from rich.console import Console, Group, RenderableType
from rich.text import Text

from checker.parameters.found_threshold import FoundThreshold
from checker.parameters.partition import Partition
from checker.report.course import course_lines
from checker.report.partition import CELL_ANSWERS, COLOURS, LEGEND, map_summary
from checker.report.threshold import threshold_story
from checker.report.verdict import story
from checker.report.words import describe
from checker.system.findings import Fact
from checker.system.parametric import Cell
from checker.system.shown import shown
from checker.system.verdict import Verdict
from spec.statements.base import Answer

PRE = '<pre style="font-family: monospace; line-height: 1.25; white-space: pre">{code}</pre>'
SIDE = 320
"""Of a map, in units of the drawing."""


@shown.register
def _(verdict: Verdict) -> str:
    """The story, and the course of a run as bars."""
    course = [] if verdict.run is None else [Text(), *course_lines(verdict.run)]
    return _printed(Group(story(verdict), *course))


@shown.register
def _(found: FoundThreshold) -> str:
    """The threshold in full."""
    return _printed(threshold_story(found))


@shown.register
def _(partition: Partition) -> str:
    """The map as a drawing, in which each box says what shows its answer."""
    boxes = [
        _box(partition, each.cell, each.decided.answer, each.decided.evidence)
        for each in partition.boxes
    ]
    boxes += [_box(partition, cell, Answer.UNKNOWN, None) for cell in partition.open]
    question, (across, up) = partition.question, partition.domain
    summary = escape(map_summary(partition))
    axes = f"across: {question.x} from {across[0]} to {across[1]}; "
    axes += f"up: {question.y} from {up[0]} to {up[1]}"
    return (
        f'<figure><svg role="img" aria-label="{summary}" width="{SIDE}" height="{SIDE}" '
        f'viewBox="0 0 1 1" preserveAspectRatio="none">{"".join(boxes)}</svg>'
        f"<figcaption>{summary}<br>{escape(axes)}</figcaption></figure>"
    )


def _box(partition: Partition, cell: Cell, answer: Answer, evidence: Fact | None) -> str:
    """One cell of a map as a rectangle, in shares of the map's sides."""
    spans = [
        (float((low - least) / (most - least)), float((high - low) / (most - least)))
        for (low, high), (least, most) in zip(cell, partition.domain, strict=True)
    ]
    (left, width), (bottom, height) = spans
    says = f"{CELL_ANSWERS[answer]}: {describe(evidence)}" if evidence else LEGEND[answer]
    return (
        f'<rect x="{left:.6f}" y="{1 - bottom - height:.6f}" width="{width:.6f}" '
        f'height="{height:.6f}" fill="{COLOURS[answer]}"><title>{escape(says)}</title></rect>'
    )


def _printed(told: RenderableType) -> str:
    """What is printed on a terminal, with its colours."""
    console = Console(file=io.StringIO(), record=True, width=100, force_jupyter=False)
    console.print(told)
    return console.export_html(inline_styles=True, code_format=PRE)
