"""Claims about arbitrary relations: what the premises derive, and models that break the claim."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from recheck.check import Outcome
from recheck.errors import Malformed
from tests.recheck.loops import Document, halving, report_on


def every_scheme(*dropped: str) -> Document:
    """Amplification and overseen distillation, whatever they are: proved, with all premises."""
    steps = [
        {"name": "amplify", "source": "agent", "target": "expert"},
        {"name": "distill", "source": "expert", "target": "agent"},
    ]
    steps[0] |= {"relation": "amplifies", "overseen": None}  # type: ignore[dict-item]
    steps[1] |= {"relation": "distills", "overseen": "oversees"}
    claim = {"agent": "good", "expert": "good expert"}
    relations = {"claim": claim, "steps": steps, "dropped": list(dropped)}
    return halving() | {
        "statement": {"name": "premises", "kind": "Claim", "relations": relations},
        "system": None,
        "claim": {},
        "proof": {},
    }


def broken(*dropped: str, without: tuple[str, ...] = ()) -> Document:
    """A run from a good agent to one that is not, in a model of which some facts are taken away."""
    facts = [
        ["good", "a"],
        ["amplifies", "a", "e"],
        ["good expert", "e"],
        ["distills", "e", "b"],
        ["oversees", "e", "b"],
    ]
    kept = [fact for fact in facts if fact[0] not in without]
    proof = {"model": {"run": ["a", "e", "b"], "facts": kept}}
    return every_scheme(*dropped) | {"verdict": "refuted", "proof": proof}


def outcome(document: Document, tmp_path: Path) -> tuple[Outcome, str]:
    report = report_on(document, tmp_path)
    return report.outcome, report.why


def test_all_premises_derive_the_claim(tmp_path: Path) -> None:
    assert outcome(every_scheme(), tmp_path)[0] is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "dropped", [["start"], ["oversight"], ["step", "amplify"], ["step", "distill"]]
)
def test_no_premise_can_be_left_out(dropped: list[str], tmp_path: Path) -> None:
    assert outcome(every_scheme(*dropped), tmp_path)[0] is Outcome.REJECTED


MODELS = [
    (("step", "distill"), ()),
    (("step", "amplify"), ("good expert",)),
    (("oversight",), ("oversees",)),
    (("start",), ("good", "good expert", "oversees")),
]


@pytest.mark.parametrize(("dropped", "without"), MODELS)
def test_a_model_of_the_other_premises_is_accepted(
    dropped: tuple[str, ...], without: tuple[str, ...], tmp_path: Path
) -> None:
    assert outcome(broken(*dropped, without=without), tmp_path)[0] is Outcome.ACCEPTED


@pytest.mark.parametrize(("dropped", "without"), MODELS)
def test_a_model_that_breaks_another_premise_is_rejected(
    dropped: tuple[str, ...], without: tuple[str, ...], tmp_path: Path
) -> None:
    found = [
        outcome(broken(*other, without=without), tmp_path)
        for other in [(), *(other for other, _ in MODELS if other != dropped)]
    ]
    assert {each for each, _ in found} == {Outcome.REJECTED}


def _changed(document: Document, change: Any) -> Document:
    changed = copy.deepcopy(document)
    change(changed["proof"]["model"])
    return changed


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda model: model["facts"].append(["good", "b"]), "ends within the claim"),
        (lambda model: model["facts"].remove(["amplifies", "a", "e"]), "none of the model"),
        (lambda model: model["facts"].remove(["distills", "e", "b"]), "none of the model"),
        (lambda model: model["facts"].remove(["good", "a"]), "hold of the seed"),
        (lambda model: model["facts"].remove(["oversees", "e", "b"]), "meet the premises"),
        (lambda model: model["run"].append("e"), "does not end with an agent"),
    ],
)
def test_a_changed_model_is_rejected(change: Any, why: str, tmp_path: Path) -> None:
    found, said = outcome(_changed(broken("step", "distill"), change), tmp_path)
    assert found is Outcome.REJECTED
    assert why in said


def test_one_name_for_two_relations_is_no_evidence(tmp_path: Path) -> None:
    """The premises of one would be read as those of the other."""
    document = every_scheme("step", "distill")
    for step in document["statement"]["relations"]["steps"]:
        step["relation"] = "makes"
    document["statement"]["relations"]["claim"] = {"agent": "good", "expert": "good"}
    with pytest.raises(Malformed, match="one name for two"):
        report_on(document, tmp_path)


def test_steps_that_are_no_loop_are_no_evidence(tmp_path: Path) -> None:
    document = every_scheme()
    document["statement"]["relations"]["steps"][1]["target"] = "expert"
    with pytest.raises(Malformed, match="no loop"):
        report_on(document, tmp_path)


def test_another_kind_of_statement_is_not_shown_so(tmp_path: Path) -> None:
    document = every_scheme()
    document["statement"]["kind"] = "Grows"
    with pytest.raises(Malformed, match="no claim"):
        report_on(document, tmp_path)
