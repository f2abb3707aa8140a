"""Each obligation of a proof, and each condition on a run, broken by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from recheck.check import Outcome, recheck
from recheck.evidence import hashes
from recheck.parts import runs
from tests.recheck.loops import Document, halving, held, report_on, run


def _walk(*sets: Document) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["proof"] = {"walk": list(sets)}

    return change


def _claims(text: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["claim"]["agent"] = [text]

    return change


def _makes(step: int, text: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        document["system"]["steps"][step]["outputs"] = [text]

    return change


def _both(*changes: Callable[[Document], None]) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        for each in changes:
            each(document)

    return change


def test_a_proof_is_accepted(tmp_path: Path) -> None:
    found = report_on(halving(), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why


AGENT = held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.2)", into=0)
"""The same set for whole iterations."""


def test_a_proof_by_whole_iterations_is_accepted(tmp_path: Path) -> None:
    document = halving()
    _walk(AGENT)(document)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_a_proof_after_a_prefix_is_accepted(tmp_path: Path) -> None:
    document = halving()
    first = held("agent", "(= agent.error 0.0)", into=1)
    second = held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.1)", within=2)
    _walk(first, second, {**AGENT, "into": 2})(document)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


BROKEN: dict[str, tuple[Callable[[Document], None], str]] = {
    "the seed is outside": (
        lambda document: document["system"].update(seed=["0.3"]),
        "the seed is in set 0",
    ),
    "a step leads out": (
        lambda document: document["system"]["parameters"].update({"parameter.noise": "1/9"}),
        "distill from set 1 leads into set 0",
    ),
    "the set is not within the claim": (
        _claims("(<= agent.error (/ 19.0 100.0))"),
        "set 0 is within the claim",
    ),
    "the set leaves the domain": (
        _walk(held("agent", "(<= agent.error 0.2)", into=0)),
        "set 0 is within the claim",
    ),
    "the expert leaves the domain in between": (
        _both(_walk(AGENT), _makes(0, "(- 0.0 agent.error)")),
        "amplify from set 0 is within the claim",
    ),
    "nature has nothing to choose": (
        lambda document: document["system"]["steps"][1]["choices"][0].__setitem__(1, "0.2"),
        "nature can choose distill:1",
    ),
    "a denominator may be zero": (
        _makes(0, "(ite (< agent.error 0.3) (* 0.0 (/ agent.error agent.error)) 0.0)"),
        "no division by zero",
    ),
    "the claim divides by zero": (
        _claims("(<= (* 0.0 (/ agent.error agent.error)) 1.0)"),
        "set 0 is within the claim",
    ),
    "an assumption fails": (
        lambda document: document["system"]["assumptions"].append(["never", "false"]),
        "assumption",
    ),
    "a set is not within the next": (
        _walk(
            held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.2)", within=1),
            held("agent", "(<= 0.0 agent.error)", "(<= agent.error 0.1)", into=0),
        ),
        "set 0 is within set 1",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_not_shown_is_rejected(broken: str, tmp_path: Path) -> None:
    change, why = BROKEN[broken]
    document = halving()
    change(document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert why in found.why


def test_a_walk_without_a_step_is_no_proof(tmp_path: Path) -> None:
    document = halving()
    everywhere = ("(<= 0.0 agent.error)", "(<= agent.error 0.2)")
    _walk(held("agent", *everywhere, within=1), held("agent", *everywhere, within=0))(document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "without a step" in found.why


def test_oversight_is_relied_on_only_where_it_is_shown(tmp_path: Path) -> None:
    """The student is arbitrary beyond an expert's error of 1/10, and no set says that it is not:
    taken by both steps at once the proof holds, step by step it does not."""
    document = halving()
    distill = document["system"]["steps"][1]
    distill["outputs"] = ["(ite (<= expert.error 0.1) (+ expert.error |distill:1|) 1.0)"]
    sets = document["proof"]["walk"]
    sets[1] = {**sets[1], "conditions": ["(<= 0.0 expert.error)", "(<= expert.error 1.0)"]}
    assert "leads into set 0" in report_on(document, tmp_path).why
    _walk(AGENT)(document)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    distill["outputs"] = ["(ite (<= expert.error 0.05) (+ expert.error |distill:1|) 1.0)"]
    assert "leads into set 0" in report_on(document, tmp_path).why


def test_a_run_that_breaks_the_claim_is_accepted(tmp_path: Path) -> None:
    document = halving() | {"verdict": "refuted", "proof": run((3, ["1"]))}
    document["claim"]["agent"] = ["(<= agent.error 0.17)"]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED  # 7/40 = 0.175
    document["proof"] = run((2, ["1"]))
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED  # 3/20
    document["proof"] = run((3, ["1/2"]))
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


def test_a_long_run_is_followed_in_balls(tmp_path: Path) -> None:
    document = halving() | {"verdict": "refuted", "proof": run((3_000, ["1/3"]))}
    document["claim"]["agent"] = ["(<= agent.error 0.06666)"]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED  # its limit is 1/15
    document["claim"]["agent"] = ["(<= agent.error 0.06667)"]
    assert report_on(document, tmp_path).outcome is not Outcome.ACCEPTED


def test_a_run_that_stays_at_a_limit_is_given_up_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "MOST_WORK", 1 << 20)
    document = halving() | {"verdict": "refuted", "proof": run((3_000, ["1"]))}
    document["claim"]["agent"] = ["(<= agent.error 0.2)"]  # less by 1 / (5 * 2^3000)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.UNDECIDED
    assert "a precision of 256 bits" in found.why


def test_a_run_needs_something_to_choose(tmp_path: Path) -> None:
    document = halving() | {"verdict": "refuted", "proof": run((3, ["1"]))}
    document["claim"]["agent"] = ["(<= agent.error 0.17)"]
    document["system"]["steps"][1]["choices"][0][1] = "0.2"
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "nothing to choose" in found.why


def test_a_run_may_end_between_the_steps(tmp_path: Path) -> None:
    document = halving() | {"verdict": "refuted"}
    document["claim"]["expert"] = ["(<= expert.error 0.04)"]
    document["proof"] = run((1, ["1"]), (1, []), position="expert")
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_the_listed_queries_must_be_the_derived_ones(tmp_path: Path) -> None:
    report_on(halving(), tmp_path)
    file = tmp_path / "evidence.json"
    document = json.loads(file.read_text("utf-8"))
    document["queries"][-1]["smtlib"] += "; changed\n"
    document["hashes"] = hashes(document)
    file.write_text(json.dumps(document), "utf-8")
    assert recheck(file, 1.0).outcome is Outcome.REJECTED


def test_a_walk_begins_with_an_agent(tmp_path: Path) -> None:
    """Whatever the expert's name: before the agent's by the alphabet or after it."""
    document = halving()
    first, second = document["proof"]["walk"]
    document["proof"]["walk"] = [second | {"into": 1}, first | {"into": 0}]
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "does not begin with an agent" in found.why
