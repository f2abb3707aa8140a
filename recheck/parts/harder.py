"""Questions that cvc5 does not answer at once, put in other ways: covered by cells, by cases, then
by lemmas and cells together."""

from __future__ import annotations

import time
from collections.abc import Sequence

from cvc5 import Term

from recheck.parts.apart import ask_apart
from recheck.parts.cases import impossible
from recheck.parts.quotients import without_quotients

FIRST, LAST = 0.8, 2.0
"""Seconds for a question by cells alone, before it is taken apart and after that was in vain."""
PATIENCE = 2
"""How many times the time for a query all its cases may take."""


def asked_otherwise(asserted: Sequence[Term], seconds: float) -> str | None:
    """Where some conditions hold together: "" for nowhere, None without an answer."""
    whole = without_quotients(asserted)
    answer = ask_apart(whole, min(FIRST, seconds), "nl-ext=none")
    if answer is None and impossible(asserted, time.monotonic() + PATIENCE * seconds):
        return ""
    for limit, option in ((min(LAST, seconds), "nl-ext=none"), (seconds, "nl-cov=true")):
        answer = ask_apart(whole, limit, option) if answer is None else answer
    return answer
