"""The rows on oversight and invariants come out as they say, and so do the examples."""

from __future__ import annotations

import pytest

from checker import Options
from checker.cli.targets import resolve
from checker.statements.registry import judge
from properties import invariants, oversight
from spec import Row, Statement

ROWS = [row for file in (oversight, invariants) for row in vars(file).values() if type(row) is Row]
STATEMENTS = [statement for row in ROWS for statement in row.statements]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_every_statement_comes_out_as_the_row_says(statement: Statement) -> None:
    verdict = judge(statement, {}, Options(timeout=60))
    assert verdict.answer is statement.expected, verdict.reason


@pytest.mark.parametrize("example", ["reliable_judge", "candid", "correctable"])
def test_examples_come_out_as_they_say(example: str) -> None:
    for statement in resolve(f"examples/{example}.py"):
        assert judge(statement, {}, Options(timeout=60)).as_expected, statement.name
