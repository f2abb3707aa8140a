"""Agents and experts: typed by the invariant they are said to carry."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

from spec.errors import SpecError, describe
from spec.fields import Fields, between, unbounded
from spec.invariants import Invariant
from spec.terms import Real

MOST_REGRET = 1000
"""More than an episode of any scheme can lose."""

I = TypeVar("I", bound=Invariant, covariant=True)  # noqa: E741  (the field's letter for it)


class _Compared:
    """Refuses to be compared as a whole: two agents of symbols are neither equal nor different."""

    def __eq__(self, other: object) -> bool:
        _refuse_comparison(self)

    def __ne__(self, other: object) -> bool:
        _refuse_comparison(self)

    def __hash__(self) -> int:
        _refuse_comparison(self)


def _refuse_comparison(agent: object) -> NoReturn:
    raise SpecError(
        f"{describe(agent)} cannot be compared or looked up as a whole, since its fields are not "
        "known yet; compare fields, as in when(agent.error == other.error, a, b)"
    )


class Agent(_Compared, Fields, Generic[I]):
    """An agent said to carry invariant ``I``. Without fields it is an arbitrary set of agents.

    The annotation is an unproved claim until the checker discharges it.
    """


class Expert(_Compared, Fields, Generic[I]):
    """An amplified agent, meant to be smart enough to oversee the student it trains.

    It is not an ``Agent``: only amplification makes one.
    """


class Traits(Fields):
    """What the abstract agent is made of: six numbers, which abstract from a table.

    The table says of every question with which probabilities the agent answers it rightly, is
    mistaken, or is malign, and with which it resists a correction. Each number but the first is an
    upper bound on a mean over the table: over the questions of a rank, distributed as in training,
    at the worst rank up to the capability. A malign answer is a wrong one, so ``malign`` bounds a
    part of what ``error`` bounds. ``models/worlds`` proves of each step that its formulas are right
    about every table.
    """

    capability: Real = unbounded("rank up to which the other bounds hold")
    error: Real = between(0, 1, "mean probability of a wrong answer, for whatever reason, at most")
    malign: Real = between(
        0, 1, "mean probability of a wrong answer optimised against the overseer, at most"
    )
    resistance: Real = between(0, 1, "mean probability that it resists a correction, at most")
    cost: Real = unbounded("cost of one answer; the base agent's is 1")
    regret: Real = between(
        0, MOST_REGRET, "loss over an episode against the optimal policy, at most, in reward"
    )


class Assistant(Traits, Agent[I]):
    """The abstract agent that is distilled and consulted."""


class Overseer(Traits, Expert[I]):
    """The abstract expert: a person or core with the assistants it consults."""
