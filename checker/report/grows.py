"""Growth for people: how much every round adds, or where the scheme is stuck."""

from __future__ import annotations

from checker.report.words import describe, number
from checker.statements.grows import (
    GainsEachRound,
    GrowthUndecided,
    HeldDown,
    NeverBeyond,
    StuckWhereItBreaks,
)


@describe.register
def _(fact: GainsEachRound) -> str:
    return f"{fact.field} grows by at least {number(fact.gain)} in every round, without bound"


@describe.register
def _(fact: StuckWhereItBreaks) -> str:
    return (
        f"stuck at {fact.field} {number(fact.rank)}: the invariant breaks in round "
        f"{fact.rounds + 1}"
    )


@describe.register
def _(fact: NeverBeyond) -> str:
    return f"stuck: {fact.field} never exceeds {number(fact.rank)}"


@describe.register
def _(fact: HeldDown) -> str:
    rank = number(fact.rank)
    return f"stuck where nature likes: it can keep {fact.field} from ever exceeding {rank}"


@describe.register
def _(_fact: GrowthUndecided) -> str:
    return "the invariant is kept; neither a least gain nor a bound on the field was shown"
