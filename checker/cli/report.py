"""The command ``report``: what was decided, as one HTML page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import typer

from checker.cli.check import decide, is_cell
from checker.cli.console import complain, write_whole
from checker.cli.targets import rows_of
from checker.portfolio.decision import Options
from checker.report.page import page


def report(
    targets: list[str],
    params: Sequence[str],
    options: Options,
    *,
    file: Path,
    jobs: int,
    memory: float,
) -> None:
    """Decide what the targets stand for, and write the page.

    Raises:
        typer.Exit: with status 2 if a specification is wrong, with status 1 unless every verdict is
            the expected one.
    """
    decided, wrong = decide(
        targets, params, options, jobs=jobs or os.cpu_count() or 1, memory=memory
    )
    names = {verdict.claim for verdict, _ in decided}
    rows = [row for row in rows_of(targets) if all(s.name in names for s in row.statements)]
    in_rows = {statement.name for row in rows for statement in row.statements}
    cells = {s.name for _, s in decided if is_cell(s)} - in_rows
    write_whole(file, page(decided, rows, cells))
    unexpected = sum(not verdict.as_expected for verdict, _ in decided)
    print(f"{file}: {len(decided)} statements, {unexpected} not as expected")
    complain(wrong)
    if unexpected:
        raise typer.Exit(1)
