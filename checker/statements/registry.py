"""The registry: every kind of statement, and the function that decides it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from threading import RLock
from typing import Any, TypeVar

import attrs

from checker.portfolio.decision import Options, decide
from checker.statements.closed import decide_closed
from checker.statements.comparison import decide_agrees, decide_refines
from checker.statements.grows import decide_grows
from checker.statements.instance import decide_instance
from checker.statements.settles import decide_settles
from checker.statements.sound import decide_sound
from checker.statements.threshold import decide_threshold
from checker.statements.tolerances import decide_tolerances
from checker.statements.transfers import decide_transfers
from checker.system.verdict import Verdict
from spec.errors import SpecError
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.comparison import Agrees, Refines, Transfers
from spec.statements.dynamics import Closed, Grows, Settles
from spec.statements.instance import Instance
from spec.statements.sound import Sound
from spec.statements.threshold import Threshold, Tolerances

Decider = Callable[[Any, Mapping[str, Fraction], Options], Verdict]

DECIDERS: dict[type[Statement], Decider] = {
    Claim: decide,
    Settles: decide_settles,
    Closed: decide_closed,
    Grows: decide_grows,
    Threshold: decide_threshold,
    Tolerances: decide_tolerances,
    Refines: decide_refines,
    Agrees: decide_agrees,
    Transfers: decide_transfers,
    Instance: decide_instance,
    Sound: decide_sound,
}


_TURN = RLock()

D = TypeVar("D", bound=Decider)


def decides(kind: type[Statement]) -> Callable[[D], D]:
    """Make a function the decider of a kind of statement; for kinds of one's own."""

    def register(decider: D) -> D:
        DECIDERS[kind] = decider
        return decider

    return register


def judge(
    statement: Statement,
    overriding: Mapping[str, Fraction] | None = None,
    options: Options | None = None,
) -> Verdict:
    """The verdict on a statement of any kind.

    Threads that call it take turns, since the solver's terms belong to one thread at a time; for
    the same reason no thread may make schemes, claims or numbers of the language meanwhile. Work
    in parallel needs processes.

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
            statement.location,
        )
    with _TURN:
        started = time.perf_counter()
        verdict = decider(statement, overriding or {}, options or Options())
    return attrs.evolve(verdict, seconds=time.perf_counter() - started)
