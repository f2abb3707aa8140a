"""Rows of the ledger are told, written to a page and exported."""

from __future__ import annotations

import json
from pathlib import Path

from checker.cli.shipped import shipped_rows, shipped_statements
from spec import Sound
from tests.support import ROOT, alignspec


def test_a_row_is_told_with_what_it_does_not_say() -> None:
    answer = alignspec("explain", "premises")
    assert answer.returncode == 0
    for part in ("Formally: ", "premises/without-start", "Not said: ", "Source: "):
        assert part in answer.stdout


ROWS = """
from examples.noisy_memory import MostlyRight, memory
from spec import Claim, Row, Settles
row = Row("mine", quote="It forgets.", formal="Every run settles.", not_covered="When.",
    statements=[
    Settles("mine/forgets", memory, MostlyRight(), expected="refuted", says="Not if it is wrong."),
    Claim("mine/kept", memory, MostlyRight(), says="It keeps a good start."),
])
"""


def test_rows_of_ones_own_are_told_written_and_exported(tmp_path: Path) -> None:
    file, page = tmp_path / "rows.py", tmp_path / "page.md"
    file.write_text(ROWS)
    answer = alignspec("check", str(file), "--page", str(page))
    assert answer.returncode == 0, answer.stderr
    assert "mine  It forgets." in answer.stdout
    text = page.read_text()
    assert "### mine" in text
    assert "**Not said.** When." in text
    assert "| `mine/forgets` Not if it is wrong. | REFUTED | an agent: error = 1 |" in text
    document = json.loads(alignspec("check", str(file), "--json").stdout)
    (row,) = document["ledger"]
    assert row["claims"] == ["mine/forgets", "mine/kept"]
    assert row["as_expected"] is True


def test_a_page_that_cannot_be_written_is_said_before_anything_is_decided(tmp_path: Path) -> None:
    answer = alignspec("check", "premises", "--page", str(tmp_path / "no" / "page.md"))
    assert answer.returncode == 2
    assert "no such folder" in answer.stderr


def test_the_page_of_the_ledger_is_up_to_date() -> None:
    """`alignspec check --page` writes it; what it must hold is decided elsewhere."""
    whole = (ROOT / "docs" / "reference" / "ledger.md").read_text("utf-8")
    page, _, table = whole.partition("## Steps against worlds")
    for row in shipped_rows():
        assert f"### {row.name}\n" in page
        assert row.quote in page
        assert row.formal in page
        for statement in row.statements:
            (line,) = [text for text in page.splitlines() if f"`{statement.name}`" in text]
            assert f" | {statement.expected.upper()} | " in line
    sound = [s for s in shipped_statements() if isinstance(s, Sound)]
    assert [line for line in table.splitlines() if line.startswith("| `")] == [
        line for s in sound for line in table.splitlines() if line.startswith(f"| `{s.name}` | ")
    ]
    assert all(f"| `{s.name}` | {s.expected.upper()}" in table for s in sound)
    told = [line for line in page.splitlines() if line.startswith("### ")]
    assert len(told) == len(shipped_rows())
