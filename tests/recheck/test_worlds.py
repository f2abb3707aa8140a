"""Worlds by hand: each condition on a world broken by itself, and each bound."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recheck.check import Outcome, Report
from tests.recheck.loops import Document, of_step, report_on


def broken() -> Document:
    """Two copies of which both must err, asked of a question with a draw: said is the square of the
    mean, which a world of two questions breaks, one that is always and one that is never failed."""
    step = {
        "inputs": ["agent.error", "parameter.ratio", "parameter.luck"],
        "values": {"parameter.ratio": "1"},
        "unread": [["unknown"]],
        "given": ["(<= 0.0 agent.error)", "(<= 1.0 parameter.ratio)"],
        "draws": [["luck", "0.0", "(- 1.0 error.0)", False]],
        "entries": [[0, "error", "error.0"], [1, "error", "error.1"]],
        "table": ["(<= 0.0 error.0)", "(<= 0.0 error.1)", "(= error.0 error.1)"],
        "entry": [
            ["(<= 0.0 error.0)", ["error.0"]],
            ["(<= error.0 1.0)", ["error.0"]],
            ["(<= 0.0 error.1)", ["error.1"]],
        ],
        "student": [],
        "means": [["parameter.luck", "luck"]],
        "choices": [["taken", "0.0", "(+ parameter.luck unknown)", "luck", False]],
        "compared": [
            ["error", "(* error.0 error.1)", "(* agent.error agent.error parameter.ratio)", False]
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
    world = {
        "inputs": {"agent.error": "1/2", "parameter.ratio": "1", "parameter.luck": "1/4"},
        "asked": [
            {"weight": "1/2", "draws": {"luck": "0"}, "parts": [0, 0]},
            {"weight": "1/2", "draws": {"luck": "1/2"}, "parts": [1, 1]},
        ],
        "table": [
            {"weight": "1/2", "does": {"error": "1"}, "use": 0},
            {"weight": "1/2", "does": {"error": "0"}, "use": 0},
        ],
    }
    return of_step("both err", "refuted", step, {"world": world})


def test_a_world_that_breaks_a_bound_is_accepted(tmp_path: Path) -> None:
    found = report_on(broken(), tmp_path)
    assert found.outcome is Outcome.ACCEPTED
    assert found.why == "error: 1/2 happens in the world, and the step says 1/4"


def _world(**changes: Any) -> Callable[[Document], Any]:
    return lambda document: document["proof"]["world"].update(changes)


def _inputs(**changes: str) -> Callable[[Document], Any]:
    named = {
        f"{'agent' if name == 'error' else 'parameter'}.{name}": v for name, v in changes.items()
    }
    return lambda document: document["proof"]["world"]["inputs"].update(named)


def _of(part: str, number: int, **changes: Any) -> Callable[[Document], Any]:
    return lambda document: document["proof"]["world"][part][number].update(changes)


def _step(**changes: Any) -> Callable[[Document], Any]:
    return lambda document: document["step"].update(changes)


BROKEN: dict[str, tuple[Callable[[Document], Any], str]] = {
    "the bound holds": (_inputs(error="3/4"), "all bounds hold"),
    "the mean of the table is more than is given": (_inputs(error="1/4"), "the mean of error"),
    "another mean is more than is given": (_inputs(luck="1/8"), "the mean of parameter.luck"),
    "a parameter has another value": (_inputs(ratio="2"), "another value"),
    "the weights are not of sum 1": (_of("asked", 0, weight="1/3"), "no distribution"),
    "a weight is negative": (
        lambda d: (_of("table", 0, weight="-1/2")(d), _of("table", 1, weight="3/2")(d)),
        "no distribution",
    ),
    "a draw is beyond its bounds": (_of("asked", 0, draws={"luck": "1/8"}), "outside its bounds"),
    "a draw is below its bounds": (_of("asked", 1, draws={"luck": "-1"}), "outside its bounds"),
    "the agent does what none may": (
        lambda d: (_of("table", 0, does={"error": "2"})(d), _inputs(error="1")(d)),
        "a condition on the table",
    ),
    "what holds of the parts together does not": (
        lambda d: (
            _of("asked", 0, parts=[0, 1])(d),
            _of("asked", 1, parts=[0, 1], draws={"luck": "0"})(d),
        ),
        "a condition on a question",
    ),
    "a question is asked more often than in training": (
        lambda d: (
            _of("asked", 0, weight="3/4")(d),
            _of("asked", 1, weight="1/4")(d),
        ),
        "than the ratio allows",
    ),
    "what the step is given is not in its domain": (
        _step(given=["(<= agent.error 0.25)"]),
        "a condition on what the step is given",
    ),
    "the concrete step is undefined": (
        _step(compared=[["error", "(/ error.0 luck)", "agent.error", False]]),
        "divides by zero",
    ),
    "the bound divides by zero": (
        _step(compared=[["error", "error.0", "(/ 1.0 (- parameter.ratio 1.0))", False]]),
        "divides by zero",
    ),
    "the table is the same everywhere": (_step(same=True), "is the same on all of the table"),
    "a part is asked in another way": (
        lambda d: (
            d["step"]["uses"].append({**d["step"]["uses"][0], "parts": [1], "ratio": None}),
            d["step"]["uses"][0].update(parts=[0]),
            _of("table", 1, use=1, weight="1")(d),
            _of("table", 0, weight="1")(d),
            _inputs(error="1")(d),
        ),
        "in another way",
    ),
    "it is said to prove something": (lambda d: d.update(verdict="proved"), "proves nothing"),
}


def _reported(change: Callable[[Document], Any], folder: Path) -> Report:
    document = copy.deepcopy(broken())
    change(document)
    return report_on(document, folder)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_world_that_breaks_a_bound_is_rejected(name: str, tmp_path: Path) -> None:
    change, why = BROKEN[name]
    found = _reported(change, tmp_path)
    assert found.outcome is Outcome.REJECTED
    assert why in found.why


ACCEPTED: dict[str, Callable[[Document], Any]] = {
    "a bound everywhere is on the greatest": lambda d: (
        _inputs(error="3/4")(d),
        _step(compared=[["error", "error.0", "agent.error", True]])(d),
    ),
    "a choice above its bound": lambda d: (
        _inputs(error="3/4")(d),
        _step(choices=[["taken", "0.0", "(/ parameter.luck 2.0)", "luck", False]])(d),
    ),
    "a choice below its bound": lambda d: (
        _inputs(error="3/4")(d),
        _step(choices=[["taken", "(* parameter.luck 2.0)", "1.0", "luck", False]])(d),
    ),
    "nothing ties it to training": lambda d: (
        d["step"]["uses"][0].update(tied=False),
        _of("asked", 0, weight="3/4")(d),
        _of("asked", 1, weight="1/4")(d),
    ),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_every_bound_can_be_broken(name: str, tmp_path: Path) -> None:
    found = _reported(ACCEPTED[name], tmp_path)
    assert found.outcome is Outcome.ACCEPTED, found.why
