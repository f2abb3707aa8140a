"""The report: one HTML page with the table, the ledger, thresholds, worlds and counterexamples.

Everything is in the page: it needs no network and no other file. Jinja escapes every text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from checker.parameters.partition import Partition
from checker.report.charts import HEIGHT, WIDTH, Chart, charts
from checker.report.html import render
from checker.report.ledger import brief
from checker.report.map_drawing import SIDE, drawing
from checker.report.verdict import column_of, headline, plain, region
from checker.report.words import number
from checker.system.verdict import Verdict
from spec.statements.base import Answer, Statement
from spec.statements.ledger import Row
from spec.statements.sound import Sound
from spec.statements.threshold import Threshold


@attrs.frozen
class Entry:
    """What the page says of one statement."""

    name: str
    anchor: str
    scheme: str
    says: str
    answer: str
    expected: str
    as_expected: bool
    found: str
    story: str
    file: str
    charts: tuple[Chart, ...]
    rounds: int
    evidence: str


def page(
    decided: Sequence[tuple[Verdict, Statement]],
    rows: Sequence[Row],
    cells: set[str],
    maps: Sequence[Partition] = (),
    evidence: Mapping[str, str] | None = None,
) -> str:
    """The whole page.

    Args:
        decided: the verdicts and their statements.
        rows: the rows of the ledger whose statements were all decided.
        cells: the names of the statements that stand in the table of schemes and invariants.
        maps: region maps that are shown.
        evidence: by statement, the address of the file of its evidence.
    """
    files = evidence or {}
    entries = {
        v.claim: _entry(number, v, s, files.get(v.claim, ""))
        for number, (v, s) in enumerate(decided)
    }
    kinds = {statement.name: type(statement) for _, statement in decided}
    table = [verdict for verdict, _ in decided if verdict.claim in cells]
    return render(
        "page.html.j2",
        entries=list(entries.values()),
        counts={a.value: sum(v.answer is a for v, _ in decided) for a in Answer},
        wrong=[entry for entry in entries.values() if not entry.as_expected],
        table=_table(table, entries),
        at=_at(table),
        rows=[(row, [entries[s.name] for s in row.statements]) for row in rows],
        ranges=[
            (entries[v.claim], region(v.bracket) if v.bracket is not None else headline(v))
            for v, _ in decided
            if v.bracket is not None or kinds[v.claim] is Threshold
        ],
        worlds=[entries[v.claim] for v, _ in decided if kinds[v.claim] is Sound],
        runs=[entry for entry in entries.values() if entry.charts],
        maps=[drawing(partition) for partition in maps],
        side=SIDE,
        width=WIDTH,
        height=HEIGHT,
    )


def _entry(number: int, verdict: Verdict, statement: Statement, evidence: str) -> Entry:
    run = verdict.run
    return Entry(
        name=verdict.claim,
        anchor=f"s{number}",
        scheme=verdict.scheme,
        says=verdict.says,
        answer=verdict.answer.value,
        expected=verdict.expected.value,
        as_expected=verdict.as_expected,
        found=brief(verdict),
        story=plain(verdict).strip(),
        file=statement.location,
        charts=charts(run),
        rounds=0 if run is None else run.iteration,
        evidence=evidence,
    )


def _at(verdicts: Sequence[Verdict]) -> str:
    """At which values of their parameters the schemes of the table stand."""
    chosen = {name: value for verdict in verdicts for name, value in verdict.chosen.items()}
    if not chosen:
        return "Every scheme at its defaults."
    named = ", ".join(f"{name} = {number(value)}" for name, value in chosen.items())
    return f"Every scheme at its defaults, but for {named}."


def _table(verdicts: Sequence[Verdict], entries: dict[str, Entry]) -> dict[str, Any]:
    """Schemes down, invariants across, in each cell the entries that belong there."""
    columns = list(dict.fromkeys(column_of(verdict) for verdict in verdicts))
    schemes = dict.fromkeys(verdict.scheme for verdict in verdicts)
    rows = {
        scheme: [
            [entries[v.claim] for v in verdicts if (v.scheme, column_of(v)) == (scheme, name)]
            for name in columns
        ]
        for scheme in schemes
    }
    limits = {
        name: ", ".join(
            f"{quantity} <= {limit}"
            for quantity, limit in next(v for v in verdicts if column_of(v) == name).limits.items()
        )
        for name in columns
    }
    return {"columns": columns, "rows": rows, "limits": limits}
