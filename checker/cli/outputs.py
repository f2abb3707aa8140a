"""What ``check`` gives to programs: one JSON document, lines for an action, SARIF, JUnit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import attrs

from checker.cli.console import print_json, write_whole
from checker.report.annotations import github_lines, junit, sarif
from checker.report.documents import document, versioned
from checker.report.documents.verdict import ledger_rows
from checker.report.positions import finding, mistake, placed
from checker.system.verdict import EnginesDisagree, Verdict
from spec.errors import SpecError
from spec.statements.base import Statement
from spec.statements.ledger import Row

Decided = tuple[Verdict, Statement]


class Format(Enum):
    """What is printed on standard output."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@attrs.frozen
class Outputs:
    """What is printed, and which files are written beside it ("" for none)."""

    format: Format = Format.TEXT
    sarif: str = ""
    junit: str = ""

    def annotate(
        self, decided: Sequence[Decided], wrong: Sequence[SpecError | EnginesDisagree]
    ) -> None:
        """Write the files, and the lines that an action shows beside the code."""
        findings = [finding(s, v) for v, s in decided if not v.as_expected]
        findings += [mistake(error) for error in wrong]
        if self.sarif:
            write_whole(Path(self.sarif), json.dumps(sarif(findings), indent=2) + "\n")
        if self.junit:
            write_whole(Path(self.junit), junit([verdict for verdict, _ in decided], findings))
        if self.format is Format.GITHUB:
            for line in github_lines(findings):
                print(line)


def print_document(
    decided: Sequence[Decided], rows: Sequence[Row], wrong: Sequence[SpecError | EnginesDisagree]
) -> None:
    """Print all that was decided, and what is wrong, as one JSON document."""
    by_name = {verdict.claim: verdict for verdict, _ in decided}
    print_json(
        versioned(
            verdicts=[placed(statement, verdict) for verdict, statement in decided],
            ledger=ledger_rows(rows, by_name),
            errors=[document(error) for error in wrong],
        )
    )
