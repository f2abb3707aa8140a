"""Search, imitation and the gate, followed in decision processes that are solved exactly.

The bounds of ``models/expert_iteration.py`` are suprema over states, and no mean of anything. Here
is what they bound:

- ``two_states``: every process of two states with two moves each, whatever its rewards and wherever
  its moves lead, with any policy, any values at the leaves within their error, and any imitation
  within its. The process is drawn, solved, searched and imitated in one step.
- ``one_state``: what one ply of search does at one state, whatever its successors, which are known
  by bounds that hold at all states. If each supremum that goes into a state bounds the one that
  comes out, it does so in processes of every size.
- ``one_gate``: two networks before the evaluation games.

*From one state to all.* Let V be the values of the policy, W those at the leaves,
U = T^(d-1) V and T the optimal one-step backup, so the search is greedy on T^(d-1) W. By the first
two bounds of a ply, d - 1 and d times, |T^(d-1) W - U| <= g^(d-1) eps and V* - T U <= g^d gap
in every state. By the third the search loses at most c = 2 g^d eps of T U in one step. As T V >= V
and T is monotone, T U >= U; so by the fourth D = sup (T U - V of the search) obeys D <= c + g D,
and D <= c / (1 - g). Both together are ``searched``. Likewise imitation loses D <= delta + g D.

Sources: Bertsekas and Tsitsiklis, "Neuro-Dynamic Programming" (1996); Efroni, Dalal, Scherrer and
Mannor, "Beyond the one-step greedy approach in reinforcement learning" (2018).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb
from typing import Any

import attrs

from models.alphago_zero import (
    AlphaGoZero,
    false_pass,
    gate_can_be_passed,
    gated,
    slipped_through,
    unbiased_gate,
)
from models.expert_iteration import (
    ExpertIteration,
    Search,
    imitated,
    searched,
    worst_gap,
    wrong_moves,
)
from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Real,
    all_of,
    between,
    maximum,
    structural,
    when,
)

MOST = 100
"""More than any policy is worth at the greatest discount."""
STATES = range(2)


@attrs.frozen(eq=False)
class Move:
    """What a move pays, and whether it leads to the second state."""

    reward: Real
    leads_away: Bool


Values = tuple[Real, Real]


def after(move: Move, values: Values, discount: Real) -> Real:
    """The reward of a move and the discounted value of the state that it leads to."""
    return move.reward + discount * when(move.leads_away, values[1], values[0])


def worth(policy: Sequence[Move], discount: Real) -> Values:
    """The values of a policy: V(s) = r(s) + g V(m(s)), solved.

    A state whose move stays is worth r / (1 - g). If both moves change states, V(0) = r(0) + g r(1)
    + g^2 V(0).
    """
    first, second = policy
    around = (first.reward + discount * second.reward) / (1 - discount * discount)
    stays, comes = first.reward / (1 - discount), second.reward / (1 - discount)
    of_first = when(
        first.leads_away,
        when(second.leads_away, first.reward + discount * comes, around),
        stays,
    )
    return of_first, when(second.leads_away, comes, second.reward + discount * of_first)


def either(condition: Bool, first: Move, second: Move) -> Move:
    """The first move where the condition holds."""
    return Move(
        when(condition, first.reward, second.reward),
        (condition & first.leads_away) | (~condition & second.leads_away),
    )


class Rounds(Agent[I]):
    """One round of expert iteration in a process drawn for it, and what the bounds say."""

    search: Real = between(0, MOST, "gap of the search, in the worst state")
    search_most: Real = between(0, 2 * MOST, "what the step says of it")
    imitation: Real = between(0, MOST, "gap of the policy that imitates it")
    imitation_most: Real = between(0, 2 * MOST, "what the step says of it, given the search's")
    wrong: Real = between(0, 1, "1 if in some state the search's move loses the action gap or more")
    wrong_most: Real = between(0, 1, "what the step says of how often a move is wrong")


class KeepsToBounds(Invariant):
    """No more is lost than the steps say."""

    def holds(self, rounds: Rounds[Any]) -> Bool:
        """Both gaps, and how often a move is wrong, are within their bounds."""
        return all_of(
            rounds.search <= rounds.search_most,
            rounds.imitation <= rounds.imitation_most,
            rounds.wrong <= rounds.wrong_most,
        )


def none_yet(p: Search) -> Rounds[KeepsToBounds]:
    """No process was drawn yet."""
    names = ("search", "imitation", "wrong")
    return Rounds(**{f"{name}{end}": Real(0) for name in names for end in ("", "_most")})


def _gap(best: Values, values: Values) -> Real:
    return maximum(best[0] - values[0], best[1] - values[1])


def drawn(nature: Nature) -> list[list[Move]]:
    """Any process: by state, two moves that pay and lead anywhere."""
    return [
        [
            Move(
                nature.choose(f"reward of move {n} in state {s}", at_most=1),
                nature.whether(f"move {n} in state {s} leads to state 1"),
            )
            for n in range(2)
        ]
        for s in STATES
    ]


def looked_ahead(moves: list[list[Move]], own: Values, p: Search, nature: Nature) -> list[Move]:
    """What a search d plies deep does, its leaves off by the value error at most."""
    g, error = p.discount, p.value_error
    first, second = (
        own[s] + nature.choose(f"value error in state {s}", at_least=-error, at_most=error)
        for s in STATES
    )
    for _ in range(p.depth - 1):
        values = (first, second)
        first, second = (maximum(*(after(move, values, g) for move in moves[s])) for s in STATES)
    qualities = [[after(move, (first, second), g) for move in moves[s]] for s in STATES]
    return [either(qualities[s][1] > qualities[s][0], moves[s][1], moves[s][0]) for s in STATES]


def imitating(
    moves: list[list[Move]], policy: list[Move], values: Values, p: Search, nature: Nature
) -> list[Move]:
    """A policy whose moves give up at most the imitation error of another one's values."""
    found = []
    for s in STATES:
        to = either(nature.whether(f"to the second move in state {s}"), moves[s][1], moves[s][0])
        given_up = values[s] - after(to, values, p.discount)
        departs = nature.whether(f"imitation departs in state {s}")
        found.append(either(departs & (given_up <= p.imitation_error), to, policy[s]))
    return found


