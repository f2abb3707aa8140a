"""Decide many random schemes and compare each verdict with the oracle.

    python -m benchmarks.differential [--first N] [--count N] [--timeout S] [--json FILE]

Schemes are numbered; the same number is the same scheme on every machine. They are decided in
chunks, each in a process of its own, and with ``--json`` a later run takes up where the last one
ended. The exit status is 1 if a verdict and the oracle contradict each other, or one crashed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

from benchmarks.differential.judge import Outcome, judged

CHUNK = 50
"""Schemes that one process decides: the solver keeps what it was told."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the schemes asked for, print the table."""
    parser = argparse.ArgumentParser(description="random schemes against an independent oracle")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    outcomes = read(options.json)
    known = {outcome.number for outcome in outcomes}
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for first in range(options.first, options.first + options.count, CHUNK):
            size = min(CHUNK, options.first + options.count - first)
            if known.issuperset(range(first, first + size)):
                continue
            outcomes += pool.apply(judged, (first, size, options.timeout))
            write(options.json, outcomes)
    report(outcomes)
    return 1 if any(outcome.problem for outcome in outcomes) else 0


def read(path: Path | None) -> list[Outcome]:
    """The outcomes that a file holds."""
    if path is None or not path.exists():
        return []
    return [Outcome(**entry) for entry in json.loads(path.read_text())]


def write(path: Path | None, outcomes: Sequence[Outcome]) -> None:
    """Write the outcomes beside the file, then in its place."""
    if path is not None:
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps([attrs.asdict(outcome) for outcome in outcomes]))
        beside.replace(path)


def report(outcomes: Sequence[Outcome]) -> None:
    """The table by kind, then every disagreement and crash."""
    table = Table("kind", "schemes", "proved", "refuted", "unknown", "late", "longer", "wrong")
    kinds = sorted({outcome.kind for outcome in outcomes})
    for kind in (*kinds, "all"):
        rows = [outcome for outcome in outcomes if kind in (outcome.kind, "all")]
        table.add_row(kind, *map(str, columns(rows)))
    console = Console()
    console.print(table)
    for outcome in outcomes:
        if outcome.problem:
            console.print(f"{outcome.number} ({outcome.kind}): {outcome.problem}", markup=False)


def columns(rows: Sequence[Outcome]) -> list[Any]:
    """One line of the table."""
    answers = Counter(outcome.answer for outcome in rows)
    unknown = answers["unknown"]
    late = sum(outcome.late for outcome in rows)
    return [
        len(rows),
        answers["proved"],
        answers["refuted"],
        f"{unknown} ({unknown / max(1, len(rows)):.1%})",
        late,
        sum(outcome.longer for outcome in rows),
        sum(bool(outcome.problem) for outcome in rows),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
