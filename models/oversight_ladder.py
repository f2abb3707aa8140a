"""A ladder of guards: each vetted guard oversees the next, stronger one.

A guard is stronger than the one below by a factor. Whether a guard is held by the one below is a
game won with the odds of Bradley and Terry: the overseen escapes with odds (odds at equal strength)
x (factor). Vetting the top needs every rung to hold.

Sources: Engels, Baek, Kantamneni and Tegmark, "Scaling laws for scalable oversight" (2025), where
oversight is a game scored by Elo; Bradley and Terry, "Rank analysis of incomplete block designs"
(1952).
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
    Count,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    parameter,
    structural,
    when,
    whole,
)

MOST_RUNGS = 64


class Ladder(Agent[I]):
    """The guards vetted so far."""

    rung: Count = whole(0, MOST_RUNGS, "rungs climbed")
    escaped: Real = between(0, 1, "probability that some guard so far escaped its overseer")


class Holds(Invariant):
    """Every rung so far probably holds."""

    escape: Real = budget(0, 1, "bound on the probability that some rung failed", limit="19/100")

    def holds(self, ladder: Ladder[Invariant]) -> Bool:
        """The probability of an escape is within the budget."""
        return ladder.escaped <= self.escape


class Rungs(Parameters):
    """Parameters of a ladder."""

    odds: Real = parameter(
        "1/50", 0, 10, "odds of escape from a guard that is equally strong", source=ILLUSTRATIVE
    )
    factor: Real = parameter(
        2, 1, 100, "strength of a guard per strength of the one below", source=ILLUSTRATIVE
    )


class Finite(Rungs):
    """Parameters of a ladder that ends."""

    rungs: int = structural(4, 1, MOST_RUNGS, "rungs to climb", source="smallest beyond 3")


def ground(p: Rungs) -> Ladder[Holds]:
    """The guard at the bottom is trusted."""
    return Ladder(rung=Count(0), escaped=Real(0))


def escapes(p: Rungs) -> Real:
    """P(a guard escapes the one below) = a f / (1 + a f), odds a at equal strength, factor f.

    Assumes that strengths multiply odds (Bradley and Terry) and that an escape does not depend on
    the rungs below, given that they held.
    """
    return p.odds * p.factor / (1 + p.odds * p.factor)


def vetted(ladder: Ladder[I], p: Rungs) -> Real:
    """P(some rung failed) after one more: the failed stay failed."""
    return ladder.escaped + (1 - ladder.escaped) * escapes(p)


def _next(ladder: Ladder[I], p: Rungs) -> Ladder[I]:
    return Ladder(rung=ladder.rung.plus(1), escaped=vetted(ladder, p))


def climb(ladder: Ladder[I], p: Finite, nature: Nature) -> Ladder[I]:
    """One more rung, up to the last."""
    return when(ladder.rung < p.rungs, _next(ladder, p), ladder)


def climb_on(ladder: Ladder[I], p: Rungs, nature: Nature) -> Ladder[I]:
    """One more rung, without end; the count stays at its top."""
    above = _next(ladder, p)
    return when(ladder.rung < MOST_RUNGS, above, Ladder(rung=ladder.rung, escaped=above.escaped))


oversight_ladder = Loop[Finite, Ladder[Holds]](
    "oversight-ladder",
    parameters=Finite,
    seed=ground,
    step=climb,
    about="A ladder of guards with a last rung.",
)

endless_ladder = Loop[Rungs, Ladder[Holds]](
    "endless-ladder",
    parameters=Rungs,
    seed=ground,
    step=climb_on,
    about="A ladder of guards without end.",
)
