"""A log of a training run, read a batch at a time and refused where it cannot be true.

Rows are sorted by iteration, so nothing of an iteration is needed once the next one has begun but
the cells that can be the worst of their ranks (``worst_ranks``). The memory is that of a batch, of
the rows of one iteration, and of these cells: it grows with the iterations and not with the rows.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import attrs
import polars as pl

from checker.conform.columns import Column, Fields, Key, Layout, Mapped, Part, layout
from checker.conform.worst_ranks import blocks, worst_ranks
from spec.errors import SpecError

BATCH = 20_000
"""Rows of JSON that are read at a time."""
BLOCK = 2**20
"""Bytes of CSV that are read at a time."""
MOST = 10**15
"""The greatest count and iteration."""

CELLS = {
    "row": pl.Int64,
    "iteration": pl.Int64,
    "place": pl.Int32,
    "field": pl.Int32,
    "count": pl.Int64,
    "of": pl.Int64,
    "low": pl.String,
    "high": pl.String,
    "column": pl.Int32,
    "base_count": pl.Int64,
    "base_of": pl.Int64,
    "rank": pl.String,
}
"""The columns of a batch's cells. A value stands under ``low`` alone, as it is written."""
KEYS = ("iteration", "place", "rank")
"""What tells one row from another."""


@attrs.frozen
class Log:
    """Measured cells, ordered by iteration.

    Args:
        file: the name of the file.
        positions: the scheme's positions, which ``place`` numbers.
        fields: the names of all fields, which ``field`` numbers.
        columns: the columns of the file that hold measurements, which ``column`` numbers.
        cells: the frame: of several ranks those that can be the worst, in the order of the file.
        counts: how many counts the file has.
        rows: how many rows it has.
        last: the last iteration that has a row.
    """

    file: str
    positions: tuple[str, ...]
    fields: tuple[str, ...]
    columns: tuple[str, ...]
    cells: pl.DataFrame
    counts: int
    rows: int
    last: int

    def at(self, row: int, column: int) -> str:
        """Where a cell stands, for an error."""
        return f"{self.file}: row {row}, column {self.columns[column]}"


def read_log(path: str, fields: Fields, mapped: Mapped | None = None, *, gaps: bool = False) -> Log:
    """A log in CSV, or in JSON lines (a file whose first character is a brace).

    Args:
        path: the file.
        fields: the scheme's fields, by position in the order of the loop.
        mapped: what a mapping file says of the columns.
        gaps: whether iterations may be missing; they are unmeasured then.

    Raises:
        SpecError: for the first row that cannot be right, naming it and its column. Rows are
            numbered from 1, without the header.
    """
    try:
        with Path(path).open("rb") as start:
            first = start.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    except OSError as error:
        raise SpecError(
            f"cannot be read ({error.strerror}); give a CSV or JSON-lines file", path
        ) from None
    if not first:
        raise SpecError("the log is empty; it needs a header and a row", path)
    return assemble(
        _json_batches(path) if first == b"{" else _csv_batches(path),
        path,
        fields,
        mapped,
        gaps=gaps,
    )


def assemble(
    batches: Iterator[pl.DataFrame],
    path: str,
    fields: Fields,
    mapped: Mapped | None = None,
    *,
    gaps: bool = False,
) -> Log:
    """A log of batches of rows as texts; see ``read_log``."""
    reader: _Reader | None = None
    for batch in batches:
        reader = reader or _Reader(
            path, fields, layout(batch.columns, fields, mapped or Mapped(), path), gaps
        )
        reader.take(batch)
    if reader is None or not reader.rows:
        raise SpecError("the log has no row; it needs one for each iteration", path)
    return reader.finished()


def _csv_batches(path: str) -> Iterator[pl.DataFrame]:
    _require_header(path)
    try:
        for block in _blocks(path):
            if not _is_whole(block):
                _refuse_csv(path)
            yield pl.read_csv(block, infer_schema=False, quote_char='"')
    except pl.exceptions.PolarsError as error:
        _refuse_csv(path, error)


