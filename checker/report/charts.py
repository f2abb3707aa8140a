"""The course of a run as charts in a page: one for each field that moves."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from checker.report.course import Moment, middle, moments, moving, values_of
from checker.report.words import amount
from checker.system.replay import Run

WIDTH, HEIGHT = 240, 48
"""Of a chart, in the units of the drawing."""


@attrs.frozen
class Chart:
    """The course of one field of a run: the points of its line, and its ends in words."""

    field: str
    points: str
    first: str
    last: str
    end: tuple[float, float]


def charts(run: Run | None) -> tuple[Chart, ...]:
    """A chart for each field that moves; none without a run."""
    course = [] if run is None else moments(run)
    return tuple(_chart(name, course) for name in moving(course)) if course else ()


def _chart(name: str, course: Sequence[Moment]) -> Chart:
    """The field's values over the rounds, scaled to the drawing."""
    known = values_of(name, course)
    values = [middle(value) for _, value in known]
    low, span = min(values), (max(values) - min(values)) or 1.0
    last = max(known[-1][0], 1)
    points = [
        (round(WIDTH * place / last, 1), round(HEIGHT * (1 - (value - low) / span), 1))
        for (place, _), value in zip(known, values, strict=True)
    ]
    return Chart(
        name,
        " ".join(f"{x},{y}" for x, y in points),
        amount(known[0][1]),
        amount(known[-1][1]),
        points[-1],
    )
