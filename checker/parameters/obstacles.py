"""Why the exact theorem on thresholds was not used: the side condition that is not proved."""

from __future__ import annotations

from enum import Enum

import attrs

from checker.system.findings import Fact


class Obstacle(Fact, Enum):
    """What stands in the way of an exact threshold."""

    NO_ANSWER = "no answer"
    """The solver did not say whether a worst case settles."""
    NO_ORDER = "no order"
    """No order of the fields makes the loop monotone with a greatest choice of nature."""
    NOT_MONOTONE = "not monotone"
    """The worst case could not be proved monotone in the state."""
    SEED_IS_A_SET = "seed is a set"
    """Nature chooses the seed, so that no one seed has a worst run."""
    SEED_DIVIDES_BY_ZERO = "seed divides by zero"
    SEED_OUTSIDE = "seed outside"
    """The seed leaves its domain at some values of the parameter."""
    ASSUMPTION_FAILS = "assumption fails"
    """At some values of the parameter."""
    NO_DIRECTION = "no direction"
    """The worst case could not be proved monotone in the parameter."""
    SEED_NOT_BETTER = "seed not better"
    """The seed is not always better than its worst successor."""
    ROUNDS = "rounds"
    """A step rounds to whole numbers."""
    STEP_JUMPS = "step jumps"
    """A conditional of a step may jump along the worst run."""
    TURNS_LATE = "turns late"
    """What only itself moves does not come round soon, or begins at no number."""
    CLAIM_JUMPS = "claim jumps"
    """A conditional of the claim jumps, so the claim may not be closed."""
    NOT_INEQUALITIES = "not inequalities"
    """The claim is not made of inequalities."""
    CLOSURE_UNNAMED = "closure unnamed"
    """The end of the claim's closure could not be named."""
    NOT_INDUCTIVE = "not inductive"
    """The claim comes to its limits, and is not inductive by itself."""
    LEAVES_DOMAIN = "leaves domain"
    """A step from some agent may leave the domain, or is not defined."""
    NO_WORST_AGENT = "no worst agent"
    """The domain of agents has no worst one, as where a field has no end."""


@attrs.frozen
class NotShownEverywhere(Fact):
    """A clause could not be proved after a step from every safe state."""

    clause: str


class NotExact(Exception):
    """A side condition of the theorem could not be proved: ``reason`` says which."""

    def __init__(self, reason: Obstacle | NotShownEverywhere) -> None:
        super().__init__(reason)
        self.reason = reason


def require(proved: bool, otherwise: Obstacle) -> None:
    """Go on where a side condition is proved.

    Raises:
        NotExact: where it is not.
    """
    if not proved:
        raise NotExact(otherwise)
