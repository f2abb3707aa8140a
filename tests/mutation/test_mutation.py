"""Every shipped statement has a mutant that is answered the other way, and so has every row."""

from __future__ import annotations

import pytest

from checker.cli.shipped import shipped_rows, shipped_statements
from spec.statements.base import Statement
from tests.mutation import kept
from tests.mutation.mutants import OPPOSITE
from tests.mutation.search import QUICK

STATEMENTS = {statement.name: statement for statement in shipped_statements()}
KEPT = kept.read()
ALONE = 0.5
"""Seconds that the mutant of a statement outside the rows may have taken when it was found."""

WITHOUT = {
    "hch-limit/cut-off",
    "hch-limit/no-finite-number",
    "noisy-nand/pairs",
    "two-subproblems/reward-modeling",
}
"""Statements of which no mutant was decided the other way; docs/reference/mutants.md says why."""


def _cheapest() -> list[Statement]:
    """Of each row the statement whose mutant was decided soonest, and the quick ones of no row."""
    found, placed = [], set()
    for row in shipped_rows():
        placed |= {statement.name for statement in row.statements}
        known = [s for s in row.statements if s.name in KEPT]
        found += sorted(known, key=lambda s: KEPT[s.name].seconds)[:1]
    others = [name for name in KEPT if name in STATEMENTS and name not in placed]
    return found + [STATEMENTS[name] for name in others if KEPT[name].seconds <= ALONE]


def test_every_statement_has_a_mutant_that_is_kept() -> None:
    """One that is new: ``python -m tests.mutation.search`` finds it."""
    assert KEPT.keys() - STATEMENTS.keys() == set()
    assert STATEMENTS.keys() - KEPT.keys() == WITHOUT


@pytest.mark.parametrize("statement", _cheapest(), ids=lambda statement: str(statement.name))
def test_a_mutant_is_answered_the_other_way(statement: Statement) -> None:
    """The cheapest of each row; the search decides all of them."""
    assert KEPT[statement.name].mutant.answer(statement, QUICK) is OPPOSITE[statement.expected]
