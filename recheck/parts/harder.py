"""Questions answered, in one way after the other: by linear lemmas, which answer almost all; by
symbols at ends of their ranges; covered by cells; by cases; then by lemmas and cells together, for
the question and for the two cases of a conditional's test."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import lru_cache

from cvc5 import Kind, Term

from recheck.parts.apart import ask_apart
from recheck.parts.cases import COMPARISONS, impossible
from recheck.parts.monotone import impossible_at_ends
from recheck.parts.quotients import without_quotients
from recheck.solver import ask
from recheck.terms import FALSE, TRUE, substitute, topological

AT_ONCE, LEMMAS = 0.05, 0.3
"""Seconds for a question by linear lemmas about products alone: at once, and after ends."""
FIRST, SECOND = 0.8, 2.0
"""Seconds for a question by cells alone: before it is taken apart, and after that was in vain."""
SMALL_CASES, CASES = 3, 2
"""How many times the time for a query all its cases may take, until no more are taken apart."""


@lru_cache(maxsize=256)
def answered(asserted: tuple[Term, ...], seconds: float) -> str | None:
    """Where some conditions hold together: "" for nowhere, None without an answer. The same is not
    asked twice."""
    answer = ask(asserted, min(AT_ONCE, seconds), "nl-cov=false")
    if answer is not None:
        return answer
    if impossible_at_ends(asserted, seconds):
        return ""
    answer = ask(asserted, min(LEMMAS, seconds), "nl-cov=false")
    return _otherwise(asserted, seconds) if answer is None else answer


def _otherwise(asserted: Sequence[Term], seconds: float) -> str | None:
    """The same by cells, by cases, and by both."""
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
