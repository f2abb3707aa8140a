"""What the tests of runs read off rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from examples.runs.command import Options
from examples.runs.record import Count, Row

Run = Callable[[Options], Iterable[Row]]


def count(row: Row, field: str) -> Count:
    """A field that was counted."""
    found = row.fields[field]
    assert isinstance(found, Count)
    return found


def measured(row: Row, field: str) -> float:
    """A field that was not."""
    found = row.fields[field]
    assert not isinstance(found, Count)
    return found


def rate(row: Row, field: str) -> float:
    """The share that was counted."""
    return count(row, field).rate
