"""Known results come out as published, and say where they come from."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from checker.statements.registry import judge
from properties import known_results
from spec import Row, Statement

ROWS = [row for row in vars(known_results).values() if isinstance(row, Row)]
STATEMENTS = [statement for row in ROWS for statement in row.statements]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_the_verdict_is_as_expected(statement: Statement) -> None:
    found = judge(statement)
    assert found.answer is statement.expected
    if statement.name == "confirmed-twice/a-hair-beyond":
        assert found.run is not None
        assert found.run.iteration == 993_452


def test_rows_are_of_this_part_and_say_where_they_come_from() -> None:
    assert len(ROWS) >= 7
    for row in ROWS:
        assert row.group == "known results"
        assert row.source
        assert row.not_covered
        assert all(s.name.startswith(f"{row.name}/") for s in row.statements)


def test_the_published_noise_of_majority_gates() -> None:
    """1/2 - 2^(k-2) / (k C(k-1, (k-1)/2)), Evans and Schulman (2003)."""
    for copies, value in known_results.GATES.items():
        central = copies * comb(copies - 1, (copies - 1) // 2)
        assert Fraction(value) == Fraction(1, 2) - Fraction(2 ** (copies - 2), central)