Bound = Callable[[Real, Search], Real]


def round_within(
    p: Search, nature: Nature, search_bound: Bound, imitation_bound: Bound
) -> Rounds[I]:
    """Draw a process, whose first moves are the policy; search it, imitate the search."""
    moves, g = drawn(nature), p.discount
    own = worth([moves[0][0], moves[1][0]], g)
    every = [worth([first, second], g) for first in moves[0] for second in moves[1]]
    best = (maximum(*(v[0] for v in every)), maximum(*(v[1] for v in every)))
    greedy = looked_ahead(moves, own, p, nature)
    found = worth(greedy, g)
    gap = _gap(best, found)
    moved = tuple(after(greedy[s], best, g) for s in STATES)
    loses = _gap(best, (moved[0], moved[1]))
    return Rounds[I](
        search=gap,
        search_most=search_bound(_gap(best, own), p),
        imitation=_gap(best, worth(imitating(moves, greedy, found, p, nature), g)),
        imitation_most=imitation_bound(gap, p),
        wrong=when(loses >= p.action_gap, 1, 0),
        wrong_most=wrong_moves(gap, p),
    )


def one_round(last: Rounds[I], p: ExpertIteration, nature: Nature) -> Rounds[I]:
    """One round of expert iteration, and what its two steps say of it."""
    return round_within(p, nature, searched, imitated)


two_states = Loop[ExpertIteration, Rounds[KeepsToBounds]](
    "two-states",
    parameters=ExpertIteration,
    seed=none_yet,
    step=one_round,
    about="One round of search and imitation in any process of two states and two moves.",
)


