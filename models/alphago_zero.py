"""AlphaGo Zero: search guided by a network, the network trained on the search, and a gate.

From random play on, search amplifies the network and training distills the search. Training may
fail, and then the candidate is any network at all; a candidate replaces the network that is in
place only if it wins enough games against it. The gate errs, as games are a sample. AlphaZero is
the same without a gate.

Gaps are expectations over the failures of training and the games of the gate. Every bound below is
affine or concave in the gap, so it passes to the expectation.

Games of the gate have no draws here. In a real run on tic-tac-toe (docs/how-to/real-runs.md), where
draws count half, no candidate reaches 55 % from the fourth on, though the mean gap would have
fallen to an eighth: ``power`` is then far from its default.

Sources: Silver et al., "Mastering the game of Go without human knowledge" (2017): 1600 simulations
a move, 400 games, 55 % of them won; Silver et al., "A general reinforcement learning algorithm that
masters chess, shogi, and Go through self-play" (2018) for the network that is always replaced.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

from models.expert_iteration import Apprentice, Search, imitate, search, worst_gap, wrong_moves
from models.steps import ILLUSTRATIVE
from spec import (
    Assistant,
    Bool,
    I,
    Nature,
    Overseer,
    Real,
    Scheme,
    between,
    minimum,
    parameter,
    structural,
    unbounded,
)
from spec.agents import MOST_REGRET
from spec.alignment import NearOptimal


class SelfPlay(Search):
    """Parameters of self-play training that may fail."""

    failure: Real = parameter(
        "1/10000",
        0,
        1,
        "probability that a round of training fails, whatever came before",
        source=ILLUSTRATIVE,
    )


class AlphaGoZero(SelfPlay):
    """Parameters of self-play training with an evaluation gate."""

    power: Real = parameter(
        "9/10",
        0,
        1,
        "probability that a network better by more than the resolution passes the gate",
        source=ILLUSTRATIVE,
    )
    resolution: Real = parameter(
        "1/1000", 0, 1, "gap that the gate may fail to notice", source=ILLUSTRATIVE
    )
    games: int = structural(
        400, 1, 400, "games of the gate, drawn none", source="Silver et al. 2017"
    )
    wins: int = structural(
        220, 1, 400, "games that a candidate must win", source="Silver et al. 2017: 55 %"
    )


class Contender(Overseer[I]):
    """The search, with the network in place, which the gate sets against the candidate."""

    held_gap: Real = between(0, MOST_REGRET, "regret of the network in place")
    held_capability: Real = unbounded("rank of the network in place")


def false_pass(games: int, wins: int) -> Fraction:
    """P(a network that is no better passes): the binomial tail at one half.

    Assumes independent games without draws, and that a network with the larger gap wins at most
    half of them; the tail grows with the probability of a win, so one half is the worst.
    """
    return Fraction(sum(comb(games, won) for won in range(wins, games + 1)), 2**games)


def unbiased_gate(p: AlphaGoZero) -> Bool:
    """A better network passes more easily than one that is no better."""
    return p.power >= false_pass(p.games, p.wins)


def gate_can_be_passed(p: AlphaGoZero) -> Bool:
    """No more wins are asked for than games are played."""
    return Bool(p.wins <= p.games)


def gated(candidate: Real, held: Real, p: AlphaGoZero) -> Real:
    """E(gap after the gate) <= power (candidate + resolution) + (1 - power) held.

    A candidate better by more than the resolution passes with at least the power. One better by
    less leaves a gap of at most ``held``, which is at most ``candidate + resolution``. One that
    is no better passes less often than the power (the gate is unbiased), and then ``candidate``
    bounds both. So the bound holds in each case.
    """
    return p.power * (candidate + p.resolution) + (1 - p.power) * held


def slipped_through(held: Real, p: AlphaGoZero) -> Real:
    """E(gap after the gate) when training failed: held + alpha (1/(1-g) - held), where alpha is
    the probability that a network that is no better passes."""
    return held + false_pass(p.games, p.wins) * (worst_gap(p) - held)


def random_network(p: SelfPlay) -> Apprentice[NearOptimal]:
    """Random play, of which no more is known than that no policy is worse than the worst."""
    return Apprentice(
        capability=Real(0),
        error=Real(1),
        malign=Real(0),
        resistance=Real(0),
        cost=Real(1),
        regret=worst_gap(p),
    )


def search_from(agent: Assistant[I], p: AlphaGoZero, nature: Nature) -> Contender[I]:
    """Amplify: search with the network, and keep the network for the gate."""
    expert = search(agent, p, nature)
    return Contender(
        capability=expert.capability,
        error=expert.error,
        malign=expert.malign,
        resistance=expert.resistance,
        cost=expert.cost,
        regret=expert.regret,
        held_gap=agent.regret,
        held_capability=agent.capability,
    )


def _network(
    student: Apprentice[I], gap: Real, rank: Real, p: Search, nature: Nature
) -> Apprentice[I]:
    """The network after training, with this expected gap and rank."""
    wrong = wrong_moves(gap, p)
    treachery = nature.choose("malign share of the network's wrong moves", at_most=wrong)
    return Apprentice(
        capability=rank,
        error=wrong,
        malign=treachery,
        resistance=student.resistance,
        cost=student.cost,
        regret=gap,
    )


def train_and_gate(expert: Contender[I], p: AlphaGoZero, nature: Nature) -> Apprentice[I]:
    """Distill: imitate the search, and keep the result if it wins enough games.

    Of a failed training nothing is known, so its candidate has the worst gap. Failures count in
    the expected gap; the rank is one up to which that gap holds, whichever network is kept: the
    lesser of the two networks' ranks, since the gate may keep either.
    """
    student = imitate(expert, p, nature)
    gap = (1 - p.failure) * gated(student.regret, expert.held_gap, p)
    return _network(
        student,
        minimum(worst_gap(p), gap + p.failure * slipped_through(expert.held_gap, p)),
        minimum(student.capability, expert.held_capability),
        p,
        nature,
    )


def train(expert: Overseer[I], p: SelfPlay, nature: Nature) -> Apprentice[I]:
    """Distill without a gate: whatever training gives is the next network.

    Failures count in the expected gap, which holds up to the rank of a training that succeeds.
    """
    student = imitate(expert, p, nature)
    return _network(
        student,
        (1 - p.failure) * student.regret + p.failure * worst_gap(p),
        student.capability,
        p,
        nature,
    )


alphago_zero = Scheme[AlphaGoZero, Apprentice[NearOptimal], Contender[NearOptimal]](
    "alphago-zero",
    parameters=AlphaGoZero,
    seed=random_network,
    amplify=search_from,
    distill=train_and_gate,
    assumptions=[unbiased_gate, gate_can_be_passed],
    about="AlphaGo Zero: search, a network trained on it, and a gate, from random play.",
)

alpha_zero = Scheme[SelfPlay, Apprentice[NearOptimal], Overseer[NearOptimal]](
    "alpha-zero",
    parameters=SelfPlay,
    seed=random_network,
    amplify=search,
    distill=train,
    about="AlphaZero: search and a network trained on it, always replaced, from random play.",
)
