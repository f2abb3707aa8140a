"""The course of a run as a picture in text: each field that moves, round by round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs
from rich.text import Text

from checker.report.words import amount
from checker.system.replay import Enclosure, Run

BARS = "▁▂▃▄▅▆▇█"
MOST = 40
"""Rounds that are drawn: the first and the last of a longer run."""


@attrs.frozen
class Moment:
    """The agent at the end of a round (0 for the seed), and whether oversight failed in it."""

    round: int
    fields: Mapping[str, Enclosure]
    unseen: bool = False


def moments(run: Run) -> list[Moment]:
    """The agent at the start and at the end of each round that the run keeps.

    Where the run ends in the middle of a round, at the amplified agent, that is its last moment.
    """
    found = {0: Moment(0, run.seed)}
    for step in run.steps:
        before = found.get(step.iteration)
        unseen = step.oversight_failed or (before is not None and before.unseen)
        found[step.iteration] = Moment(step.iteration, step.after, unseen)
    return [found[number] for number in sorted(found)]


def middle(value: Enclosure) -> float:
    """A number near the value, for a picture."""
    return float((value.low + value.high) / 2)


def moving(course: Sequence[Moment]) -> list[str]:
    """The fields of the seed that are not the same at every moment."""
    return [
        name
        for name in course[0].fields
        if len({str(moment.fields.get(name)) for moment in course}) > 1
    ]


def values_of(name: str, course: Sequence[Moment]) -> list[tuple[int, Enclosure]]:
    """The rounds at which a field has a value, each with that."""
    return [(moment.round, moment.fields[name]) for moment in course if name in moment.fields]


def course_lines(run: Run) -> Iterator[Text]:
    """A line for each field that moves, its bars between its least and greatest value."""
    course = moments(run)
    names = moving(course)
    if len(course) < 2 or not names:
        return
    gap, shown = None, course
    if len(course) > MOST:
        shown = [*course[: MOST // 2], *course[-MOST // 2 :]]
    for place in range(1, len(shown)):
        if shown[place].round > shown[place - 1].round + 1:
            gap = place
    first = {name: amount(course[0].fields[name]) for name in names}
    wide, ends = max(map(len, names)), max(map(len, first.values()))
    yield Text(f"\nRound by round, 0 to {course[-1].round}", "bold")
    for name in names:
        bars = _bars([moment.fields.get(name) for moment in shown])
        text = Text(f"  {name:<{wide}}  {first[name]:>{ends}} ")
        text.append(bars[:gap]).append("…" if gap else "").append("" if gap is None else bars[gap:])
        text.stylize("bold red", len(text) - 1)
        last = course[-1].fields.get(name)
        yield text.append(f" {amount(last)}" if last is not None else "")
    yield from _faults(shown, gap, run, wide + ends + 5)


def _bars(values: Sequence[Enclosure | None]) -> str:
    numbers = [None if value is None else middle(value) for value in values]
    known = [number for number in numbers if number is not None]
    low, span = min(known), (max(known) - min(known)) or 1.0
    top = len(BARS) - 1
    return "".join(
        " " if number is None else BARS[round(top * (number - low) / span)] for number in numbers
    )


def _faults(shown: Sequence[Moment], gap: int | None, run: Run, indent: int) -> Iterator[Text]:
    """Under the bars: where oversight failed first, and where the clause broke."""
    columns = [place + (gap is not None and place >= gap) for place in range(len(shown))]
    unseen = next((place for place, moment in enumerate(shown) if moment.unseen), None)
    if unseen is not None:
        text = f"^ round {shown[unseen].round}: nobody can oversee the student"
        yield Text(" " * (indent + columns[unseen]) + text, "yellow")
    if run.broken is not None:
        text = f"^ round {run.iteration}: {run.broken} breaks"
        yield Text(" " * (indent + columns[-1]) + text, "bold red")
