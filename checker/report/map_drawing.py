"""A region map as a drawing in a page: a rectangle for each decided cell."""

from __future__ import annotations

from fractions import Fraction

import attrs

from checker.parameters.partition import Partition
from checker.report.partition import CELL_ANSWERS, area_words, map_title, shown_answers
from checker.report.words import number
from checker.system.parametric import Interval

SIDE = 400
"""Of the drawing, in its units."""


@attrs.frozen
class Patch:
    """A cell in the drawing, and its answer in a word."""

    x: float
    y: float
    width: float
    height: float
    answer: str


@attrs.frozen
class Drawing:
    """A map, its axes and the shares of each answer in words."""

    title: str
    x: str
    y: str
    shares: tuple[tuple[str, str], ...]
    others: str
    patches: tuple[Patch, ...]


def drawing(partition: Partition) -> Drawing:
    """The drawing of a map; what is undecided is left blank."""
    question = partition.question
    across, up = partition.domain
    return Drawing(
        map_title(question),
        _axis(question.x, across, question.units[0]),
        _axis(question.y, up, question.units[1]),
        tuple((CELL_ANSWERS[a], area_words(partition, a)) for a in shown_answers(partition)),
        ", ".join(f"{name} = {number(value)}" for name, value in question.parameters.items()),
        tuple(
            _patch(box.cell[0], box.cell[1], across, up, CELL_ANSWERS[box.decided.answer])
            for box in partition.boxes
        ),
    )


def _axis(name: str, span: Interval, about: str) -> str:
    return f"{name}, {number(span[0])} to {number(span[1])}" + (f": {about}" if about else "")


def _patch(x: Interval, y: Interval, across: Interval, up: Interval, answer: str) -> Patch:
    left, right = (_scaled(end, across) for end in x)
    low, high = (_scaled(end, up) for end in y)
    return Patch(left, round(SIDE - high, 2), round(right - left, 2), round(high - low, 2), answer)


def _scaled(value: Fraction, span: Interval) -> float:
    return round(float(SIDE * (value - span[0]) / (span[1] - span[0])), 2)
