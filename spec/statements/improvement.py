"""Improvement: which agents amplification must make err less, and less than what.

An agent's loss is a bound on what goes wrong at the questions it is said to answer. Amplification
is worth its name if the expert's bound is the better one somewhere beyond: at ranks that the agent
does not reach, where nothing is known of it and a guess is what there is to beat, or, for a loss
that is a bound at every question there is, at the loss itself.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import attrs

from spec.errors import SpecError, describe
from spec.terms import Bool, Number, Real, exact, real_term

Amount = Callable[[Any], Number]
"""A number that depends on the parameters."""


def _real(value: Number) -> Real:
    return Real(real_term(value))


class Improvement(ABC):
    """What the contract "amplify errs less at a higher rank" asks of one step.

    Every agent with ``improves(loss)`` must be amplified to a rank above its own and a loss below
    ``known(loss)``, and none may break ``spares``. There must be such agents: ``some``. ``edge`` is
    the loss at which improvement ends, and ``last`` that of the agent which is improved if any is.
    """

    loss: str

    @abstractmethod
    def known(self, loss: Real, p: Any) -> Real:
        """What is known, without amplification, of the loss at the ranks that it adds."""

    @abstractmethod
    def improves(self, loss: Real, p: Any) -> Bool:
        """Whether every agent of this loss is to improvement."""

    @abstractmethod
    def spares(self, before: Real, after: Real, p: Any) -> Bool:
        """What amplification may do to the loss of the agents that need not improvement."""

    @abstractmethod
    def some(self, p: Any) -> Bool:
        """Whether those agents make up a range of losses of positive length."""

    @abstractmethod
    def edge(self, p: Any) -> Real:
        """The loss that parts agents that are to be improved from those that need not."""

    @abstractmethod
    def last(self, p: Any) -> Real:
        """The loss of an agent that is improved wherever some agents are."""


@attrs.frozen
class BeyondItsRank(Improvement):
    """Every agent that is wrong with less than some positive probability makes an expert that is
    wrong, at a higher rank, less often than a guess.

    An agent's error is a bound up to its rank. Beyond, nothing is known of its answers: they may be
    no better than a guess, and worse is as good, since a guess can take the opposite.

    Args:
        below: of the parameters, the error below which agents are to improvement.
        loss: the field that is the probability of a wrong answer, of agent and expert.
        chance: the probability that a guess is wrong: 1/2 for yes or no, 1 - 1/n for n answers.
    """

    below: Amount
    loss: str = attrs.field(default="error", kw_only=True)
    chance: Number = attrs.field(default="1/2", kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no guess.

        Raises:
            SpecError: unless a guess is wrong with a probability above 0 and below 1.
        """
        if not 0 < exact(self.chance) < 1:
            raise SpecError(
                f"chance={describe(self.chance)} is no guess's; write 1/2 for a yes or no, or "
                "1 - 1/n for one of n answers"
            )

    def known(self, loss: Real, p: Any) -> Real:
        """A guess."""
        return _real(self.chance)

    def improves(self, loss: Real, p: Any) -> Bool:
        """Those that err seldom enough."""
        return loss < self.edge(p)

    def spares(self, before: Real, after: Real, p: Any) -> Bool:
        """Nothing: an agent that errs more often may be no use to anybody."""
        return Bool(True)

    def some(self, p: Any) -> Bool:
        """The error below which agents are improved is positive."""
        return self.edge(p) > 0

    def edge(self, p: Any) -> Real:
        """``below``."""
        return _real(self.below(p))

    def last(self, p: Any) -> Real:
        """An agent that is never wrong."""
        return Real(0)


@attrs.frozen
class InEveryState(Improvement):
    """Every agent of more than some loss makes an expert of less loss than its own, and no other
    is made worse than that.

    For a loss in the supremum over states, which is a bound whatever is asked.

    Args:
        above: of the parameters, the loss above which agents are to improvement.
        most: of the parameters, the loss of the worst agent.
        loss: the field that is the loss, of agent and expert.
    """

    above: Amount
    most: Amount
    loss: str = attrs.field(default="regret", kw_only=True)

    def known(self, loss: Real, p: Any) -> Real:
        """The agent's own loss."""
        return loss

    def improves(self, loss: Real, p: Any) -> Bool:
        """Those above the floor, up to the worst."""
        return (loss > self.edge(p)) & (loss <= self.last(p))

    def spares(self, before: Real, after: Real, p: Any) -> Bool:
        """Agents within the floor stay within it."""
        return (before > self.edge(p)) | (after <= self.edge(p))

    def some(self, p: Any) -> Bool:
        """The floor is below the loss of the worst agent."""
        return self.edge(p) < self.last(p)

    def edge(self, p: Any) -> Real:
        """``above``."""
        return _real(self.above(p))

    def last(self, p: Any) -> Real:
        """The worst agent."""
        return _real(self.most(p))
