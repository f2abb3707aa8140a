"""Questions that cvc5 does not answer at once, put in other ways: covered by cells, by cases, then
by lemmas and cells together, for the question and for the two cases of a conditional's test."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cvc5 import Kind, Term

from recheck.parts.apart import ask_apart
from recheck.parts.cases import COMPARISONS, impossible
from recheck.parts.quotients import without_quotients
from recheck.terms import FALSE, TRUE, substitute, topological

FIRST, SECOND = 0.8, 2.0
"""Seconds for a question by cells alone: before it is taken apart, and after that was in vain."""
SMALL_CASES, CASES = 3, 2
"""How many times the time for a query all its cases may take, until no more are taken apart."""


def asked_otherwise(asserted: Sequence[Term], seconds: float) -> str | None:
    """Where some conditions hold together: "" for nowhere, None without an answer."""
    whole = without_quotients(asserted)
    answer = ask_apart(whole, min(FIRST, seconds), "nl-ext=none")
    if answer is not None:
        return answer
    if impossible(asserted, time.monotonic() + SMALL_CASES * seconds):
        return ""
    return _by_tests(whole, seconds, time.monotonic() + CASES * seconds)


def _by_tests(asserted: Sequence[Term], seconds: float, until: float) -> str | None:
    """The answer to a question, else those to its two cases by the test of a conditional."""
    for limit, option in ((min(SECOND, seconds), "nl-ext=none"), (seconds, "nl-cov=true")):
        answer = ask_apart(asserted, limit, option)
        if answer is not None:
            return answer
    parts = topological(asserted)
    tests = (part[0] for part in parts if part.getKind() is Kind.ITE)
    test = next((each for each in tests if each.getKind() in COMPARISONS), None)
    if test is None or time.monotonic() > until:
        return None
    for truth, case in ((TRUE, test), (FALSE, test.notTerm())):
        answer = _by_tests([case, *substitute(asserted, {test: truth})], seconds, until)
        if answer != "":
            return answer
    return ""
