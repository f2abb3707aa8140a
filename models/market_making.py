"""AI safety via market making: a market predicts what a person will come to believe.

A question has the answer yes or no. An adversary gives one argument after the other, each chosen to
move the market's price; a person hears them and forms a belief; the market is trained to predict,
before any argument, what the person believes at the end. An argument that a later one refutes then
earns nothing: the market has already reckoned with both. So one adversary argues for both sides,
where a debate has two. The market is right if it gives the person's considered judgement, what they
would believe if they heard everything. To weigh an argument the person may ask the market about
what the argument turns on; so errors of the market come back.

Source: Hubinger, "AI safety via market making" (2020). That an argument leaves at most a share of
the distance to the considered judgement is a model of the adversary and of the person together.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
from spec import (
    Agent,
    Expert,
    I,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
    structural,
)
from spec.alignment import Calibrated


class Market(Agent[I]):
    """A market, on questions of the kind it was trained on."""

    miscalibration: Real = between(
        0, 1, "mean distance of its price and the person's considered judgement"
    )


class Hearing(Expert[I]):
    """The person who has heard the arguments, with the market to ask."""

    miscalibration: Real = between(
        0, 1, "mean distance of the person's belief and their considered judgement"
    )


class MarketMaking(Parameters):
    """Parameters of a hearing and of the market's training."""

    arguments: int = structural(
        3, 0, 12, "arguments that the person hears", source="few, so that a person can"
    )
    untold: Real = parameter(
        "1/2",
        0,
        1,
        "mean distance of a belief before any argument and the considered judgement",
        source="a person who has heard nothing is undecided",
    )
    unmoved: Real = parameter(
        "1/4",
        0,
        1,
        "most share of the distance, on any question, that the adversary's next argument leaves",
        source=ILLUSTRATIVE,
    )
    influence: Real = parameter(
        "1/10",
        0,
        1,
        "most that the belief is off after an argument, per unit that the market is off on what "
        "the argument turns on",
        source=ILLUSTRATIVE,
    )
    misleading: Real = parameter(
        "1/200",
        0,
        1,
        "mean over questions of how far an argument misleads the person; later ones take that away "
        "as they do any distance, but none comes after the last",
        source=ILLUSTRATIVE,
    )
    density: Real = parameter(
        1,
        1,
        100,
        "how many times as often the market may be asked about something as it was trained on it",
        source="1: trained on what arguments turn on",
    )
    imitation_error: Real = parameter(
        "1/200",
        0,
        1,
        "mean distance of the next market's price and the person's belief",
        source=ILLUSTRATIVE,
    )


def unopened(p: MarketMaking) -> Market[Calibrated]:
    """A market on questions that need no arguments."""
    return Market(miscalibration=Real(0))


def hear(market: Market[I], p: MarketMaking, nature: Nature) -> Hearing[I]:
    """Amplify: the person hears the arguments and asks the market about each.

    Let d be the distance of the belief from the considered judgement. Each argument takes d to at
    most k d + w + b m, w how far it misleads, m what the market is off by on what it turns on. So
    after n of them d is at most k^n d + w (1 + k + ... + k^(n-1)) + b (m_1 + ... + m_n). Of the
    market's errors only their mean over all arguments is known, n times which is their sum,
    and they may all be at the last argument, after which nothing makes them less. So more arguments
    take away what the person has not heard, and add what the market gets wrong.
    """
    left, misled = p.untold, Real(0)
    for _ in range(p.arguments):
        left, misled = p.unmoved * left, p.unmoved * misled + p.misleading
    asked = p.influence * p.arguments * p.density * market.miscalibration
    return Hearing(miscalibration=minimum(1, left + misled + asked))


def predict(hearing: Hearing[I], p: MarketMaking, nature: Nature) -> Market[I]:
    """Distill: train the market to predict what the person believes in the end.

    d -> k^n d0 + w (1 + k + ... + k^(n-1)) + b n rho d + eps, which stays within L from d = 0 iff
    it maps L to at most L.
    """
    departure = nature.choose(
        "departure",
        at_most=p.imitation_error,
        metric="mean distance, on questions drawn as in training",
    )
    return Market(miscalibration=minimum(1, hearing.miscalibration + departure))


market_making = Scheme[MarketMaking, Market[Calibrated], Hearing[Calibrated]](
    "market-making",
    parameters=MarketMaking,
    seed=unopened,
    amplify=hear,
    distill=predict,
    about="A market trained to predict what a person believes after an adversary's arguments.",
)
