"""The command ``recheck``: evidence checked by the rechecker, and against what it is said of."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import typer
from rich.table import Table

from checker.cli.console import out, print_json, progress
from checker.cli.options import SHIPPED, UsageError
from checker.cli.shipped import shipped_statements
from checker.cli.targets import resolve
from checker.cli.values import parameters
from checker.evidence.asked import asked
from checker.report.documents import versioned
from recheck.check import Outcome, Report
from recheck.errors import Malformed
from recheck.evidence import asked_of, document_in
from recheck.report import files_in, recheck_all
from spec.parameters import parameter_domains
from spec.statements.base import Statement

STYLE = {Outcome.ACCEPTED: "green", Outcome.REJECTED: "bold red", Outcome.UNDECIDED: "yellow"}


def recheck(
    names: Sequence[str],
    against: Sequence[str],
    params: Sequence[str],
    *,
    timeout: float,
    jobs: int,
    as_json: bool,
) -> None:
    """Check evidence, and that it is about the targets if there are any.

    Raises:
        UsageError: for a file that is no evidence.
        typer.Exit: with status 1 unless all of it is accepted.
    """
    known = _statements(against)
    overriding = parameters(params)
    reports = []
    try:
        files = files_in(names)
        with progress(len(files), "rechecking", quiet=as_json) as tell:
            for report in recheck_all(files, timeout, jobs or os.cpu_count() or 1):
                reports.append(_compared(report, known, overriding) if against else report)
                tell(f"rechecked {Path(report.file).name}")
    except Malformed as error:
        raise UsageError(f"{error}; give files that `alignspec check --evidence` wrote") from None
    if as_json:
        print_json(versioned(evidence=[_document(report) for report in reports]))
    else:
        _show(reports)
    if any(report.outcome is not Outcome.ACCEPTED for report in reports):
        raise typer.Exit(1)


def _statements(against: Sequence[str]) -> dict[str, Statement]:
    found: list[Statement] = []
    for target in against:
        found += shipped_statements() if target == SHIPPED else resolve(target)
    return {statement.name: statement for statement in found}


def _compared(
    report: Report, known: Mapping[str, Statement], overriding: Mapping[str, Fraction]
) -> Report:
    """The report, unless the evidence is about something else than the target."""
    if report.outcome is Outcome.REJECTED:
        return report
    document = document_in(Path(report.file))
    statement = known.get(document["statement"]["name"])
    if statement is None:
        return report._replace(
            outcome=Outcome.REJECTED, why="it is about no statement of the target"
        )
    own = {n for process in statement.subjects for n in parameter_domains(process.parameters)}
    chosen = {name: value for name, value in overriding.items() if name in own}
    wanted = asked(statement, {**getattr(statement, "chosen", {}), **chosen})
    if document["system"] is None and report.outcome is Outcome.UNDECIDED:
        return report  # nothing is shown, of this statement or any other
    for part, value in asked_of(document).items():
        if value != asked_of(wanted)[part]:
            why = f"the {part} is not that of {statement.name} in the target"
            return report._replace(outcome=Outcome.REJECTED, why=why)
    return report


def _document(report: Report) -> dict[str, str]:
    return {"file": report.file, "outcome": report.outcome.value, "why": report.why}


def _show(reports: Sequence[Report]) -> None:
    table = Table("file", "", "why", box=None, pad_edge=False)
    for report in reports:
        outcome = report.outcome
        table.add_row(Path(report.file).name, f"[{STYLE[outcome]}]{outcome.value}[/]", report.why)
    out.print(table)
    counted = [
        f"{sum(report.outcome is outcome for report in reports)} {outcome.value}"
        for outcome in Outcome
    ]
    files = "1 file" if len(reports) == 1 else f"{len(reports)} files"
    out.print(f"\n{files}: {', '.join(counted)}")
