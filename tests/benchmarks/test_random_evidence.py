"""Evidence of random schemes is accepted, and what is rejected is told."""

from __future__ import annotations

import json

import pytest

from benchmarks.differential import evidence
from checker.evidence.document import text_of


@pytest.mark.parametrize("number", [0, 3, 4, 10])
def test_evidence_of_a_random_scheme_is_accepted(number: int) -> None:
    found = evidence.judge_evidence(number, timeout=2.0)
    assert (found.checked, found.problem) == ("accepted", "")


def test_evidence_that_is_rejected_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the other verdict than the one that it shows."""

    def altered(document: dict[str, object]) -> str:
        told = json.loads(text_of(document))
        told["verdict"] = {"proved": "refuted", "refuted": "proved"}[told["verdict"]]
        return json.dumps(told)

    monkeypatch.setattr(evidence, "text_of", altered)
    found = evidence.judge_evidence(3, timeout=2.0)
    assert found.checked != "accepted"
    assert found.problem


def test_a_crash_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr(evidence, "decide", crash)
    (found,) = evidence.judged_evidence([3], timeout=2.0)
    assert (found.answer, found.checked) == ("crash", "")
    assert "of all things" in found.problem
