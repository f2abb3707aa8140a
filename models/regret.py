"""What a wrong reward model costs.

A reward model is off by at most r at every step, and the agent takes the policy whose return is the
greatest *by the model*. Its regret is the true return of the best policy less its own. Followed
step by step, over a horizon or with a discount (then from the last step back, as returns are
summed): nature chooses how the model misjudges the agent's step and the best policy's.

Source: the argument of Singh and Yee, "An upper bound on the loss from approximate optimal-value
functions" (1994).
"""

from __future__ import annotations

from typing import Any

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Bool,
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
)

TOP = 1000
"""The most reward that the fields can hold."""


class ModelError(Parameters):
    """What is known of a reward model."""

    model_error: Real = parameter(
        "1/20", 0, 1, "r: how far off the model is at any step (sup norm)", source=ILLUSTRATIVE
    )


class Horizon(ModelError):
    """An episode of fixed length."""

    horizon: int = structural(3, 1, 50, "steps T of an episode", source="smallest")


class Discount(ModelError):
    """An endless episode."""

    discount: Real = parameter("9/10", 0, "99/100", "discount gamma", source=ILLUSTRATIVE)


class Misled(Agent[I]):
    """An agent that takes what its reward model prefers."""

    misjudged: Real = between(
        -TOP, TOP, "by how much the model overrates the agent's return against the best policy's"
    )
    regret: Real = between(-2 * TOP, TOP, "true return of the best policy, less the agent's")
    error: Real = between(0, TOP, "bound on the model's error of a return, so far")


class RegretWithin(Invariant):
    """The regret is within a bound."""

    regret: Real = budget(0, TOP, "reward", limit=1)

    def holds(self, agent: Misled[Any]) -> Bool:
        """The regret is within the budget."""
        return agent.regret <= self.regret


class RegretPerError(Invariant):
    """The regret is within a multiple of the model's error of a return."""

    factor: Real = budget(0, TOP, "units of the model's error", limit=2)

    def holds(self, agent: Misled[Any]) -> Bool:
        """regret <= factor error."""
        return agent.regret <= self.factor * agent.error


def nothing_done(p: ModelError) -> Misled[Any]:
    """No step is counted yet."""
    return Misled(misjudged=Real(0), regret=Real(0), error=Real(0))


def _counted(agent: Misled[I], p: ModelError, nature: Nature, discount: Real) -> Misled[I]:
    """One more step in the sum, what was summed before discounted.

    The regret is what the model misjudges less what it prefers the agent's policy by, which is at
    least 0, as the agent takes what the model prefers. Errors the other way (its own step
    underrated, the best one overrated) would only lessen the regret, and are left out.
    """
    own = nature.choose(
        "the agent's step overrated", at_most=p.model_error, metric="sup norm of rewards"
    )
    best = nature.choose(
        "the best step underrated", at_most=p.model_error, metric="sup norm of rewards"
    )
    preferred = nature.choose("return by which the model prefers the agent's", at_most=TOP)
    misjudged = discount * agent.misjudged + own + best
    return Misled(
        misjudged=misjudged,
        regret=misjudged - preferred,
        error=discount * agent.error + p.model_error,
    )


def step_of_episode(agent: Misled[I], p: Horizon, nature: Nature) -> Misled[I]:
    """One of T steps; nothing more happens when they are done."""
    over = agent.error >= p.horizon * p.model_error
    return when(over, agent, _counted(agent, p, nature, Real(1)))


def step_before(agent: Misled[I], p: Discount, nature: Nature) -> Misled[I]:
    """The step before those that are summed."""
    return _counted(agent, p, nature, p.discount)


misled_over_horizon = Loop[Horizon, Misled[RegretPerError]](
    "misled-over-horizon",
    parameters=Horizon,
    seed=nothing_done,
    step=step_of_episode,
    about="Acting on a wrong reward model over a horizon.",
)

misled_discounted = Loop[Discount, Misled[RegretWithin]](
    "misled-discounted",
    parameters=Discount,
    seed=nothing_done,
    step=step_before,
    about="Acting on a wrong reward model with a discount.",
)
