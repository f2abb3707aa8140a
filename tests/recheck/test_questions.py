"""Questions by hand: their answers, their points, and the verdict that they show."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from recheck.check import Outcome, Report, derived, queries, recheck
from recheck.errors import Rejected
from recheck.evidence import hashes
from tests.recheck.loops import Document, halving


def asked(verdict: str, *questions: Document) -> Document:
    return {
        "format": "alignspec-evidence",
        "version": 3,
        "statement": {"name": "by hand", "kind": "Instance"},
        "verdict": verdict,
        "method": "by hand",
        "system": None,
        "claim": {},
        "proof": {"questions": [copy.deepcopy(each) for each in questions]},
        "queries": [],
        "hashes": {},
    }


HOLDS = {
    "about": "squares",
    "shows": "proved",
    "symbols": [["x", "Real"]],
    "given": ["(<= 0.0 x)"],
    "then": "(<= 0.0 (* x x))",
}
FAILS = {
    "about": "squares",
    "shows": "refuted",
    "symbols": [["x", "Real"]],
    "given": ["(<= 0.0 x)"],
    "then": "(<= (* x x) 2.0)",
    "point": ["(/ 3.0 2.0)"],
}


def _report(document: Document, folder: Path) -> Report:
    document["queries"] = queries(derived(document))
    document["hashes"] = hashes(document)
    file = folder / "evidence.json"
    file.write_text(json.dumps(document), "utf-8")
    return recheck(file, 5.0)


def test_questions_with_their_answers_are_accepted(tmp_path: Path) -> None:
    for document in (asked("proved", HOLDS), asked("refuted", HOLDS, FAILS)):
        found = _report(document, tmp_path)
        assert found.outcome is Outcome.ACCEPTED, found.why


def test_that_something_is_nowhere_refutes(tmp_path: Path) -> None:
    nowhere = {**HOLDS, "shows": "refuted", "given": ["(< (* x x) 0.0)"], "then": "false"}
    assert _report(asked("refuted", nowhere), tmp_path).outcome is Outcome.ACCEPTED


def test_a_question_with_another_answer_is_rejected(tmp_path: Path) -> None:
    false = {**HOLDS, "then": "(<= x (* x x))"}
    found = _report(asked("proved", false), tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "question 1, on squares: false at x" in found.why


BROKEN: dict[str, Callable[[Document], None]] = {
    "the point is where it holds": lambda d: d["proof"]["questions"][1].update(point=["1.0"]),
    "the point is outside": lambda d: d["proof"]["questions"][1].update(point=["(- 3.0)"]),
    "the point divides by zero": lambda d: d["proof"]["questions"][1].update(
        then="(<= (/ 1.0 (- x x)) 2.0)"
    ),
    "the verdict is another": lambda d: d.update(verdict="proved"),
    "nothing refutes": lambda d: d["proof"]["questions"].pop(),
    "what refutes is an example": lambda d: d["proof"]["questions"][1].update(shows="proved"),
}


def test_questions_show_nothing_of_a_system(tmp_path: Path) -> None:
    document = asked("proved", HOLDS)
    document["statement"]["kind"] = "Claim"
    document["hashes"] = hashes(document)
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(document), "utf-8")
    assert recheck(file, 5.0).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("broken", BROKEN)
def test_what_does_not_show_the_verdict_is_rejected(broken: str, tmp_path: Path) -> None:
    document = asked("refuted", HOLDS, FAILS)
    BROKEN[broken](document)
    with pytest.raises(Rejected):
        _report(document, tmp_path)


def test_a_scheme_with_one_step_has_no_expert(tmp_path: Path) -> None:
    document = halving()
    document["statement"]["kind"] = "Instance"
    document |= {"verdict": "refuted", "claim": {}, "proof": {"reason": ""}}
    assert _judged(document, tmp_path).outcome is Outcome.UNDECIDED
    amplify, distill = document["system"]["steps"]
    document["system"]["steps"] = [{**distill, "source": "agent", "outputs": amplify["outputs"]}]
    assert _judged(document, tmp_path).outcome is Outcome.ACCEPTED
    document["verdict"] = "proved"
    assert _judged(document, tmp_path).outcome is Outcome.REJECTED


def _judged(document: Document, folder: Path) -> Report:
    document["hashes"] = hashes(document)
    file = folder / "evidence.json"
    file.write_text(json.dumps(document), "utf-8")
    return recheck(file, 5.0)
