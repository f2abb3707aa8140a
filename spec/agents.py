"""Agents and experts: typed by the invariant they are said to carry."""

from __future__ import annotations

from typing import Generic, NoReturn, TypeVar

from spec.errors import SpecError, describe
from spec.fields import Fields, between
from spec.invariants import Invariant
from spec.terms import Real

I = TypeVar("I", bound=Invariant, covariant=True)  # noqa: E741  (the field's letter for it)

TOP_RANK = 100
TOP_COST = 10_000


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
    """What the abstract agent is made of: six numbers, each a bound.

    They abstract from tasks and answers; ``models`` says for each step under which assumption the
    numbers bound the real thing.
    """

    capability: Real = between(0, TOP_RANK, "rank of the hardest task it answers reliably")
    error: Real = between(0, 1, "bound on the probability of a well-meant wrong answer")
    malign: Real = between(
        0, 1, "bound on the probability of an answer optimised against the overseer"
    )
    resistance: Real = between(0, 1, "bound on the probability that it resists a correction")
    cost: Real = between(0, TOP_COST, "cost of one answer; the base agent's is 1")
    regret: Real = between(
        0, TOP_RANK, "bound on the total loss over a horizon, in units of reward"
    )


class Assistant(Traits, Agent[I]):
    """The abstract agent that is distilled and consulted."""


class Overseer(Traits, Expert[I]):
    """The abstract expert: a person or core with the assistants it consults."""
