"""The log of a run: a row for each iteration, position and rank, as CSV.

The columns are ``iteration`` (0 is the seed), ``position`` (``agent`` or ``expert``; the expert of
iteration i is the amplified agent i), ``rank`` where something is measured rank by rank, and the
fields of the scheme's agent: ``FIELD`` holds a value, the pair ``FIELD.count`` and ``FIELD.of``
k of n independent draws. Columns that begin with ``extra.`` are beside the scheme. Empty means not
measured.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import attrs
import numpy as np
import numpy.typing as npt

FIRST = ("iteration", "position", "rank")


@attrs.frozen
class Count:
    """So many of so many draws."""

    count: int
    of: int

    def __attrs_post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise ValueError(f"{self.count} of {self.of} is no count")

    @property
    def rate(self) -> float:
        """The share, between 0 and 1; not a number where nothing was drawn."""
        return self.count / self.of if self.of else float("nan")

    @classmethod
    def among(cls, flags: npt.NDArray[np.bool_]) -> Count:
        """How many of the flags are set."""
        return cls(int(flags.sum()), len(flags))


Measured = Count | float


@attrs.frozen
class Row:
    """What was measured of one agent: at one rank, or at all of them together."""

    iteration: int
    position: str
    fields: Mapping[str, Measured]
    rank: int | None = None

    def cells(self) -> dict[str, str]:
        """The row as text, by column."""
        cells = {"iteration": str(self.iteration), "position": self.position}
        if self.rank is not None:
            cells["rank"] = str(self.rank)
        for name, measured in self.fields.items():
            if isinstance(measured, Count):
                cells[f"{name}.count"] = str(measured.count)
                cells[f"{name}.of"] = str(measured.of)
            else:
                cells[name] = f"{measured:.6g}"
        return cells


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write the log, whole or not at all: beside its place first, then renamed."""
    cells = [row.cells() for row in rows]
    names = dict.fromkeys(name for row in cells for name in row)
    measured = [name for name in names if name not in FIRST]
    columns = [name for name in FIRST if name in names]
    columns += sorted(measured, key=lambda name: name.startswith("extra."))
    beside = path.with_name(path.name + ".part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(cells)
    os.replace(beside, path)


def read(path: Path) -> list[Row]:
    """The rows of a log that ``write`` has written."""
    with path.open(encoding="utf-8", newline="") as file:
        return [_row(cells) for cells in csv.DictReader(file)]


def _row(cells: Mapping[str, str]) -> Row:
    fields: dict[str, Measured] = {}
    for name, text in cells.items():
        if name in FIRST or not text or name.endswith(".of"):
            continue
        field = name.removesuffix(".count")
        counted = field != name
        fields[field] = Count(int(text), int(cells[f"{field}.of"])) if counted else float(text)
    rank = cells.get("rank")
    return Row(int(cells["iteration"]), cells["position"], fields, int(rank) if rank else None)
