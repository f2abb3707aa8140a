"""A world in which search loses all that it can lose: it puts off what it should do now.

    state 0 ── leave, reward 0 ──> 1 ── reward 1 ──> 2 ── reward 1 ──> 3 ── ...
      └── stay, reward r

It is best to leave at once: that is worth g / (1 - g), and each step beyond state 0 pays 1. The
policy in place leaves too, and goes astray in state d, where it loses x of what could be had, and
so g^(d-1) x in state 1. A search d plies deep from state 0 that leaves at once ends in state d,
whose value the network underrates by eps; one that stays once and leaves then ends in state d - 1,
which it overrates by eps. If r is just such that both look alike, and the search stays, it will
stay again, forever: it loses

    g^d x + 2 g^d eps / (1 - g),

all that the bound of ``models/expert_iteration.py`` allows. So a search lessens every gap above
2 g^d eps / ((1 - g)(1 - g^d)), and here none below.

Sources: Bertsekas and Tsitsiklis, "Neuro-Dynamic Programming" (1996), for a world that attains the
bound for d = 1; the world for d > 1 is made here in its manner.
"""

from __future__ import annotations

from typing import Any

from models.expert_iteration import Search, searched, value_noise, worst_gap
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
    flag,
    maximum,
    structural,
    when,
)
from spec.agents import MOST_REGRET
from spec.parameters import parameter_domains


class Searcher(Agent[I]):
    """The gap of a policy, and that of a search which it guides."""

    before: Real = between(0, MOST_REGRET, "gap x of the policy in place")
    after: Real = between(0, MOST_REGRET, "gap of the search")
    above: Real = between(
        -2, MOST_REGRET, "(1 - g)(1 - g^d) x - 2 g^d eps: above 0 where x is above the floor"
    )


class Procrastinator(Searcher[I]):
    """The same in the world below."""

    bound: Real = between(0, MOST_REGRET, "the most that it can be, g^d x + 2 g^d eps / (1 - g)")
    possible: Bool = flag("whether there is such a world: its reward is in [0, 1]")


class LessenedAbove(Invariant):
    """Gaps above the floor are lessened."""

    above: Real = budget(-2, 2, "excess over the floor, in the units of the field", limit=0)

    def holds(self, searcher: Searcher[Any]) -> Bool:
        """Above the floor, after < before."""
        return (searcher.above <= self.above) | (searcher.after < searcher.before)


class NotLessenedWithin(Invariant):
    """Gaps within the floor are not lessened."""

    def holds(self, searcher: Procrastinator[Any]) -> Bool:
        """Within the floor, after >= before."""
        within = searcher.possible & (searcher.above <= 0)
        return ~within | (searcher.after >= searcher.before)


class AllIsLost(Invariant):
    """The search loses all that the bound allows."""

    def holds(self, searcher: Procrastinator[Any]) -> Bool:
        """after = bound."""
        return ~searcher.possible | (searcher.after == searcher.bound)


class OneSearch(Parameters):
    """Parameters of one search: all but the depth are nature's."""

    depth: int = structural(1, 1, 8, "plies that the search looks ahead", source="one-step greedy")


def not_searched(p: OneSearch) -> Searcher[LessenedAbove]:
    """No search yet."""
    return Searcher(before=Real(0), after=Real(0), above=Real(0))


def any_search(p: OneSearch, nature: Nature) -> tuple[Search, Real]:
    """A search with any discount and any error of the values, and any gap that there can be."""
    values: dict[str, Any] = {
        name: int(knob.default) if knob.structural else Real(knob.default)
        for name, knob in parameter_domains(Search).items()
    }
    values["depth"] = p.depth
    values["discount"] = nature.choose("discount", at_most="99/100")
    values["value_error"] = nature.choose("value error", at_most=1, metric="sup norm")
    some = Search(**values)
    return some, nature.choose("gap", at_most=worst_gap(some))


def search_anywhere(searcher: Searcher[I], p: OneSearch, nature: Nature) -> Searcher[I]:
    """One search, in any world: what the bound says."""
    some, gap = any_search(p, nature)
    return Searcher(before=gap, after=searched(gap, some), above=_above(gap, some))


