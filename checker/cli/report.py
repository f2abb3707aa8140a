"""The command ``report``: what was decided, as one HTML page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import typer

from checker.cli.check import decide, is_cell
from checker.cli.console import complain, write_whole
from checker.cli.evidence import file_names
from checker.cli.map_jobs import load
from checker.cli.targets import rows_of
from checker.cli.tasks import tasks_for
from checker.parameters.partition import Partition
from checker.portfolio.decision import Options
from checker.report.page import page
from checker.report.words import counted
from spec.errors import SpecError
from spec.statements.base import Statement


def report(
    targets: list[str],
    params: Sequence[str],
    options: Options,
    *,
    file: Path,
    jobs: int,
    memory: float,
    evidence: str = "",
    maps: Sequence[str] = (),
) -> None:
    """Decide what the targets stand for, and write the page.

    Raises:
        typer.Exit: with status 2 if a specification is wrong, with status 1 unless every verdict is
            the expected one.
    """
    drawn = [_map(name) for name in maps]
    decided, wrong = decide(
        targets,
        params,
        options,
        jobs=jobs or os.cpu_count() or 1,
        memory=memory,
        evidence=evidence,
    )
    names = {verdict.claim for verdict, _ in decided}
    rows = [row for row in rows_of(targets) if all(s.name in names for s in row.statements)]
    in_rows = {statement.name for row in rows for statement in row.statements}
    cells = {s.name for _, s in decided if is_cell(s)} - in_rows
    links = {}
    if evidence:
        tasks = tasks_for(targets, params, "", True, options)
        links = _links([task.statement for task in tasks], Path(evidence), file)
    write_whole(file, page(decided, rows, cells, drawn, links))
    unexpected = sum(not verdict.as_expected for verdict, _ in decided)
    print(f"{file}: {counted(len(decided), 'statement')}, {unexpected} not as expected")
    complain(wrong)
    if unexpected:
        raise typer.Exit(1)


def _links(statements: Sequence[Statement], folder: Path, page: Path) -> dict[str, str]:
    """By statement, the address of its evidence as seen from the page."""
    names = file_names([statement.name for statement in statements])
    found = {}
    for statement, name in zip(statements, names, strict=True):
        if (folder / name).is_file():
            address = os.path.relpath(folder / name, page.resolve().parent)
            found[statement.name] = quote(address.replace(os.sep, "/"))
    return found


def _map(name: str) -> Partition:
    """The map in a file.

    Raises:
        SpecError: if there is none.
    """
    if not Path(name).is_file():
        raise SpecError("no such file; give the JSON file that `alignspec map` writes", name)
    try:
        return load(Path(name))
    except SpecError:
        raise SpecError("no map; give the JSON file that `alignspec map` writes", name) from None
