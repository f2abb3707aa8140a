"""Expert iteration: search with the apprentice is the expert, and the next apprentice imitates it.

Approximate policy iteration: searching d plies ahead with the apprentice's values at the leaves
improves its policy, and imitating the search projects the improvement back on a fast policy. An
agent's regret is its gap to optimal value, in the supremum over states, with rewards in [0, 1] and
discount g.

In a real run on tic-tac-toe (docs/how-to/real-runs.md) the supremum never falls, as self-play does
not visit the worst position: ``value_error`` is up to 0.95 and ``imitation_error`` 0.855 of a worst
gap of 1, while the mean gap falls from 0.33 to 0.008. Bounds in every state hold there and say
nothing.

Sources: Anthony, Tian and Barber, "Thinking fast and slow with deep learning and tree search"
(2017); Bertsekas and Tsitsiklis, "Neuro-Dynamic Programming" (1996) for d = 1; Efroni, Dalal,
Scherrer and Mannor, "Beyond the one-step greedy approach in reinforcement learning" (2018) for
search of any depth; Kakade and Langford, "Approximately optimal approximate reinforcement
learning" (2002) for what imitation costs.
"""

from __future__ import annotations

from models.steps import ILLUSTRATIVE
from spec import (
    Assistant,
    I,
    Nature,
    Overseer,
    Parameters,
    Real,
    Scheme,
    between,
    maximum,
    minimum,
    parameter,
    structural,
)
from spec.alignment import NearOptimal


class Search(Parameters):
    """Parameters of searching with an apprentice and of imitating the search."""

    discount: Real = parameter(
        "9/10", 0, "99/100", "how much less a reward counts one step later", source=ILLUSTRATIVE
    )
    value_error: Real = parameter(
        "1/1000",
        0,
        1,
        "distance of the values at the leaves to those of the apprentice's policy, sup norm",
        source=ILLUSTRATIVE,
    )
    imitation_error: Real = parameter(
        "1/10000",
        0,
        1,
        "most value that the apprentice's move gives up against the search's, in any state",
        source=ILLUSTRATIVE,
    )
    action_gap: Real = parameter(
        1, "1/100", 1, "least value that a wrong move loses", source=ILLUSTRATIVE
    )
    gain: Real = parameter(1, 0, 10, "ranks that a search adds", source="the unit of rank")
    lost: Real = parameter(
        "1/2", 0, 10, "ranks of the search's that imitation loses, at most", source=ILLUSTRATIVE
    )
    resistance_drift: Real = parameter(
        "1/50", 0, 1, "most resistance that one round of training adds", source=ILLUSTRATIVE
    )
    depth: int = structural(1, 1, 8, "plies that the search looks ahead", source="one-step greedy")
    moves: int = structural(
        2, 2, 5000, "moves that there are in a state", source="smallest; 362 on a board of Go"
    )
    simulations: int = structural(
        1600, 1, 5000, "leaves that one search evaluates", source="Silver et al. 2017, per move"
    )


class Apprentice(Assistant[I]):
    """An agent that answers by one evaluation of its network."""

    cost: Real = between(0, 1, "cost of one answer; one evaluation costs 1")


class ExpertIteration(Search):
    """Parameters of expert iteration."""

    start: Real = parameter(
        0,
        0,
        1,
        "gap of the first apprentice",
        source="none, so that whatever is lost later is lost by the iteration",
    )


def worst_gap(p: Search) -> Real:
    """The gap of the worst policy: 1 / (1 - g), all the reward there is."""
    return 1 / (1 - p.discount)


def plies(p: Search) -> int:
    """The plies that are searched in full: the depth, or as far as there is a leaf for each move.

    A tree of d plies has moves^d leaves. With one simulation the search is the network's own move.
    """
    return max(d for d in range(p.depth + 1) if p.moves**d <= p.simulations)


def value_noise(p: Search) -> Real:
    """What errors at the leaves cost a search d plies deep: 2 g^d eps / (1 - g)."""
    return 2 * p.discount ** plies(p) * p.value_error / (1 - p.discount)


