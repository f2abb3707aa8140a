"""Contracts by hand: each broken by itself, at a point or as nothing exists that must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recheck.check import Outcome
from recheck.errors import Malformed
from recheck.evidence import FORM
from tests.recheck.loops import Document, halving, report_on

RANK, WRONG, PRICE, SECRET = range(4)


def _position(name: str, *fields: str) -> Document:
    symbols = [f"{name}.{field}" for field in fields]
    return {
        "name": name,
        "fields": [[symbol, "Real"] for symbol in symbols],
        "domain": [f"(<= 0.0 {symbol})" for symbol in symbols] + [f"(<= {name}.wrong 1.0)"],
    }


def school() -> Document:
    """A teacher asks a pupil three times and is wrong half as often; a new pupil copies it, up to a
    slip. Beside its answers a teacher has a secret."""
    amplify = {
        "name": "amplify",
        "source": "agent",
        "target": "expert",
        "choices": [],
        "named": [],
        "outputs": [
            "(+ agent.rank parameter.step)",
            "(/ agent.wrong 2.0)",
            "(+ 1.0 (* 3.0 agent.price))",
            "0.0",
        ],
    }
    followed = "(ite (<= expert.wrong 0.5) {} {})".format
    distill = {
        "name": "distill",
        "source": "expert",
        "target": "agent",
        "choices": [
            ["|distill:1|", "0.0", "parameter.slip", False],
            ["|distill:2|", "0.0", "1.0", False],
        ],
        "named": ["slip", "arbitrary"],
        "outputs": [
            "(/ expert.rank 2.0)",
            followed("(+ expert.wrong |distill:1|)", "|distill:2|"),
            "1.0",
        ],
    }
    contracts = {
        "capability": "rank",
        "cost": "price",
        "calls": 3,
        "over": {"parameter.slip": ["0", "1/2"]},
        "ends": {"rank": ["0", None], "wrong": ["0", "1"], "price": ["0", None]},
        "overseen": [[], ["(<= expert.wrong 0.5)"]],
        "shows": ["expert.rank", "expert.wrong"],
        "distance": "(ite (<= agent.wrong expert.wrong) 0.0 (- agent.wrong expert.wrong))",
        "eps": "parameter.slip",
        "improves": "(< agent.wrong 0.75)",
        "some": "(< 0.0 (- 1.0 parameter.slip))",
        "less": "(< expert.wrong 0.5)",
        "spares": "true",
    }
    pupil = {"agent.rank": "1.0", "agent.wrong": "0.5", "agent.price": "1.0"}
    teacher = {"expert.rank": "1.0", "expert.wrong": "0.5", "expert.price": "1.0"}
    exists = {
        "told apart": {**pupil, "other agent.wrong": "0.25"},
        "overseen": {**teacher, "expert.secret": "0.0", "distill:1": "0.0", "distill:2": "1.0"},
        "outside": {**pupil, "agent.wrong": "1.0"},
    }
    system = halving()["system"] | {
        "parameters": {"parameter.step": "1", "parameter.slip": "1/10"},
        "assumptions": [["a slip is rare", "(<= parameter.slip 0.5)"]],
        "positions": [
            _position("agent", "rank", "wrong", "price"),
            _position("expert", "rank", "wrong", "price", "secret"),
        ],
        "seed": ["1.0", "(/ 1.0 5.0)", "1.0"],
        "steps": [amplify, distill],
    }
    return halving() | {
        "statement": {"name": "school", "kind": "Instance", "contracts": contracts},
        "system": system,
        "claim": {},
        "proof": {"exists": exists, "tie": ["wrong", "<="]},
    }


Change = Callable[[Document], Any]


def amplified(place: int, text: str) -> Change:
    """A field of the expert replaced."""
    return lambda document: document["system"]["steps"][0]["outputs"].__setitem__(place, text)


def student(place: int, text: str) -> Change:
    """A field of the student replaced."""
    return lambda document: document["system"]["steps"][1]["outputs"].__setitem__(place, text)


def roles(**changes: Any) -> Change:
    """Parts of what is said replaced."""
    return lambda document: document["statement"]["contracts"].update(changes)


def exists(name: str, **values: str) -> Change:
    """Values at a point replaced, by the last parts of their names."""

    def change(document: Document) -> None:
        point = document["proof"]["exists"][name]
        point |= {key: values[key.rpartition(".")[2]] for key in point if key[-5:] in values}

    return change


def chosen(step: int, *choice: Any) -> Change:
    """A choice of nature added to a step."""
    return lambda document: document["system"]["steps"][step]["choices"].append(list(choice))


def both(*changes: Change) -> Change:
    """One change after the other."""
    return lambda document: [change(document) for change in changes]


def test_a_school_is_an_instance(tmp_path: Path) -> None:
    found = report_on(school(), tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why


TIES: dict[str, Change] = {
    "it is the expert's": both(
        lambda d: d["proof"].update(tie=["wrong", "="]),
        roles(
            distance="(ite (<= agent.wrong expert.wrong) (- expert.wrong agent.wrong) "
            "(- agent.wrong expert.wrong))"
        ),
    ),
    "it is never at the worst": lambda d: d["proof"].update(tie=["wrong", "high"]),
}


@pytest.mark.parametrize("name", TIES)
def test_what_distance_says(name: str, tmp_path: Path) -> None:
    document = school()
    TIES[name](document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why


PUPIL = {"agent.rank": "1.0", "agent.wrong": "0.5", "agent.price": "1.0"}
TEACHER = {
    **{"expert.rank": "1.0", "expert.wrong": "0.5", "expert.price": "2.0"},
    **{"expert.secret": "0.0", "distill:1": "0.0", "distill:2": "0.0"},
}
BROKEN: dict[str, tuple[Change, str, Document]] = {
    "fewer calls": (
        amplified(PRICE, "(+ 1.0 (* 2.0 agent.price))"),
        "program",
        {
            "agent.rank": "1.0",
            "agent.wrong": "0.5",
            "agent.price": "1.0",
            "other agent.price": "0.0",
        },
    ),
    "an answer reads the cost": (
        amplified(WRONG, "(ite (<= agent.price 1.0) (/ agent.wrong 2.0) 0.0)"),
        "program",
        {
            "agent.rank": "1.0",
            "agent.wrong": "0.5",
            "agent.price": "1.0",
            "other agent.price": "2.0",
        },
    ),
    "a choice reads the cost": (
        chosen(0, "|amplify:1|", "0.0", "agent.price", False),
        "program",
        PUPIL | {"other agent.price": "0.0", "amplify:1": "1.0"},
    ),
    "calls are not paid": (
        amplified(PRICE, "(- (* 3.0 agent.price) 1.0)"),
        "program",
        PUPIL,
    ),
    "no calls": (both(roles(calls=0), amplified(PRICE, "(+ 1.0 agent.price)")), "program", {}),
    "no higher rank": (
        amplified(RANK, "agent.rank"),
        "raises",
        PUPIL,
    ),
    "as bad as a guess": (
        amplified(WRONG, "(+ 0.25 (/ agent.wrong 2.0))"),
        "improves",
        PUPIL,
    ),
    "nobody is to be improved": (roles(some="(< 0.5 parameter.slip)"), "improves", {}),
    "others are spoiled": (
        roles(spares="(<= expert.wrong 0.25)"),
        "improves",
        PUPIL | {"agent.wrong": "1.0"},
    ),
    "as cheap": (
        both(amplified(PRICE, "agent.price"), roles(calls=1)),
        "costs",
        PUPIL | {"agent.wrong": "1.0"},
    ),
    "training on the secret": (
        student(WRONG, "(ite (<= expert.wrong 0.5) (+ expert.wrong expert.secret) |distill:2|)"),
        "sees",
        {
            **TEACHER,
            **{"other expert.rank": "1.0", "other expert.wrong": "0.5"},
            **{"other expert.price": "2.0", "other expert.secret": "0.5"},
        },
    ),
    "a choice reads the secret": (
        lambda d: d["system"]["steps"][1]["choices"][0].__setitem__(
            2, "(ite (<= expert.secret 0.0) 0.0 parameter.slip)"
        ),
        "sees",
        {
            **TEACHER,
            **{"other expert.rank": "1.0", "other expert.wrong": "0.5", "distill:1": "0.1"},
            **{"other expert.price": "2.0", "other expert.secret": "0.0", "expert.secret": "1.0"},
        },
    ),
    "a dear student": (
        student(PRICE, "expert.price"),
        "returns",
        TEACHER,
    ),
    "a far student": (
        roles(eps="(/ parameter.slip 2.0)"),
        "lands",
        TEACHER | {"distill:1": "0.1"},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_contract_can_be_broken(name: str, tmp_path: Path) -> None:
    """It is refuted by the point; the same is no point of the school, and no school is proved."""
    change, contract, point = BROKEN[name]
    document = school()
    change(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    shown = {"verdict": "refuted", "proof": {"broken": [{"contract": contract, "point": point}]}}
    found = report_on(document | shown, tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert contract in found.why
    assert report_on(school() | shown, tmp_path).outcome is Outcome.REJECTED


MISSING: dict[str, tuple[Change, str]] = {
    "the agent is ignored": (amplified(WRONG, "0.25"), "told apart"),
    "nobody is overseen": (
        roles(overseen=[[], ["(< expert.wrong 0.0)"]]),
        "overseen",
    ),
    "everybody is near": (roles(eps="1.0"), "outside"),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_must_exist_can_be_missing(name: str, tmp_path: Path) -> None:
    change, missing = MISSING[name]
    document = school()
    change(document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    shown = {"verdict": "refuted", "proof": {"broken": [{"missing": missing}]}}
    found = report_on(document | shown, tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
    assert report_on(school() | shown, tmp_path).outcome is Outcome.REJECTED


@pytest.mark.parametrize("missing", ["told apart", "overseen", "outside"])
def test_nothing_is_missing_where_nothing_can_be(missing: str, tmp_path: Path) -> None:
    document = school()
    REJECTED["a false assumption"](document)
    shown = {"verdict": "refuted", "proof": {"broken": [{"missing": missing}]}}
    assert report_on(document | shown, tmp_path).outcome is Outcome.REJECTED


def test_choices_that_make_up_for_the_agent_tell_nobody_apart(tmp_path: Path) -> None:
    """Under the same choices the experts differ, and others make the second one like the first."""
    document = school()
    chosen(0, "|amplify:1|", "0.0", "1.0", False)(document)
    amplified(WRONG, "(/ (+ agent.wrong |amplify:1|) 8.0)")(document)
    document["proof"]["exists"]["told apart"]["amplify:1"] = "0.25"
    document["proof"]["exists"]["outside"]["amplify:1"] = "0.0"
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert "make up" in found.why
    shown = {"verdict": "refuted", "proof": {"broken": [{"missing": "told apart"}]}}
    assert report_on(document | shown, tmp_path).outcome is Outcome.REJECTED


LOOSE = [
    {"agent.rank": "1.0", "agent.wrong": "0.0", "agent.price": "1.0"},
    {"agent.rank": "1.0", "agent.wrong": "1.0", "agent.price": "1.0"},
]


def test_a_distance_that_ties_nothing(tmp_path: Path) -> None:
    document = school()
    roles(distance="(ite (<= agent.rank 9.0) 0.0 1.0)")(document)
    document["proof"]["exists"]["outside"]["agent.rank"] = "10.0"
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED
    shown = {"verdict": "refuted", "proof": {"broken": [{"loose": LOOSE}]}}
    assert report_on(document | shown, tmp_path).outcome is Outcome.ACCEPTED
    assert report_on(school() | shown, tmp_path).outcome is Outcome.REJECTED
    for point in LOOSE:
        fewer = {"verdict": "refuted", "proof": {"broken": [{"loose": [point]}]}}
        assert report_on(document | fewer, tmp_path).outcome is Outcome.REJECTED


REJECTED: dict[str, Change] = {
    "agents of two ranks": lambda d: d["proof"]["exists"]["told apart"].update(
        {"agent.wrong": "0.25", "other agent.rank": "7.0"}
    ),
    "a student within eps": exists("outside", wrong="0.125"),
    "an expert that is not overseen": exists("overseen", wrong="0.75"),
    "another value of a parameter": lambda d: d["proof"]["exists"]["outside"].update(
        {"parameter.slip": "0.0", "agent.wrong": "0.15"}
    ),
    "a choice out of bounds": lambda d: d["proof"]["exists"]["overseen"].update(
        {"distill:1": "7.0"}
    ),
    "a value is missing": lambda d: d["proof"]["exists"]["overseen"].pop("distill:1"),
    "what is no answer is tied": lambda d: d["proof"].update(tie=["price", "low"]),
    "a tie that does not hold": lambda d: d["proof"].update(tie=["wrong", "low"]),
    "a tie to no end": lambda d: d["proof"].update(tie=["rank", "high"]),
    "a range without its own value": roles(over={"parameter.slip": ["1/5", "1/2"]}),
    "a false assumption": lambda d: d["system"].update(
        assumptions=[["false", "(<= parameter.slip 0.05)"]]
    ),
    "it is said to be refuted": lambda d: d.update(
        verdict="refuted", proof={"broken": [{"contract": "costs", "point": {}}]}
    ),
}


@pytest.mark.parametrize("name", REJECTED)
def test_what_does_not_show_an_instance_is_rejected(name: str, tmp_path: Path) -> None:
    document = school()
    REJECTED[name](document)
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


def test_what_is_left_out_shows_nothing(tmp_path: Path) -> None:
    for name in school()["proof"]["exists"]:
        document = school()
        del document["proof"]["exists"][name]
        with pytest.raises((Malformed, *FORM)):
            report_on(document, tmp_path)
    document = school()
    del document["proof"]["tie"]
    with pytest.raises((Malformed, *FORM)):
        report_on(document, tmp_path)
    del document["proof"]["exists"]
    assert report_on(document, tmp_path).outcome is Outcome.UNDECIDED


def test_a_channel_that_divides_shows_nothing(tmp_path: Path) -> None:
    document = school()
    roles(shows=["(/ 1.0 expert.rank)"])(document)
    with pytest.raises(Malformed):
        report_on(document, tmp_path)


def test_a_value_of_another_sort_is_none(tmp_path: Path) -> None:
    document = school()
    document["proof"]["exists"]["overseen"]["expert.rank"] = "true"
    with pytest.raises((Malformed, *FORM)):
        report_on(document, tmp_path)


def test_a_scheme_with_one_step_has_no_expert(tmp_path: Path) -> None:
    document = halving()
    document["statement"]["kind"] = "Instance"
    document |= {"verdict": "refuted", "claim": {}, "proof": {"reason": ""}}
    assert report_on(document, tmp_path).outcome is Outcome.UNDECIDED
    amplify, distill = document["system"]["steps"]
    document["system"]["steps"] = [{**distill, "source": "agent", "outputs": amplify["outputs"]}]
    assert report_on(document, tmp_path).outcome is Outcome.ACCEPTED
    document["verdict"] = "proved"
    assert report_on(document, tmp_path).outcome is Outcome.REJECTED


@given(slip=st.integers(0, 8), eps=st.integers(0, 8))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_it_lands_exactly_where_it_slips_no_further(tmp_path: Path, slip: int, eps: int) -> None:
    document = school()
    roles(eps=f"(/ {eps}.0 16.0)")(document)
    document["statement"]["contracts"]["over"] = {}
    document["system"]["parameters"]["parameter.slip"] = f"{slip}/16"
    document["system"]["assumptions"] = []
    point = document["proof"]["exists"]["overseen"] | {"distill:1": f"(/ {slip}.0 16.0)"}
    shown = {
        "verdict": "refuted",
        "proof": {"broken": [{"contract": "lands", "point": point}]},
    }
    lands = slip <= eps
    assert (report_on(document, tmp_path).outcome is Outcome.ACCEPTED) == lands
    assert (report_on(document | shown, tmp_path).outcome is Outcome.ACCEPTED) != lands
