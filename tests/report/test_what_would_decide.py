"""UNKNOWN says what would decide it, by what stands in the way: on the screen, in HTML and JSON."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from checker.portfolio.decision import Options, decide
from checker.report.documents import document
from checker.report.verdict import plain
from checker.report.would_decide import remedy
from checker.system.findings import Blocked, Cause, Fact, Stopped, Undecided
from checker.system.obligations import LIMITS
from checker.system.verdict import Unknown, undecided
from examples.noisy_memory import MostlyRight, memory
from spec import Claim
from tests.support import ROOT

FAILS, OPEN = Blocked(LIMITS, "Accurate", True), Blocked(LIMITS, "Accurate", False)


@pytest.mark.parametrize(
    ("blocked", "late", "wanted"),
    [
        (FAILS, False, "a second invariant that every run keeps and that this state breaks"),
        (FAILS, True, "a second invariant"),
        (OPEN, False, "more time (--timeout) for this query"),
        (OPEN, True, "more time (--timeout), the one engine that fits (--engine"),
        (None, True, "more time (--timeout), the one engine that fits (--engine"),
    ],
)
def test_an_open_claim_says_what_would_decide_it(
    blocked: Blocked | None, late: bool, wanted: str
) -> None:
    reason = Undecided(("search",), 3, late, blocked)
    verdict = attrs.evolve(undecided(CLAIM, {}), result=Unknown(reason=reason))
    text = " ".join(plain(verdict).split())
    assert "tried: search; clear to iteration 3" in text
    assert f"what would decide it: {wanted}" in text
    assert str(document(verdict)["would_decide"]).startswith(wanted)


CLAIM = Claim("open", memory, MostlyRight())


def test_a_claim_left_open_by_chosen_engines_is_for_the_others() -> None:
    verdict = decide(CLAIM, options=Options(engines=("search",)))
    assert "what would decide it: the other engines: leave out --engine" in plain(verdict)


def _reasons() -> set[str]:
    """The classes that the checker makes the reason of an UNKNOWN, read from its sources."""
    found = set()
    for file in (ROOT / "checker").rglob("*.py"):
        found |= _reasons_in(file)
    return found


def _reasons_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    made = [
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Unknown"
        for value in [*node.args, *(keyword.value for keyword in node.keywords)]
    ]
    names = {name for value in made for name in re.findall(r"\b[A-Z]\w+", ast.unparse(value))}
    if any(ast.unparse(value) == "reason" for value in made):  # `reason = Class(...)` before it
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "reason":
                names |= set(re.findall(r"\b[A-Z]\w+(?=\()", ast.unparse(node.value)))
    return {name for name in names if name != "Method" and not name.isupper()}


def test_every_reason_has_a_remedy_of_its_own() -> None:
    known = {cls.__name__ for cls in remedy.registry}
    reasons = _reasons()
    assert {"Undecided", "NotTried", "TreesUndecided", "NotEnclosed", "NoWorld"} <= reasons
    assert reasons - known == set()


@pytest.mark.parametrize("cause", Cause)
def test_work_that_was_ended_says_what_to_do(cause: Cause) -> None:
    text = remedy(Stopped(cause, limit=1.0, what="9"))
    assert re.search(r"--\w+|a file that|report it", text), text


def test_without_a_reason_there_is_something_to_try() -> None:
    assert "--timeout" in remedy(Fact())


def test_a_verdict_that_is_none_says_nothing() -> None:
    verdict: Any = decide(CLAIM, {}, Options(attack=0))
    assert "would_decide" not in document(verdict)
    assert "what would decide it" not in plain(verdict)