def searched(gap: Real, p: Search) -> Real:
    """The gap of a search d plies deep: min(1/(1-g), g^d gap + 2 g^d eps / (1 - g)), d >= 1.

    With U the value after d - 1 optimal steps and then the apprentice's policy, the search is
    greedy on U up to 2 g^d eps, and one optimal step from U is worth at least U. Assumes that the
    whole tree to depth d is searched and that its leaves are off by at most eps. Source: Bertsekas
    and Tsitsiklis (1996) for d = 1, Efroni et al. (2018) beyond. What looks no ply ahead plays as
    the apprentice does.
    """
    if not plies(p):
        return minimum(worst_gap(p), gap)
    return minimum(worst_gap(p), p.discount ** plies(p) * gap + value_noise(p))


def searchable(p: Search) -> Real:
    """The gap above which a search lessens it: 2 g^d eps / ((1 - g)(1 - g^d)), of d >= 1 plies.

    x -> g^d x + n is below x exactly above its fixed point n / (1 - g^d). No gap is above the
    worst, and none is lessened by a search that looks no ply ahead.
    """
    if not plies(p):
        return worst_gap(p)
    return value_noise(p) / (1 - p.discount ** plies(p))


def imitated(gap: Real, p: Search) -> Real:
    """The gap after imitation: min(1/(1-g), gap + delta / (1 - g)).

    Each move gives up at most delta, and the discounted sum of delta is delta / (1 - g). Assumes
    the bound in every state, not on average. Source: the performance difference lemma of Kakade
    and Langford (2002).
    """
    return minimum(worst_gap(p), gap + p.imitation_error / (1 - p.discount))


def wrong_moves(gap: Real, p: Search) -> Real:
    """P(the move is wrong in a state) <= min(1, gap / action gap).

    A wrong move loses at least the action gap in the state where it is made, and nothing that
    comes after it is worth more than the optimum.
    """
    return minimum(1, gap / p.action_gap)


def apprentice(p: ExpertIteration) -> Apprentice[NearOptimal]:
    """The first apprentice."""
    return Apprentice(
        capability=Real(1),
        error=wrong_moves(p.start, p),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=p.start,
    )


def search(agent: Assistant[I], p: Search, nature: Nature) -> Overseer[I]:
    """Amplify: look ahead with the apprentice's values at the leaves.

    What the search gets wrong may be mistakes or treachery of the values; nature splits it.
    """
    gap = searched(agent.regret, p)
    wrong = wrong_moves(gap, p)
    treachery = nature.choose("malign share of the search's wrong moves", at_most=wrong)
    return Overseer(
        capability=agent.capability + (p.gain if plies(p) else 0),
        error=wrong,
        malign=treachery,
        resistance=agent.resistance,
        cost=1 + p.simulations * agent.cost,
        regret=gap,
    )


def imitate(expert: Overseer[I], p: Search, nature: Nature) -> Apprentice[I]:
    """Distill: a fast policy that gives up little of the search's value in any state.

    Nothing in the loop corrects resistance, so training only adds to it.
    """
    gap = imitated(expert.regret, p)
    wrong = wrong_moves(gap, p)
    treachery = nature.choose("malign share of wrong moves", at_most=wrong)
    return Apprentice(
        capability=nature.choose(
            "apprentice's capability",
            at_least=maximum(0, expert.capability - p.lost),
            at_most=expert.capability,
            metric="rank of task",
        ),
        error=wrong,
        malign=treachery,
        resistance=minimum(
            1, expert.resistance + nature.choose("learned resistance", at_most=p.resistance_drift)
        ),
        cost=Real(1),
        regret=gap,
    )


expert_iteration = Scheme[ExpertIteration, Apprentice[NearOptimal], Overseer[NearOptimal]](
    "expert-iteration",
    parameters=ExpertIteration,
    seed=apprentice,
    amplify=search,
    distill=imitate,
    about="Expert iteration: an apprentice imitates a search that it guides itself.",
)