def _above(gap: Real, p: Search) -> Real:
    shrunk = p.discount**p.depth
    return (1 - p.discount) * (1 - shrunk) * gap - 2 * shrunk * p.value_error


search_in_any_world = Loop[OneSearch, Searcher[LessenedAbove]](
    "search-in-any-world",
    parameters=OneSearch,
    seed=not_searched,
    step=search_anywhere,
    about="One search guided by a policy of some gap, by the bound.",
)


# --- the world ------------------------------------------------------------------------------------


def worth(state: int, p: Search) -> Real:
    """The most that can be had from a state: g / (1 - g) in state 0, 1 / (1 - g) beyond."""
    return (p.discount if state == 0 else Real(1)) / (1 - p.discount)


def value_of_policy(state: int, gap: Real, p: Search) -> Real:
    """What the policy in place gets: it goes astray in state d, by the gap."""
    return worth(state, p) - p.discount ** (p.depth - state) * gap


def reward_of_staying(gap: Real, p: Search) -> Real:
    """The r at which staying once and leaving then looks as good as leaving:
    r + g U(0) = g U(1), where U looks d - 1 plies ahead along the way out."""
    leaf_after_staying = value_of_policy(p.depth - 1, gap, p) + p.value_error
    leaf_after_leaving = value_of_policy(p.depth, gap, p) - p.value_error
    paid = [rewards_on_the_way_out(steps, p) for steps in (p.depth - 1, p.depth)]
    at_once = paid[1] + p.discount**p.depth * leaf_after_leaving
    put_off = p.discount * (paid[0] + p.discount ** (p.depth - 1) * leaf_after_staying)
    return at_once - put_off


def rewards_on_the_way_out(steps: int, p: Search) -> Real:
    """The discounted rewards of so many steps that leave state 0: 0 for the first, then 1 each."""
    return sum((p.discount**step for step in range(1, steps)), Real(0))


def plan_value(staying: int, reward: Real, gap: Real, p: Search) -> Real:
    """What d plies look worth that stay so often in state 0 and then leave, or never leave.

    The values at the leaves are those of the policy; the network overrates state d - 1, where a
    plan ends that stays once, and underrates state d, where one ends that leaves at once.
    """
    d, g = p.depth, p.discount
    stayed = reward * sum((g**step for step in range(staying)), Real(0))
    leaf = d - staying
    misjudged = {d: -1 * p.value_error, d - 1: p.value_error}.get(leaf, Real(0))
    way_out = rewards_on_the_way_out(d - staying, p)
    return stayed + g**staying * way_out + g**d * (value_of_policy(leaf, gap, p) + misjudged)


def nothing_put_off(p: OneSearch) -> Procrastinator[AllIsLost]:
    """No search yet."""
    return Procrastinator(
        before=Real(0), after=Real(0), above=Real(0), bound=Real(0), possible=Bool(False)
    )


def procrastinate(searcher: Procrastinator[I], p: OneSearch, nature: Nature) -> Procrastinator[I]:
    """One search in the world above, over all its plans; where two look alike it stays.

    A search that stays in state 0 stays there again, and gets r / (1 - g); one that leaves loses
    nothing that shows in state 0.
    """
    some, gap = any_search(p, nature)
    reward = reward_of_staying(gap, some)
    plans = [plan_value(staying, reward, gap, some) for staying in range(p.depth + 1)]
    stays = maximum(plans[1], *plans[2:]) >= plans[0]
    possible = (reward >= 0) & (reward <= 1)
    lost = worth(0, some) - reward / (1 - some.discount)
    return Procrastinator(
        before=gap,
        after=when(possible & stays, lost, 0),
        above=_above(gap, some),
        bound=when(possible, some.discount**p.depth * gap + value_noise(some), 0),
        possible=possible,
    )


search_that_puts_off = Loop[OneSearch, Procrastinator[AllIsLost]](
    "search-that-puts-off",
    parameters=OneSearch,
    seed=nothing_put_off,
    step=procrastinate,
    about="One search in a world in which it puts off what it should do now.",
)