# --- one ply at one state -------------------------------------------------------------------------


class OneState(Search):
    """Parameters of a state of a process of any size."""

    moves: int = structural(3, 1, 6, "moves that there are in the state", source="any few")


class Ply(Agent[I]):
    """What comes out of a ply at one state, and what must bound it at every state."""

    off: Real = between(0, MOST, "how far the value found is from that of the same plies exactly")
    off_most: Real = between(0, MOST, "g times the same at the successors")
    behind: Real = between(-MOST, MOST, "the optimum less what the plies and the policy are worth")
    behind_most: Real = between(0, MOST, "g times the same at the successors")
    lost: Real = between(0, MOST, "what the move that looks best gives up")
    lost_most: Real = between(0, MOST, "2 g times how far values are off at the successors")
    short: Real = between(-2 * MOST, 2 * MOST, "what the search is worth less than it looked ahead")
    short_most: Real = between(0, 2 * MOST, "what a move gives up, and g times what is short")


class PassesOn(Invariant):
    """Bounds that hold at the successors of a state hold at it."""

    def holds(self, ply: Ply[Any]) -> Bool:
        """Each of the four is within its bound."""
        return all_of(
            ply.off <= ply.off_most,
            ply.behind <= ply.behind_most,
            ply.lost <= ply.lost_most,
            ply.short <= ply.short_most,
        )


def no_ply(p: OneState) -> Ply[PassesOn]:
    """No state was looked at yet."""
    names = ("off", "behind", "lost", "short")
    return Ply(**{f"{name}{end}": Real(0) for name in names for end in ("", "_most")})


def ply_within(p: OneState, nature: Nature, lost_by: Callable[[Real, OneState], Real]) -> Ply[I]:
    """A state with any rewards and successors. What is known of a successor is an expectation over
    where the move may lead, so a bound that holds at every state holds of it."""
    g, worst = p.discount, worst_gap(p)
    off = nature.choose("values are off", at_most=1)
    behind = nature.choose("plies and policy are behind the optimum", at_most=worst)
    short = nature.choose("the search is short of what it looked ahead to", at_most=worst)
    exact, found, optimal, look, policy = [], [], [], Real(0), Real(0)
    for n in range(p.moves):
        reward = nature.choose(f"reward of move {n}", at_most=1)
        value = nature.choose(f"worth of plies and policy after {n}", at_most=worst)
        more = nature.choose(f"the optimum after {n} is worth more", at_most=behind)
        error = nature.choose(f"value error after {n}", at_least=-off, at_most=off)
        gained = nature.choose(f"one more ply after {n} gains", at_most=worst)
        less = nature.choose(f"the search after {n} is short of that", at_most=short)
        exact.append(reward + g * value)
        found.append(reward + g * (value + error))
        optimal.append(reward + g * (value + more))
        searched_on = reward + g * (value + gained - less)
        look, policy = (
            (exact[0], searched_on)
            if n == 0
            else tuple(
                when(found[n] > maximum(*found[:n]), now, before)
                for now, before in ((exact[n], look), (searched_on, policy))
            )
        )
    best = maximum(*exact) if p.moves > 1 else exact[0]
    seen = maximum(*found) if p.moves > 1 else found[0]
    top = maximum(*optimal) if p.moves > 1 else optimal[0]
    return Ply[I](
        off=maximum(seen - best, best - seen),
        off_most=g * off,
        behind=top - best,
        behind_most=g * behind,
        lost=best - look,
        lost_most=lost_by(off, p),
        short=best - policy,
        short_most=lost_by(off, p) + g * short,
    )


def twice_off(off: Real, p: OneState) -> Real:
    """2 g times how far values are off: the best move is underrated and the other one overrated."""
    return 2 * p.discount * off


def one_ply(last: Ply[I], p: OneState, nature: Nature) -> Ply[I]:
    """One ply at any state."""
    return ply_within(p, nature, twice_off)


