"""UNKNOWN says what would decide it, by what stands in the way."""

from __future__ import annotations

import pytest

from checker.report.words import detail
from checker.system.findings import Blocked, Undecided
from checker.system.obligations import LIMITS

FAILS, OPEN = Blocked(LIMITS, "Accurate", True), Blocked(LIMITS, "Accurate", False)


@pytest.mark.parametrize(
    ("blocked", "late", "wanted"),
    [
        (FAILS, False, "a second invariant that every run keeps and that this state breaks"),
        (FAILS, True, "a second invariant"),
        (OPEN, False, "more time for this query"),
        (OPEN, True, "more time (--timeout)"),
        (None, True, "more time (--timeout)"),
    ],
)
def test_an_open_claim_says_what_would_decide_it(
    blocked: Blocked | None, late: bool, wanted: str
) -> None:
    lines = list(detail(Undecided(("search",), 3, late, blocked)))
    assert lines[-1].startswith(f"what would decide it: {wanted}")
