"""AlphaGo Zero and expert iteration as iterated amplification: a search, and a network.

In the discussion: expert iteration and AlphaGo Zero were published around the same time and have
this form.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from models.alphago_zero import (
    AlphaGoZero,
    Contender,
    SelfPlay,
    alpha_zero,
    alphago_zero,
    false_pass,
)
from models.expert_iteration import ExpertIteration, Search, expert_iteration, worst_gap
from properties.instances import CONTRACTS, DISCUSSION, everywhere
from spec import (
    SAMPLED_ANSWERS,
    Assistant,
    Instance,
    Number,
    Overseer,
    Parameters,
    Real,
    Row,
    maximum,
)


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


def _but(
    parameters: type[Parameters], fixed: Collection[str]
) -> Mapping[str, tuple[Number, Number]]:
    return {n: bounds for n, bounds in everywhere(parameters).items() if n not in fixed}


agz_exit_instance = Row(
    "agz-exit-instance",
    quote="Expert iteration and AlphaGo Zero have the form of iterated amplification.",
    formal=f"{CONTRACTS}. Amplify is a search that asks the network once a simulation; distill "
    "trains the network on it. Channel: sampled answers, the search's play (and of AlphaGo Zero "
    "games against the network in place). Metric: value given up. eps = delta / (1 - g) for "
    "expert iteration; + f / (1 - g) for AlphaZero, whose training may fail; and for AlphaGo Zero "
    "+ the gate's resolution + f alpha / (1 - g), against the worse of search and network in "
    "place.",
    statements=[
        Instance(
            "agz-exit-instance/expert-iteration",
            expert_iteration,
            channel=SAMPLED_ANSWERS,
            calls=simulated,
            distance=value_given_up,
            eps=moves_given_up,
            over=everywhere(ExpertIteration),
            says="Expert iteration, at all values of every real parameter with gain >= 1/1000.",
        ),
        Instance(
            "agz-exit-instance/alpha-zero",
            alpha_zero,
            channel=SAMPLED_ANSWERS,
            calls=simulated,
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
            distance=value_given_up,
            eps=or_a_failure,
            expected="refuted",
            says="The gate may turn a good network down, and then the next one is as far from the "
            "search as the last was: it does not land near the search every round.",
        ),
    ],
    not_covered="That search raises capability and by how much: that is the model's parameter "
    "gain, as is the depth to which the tree is searched in full. What it does to alignment is "
    "another question.",
    source=f"{DISCUSSION}; Anthony, Tian and Barber (2017); Silver et al. (2017, 2018)",
)
