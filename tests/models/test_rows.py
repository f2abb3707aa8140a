"""Every shipped statement has one name and one row, and every row says what it means."""

from __future__ import annotations

import pytest

from checker.cli.shipped import shipped_rows, shipped_statements
from spec import Row


def test_every_statement_has_one_name_and_stands_in_one_row() -> None:
    names = [statement.name for statement in shipped_statements()]
    assert len(set(names)) == len(names)
    rows = [row.name for row in shipped_rows()]
    assert len(set(rows)) == len(rows)
    placed = [statement for row in shipped_rows() for statement in row.statements]
    assert len({id(statement) for statement in placed}) == len(placed)


@pytest.mark.parametrize("row", shipped_rows(), ids=lambda row: str(row.name))
def test_every_row_says_what_it_means_and_what_it_does_not(row: Row) -> None:
    assert row.quote
    assert row.formal
    assert row.not_covered
    assert all(s.name.startswith(f"{row.name}/") and s.says for s in row.statements)
