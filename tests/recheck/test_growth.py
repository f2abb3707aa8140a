"""Fields that do not grow: bounded in all runs, or in the run of one strategy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from recheck.check import Outcome
from tests.recheck.loops import Document, halving, held, report_on

WALK = halving()["proof"]["walk"]
AT_REST = [
    held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.0)", into=1),
    held("expert", "(<= 0.0 expert.error)", "(<= expert.error 0.0)", into=0),
]


def bounded(most: str, walk: list[Document] = WALK, **more: Any) -> Document:
    """An error of which it is said that it does not grow beyond a number."""
    proof = {"bounded": {"field": "error", "most": most, "walk": walk, **more}}
    statement = {"name": "halving", "kind": "Grows"}
    return halving() | {"statement": statement, "verdict": "refuted", "proof": proof}


@pytest.mark.parametrize("document", [bounded("1/5"), bounded("0", AT_REST, units=["0"])])
def test_a_field_that_stays_within_a_number_does_not_grow(
    document: Document, tmp_path: Path
) -> None:
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (bounded("199/1000"), "set 0 is within the claim"),  # it comes as near to 1/5 as it likes
        (bounded("0", AT_REST), "leads into set 0"),  # nature may add noise
        (bounded("0", AT_REST, units=["1"]), "leads into set 0"),  # and does so here
        (bounded("1/5") | {"claim": {"agent": ["(< agent.error 0.2)"], "expert": []}}, "claim"),
    ],
)
def test_a_bound_that_is_not_kept_is_rejected(document: Document, why: str, tmp_path: Path) -> None:
    report = report_on(document, tmp_path)
    assert report.outcome is Outcome.REJECTED
    assert why in report.why


@pytest.mark.parametrize(
    "change",
    [{"verdict": "proved"}, {"statement": {"name": "halving", "kind": "Claim"}}],
)
def test_a_bound_shows_nothing_else(change: Document, tmp_path: Path) -> None:
    assert report_on(bounded("1/5") | change, tmp_path).outcome is Outcome.UNDECIDED
