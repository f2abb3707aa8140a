"""The ledger of rows for people: as a table, and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from checker.report.soundness import markdown_row, steps_against_worlds
from checker.report.verdict import headline, mark, region
from checker.system.verdict import Verdict
from spec.statements.dynamics import Closed
from spec.statements.ledger import Row

LONGEST = 160
"""Characters of a finding in a table; `explain` tells it whole."""

Verdicts = Mapping[str, Verdict]
"""By the statement's name."""


def brief(verdict: Verdict) -> str:
    """What shows a verdict, in one short line."""
    found = headline(verdict)
    if verdict.run is not None:
        found = f"broken at iteration {verdict.run.iteration}"
        if verdict.kind is Closed:
            found = "broken by one step from an agent that satisfies it"
    if verdict.bracket is not None:
        found += f"; {region(verdict.bracket)}"
    return found if len(found) <= LONGEST else found[:LONGEST].rpartition(" ")[0] + " ..."


def ledger_tables(rows: Sequence[Row], verdicts: Verdicts) -> Iterator[RenderableType]:
    """Every row of the ledger: the sentence quoted, and what became of each of its statements."""
    for group in dict.fromkeys(row.group for row in rows):
        yield Text(f"\nLedger: {group}", "italic")
        for row in rows:
            if row.group == group:
                yield Text.assemble((f"\n{row.name}", "bold"), f"  {row.quote}")
                yield _stated(row, verdicts)


def _stated(row: Row, verdicts: Verdicts) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1))
    table.add_column(no_wrap=True, min_width=26)
    table.add_column(min_width=8)
    table.add_column(overflow="fold")
    for statement in row.statements:
        verdict = verdicts[statement.name]
        shown = mark(verdict.answer)
        if not verdict.as_expected:
            shown.append(f"\nexpected {verdict.expected}", "bold red")
        table.add_row(statement.name.removeprefix(f"{row.name}/"), shown, brief(verdict))
    return table


def row_head(row: Row) -> RenderableType:
    """The sentence quoted, and what it means."""
    return Group(
        Text.assemble((row.name, "bold"), f"  {row.quote}"), Text(f"Formally: {row.formal}"), Text()
    )


def row_tail(row: Row) -> RenderableType:
    """What the verdicts do not say, and who says it."""
    parts = (("Not said: ", row.not_covered), ("Source: ", row.source))
    return Group(*(Text(head + text) for head, text in parts if text))


def ledger_page(rows: Sequence[Row], verdicts: Verdicts) -> str:
    """The ledger as a page of Markdown."""
    lines = [
        "# The ledger",
        "",
        "What is said of iterated amplification and its relatives, what it means formally, and",
        "what became of it. Written by `alignspec check --page FILE`; what the words mean is on",
        "the page about verdicts. The tests decide every verdict anew.",
    ]
    for group in dict.fromkeys(row.group for row in rows):
        lines += ["", f"## {group.capitalize()}"]
        for row in rows:
            if row.group == group:
                lines += ["", *_section(row, verdicts)]
    lines += ["", *steps_against_worlds(verdicts.values())]
    return "\n".join(lines).rstrip() + "\n"


def _section(row: Row, verdicts: Verdicts) -> Iterator[str]:
    yield f"### {row.name}"
    yield ""
    yield f"**Said.** {row.quote}"
    yield ""
    yield f"**Formally.** {row.formal}"
    yield ""
    yield "| stated | verdict | shown by |"
    yield "| --- | --- | --- |"
    for statement in row.statements:
        verdict = verdicts[statement.name]
        yield markdown_row(
            f"`{statement.name}` {statement.says}", verdict.answer.upper(), brief(verdict)
        )
    if row.not_covered:
        yield ""
        yield f"**Not said.** {row.not_covered}"
    if row.source:
        yield ""
        yield f"**Source.** {row.source}"
