"""AlphaGo Zero and expert iteration as iterated amplification: a search, and a network.

In the discussion: expert iteration and AlphaGo Zero were published around the same time and have
this form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from models.alphago_zero import (
    AlphaGoZero,
    Contender,
    SelfPlay,
    alpha_zero,
    alphago_zero,
    false_pass,
)
from models.expert_iteration import (
    ExpertIteration,
    Search,
    expert_iteration,
    searchable,
    worst_gap,
)
from properties.instances import CONTRACTS, DISCUSSION, everywhere
from spec import (
    SAMPLED_ANSWERS,
    Assistant,
    InEveryState,
    Instance,
    Number,
    Overseer,
    Parameters,
    Real,
    Row,
    maximum,
)
from spec.statements.base import Expected


def simulated(p: Search) -> int:
    """The network is asked once for each leaf of the search."""
    return p.simulations


def value_given_up(expert: Overseer[Any], student: Assistant[Any], p: Search) -> Real:
    """Value that the network gives up against the search that it imitates, in the worst state."""
    return student.regret - expert.regret


def moves_given_up(expert: Overseer[Any], p: Search) -> Real:
    """delta / (1 - g): each move gives up at most delta."""
    return p.imitation_error / (1 - p.discount)


def or_a_failure(expert: Overseer[Any], p: SelfPlay) -> Real:
    """The same, and all the reward there is where training fails."""
    return moves_given_up(expert, p) + p.failure * worst_gap(p)


def value_lost(expert: Contender[Any], student: Assistant[Any], p: AlphaGoZero) -> Real:
    """Value that the network gives up against the worse of the search and the network in place."""
    return student.regret - maximum(expert.regret, expert.held_gap)


def let_through(expert: Contender[Any], p: AlphaGoZero) -> Real:
    """What imitation gives up, what the gate does not notice, and failures that slip through."""
    slipped = p.failure * false_pass(p.games, p.wins) * worst_gap(p)
    return moves_given_up(expert, p) + p.resolution + slipped


LESS_GAP = InEveryState(searchable, most=worst_gap)
"""A search lessens every gap above 2 g^d eps / ((1 - g)(1 - g^d))."""


def _but(
    parameters: type[Parameters], fixed: Collection[str]
) -> Mapping[str, tuple[Number, Number]]:
    return {n: bounds for n, bounds in everywhere(parameters).items() if n not in fixed}


def _searching(name: str, expected: Expected, says: str, **at: Number) -> Instance:
    """Expert iteration with other searches."""
    return Instance(
        f"agz-exit-instance/{name}",
        expert_iteration,
        channel=SAMPLED_ANSWERS,
        calls=simulated,
        improvement=LESS_GAP,
        distance=value_given_up,
        eps=moves_given_up,
        at=at,
        expected=expected,
        says=says,
    )


agz_exit_instance = Row(
    "agz-exit-instance",
    quote="Expert iteration and AlphaGo Zero have the form of iterated amplification.",
    formal=f"{CONTRACTS}. Amplify is a search that asks the network once a simulation; distill "
    "trains the network on it. Channel: sampled answers, the search's play (and of AlphaGo Zero "
    "games against the network in place). Metric: value given up. eps = delta / (1 - g) for "
    "expert iteration; + f / (1 - g) for AlphaZero, whose training may fail; and for AlphaGo Zero "
    "+ the gate's resolution + f alpha / (1 - g), against the worse of search and network in "
    "place. A search lessens gaps, and is an amplification, exactly where g^d (1 + 2 eps) < 1, d "
    "the plies that the simulations search in full, d >= 1.",
    statements=[
        Instance(
            "agz-exit-instance/expert-iteration",
            expert_iteration,
            channel=SAMPLED_ANSWERS,
            calls=simulated,
            improvement=LESS_GAP,
            distance=value_given_up,
            eps=moves_given_up,
            over=everywhere(ExpertIteration),
            says="Expert iteration, exactly where g (1 + 2 eps) < 1, of all values of every real "
            "parameter with gain >= 1/1000.",
        ),
        _searching(
            "one-simulation",
            "refuted",
            "A search of one simulation plays as the network does.",
            simulations=1,
        ),
        _searching(
            "fewer-simulations-than-moves",
            "refuted",
            "So does one that has not even a leaf for each of 362 moves.",
            simulations=361,
            moves=362,
        ),
        _searching(
            "values-of-nothing",
            "refuted",
            "With values that are off by 1 the best of networks is spoiled, and no gap is "
            "lessened.",
            value_error=1,
        ),
        _searching(
            "values-at-the-edge",
            "refuted",
            "Values off by (1 - g) / (2 g) = 1/18 are as bad,",
            value_error="1/18",
        ),
        _searching(
            "values-within-it",
            "proved",
            "and a billionth less is enough.",
            value_error=Fraction(1, 18) - Fraction(1, 10**9),
        ),
        _searching(
            "values-hardly-counted",
            "proved",
            "Where the future counts a quarter, one ply needs no values: g (1 + 2) < 1.",
            value_error=1,
            discount="1/4",
        ),
        _searching(
            "deeper",
            "proved",
            "Eight plies bear values off by 13/20, as 0.9^8 (1 + 13/10) < 1.",
            value_error="13/20",
            depth=8,
        ),
        Instance(
            "agz-exit-instance/alpha-zero",
            alpha_zero,
            channel=SAMPLED_ANSWERS,
            calls=simulated,
            improvement=LESS_GAP,
            distance=value_given_up,
            eps=or_a_failure,
            over=everywhere(SelfPlay),
            says="AlphaZero, whose network is always replaced, likewise.",
        ),
        Instance(
            "agz-exit-instance/alphago-zero",
            alphago_zero,
            channel=SAMPLED_ANSWERS,
            calls=simulated,
            improvement=LESS_GAP,
            distance=value_lost,
            eps=let_through,
            over=_but(AlphaGoZero, ("discount", "failure", "power")),
            says="AlphaGo Zero, whose gate keeps the better of two networks, at all values of the "
            "other parameters with gain >= 1/1000.",
        ),
        Instance(
            "agz-exit-instance/gate",
            alphago_zero,
            channel=SAMPLED_ANSWERS,
            calls=simulated,
            improvement=LESS_GAP,
            distance=value_given_up,
            eps=or_a_failure,
            expected="refuted",
            says="The gate may turn a good network down, and then the next one is as far from the "
            "search as the last was: it does not land near the search every round.",
        ),
    ],
    not_covered="That search raises capability and by how much: that is the model's parameter "
    "gain, and so is the number of moves that a state has. What it does to alignment is "
    "another question.",
    source=f"{DISCUSSION}; Anthony, Tian and Barber (2017); Silver et al. (2017, 2018)",
)