def _blocks(path: str) -> Iterator[bytes]:
    """The header with some whole rows, again and again.

    polars' own batches read far ahead of what is taken from them, the further the larger the file.
    """
    with Path(path).open("rb") as file:
        lines = iter(file.readline, b"")
        header = next((line for line in lines if line.strip(b"\xef\xbb\xbf\r\n")), b"")
        header = header.removeprefix(b"\xef\xbb\xbf")
        rest, empty = b"", True
        while block := file.read(BLOCK):
            rest += block
            end = _end_of_row(rest)
            if end:
                yield header + rest[:end]
                rest, empty = rest[end:], False
        if rest or empty:
            yield header + rest


def _end_of_row(block: bytes) -> int:
    """Where the last whole row of a block ends: at a line's end that is not within quotes."""
    end = block.rfind(b"\n") + 1
    while end and block.count(b'"', 0, end) % 2:
        end = block.rfind(b"\n", 0, end - 1) + 1
    return end


def _require_header(path: str) -> None:
    """That no column stands twice; polars would rename the second."""
    with Path(path).open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = next((row for row in csv.reader(file) if row), [])
    for name in header:
        if header.count(name) > 1:
            message = "stands twice in the header; give each column one name"
            raise SpecError(message, f"{path}: column {name}")


def _is_whole(block: bytes) -> bool:
    """Whether every row of a block has as many cells as the header; polars fills up short ones."""
    if b'"' in block:
        rows = csv.reader(io.StringIO(block.decode("utf-8", errors="replace"), newline=""))
        return len({len(row) for row in rows if row}) <= 1
    lines = pl.Series(block.decode("utf-8", errors="replace").split("\n"))
    cells = lines.filter(lines.str.strip_chars() != "").str.count_matches(",", literal=True)
    return cells.n_unique() <= 1


def _refuse_csv(path: str, error: Exception | None = None) -> NoReturn:
    """Say which row of a CSV file is wrong, which polars does not.

    Raises:
        SpecError: always.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = next((row for row in rows if row), [])
            number = 0
            for number, row in enumerate(rows, 1):
                if row and len(row) != len(header):
                    raise SpecError(
                        f"has {len(row)} cells, but the header has {len(header)}; mend the row",
                        f"{path}: row {number}",
                    )
    except UnicodeDecodeError:
        _refuse_text(path)
    except csv.Error as wrong:
        at = f"{path}: row {number + 1}"
        raise SpecError(f"is no CSV ({wrong}: is a quote left open?); mend it", at) from None
    reason = str(error or "rows differ in their cells").splitlines()[0]
    raise SpecError(f"is no CSV ({reason}); mend it", path) from None


def _refuse_text(path: str) -> NoReturn:
    """Say in which line a file stops being text.

    Raises:
        SpecError: always.
    """
    with Path(path).open("rb") as file:
        line = next((n for n, content in enumerate(file, 1) if not _is_text(content)), 1)
    raise SpecError("is not UTF-8 text; save it as such", f"{path}: line {line}")


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _json_batches(path: str) -> Iterator[pl.DataFrame]:
    with Path(path).open(encoding="utf-8-sig") as file:
        rows = _json_rows(file, path)
        header: list[str] = []
        while chunk := list(itertools.islice(rows, BATCH)):
            names = list(dict.fromkeys(name for row in chunk for name in row))
            if header and (fresh := [name for name in names if name not in header]):
                raise SpecError(
                    f"no row before has it; name all columns within the first {BATCH} rows",
                    f"{path}: column {fresh[0]}",
                )
            header = header or names
            yield pl.DataFrame(
                {name: [row.get(name) for row in chunk] for name in header},
                schema=dict.fromkeys(header, pl.String),
            )


def _json_rows(lines: Iterator[str], path: str) -> Iterator[dict[str, str | None]]:
    number = 0
    try:
        for line in lines:
            if not line.strip():
                continue
            number += 1
            yield _json_row(line, f"{path}: row {number}")
    except UnicodeDecodeError:
        _refuse_text(path)


def _json_row(line: str, at: str) -> dict[str, str | None]:
    """One line of JSON as texts: numbers as they are written."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        for name in names:
            if names.count(name) > 1:
                raise SpecError("stands twice; keep one", f"{at}, column {name}")
        return dict(pairs)

    try:
        row = json.loads(
            line, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=once
        )
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", "too deep")
        raise SpecError(f"is no JSON ({reason}); write one object a line", at) from None
    if not isinstance(row, dict):
        raise SpecError('is no object; write {"iteration": 0, ...}', at)
    for name, value in row.items():
        if isinstance(value, dict | list | bool):
            raise SpecError("is no number and no text", f"{at}, column {name}")
    return row


