"""Liftings by hand: each condition of the theorem broken by itself, and worlds that agree."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recheck.check import Outcome
from recheck.errors import Malformed
from recheck.evidence import FORM
from tests.recheck.loops import Document, of_step, report_on

LUCK, ERROR, TAKEN = "|mean:1|", "|mean:2|", "|mean:3|"


def capped(term: str) -> str:
    """A term, or 1 if that is less."""
    return f"(ite (<= 1.0 {term}) 1.0 {term})"


def covering() -> Document:
    """Two copies of which either may err, and a draw that errs besides: said is the sum, capped."""
    step = {
        "inputs": ["agent.error", "parameter.ratio", "parameter.luck"],
        "values": {"parameter.ratio": "1"},
        "unread": [["unknown"]],
        "given": [
            "(and (<= 0.0 agent.error) (<= agent.error 1.0))",
            "(<= 1.0 parameter.ratio)",
            "(<= parameter.ratio 9.0)",
            "(and (<= 0.0 parameter.luck) (<= parameter.luck 1.0))",
        ],
        "draws": [["luck", "0.0", "(- 1.0 error.0)", False]],
        "entries": [[0, "error", "error.0"], [1, "error", "error.1"]],
        "table": [
            "(<= 0.0 error.0)",
            "(<= error.0 1.0)",
            "(<= 0.0 error.1)",
            "(<= error.1 1.0)",
        ],
        "entry": [["(<= 0.0 error.0)", ["error.0"]], ["(<= 0.0 error.1)", ["error.1"]]],
        "student": [],
        "means": [["parameter.luck", "luck"]],
        "choices": [["taken", "0.0", "parameter.luck", "luck", False]],
        "compared": [
            [
                "error",
                capped("(+ error.0 error.1 luck)"),
                capped("(+ (* 2.0 parameter.ratio agent.error) taken)"),
                False,
            ]
        ],
        "uses": [
            {
                "ratio": "parameter.ratio",
                "tied": True,
                "parts": [0, 1],
                "columns": [["error", "agent.error", False]],
            }
        ],
        "same": False,
    }
    lifting = {
        "free": True,
        "hull": [f"(<= 0.0 {ERROR})", f"(>= 1.0 {ERROR})", f"(<= {TAKEN} {LUCK})"],
        "bounds": [capped(f"(+ (* 2.0 parameter.ratio {ERROR}) {TAKEN})"), "0.0", LUCK],
    }
    return of_step("either errs", "proved", step, {"lifting": lifting})


Change = Callable[[Document], Any]


def step(**changes: Any) -> Change:
    """Parts of the step replaced."""
    return lambda document: document["step"].update(changes)


def lifting(**changes: Any) -> Change:
    """Parts of the certificate replaced."""
    return lambda document: document["proof"]["lifting"].update(changes)


def row(part: str, place: int, text: Any, number: int = 0) -> Change:
    """One place of a row of the step replaced."""
    return lambda document: document["step"][part][number].__setitem__(place, text)


def bounds(number: int, text: str) -> Change:
    """A bound of the certificate replaced."""
    return lambda document: document["proof"]["lifting"]["bounds"].__setitem__(number, text)


def hull(*conditions: str) -> Change:
    """Conditions added to the set."""
    return lambda document: document["proof"]["lifting"]["hull"].extend(conditions)


def both(*changes: Change) -> Change:
    """One change after the other."""
    return lambda document: [change(document) for change in changes]


def squared(of: str) -> Change:
    """Both copies must err, and said is the square of what one number bounds."""
    return both(
        row("compared", 1, "(* error.0 error.1)"),
        row("compared", 2, "(* parameter.ratio parameter.ratio agent.error agent.error)"),
        bounds(0, f"(* parameter.ratio parameter.ratio {of} {of})"),
    )


def everywhere(document: Document) -> None:
    """A bound at every question of what is a mean otherwise, and the greatest of a choice."""
    squared(ERROR)(document)
    document["step"]["compared"][0][3] = True
    document["step"]["compared"][0][2] = "(* agent.error agent.error)"
    document["step"]["uses"][0]["columns"][0][2] = True
    document["step"]["choices"][0][2:] = ["1.0", "luck", True]
    document["proof"]["lifting"].update(hull=[], bounds=[])


def same_everywhere(document: Document) -> None:
    """Both copies do the same on all of the table."""
    squared(ERROR)(document)
    document["step"] |= {"same": True, "table": ["(<= 0.0 error.0)", "(<= error.0 1.0)"]}
    document["step"]["entries"][1][2] = "error.0"
    document["step"]["compared"][0][1] = "(* error.0 error.0)"


def told_apart(document: Document) -> None:
    """The second copy is asked in another way, under a ratio of its own."""
    (use,) = document["step"]["uses"]
    document["step"]["inputs"].append("parameter.second")
    document["step"]["given"].append("(<= 1.0 parameter.second)")
    document["step"]["uses"] = [
        {**use, "parts": [0]},
        {**use, "parts": [1], "ratio": "parameter.second"},
    ]
    both_means = "(+ (* parameter.ratio {}) (* parameter.second {}) {})".format
    says = capped(both_means("agent.error", "agent.error", "taken"))
    document["step"]["compared"][0][2] = says
    document["proof"]["lifting"] = {
        "free": True,
        "hull": ["(<= 0.0 |mean:2|)", "(<= 0.0 |mean:3|)"],
        "bounds": [capped(both_means("|mean:2|", "|mean:3|", "|mean:4|")), "0.0", LUCK],
    }


ACCEPTED: dict[str, Change] = {
    "it is": lambda document: None,
    "at the values of the parameters": lifting(free=False),
    "with a smaller set": hull(f"(<= 0.0 {LUCK})", f"(<= (+ {TAKEN} {ERROR}) 2.0)"),
    "with a set that a concave term bounds": hull(f"(<= {TAKEN} {capped(LUCK)})"),
    "the same hardness": same_everywhere,
    "a bound at every question": everywhere,
    "means told apart": told_apart,
    "a student that stays in its domain": step(student=["(<= (* error.0 luck) 1.0)"]),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_step_that_covers_every_world_is_accepted(name: str, tmp_path: Path) -> None:
    document = covering()
    ACCEPTED[name](document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why


BROKEN: dict[str, tuple[Change, str]] = {
    "more happens than the bound says": (
        both(
            row("compared", 2, capped("(+ (* parameter.ratio agent.error) taken)")),
            bounds(0, capped(f"(+ (* parameter.ratio {ERROR}) {TAKEN})")),
        ),
        "error: covered",
    ),
    "the bound is more than the step says": (
        row("compared", 2, capped("(+ (* parameter.ratio agent.error) taken)")),
        "error: rises",
    ),
    "the bound falls": (
        both(
            row("compared", 2, capped("(- (+ 1.0 taken) agent.error)")),
            bounds(0, capped(f"(- (+ 1.0 {TAKEN}) {ERROR})")),
            row("compared", 1, "0.0"),
        ),
        "error: rises",
    ),
    "the bound is not concave": (squared(ERROR), "error: concave"),
    "a choice is above its bound": (
        both(row("choices", 3, "(* 2.0 luck)"), lambda d: d["proof"]["lifting"]["hull"].pop()),
        "taken: allowed",
    ),
    "a choice is below its bound": (
        both(row("choices", 1, "(/ 1.0 8.0)"), bounds(1, "(/ 1.0 8.0)")),
        "taken: allowed",
    ),
    "the upper end of a choice is not concave": (
        both(
            row("choices", 2, "(* parameter.luck parameter.luck)"),
            bounds(2, f"(* {LUCK} {LUCK})"),
            row("choices", 3, "0.0"),
            row("compared", 1, capped("(+ error.0 error.1)")),
        ),
        "taken: most: concave",
    ),
    "the lower end of a choice rises": (
        both(row("choices", 1, "parameter.luck"), bounds(1, LUCK)),
        "taken: least: rises",
    ),
    "the set leaves a question out": (hull(f"(<= {ERROR} 0.5)"), "of a question"),
    "the set is not convex": (
        hull(f"(<= (* {ERROR} (- 1.0 {ERROR})) 1.0)"),
        "condition 4: concave",
    ),
    "an entry may be negative": (
        step(table=["(<= error.0 1.0)", "(<= 0.0 error.1)", "(<= error.1 1.0)"]),
        "error.0: at least 0",
    ),
    "an entry is not negative beside another": (
        step(
            table=[
                "(<= error.0 1.0)",
                "(<= 0.0 error.1)",
                "(<= error.1 1.0)",
                "(<= error.1 error.0)",
            ]
        ),
        "error.0: at least 0",
    ),
    "a ratio may be negative": (
        lambda d: d["step"]["given"].__setitem__(1, "(<= (- 1.0) parameter.ratio)"),
        "a density ratio is positive",
    ),
    "a draw has no upper end": (
        both(row("draws", 3, True), step(student=["(<= luck 1.0)"])),
        "a student",
    ),
    "a draw has another lower end": (row("draws", 1, "(- 1.0)"), "taken: allowed"),
    "a draw's end is undefined": (row("draws", 2, "(/ 1.0 error.0)"), "a question is defined"),
    "what happens is undefined": (
        row("compared", 1, "(/ error.0 luck)"),
        "a question is defined",
    ),
    "what the step says is undefined": (
        both(row("compared", 2, "(/ 1.0 agent.error)"), bounds(0, "1.0")),
        "what the step says is defined",
    ),
    "a bound is undefined": (
        both(
            lifting(hull=[]),
            row("compared", 2, "1.0"),
            bounds(0, f"(+ 1.0 (* 0.0 (/ 1.0 (- {ERROR} 3.0))))"),
        ),
        "error: concave",
    ),
    "an end of a choice is undefined": (
        row("choices", 2, "(/ 1.0 agent.error)"),
        "nature's bounds are defined",
    ),
    "a student leaves its domain": (step(student=["(<= (+ error.0 luck) 0.5)"]), "a student"),
    "the parameters are not as assumed": (
        step(values={"parameter.ratio": "10"}),
        "not as assumed",
    ),
    "it holds at other values of the parameters": (
        both(step(values={"parameter.ratio": "2"}), lifting(free=False), bounds(0, capped(ERROR))),
        "error: covered",
    ),
    "nothing bounds a choice that is the greatest": (
        both(everywhere, row("choices", 2, "0.5")),
        "taken: allowed",
    ),
    "what is bounded at every question is more": (
        both(everywhere, row("compared", 1, "(+ error.0 error.1)")),
        "error: covered",
    ),
    "it is said to be refuted": (lambda d: d.update(verdict="refuted"), "refutes nothing"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_condition_of_the_theorem_can_fail(name: str, tmp_path: Path) -> None:
    document = covering()
    change, why = BROKEN[name]
    change(document)
    found = report_on(document, tmp_path)
    assert found.outcome is Outcome.REJECTED, found.why
    assert why in found.why


MALFORMED: dict[str, Change] = {
    "a bound is missing": lambda d: d["proof"]["lifting"]["bounds"].pop(),
    "a bound too many": lambda d: d["proof"]["lifting"]["bounds"].append("1.0"),
    "the set is no comparison": hull(f"(not (<= {ERROR} 2.0))"),
    "the set is cut by one question": hull("(<= error.0 1.0)"),
    "nothing ties a mean to training": lambda d: d["step"]["uses"][0].update(tied=False),
    "a mean is read nowhere": lambda d: d["step"]["uses"][0].update(parts=[2]),
    "a draw reads a later one": row("draws", 2, "luck"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_lifting_is_no_evidence(name: str, tmp_path: Path) -> None:
    document = covering()
    MALFORMED[name](document)
    with pytest.raises((Malformed, *FORM)):
        report_on(document, tmp_path)


QUARTERS = st.integers(0, 12).map(lambda n: f"{n / 4}")


def _breaking(document: Document) -> Document:
    """The world of one question at which little goes wrong by one of the causes alone."""
    found = copy.deepcopy(document) | {"verdict": "refuted"}
    inputs = {"agent.error": "0", "parameter.ratio": "1", "parameter.luck": "1/8"}
    draws, does = {"luck": "1/8"}, {"error": "0"}
    if document["said"][0] < 2:
        inputs |= {"agent.error": "1/8", "parameter.luck": "0"}
        draws, does = {"luck": "0"}, {"error": "1/8"}
    asked = [{"weight": "1", "draws": draws, "parts": [0, 0]}]
    table = [{"weight": "1", "does": does, "use": 0}]
    found["proof"] = {"world": {"inputs": inputs, "asked": asked, "table": table}}
    return found


@given(error=QUARTERS, luck=QUARTERS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_lifting_or_a_world_and_never_both(tmp_path: Path, error: str, luck: str) -> None:
    """The sum of both causes is a bound exactly if neither counts less than it can happen."""
    document = covering()
    says = "(+ (* {} parameter.ratio {}) (* {} {}))".format
    document["step"]["compared"][0][2] = capped(says(error, "agent.error", luck, "taken"))
    document["proof"]["lifting"]["bounds"][0] = capped(says(error, ERROR, luck, TAKEN))
    document["said"] = (float(error), float(luck))
    world = _breaking(document)
    covers = float(error) >= 2 and float(luck) >= 1
    for each, outcome in ((document, covers), (world, not covers)):
        del each["said"]
        found = report_on(each, tmp_path)
        assert (found.outcome is Outcome.ACCEPTED) == outcome, found.why
        assert found.outcome is not Outcome.UNDECIDED
