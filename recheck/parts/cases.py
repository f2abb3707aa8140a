"""Conditions that cannot all hold, shown by cases, each of which is small.

A case decides every test of a conditional, one after the other. It is over if the solver shows that
it cannot be: once the tests are decided, or before, by linear arithmetic alone.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from cvc5 import Kind, Term

from recheck.parts.apart import ask_apart
from recheck.parts.normal import simplified
from recheck.parts.quotients import with_bounds_on_quotients
from recheck.solver import ask
from recheck.terms import FALSE, TRUE, substitute, topological

CELLS, LEMMAS, BOTH = "nl-ext=none", "nl-cov=false", "nl-cov=true"
LINEAR, QUICK = (CELLS, LEMMAS), 0.1
WAYS = ((CELLS, 0.3), (LEMMAS, 0.3), (BOTH, 3.0))
"""How a case without tests is asked about, and for how many seconds."""
COMPARISONS = (Kind.LEQ, Kind.LT, Kind.GEQ, Kind.GT, Kind.EQUAL)


def impossible(asserted: Sequence[Term], until: float) -> bool:
    """Whether it is shown until some time that the conditions cannot all hold."""
    conditions = simplified(asserted)
    if FALSE in conditions or ask(conditions, QUICK, *LINEAR) == "":
        return True
    test = _test_in(conditions)
    if test is None:
        whole = with_bounds_on_quotients(conditions)
        return any(ask_apart(whole, seconds, option) == "" for option, seconds in WAYS)
    cases = ((TRUE, test), (FALSE, test.notTerm()))
    return time.monotonic() < until and all(
        impossible([case, *substitute(conditions, {test: truth})], until) for truth, case in cases
    )


def _test_in(conditions: Sequence[Term]) -> Term | None:
    """A comparison on which a conditional depends, and which depends on none."""
    for part in topological(conditions):
        if part.getKind() is Kind.ITE:
            for test in topological([part[0]]):
                if test.getKind() in COMPARISONS and not test[0].getSort().isBoolean():
                    return test
    return None