one_state = Loop[OneState, Ply[PassesOn]](
    "one-state",
    parameters=OneState,
    seed=no_ply,
    step=one_ply,
    about="One ply of search at a state of any process, given bounds that hold at its successors.",
)


# --- the gate -------------------------------------------------------------------------------------


class Kept(Agent[I]):
    """Which network is kept, in expectation over the games, and what the gate says of it."""

    gap: Real = between(0, MOST, "expected gap of the network that is kept")
    gap_most: Real = between(0, 2 * MOST, "what the step says where training did not fail")
    failed: Real = between(0, MOST, "the same where training failed")
    failed_most: Real = between(0, 2 * MOST, "what the step says then")


class KeptWithin(Invariant):
    """No larger a gap is kept than the step says."""

    def holds(self, kept: Kept[Any]) -> Bool:
        """Both expectations are within their bounds."""
        return (kept.gap <= kept.gap_most) & (kept.failed <= kept.failed_most)


def no_games(p: AlphaGoZero) -> Kept[KeptWithin]:
    """No games were played yet."""
    return Kept(gap=Real(0), gap_most=Real(0), failed=Real(0), failed_most=Real(0))


def played(last: Kept[I], p: AlphaGoZero, nature: Nature) -> Kept[I]:
    """Set any candidate against any network, and anything that training failed to against it.

    A candidate that is better by more than the resolution passes with the power at least, one that
    is no better with alpha at most; nothing is known of one in between.
    """
    worst, alpha = worst_gap(p), false_pass(p.games, p.wins)
    held = nature.choose("gap of the network in place", at_most=worst)
    candidate = nature.choose("gap of the candidate", at_most=worst)
    passes = nature.choose(
        "the candidate passes",
        at_least=when(candidate + p.resolution < held, p.power, 0),
        at_most=when(candidate >= held, alpha, 1),
    )
    failure = nature.choose("gap of a failed training", at_least=held, at_most=worst)
    slips = nature.choose("a failed training passes", at_most=alpha)
    return Kept(
        gap=passes * candidate + (1 - passes) * held,
        gap_most=gated(candidate, held, p),
        failed=slips * failure + (1 - slips) * held,
        failed_most=slipped_through(held, p),
    )


one_gate = Loop[AlphaGoZero, Kept[KeptWithin]](
    "one-gate",
    parameters=AlphaGoZero,
    seed=no_games,
    step=played,
    assumptions=[unbiased_gate, gate_can_be_passed],
    about="Any two networks before the evaluation games, of which one is kept.",
)


class Passing(Agent[I]):
    """How often a network passes that is no better, and what the step says."""

    passes: Real = between(0, 1, "probability of as many wins as are asked for")
    passes_most: Real = between(0, 1, "what the step says of it")


class PassesWithin(Invariant):
    """It passes no more often than the step says."""

    def holds(self, passing: Passing[Any]) -> Bool:
        """passes <= its bound."""
        return passing.passes <= passing.passes_most


def no_match(p: AlphaGoZero) -> Passing[PassesWithin]:
    """No match was played yet."""
    return Passing(passes=Real(0), passes_most=Real(0))


def match(last: Passing[I], p: AlphaGoZero, nature: Nature) -> Passing[I]:
    """Independent games without draws, each won with one half at most: exactly, game by game."""
    wins = nature.choose("a game is won", at_most="1/2")
    tail = sum(
        (
            comb(p.games, won) * wins**won * (1 - wins) ** (p.games - won)
            for won in range(p.wins, p.games + 1)
        ),
        Real(0),
    )
    return Passing(passes=tail, passes_most=Real(false_pass(p.games, p.wins)))


one_match = Loop[AlphaGoZero, Passing[PassesWithin]](
    "one-match",
    parameters=AlphaGoZero,
    seed=no_match,
    step=match,
    assumptions=[unbiased_gate, gate_can_be_passed],
    about="The evaluation games of a network that is no better than the one in place.",
)
