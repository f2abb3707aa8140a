"""Judging: every kind of statement to the procedure that decides it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import attrs

from checker.decision import Options, decide
from checker.exactly import decide_threshold
from checker.instances import decide_instance
from checker.pairs import decide_agrees, decide_refines
from checker.settling import decide_closed, decide_settles
from checker.tolerance import decide_tolerances
from checker.transfer import decide_transfers
from checker.verdict import Verdict
from spec.claims import Claim
from spec.errors import SpecError
from spec.instances import Instance
from spec.kinds import Agrees, Closed, Refines, Settles, Threshold, Tolerances, Transfers
from spec.statements import Statement

Decider = Callable[[Any, Mapping[str, Fraction], Options], Verdict]

DECIDERS: dict[type[Statement], Decider] = {
    Claim: decide,
    Settles: decide_settles,
    Closed: decide_closed,
    Threshold: decide_threshold,
    Tolerances: decide_tolerances,
    Refines: decide_refines,
    Agrees: decide_agrees,
    Transfers: decide_transfers,
    Instance: decide_instance,
}


def judge(
    statement: Statement,
    overriding: Mapping[str, Fraction] | None = None,
    options: Options | None = None,
) -> Verdict:
    """The verdict on a statement of any kind.

    Args:
        statement: what is said.
        overriding: parameter values that replace the statement's own.
        options: limits on the work.

    Raises:
        SpecError: for a mistake in the specification or an unknown parameter.
        EnginesDisagree: when two engines contradict each other.
    """
    decider = DECIDERS.get(type(statement))
    if decider is None:
        known = ", ".join(kind.__name__ for kind in DECIDERS)
        raise SpecError(
            f"{type(statement).__name__} is no kind of statement that can be decided; use {known}",
            statement.place,
        )
    started = time.perf_counter()
    verdict = decider(statement, overriding or {}, options or Options())
    return attrs.evolve(verdict, seconds=time.perf_counter() - started)
