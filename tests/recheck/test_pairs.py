"""Two schemes by hand: simulations, runs that cannot be followed, agreement, shared lemmas."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recheck.check import Outcome
from recheck.errors import Malformed
from tests.recheck.loops import Document, halving, held, report_on, run


def _renamed(section: Any) -> Any:
    """A system with other names for all but the parameters."""
    text = json.dumps(section)
    for name in ("agent.error", "expert.error"):
        text = text.replace(name, f"|right {name}|")
    for place in ('"agent"', '"expert"'):
        text = text.replace(place, f'"right {place[1:]}')
    return json.loads(text.replace("|distill:1|", "|right distill:1|"))


def pair(verdict: str, proof: Document, kind: str = "Refines") -> Document:
    """That ``halving`` refines a copy of itself, for all noise up to 1/4."""
    document = halving()
    other = _renamed(document["system"])
    document["statement"] = {
        "name": "halving twice",
        "kind": kind,
        "related": [["agent.error", "right agent.error", "="]],
        "over": {"parameter.noise": ["0", "1/4"]},
    }
    limits = document["claim"]
    claim = limits | _renamed(limits) if kind != "Refines" else {}
    return document | {"verdict": verdict, "other": other, "claim": claim, "proof": proof}


SIMULATION: Document = {"held": [], "cases": [["|distill:1|"]], "point": {"parameter.noise": "0"}}


def simulation(**changes: Any) -> Document:
    return pair("proved", copy.deepcopy(SIMULATION) | changes)


def test_a_copy_is_refined(tmp_path: Path) -> None:
    found = report_on(simulation(), tmp_path)
    assert (found.outcome, found.why) == (Outcome.ACCEPTED, "4 obligations hold")


def test_one_case_of_several_is_enough(tmp_path: Path) -> None:
    """Below a half of the noise by one case, above by the other, which alone do not do."""
    below = "(ite (<= |distill:1| (/ parameter.noise 2.0)) |distill:1| 0.0)"
    above = "(ite (<= |distill:1| (/ parameter.noise 2.0)) 0.0 |distill:1|)"
    both = simulation(cases=[[below], [above]])
    assert report_on(both, tmp_path).outcome is Outcome.ACCEPTED
    for case in (below, above):
        assert report_on(simulation(cases=[[case]]), tmp_path).outcome is Outcome.REJECTED


def _other(step: int, **changes: Any) -> Callable[[Document], None]:
    return lambda document: document["other"]["steps"][step].update(changes)


def _proof(**changes: Any) -> Callable[[Document], None]:
    return lambda document: document["proof"].update(changes)


BROKEN: dict[str, tuple[Callable[[Document], Any], str]] = {
    "the other's choice is bounded by less": (
        _other(1, choices=[["|right distill:1|", "0.0", "(/ parameter.noise 2.0)", False]]),
        "the second scheme follows",
    ),
    "the choice is below its bounds": (
        _other(1, choices=[["|right distill:1|", "0.01", "1.0", False]]),
        "the second scheme follows",
    ),
    "the other makes something else": (
        _other(0, outputs=["(/ |right agent.error| 3.0)"]),
        "the second scheme follows",
    ),
    "the other is broken where the first is not": (
        lambda d: d["other"]["positions"][1].update(
            domain=["(<= 0.0 |right expert.error|)", "(<= |right expert.error| 0.25)"]
        ),
        "the second scheme follows",
    ),
    "the first is broken where the other is not": (
        lambda d: d["system"]["positions"][1].update(
            domain=["(<= 0.0 expert.error)", "(<= expert.error 0.25)"]
        ),
        "the second scheme follows",
    ),
    "the other divides by zero somewhere": (
        _other(
            0,
            outputs=["(+ (/ |right agent.error| 2.0) (* 0.0 (/ 1.0 (- |right agent.error| 0.5))))"],
        ),
        "the second scheme follows",
    ),
    "the seeds are not related": (
        lambda d: d["other"].update(seed=["0.1"]),
        "the seeds are related",
    ),
    "the other's seed is out of its domain": (
        lambda d: (d["other"].update(seed=["2.0"]), d["system"].update(seed=["2.0"])),
        "the seed is in the domain",
    ),
    "what is held is not kept": (
        _proof(held=["(<= agent.error 0.1)"]),
        "the second scheme follows",
    ),
    "what is held is false at the seeds": (
        _proof(held=["(<= 0.1 agent.error)"]),
        "the seeds are related",
    ),
    "the assumptions hold nowhere": (
        lambda d: d["other"]["assumptions"].append(["never", "(< 1.0 parameter.noise)"]),
        "false at the point",
    ),
    "the point is out of the range": (_proof(point={"parameter.noise": "1/3"}), "its range"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_simulation_is_rejected(broken: str, tmp_path: Path) -> None:
    change, why = BROKEN[broken]
    document = simulation()
    change(document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert why in found.why


def test_a_witness_may_not_read_the_choice_that_it_gives(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="no symbol"):
        report_on(simulation(cases=[["|right distill:1|"]]), tmp_path)


def test_what_holds_only_of_what_is_held_needs_it(tmp_path: Path) -> None:
    """The other halves only what is at most 1/2, which no run exceeds."""
    document = simulation()
    outputs = ["(ite (<= |right agent.error| 0.5) (/ |right agent.error| 2.0) 1.0)"]
    _other(0, outputs=outputs)(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    _proof(held=["(<= agent.error 0.5)"])(document)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_the_one_that_follows_may_have_more(tmp_path: Path) -> None:
    """Related by <=, a scheme with twice the noise can do as much and more."""
    document = simulation()
    document["statement"]["related"][0][2] = "<="
    _other(1, outputs=["(+ |right expert.error| (* 2.0 |right distill:1|))"])(document)
    held_ = ["(<= |right agent.error| 1.0)", "(<= agent.error 0.5)"]
    _proof(held=held_, cases=[["(/ |distill:1| 2.0)"]])(document)
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    _proof(cases=[["(/ |distill:1| 3.0)"]])(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


def differing(plan: list[tuple[int, list[str]]], *, whole: bool = False) -> Document:
    """A run that a scheme with half of the noise cannot follow."""
    proof = run(*plan) | {"point": {"parameter.noise": "1/5"}, "whole": whole}
    document = pair("refuted", proof)
    _other(1, choices=[["|right distill:1|", "0.0", "(/ parameter.noise 2.0)", False]])(document)
    return document


def test_a_run_that_cannot_be_followed_is_accepted(tmp_path: Path) -> None:
    for plan in ([(1, ["1"])], [(3, ["1/2"]), (1, ["3/4"])]):
        for whole in (False, True):
            found = report_on(differing(plan, whole=whole), tmp_path)
            assert found.outcome is Outcome.ACCEPTED, found.why


def test_a_run_that_can_be_followed_is_rejected(tmp_path: Path) -> None:
    for plan in ([(1, ["1/2"])], [(1, ["1"]), (1, ["1/2"])]):
        found = report_on(differing(plan), tmp_path)
        assert found.outcome is Outcome.REJECTED
        assert "cannot follow" in found.why


def test_all_of_the_others_iterations_count_where_its_agent_is_hidden(tmp_path: Path) -> None:
    """With ``<=`` the other may be anywhere above, unless its own iterations are looked at."""
    document = differing([(1, ["1"]), (1, ["1"])])
    document["statement"]["related"][0][2] = "<="
    _other(0, outputs=["(/ |right agent.error| 4.0)"])(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    document["proof"]["whole"] = True
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_the_other_follows_no_sound_iteration_by_a_broken_one(tmp_path: Path) -> None:
    """It can make the same agent, but only by way of an expert out of its domain."""
    document = differing([(1, ["1"])])
    _other(1, choices=[["|right distill:1|", "0.0", "parameter.noise", False]])(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    document["other"]["positions"][1]["domain"] = ["(< |right expert.error| 0.0)"]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_seeds_that_differ_are_a_run_of_no_iteration(tmp_path: Path) -> None:
    document = differing([])
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    document["other"]["seed"] = ["0.25"]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_a_break_is_not_followed_by_what_goes_on(tmp_path: Path) -> None:
    """The first leaves its domain in its first iteration, and the other does not, or does too."""
    document = differing([(1, ["1"])])
    narrow = "(<= {} 0.1)"
    document["system"]["positions"][0]["domain"] = [narrow.format("agent.error")]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document["other"]["positions"][0]["domain"] = [narrow.format("|right agent.error|")]
    _other(1, choices=[["|right distill:1|", "0.0", "1.0", False]])(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


def agreement(**changes: Any) -> Document:
    simulations = {"there": SIMULATION, "back": {"held": [], "cases": [["|right distill:1|"]]}}
    proof: Document = {**copy.deepcopy(simulations), "point": {"parameter.noise": "0"}}
    return pair("proved", proof, "Agrees") | changes


def test_the_same_runs_agree(tmp_path: Path) -> None:
    document = agreement()
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document["claim"]["right agent"] = ["(<= |right agent.error| 0.25)"]
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "the invariant passes to the agent" in found.why
    document["claim"]["right agent"] = ["(<= |right agent.error| 0.15)"]
    assert "the invariant passes to the right agent" in report_on(document, tmp_path).why


SIDE = {"verdict": "proved", "walk": halving()["proof"]["walk"]}
BROKEN_SIDE = {"verdict": "refuted", **run((30, ["1"]))}


def sides(verdict: str, *proofs: Document, noise: str = "1/10") -> Document:
    document = pair(verdict, {"sides": list(proofs), "point": {}}, "Agrees")
    document["statement"]["over"] = {}
    for section in ("system", "other"):
        document[section]["parameters"]["parameter.noise"] = noise
    document["other"] = json.loads(
        json.dumps(document["other"]).replace("parameter.noise", "|right parameter.noise|")
    )
    return document


def test_schemes_that_are_both_proved_agree(tmp_path: Path) -> None:
    document = sides("proved", SIDE, _renamed(SIDE))
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document["verdict"] = "refuted"
    assert "is not the verdict" in report_on(document, tmp_path).why
    document = sides("proved", SIDE, _renamed(SIDE), noise="1/9")
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


def test_a_proof_of_one_and_a_run_of_the_other_disagree(tmp_path: Path) -> None:
    document = sides("refuted", SIDE, _renamed(BROKEN_SIDE))
    assert "within the claim" in report_on(document, tmp_path).why
    document["other"]["parameters"]["|right parameter.noise|"] = "1/9"
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED


def test_two_proofs_show_agreement_over_the_range_for_which_they_hold(tmp_path: Path) -> None:
    proof = {"sides": [copy.deepcopy(SIDE), _renamed(SIDE)], "point": {}}
    document = pair("proved", proof, "Agrees")
    document["statement"]["over"] = {"parameter.noise": ["0", "1/10"]}
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document["statement"]["over"] = {"parameter.noise": ["0", "1/9"]}
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    document["proof"]["sides"] = [BROKEN_SIDE, _renamed(BROKEN_SIDE)]
    assert report_on(document, tmp_path).outcome is Outcome.UNDECIDED


def test_a_lemma_is_shared_where_a_step_and_its_sets_are_the_same(tmp_path: Path) -> None:
    document = sides("proved", SIDE, _renamed(SIDE))
    document["statement"]["kind"] = "Transfers"
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.ACCEPTED
    assert "are shared" in found.why
    document["other"]["steps"][0]["outputs"] = ["(/ |right agent.error| 3.0)"]
    document["proof"]["sides"][1]["walk"] = [
        held(
            "right agent",
            *("(<= 0.0 |right agent.error|)", "(<= |right agent.error| 0.19)"),
            into=0,
        )
    ]
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "share no lemma" in found.why