@attrs.define
class _Reader:
    """Takes batches, refuses what is wrong in them, and keeps the measured cells.

    ``current`` has the keys of the last iteration that was read, which may go on in the next batch.
    """

    path: str
    fields: Fields
    layout: Layout
    gaps: bool
    rows: int = 0
    counts: int = 0
    last: int = -1
    kept: list[pl.DataFrame] = attrs.field(factory=list)
    current: pl.DataFrame | None = None

    @property
    def positions(self) -> list[str]:
        return list(self.fields)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys(name for known in self.fields.values() for name in known))

    def take(self, batch: pl.DataFrame) -> None:
        """Take a batch of rows."""
        batch = batch.with_columns(pl.all().str.strip_chars().replace("", None))
        batch = batch.with_row_index("@row", self.rows + 1)
        self.rows += len(batch)
        batch = batch.filter(~pl.all_horizontal(pl.exclude("@row").is_null()))  # blank lines
        keyed = self._keyed(batch)
        self._require_new(keyed)
        groups: dict[tuple[str | None, str], dict[Part, Column]] = {}
        for column in self.layout.columns:
            groups.setdefault((column.position, column.field), {})[column.part] = column
        cells = pl.concat([self._cells(batch, keyed, parts) for parts in groups.values()])
        cells = cells.sort("row", "column").with_columns(
            block=blocks(self.counts + counts_of().cum_sum())
        )
        self.counts += int(cells.select(counts_of().sum()).item())
        self.kept.append(worst_ranks(cells) if Key.RANK in self.layout.keys else cells)

    def _keyed(self, batch: pl.DataFrame) -> pl.DataFrame:
        """The rows' numbers, iterations, places and ranks."""
        name = self.layout.keys[Key.ITERATION]
        iteration = self._whole(batch, name, required=True)
        falls = iteration < iteration.shift(1, fill_value=self.last)
        self._refuse(batch, falls, name, "is below that of the row before; sort the log by it")
        self.last = int(iteration[-1]) if len(iteration) else self.last
        return pl.DataFrame(
            {
                "row": batch["@row"].cast(pl.Int64),
                "iteration": iteration,
                "place": self._places(batch),
                "rank": self._ranks(batch),
            }
        )

    def _places(self, batch: pl.DataFrame) -> pl.Series:
        if self.layout.wide:
            return pl.Series("place", [0] * len(batch), dtype=pl.Int32)
        name = self.layout.keys[Key.POSITION]
        numbers = {position: number for number, position in enumerate(self.positions)}
        places = batch[name].replace_strict(numbers, default=None, return_dtype=pl.Int32)
        known = " or ".join(self.positions)
        self._refuse(batch, places.is_null(), name, f"is no position of the scheme; write {known}")
        return places

    def _ranks(self, batch: pl.DataFrame) -> pl.Series:
        if Key.RANK not in self.layout.keys:
            return pl.Series("rank", [None] * len(batch), dtype=pl.String)
        name = self.layout.keys[Key.RANK]
        number = batch[name].cast(pl.Float64, strict=False)
        wrong = batch[name].is_not_null() & ~number.is_finite().fill_null(False)
        self._refuse(batch, wrong, name, "is no number; a rank is one")
        return batch[name]

    def _cells(
        self, batch: pl.DataFrame, keyed: pl.DataFrame, parts: Mapping[Part, Column]
    ) -> pl.DataFrame:
        """The cells that the columns of one field hold."""
        column = next(iter(parts.values()))
        found = {
            name: pl.Series(name, [None] * len(batch), dtype=CELLS[name])
            for name in ("count", "of", "low", "high", "base_count", "base_of")
        }
        if Part.COUNT in parts:
            count, of = self._counts(batch, parts[Part.COUNT].name, parts[Part.OF].name)
            found |= {"count": count, "of": of}
            if Part.BASE_OF in parts:
                names = parts[Part.BASE_COUNT].name, parts[Part.BASE_OF].name
                base, base_of = self._counts(batch, *names)
                half = of.is_null() != base_of.is_null()
                self._refuse(batch, half, names[1], f"and {parts[Part.OF].name}: one is empty")
                found |= {"base_count": base, "base_of": base_of}
        elif Part.VALUE in parts:
            found |= {"low": self._number(batch, parts[Part.VALUE].name)}
        else:
            found |= {
                part.value: self._number(batch, parts[part].name) for part in (Part.LOW, Part.HIGH)
            }
            half = found["low"].is_null() != found["high"].is_null()
            self._refuse(batch, half, parts[Part.HIGH].name, "and its other end: one is empty")
            low, high = (found[end].cast(pl.Float64) for end in ("low", "high"))
            below = (high < low).fill_null(False)
            self._refuse(batch, below, parts[Part.HIGH].name, "is below the lower end")
        place = pl.col("place")
        if column.position is not None:
            place = pl.lit(self.positions.index(column.position), dtype=pl.Int32)
        cells = keyed.with_columns(
            **found,
            place=place,
            field=pl.lit(self.names.index(column.field), dtype=pl.Int32),
            column=pl.lit(self.layout.columns.index(column), dtype=pl.Int32),
        ).select(list(CELLS))
        measured = cells.filter(pl.col("of").is_not_null() | pl.col("low").is_not_null())
        self._require_field(batch, measured, column)
        return measured

    def _counts(self, batch: pl.DataFrame, count: str, of: str) -> tuple[pl.Series, pl.Series]:
        counted, drawn = self._whole(batch, count), self._whole(batch, of)
        self._refuse(
            batch, counted.is_null() & drawn.is_not_null(), count, f"is empty, but {of} is not"
        )
        self._refuse(
            batch, drawn.is_null() & counted.is_not_null(), of, f"is empty, but {count} is not"
        )
        self._refuse(batch, (drawn < 1).fill_null(False), of, "is below 1: nothing was drawn")
        self._refuse(batch, (counted > drawn).fill_null(False), count, f"is above {of}")
        return counted, drawn

    def _whole(self, batch: pl.DataFrame, name: str, *, required: bool = False) -> pl.Series:
        values = batch[name].cast(pl.Int64, strict=False)
        wrong = values.is_null() if required else values.is_null() & batch[name].is_not_null()
        digits = batch[name].str.contains(r"^[+-]?[0-9]+$").fill_null(False)
        self._refuse(batch, wrong & ~digits, name, "is no whole number; write 0, 1, 2, ...")
        out = wrong | ((values < 0) | (values > MOST)).fill_null(False)
        self._refuse(batch, out, name, f"is outside 0..{MOST}")
        return values

    def _number(self, batch: pl.DataFrame, name: str) -> pl.Series:
        number = batch[name].cast(pl.Float64, strict=False)
        wrong = batch[name].is_not_null() & ~number.is_finite().fill_null(False)
        percent = wrong & batch[name].str.ends_with("%").fill_null(False)
        self._refuse(batch, percent, name, "is a percentage; write it as a share, such as 0.045")
        self._refuse(
            batch, wrong, name, "is no number; leave the cell empty where nothing was measured"
        )
        return batch[name]

    def _require_field(self, batch: pl.DataFrame, cells: pl.DataFrame, column: Column) -> None:
        """That the positions at which a field is measured have it."""
        for place, position in enumerate(self.positions):
            here = cells.filter(pl.col("place") == place)
            if len(here) and column.field not in self.fields[position]:
                raise SpecError(
                    f"the {position} has no {column.field}; it has "
                    f"{', '.join(self.fields[position])}",
                    f"{self.path}: row {here['row'][0]}, column {column.name}",
                )

    def _refuse(self, batch: pl.DataFrame, wrong: pl.Series, name: str, why: str) -> None:
        """Refuse the first row that is wrong in a column."""
        if not wrong.any():
            return
        index = wrong.arg_max()
        assert index is not None
        row, value = batch["@row"][index], batch[name][index]
        shown = "the cell" if value is None else f'"{value[:40]}"'
        message = f"{shown} {why}"
        raise SpecError(message, f"{self.path}: row {row}, column {name}")

    def finished(self) -> Log:
        """The log, if it measures anything."""
        cells = pl.concat(self.kept)
        if not len(cells):
            raise SpecError("the log measures nothing: every cell is empty", self.path)
        if Key.RANK in self.layout.keys:
            cells = worst_ranks(cells)
        columns = tuple(column.name for column in self.layout.columns)
        return Log(
            self.path,
            tuple(self.positions),
            tuple(self.names),
            columns,
            cells,
            self.counts,
            self.rows,
            self.last,
        )

    def _require_new(self, keyed: pl.DataFrame) -> None:
        """That no row of a batch stands twice, and that no iteration is missing before it."""
        before = self.current if self.current is not None else keyed.clear()
        self._require_all(keyed, int(before["iteration"][-1]) if len(before) else -1)
        keys = pl.concat([before, keyed])
        self._require_once(keys)
        self.current = keys.filter(pl.col("iteration") == self.last)

    def _require_once(self, keys: pl.DataFrame) -> None:
        twice = keys.filter(~pl.struct(KEYS).is_first_distinct())
        if not len(twice):
            return
        again = twice.row(0, named=True)
        same = keys.filter(
            pl.all_horizontal(pl.col(name).eq_missing(pl.lit(again[name])) for name in KEYS)
        )
        column = self.layout.keys[Key.ITERATION]
        raise SpecError(
            f'"{again["iteration"]}" is a second row of the same iteration and position'
            f"{'' if again['rank'] is None else ' and rank'} as row {same['row'][0]}; keep one",
            f"{self.path}: row {again['row']}, column {column}",
        )

    def _require_all(self, keyed: pl.DataFrame, last: int) -> None:
        """That every iteration from the one after the last has a row."""
        column = self.layout.keys[Key.ITERATION]
        steps = keyed["iteration"] - keyed["iteration"].shift(1, fill_value=last)
        jumps = (steps > 1).arg_max() if (steps > 1).any() else None
        if jumps is None or self.gaps:
            return
        row, here = keyed["row"][jumps], keyed["iteration"][jumps]
        missing = int(here) - int(steps[jumps]) + 1
        raise SpecError(
            f'"{here}" leaves out iteration {missing}; log it with empty cells, or pass '
            "--allow-gaps",
            f"{self.path}: row {row}, column {column}",
        )


def counts_of() -> pl.Expr:
    """How many counts a cell has: two where it is the ratio of two."""
    there = [pl.col(name).is_not_null().cast(pl.Int64) for name in ("of", "base_of")]
    return there[0] + there[1]


def texts(rows: Sequence[Mapping[str, object]]) -> Iterator[pl.DataFrame]:
    """Rows in memory as one batch of texts."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {
        name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names
    }
    yield pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
