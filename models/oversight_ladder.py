"""Nested oversight: each vetted guard oversees the next, stronger one, until a gap is covered.

A game of oversight is scored by Elo. An agent of general Elo g plays it as a guard with Elo G(g)
and as a challenger with Elo C(g), both linear in g, fitted to each game; the two slopes differ, and
that is what decides. A guard of general Elo a holds a challenger of general Elo b with probability
1 / (1 + 10^((C(b) - G(a)) / 400)). A gap is covered in n equal steps, whose successes multiply. How
many steps are best?

The powers of ten are enclosed between fractions (``models/enclosures.py``); nature chooses the odds
between them.

Sources: Engels, Baek, Kantamneni and Tegmark, "Scaling laws for scalable oversight" (2025); Elo,
"The rating of chessplayers" (1978), which is Bradley and Terry's model (1952) on a scale of
logarithms.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import attrs

from models.enclosures import Enclosure, outward, power_of_ten
from spec import (
    Agent,
    Bool,
    Count,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    flag,
    minimum,
    structural,
    when,
    whole,
)

MOST_STEPS = 24
"""Steps up to which ladders are computed one by one; longer ones are bounded all together."""

WEAKEST = Fraction(1103)
"""General Elo of the guard that is trusted at first: the weakest model of the paper."""

MAFIA, DEBATE, BACKDOOR_CODE, WARGAMES = range(4)
"""The four games, as ``Published.game``."""


@attrs.frozen
class Game:
    """A game of oversight: Elo in it as linear functions of general Elo.

    The paper fits slopes between two plateaus; here are the slopes alone, as in the paper's own
    computation of nested oversight.
    """

    name: str
    guard_slope: Fraction
    guard_intercept: Fraction
    challenger_slope: Fraction
    challenger_intercept: Fraction

    def exponent(self, guard: Fraction, challenger: Fraction) -> Fraction:
        """(C(b) - G(a)) / 400, the decimal logarithm of the odds that the challenger escapes."""
        defence = self.guard_slope * guard + self.guard_intercept
        attack = self.challenger_slope * challenger + self.challenger_intercept
        return (attack - defence) / 400


def _game(name: str, *figures: str) -> Game:
    return Game(name, *(Fraction(figure) for figure in figures))


GAMES = (
    _game("Mafia", "1.5305382247861692", "-622.9317463747565", "0.8344154600833648",
          "173.2206142928111"),
    _game("Debate", "1.0983942546126946", "-47.49890598669299", "0.04936115584058696",
          "1080.3983558810423"),
    _game("Backdoor Code", "0.7192614624976502", "552.0221384375485", "1.9518243250891987",
          "-1361.61176329289"),
    _game("Wargames", "1.1666737577004682", "-229.07366870912878", "0.6795738441484533",
          "422.0053838057133"),
)  # fmt: skip
"""Slope and intercept of the guard, then of the challenger; from the authors' repository
(oversight-scaling-laws, elo/theory-predictions.ipynb), every digit that is printed there."""


def odds_of_escape(game: Game, gap: int, steps: int) -> list[Enclosure]:
    """The odds that the challenger escapes, at each of ``steps`` equal steps over the gap."""
    levels = [WEAKEST + Fraction(gap * step, steps) for step in range(steps + 1)]
    return [power_of_ten(game.exponent(below, above)) for below, above in pairwise(levels)]


def success(game: Game, gap: int, steps: int) -> Enclosure:
    """P(every step holds) = the product of 1 / (1 + odds) over the steps."""
    low = high = Fraction(1)
    for odds in odds_of_escape(game, gap, steps):
        low, high = low / (1 + odds.high), high / (1 + odds.low)
    return outward(low, high)


def success_beyond(game: Game, gap: int) -> Fraction:
    """A bound on P(every step holds) where the steps are one more than the most."""
    bound = success_of_equals(game, gap).high ** (MOST_STEPS + 1)
    return outward(bound, bound).high


def success_of_equals(game: Game, gap: int) -> Enclosure:
    """P(a guard holds a challenger of its own strength), both in the middle of the gap.

    Over more than so many steps nothing is gained: n steps hold together with probability at most
    s^n, s this number. *Proof.* The odds o_1, ..., o_n of the steps have the geometric mean
    10^((C(m + h) - G(m - h)) / 400), m the middle and h half a step, at least 10^((C(m) - G(m)) /
    400) = 1 / s - 1 as both slopes are positive; and (1 + o_1) ... (1 + o_n) >= (1 + geometric
    mean)^n (Hoelder's inequality).
    """
    middle = WEAKEST + Fraction(gap, 2)
    odds = power_of_ten(game.exponent(middle, middle))
    return outward(1 / (1 + odds.high), 1 / (1 + odds.low))


# --- one ladder, step by step ---------------------------------------------------------------------


class Ladder(Agent[I]):
    """The guards vetted so far."""

    rung: Count = whole(0, MOST_STEPS, "rungs climbed")
    escaped: Real = between(0, 1, "probability that some guard so far escaped its overseer")


class Holds(Invariant):
    """Every rung so far probably holds."""

    escape: Real = budget(0, 1, "bound on the probability that some rung failed", limit="1/2")

    def holds(self, ladder: Ladder[Invariant]) -> Bool:
        """The probability of an escape is within the budget."""
        return ladder.escaped <= self.escape


class Published(Parameters):
    """Which of the published games, and how far the top is above the trusted guard."""

    game: int = structural(MAFIA, MAFIA, WARGAMES, "0 Mafia, 1 Debate, 2 Backdoor Code, 3 Wargames")
    gap: int = structural(400, 1, 800, "general Elo to cover", source="the gap of the abstract")


class Finite(Published):
    """Parameters of a ladder that ends."""

    rungs: int = structural(1, 1, MOST_STEPS, "equal steps", source="one overseer")


def ground(p: Parameters) -> Ladder[Holds]:
    """The guard at the bottom is trusted."""
    return Ladder(rung=Count(0), escaped=Real(0))


def vetted(escaped: Real, odds: Real) -> Real:
    """P(some rung failed) after one more, which fails with probability o / (1 + o).

    Assumes that an escape does not depend on the rungs below, given that they held.
    """
    return escaped + (1 - escaped) * odds / (1 + odds)


def climb(ladder: Ladder[I], p: Finite, nature: Nature) -> Ladder[I]:
    """One more rung, up to the last."""
    rungs = odds_of_escape(GAMES[p.game], p.gap, p.rungs)
    least, most = Real(rungs[-1].low), Real(rungs[-1].high)
    for rung, odds in enumerate(rungs[:-1]):
        here = ladder.rung == rung
        least, most = when(here, odds.low, least), when(here, odds.high, most)
    odds_here = nature.choose(
        "odds of escape", at_least=least, at_most=most, metric="between fractions next to them"
    )
    return when(
        ladder.rung < p.rungs,
        Ladder(rung=ladder.rung.plus(1), escaped=vetted(ladder.escaped, odds_here)),
        ladder,
    )


oversight_ladder = Loop[Finite, Ladder[Holds]](
    "oversight-ladder",
    parameters=Finite,
    seed=ground,
    step=climb,
    about="A ladder of guards that covers a gap in equal steps.",
)


# --- ladders of every length ----------------------------------------------------------------------


class Ladders(Agent[I]):
    """The ladder of one number of steps over the gap, beside the one that is said to be best."""

    steps: Count = whole(1, MOST_STEPS + 1, "steps, counted up to one more than the most")
    holds: Real = between(0, 1, "bound on the probability that every step of this ladder holds")
    best: Real = between(0, 1, "probability, at least, that every step of the best ladder holds")
    is_best: Bool = flag("whether this is the ladder that is said to be best")


class NoneBetter(Invariant):
    """Every other number of steps holds less often."""

    def holds(self, ladders: Ladders[Invariant]) -> Bool:
        """This is the best ladder, or it holds less often than the best."""
        return ladders.is_best | (ladders.holds < ladders.best)


class EveryLength(Published):
    """Parameters of ladders of every length."""

    best: int = structural(1, 1, MOST_STEPS, "number of steps that is said to be best")


def _ladder(steps: Count, holds: Real, p: EveryLength) -> Ladders[I]:
    best = success(GAMES[p.game], p.gap, p.best)
    return Ladders(steps=steps, holds=holds, best=Real(best.low), is_best=steps == p.best)


def one_step(p: EveryLength) -> Ladders[NoneBetter]:
    """The whole gap in one step."""
    return _ladder(Count(1), Real(success(GAMES[p.game], p.gap, 1).high), p)


def one_step_more(ladders: Ladders[I], p: EveryLength, nature: Nature) -> Ladders[I]:
    """The same gap in one step more; beyond the most, by the bound on long ladders."""
    game = GAMES[p.game]
    holds = ladders.holds * success_of_equals(game, p.gap).high
    holds = when(ladders.steps == MOST_STEPS, success_beyond(game, p.gap), holds)
    for steps in range(2, MOST_STEPS + 1):
        here = ladders.steps == steps - 1
        holds = when(here, success(game, p.gap, steps).high, holds)
    more = when(ladders.steps > MOST_STEPS, ladders.steps, ladders.steps.plus(1))
    return _ladder(more, holds, p)


def long_ladders_lose(p: EveryLength) -> Bool:
    """The bound on ladders beyond the most steps is below what the best one is sure of, so that a
    refutation is always of a ladder that was computed."""
    game = GAMES[p.game]
    return Bool(success_beyond(game, p.gap) < success(game, p.gap, p.best).low)


ladders_of_every_length = Loop[EveryLength, Ladders[NoneBetter]](
    "ladders-of-every-length",
    parameters=EveryLength,
    seed=one_step,
    step=one_step_more,
    assumptions=[long_ladders_lose],
    about="Ladders of one step, two steps and so on over the same gap.",
)


# --- a ladder without a top -----------------------------------------------------------------------


class Endless(Agent[I]):
    """The guards vetted so far, and what is ahead."""

    odds: Real = between(0, 10**9, "odds of escape at the next step")
    ahead: Real = between(0, 10**9, "bound on the sum of the odds of escape at all steps to come")
    escaped: Real = between(0, 1, "probability that some guard so far escaped its overseer")


class EndlessHolds(Invariant):
    """The steps so far probably hold."""

    escape: Real = budget(0, 1, "bound on the probability that some rung failed", limit="99/100")

    def holds(self, ladder: Endless[Invariant]) -> Bool:
        """The probability of an escape so far is within the budget."""
        return ladder.escaped <= self.escape


class EndlessAffordable(Invariant):
    """The steps so far and all that are to come probably hold.

    The steps to come fail with probability at most the sum of their odds, by the union bound. That
    an escape so far is within the budget is the first term alone.
    """

    escape: Real = budget(0, 1, "bound on the probability that some rung ever fails", limit="1/2")

    def holds(self, ladder: Endless[Invariant]) -> Bool:
        """escaped + (1 - escaped) ahead <= escape."""
        return ladder.escaped + (1 - ladder.escaped) * ladder.ahead <= self.escape


class Rising(Parameters):
    """Which of the published games, and the size of a step, of which there is no last."""

    game: int = structural(MAFIA, MAFIA, WARGAMES, "0 Mafia, 1 Debate, 2 Backdoor Code, 3 Wargames")
    step: int = structural(400, 1, 800, "general Elo of a step", source="the gap of the abstract")
    vetted: int = structural(3, 1, 8, "steps that are made before the count begins")


def ratio_of_odds(game: Game, step: int) -> Enclosure:
    """Odds at a step per odds at the step below, 10^((challenger slope - guard slope) step / 400).

    As Elo is linear, it is the same for every two steps of one size.
    """
    return power_of_ten((game.challenger_slope - game.guard_slope) * step / 400)


def _with_all_ahead(odds: Real, escaped: Real, p: Rising) -> Endless[I]:
    """With odds that shrink by a ratio below one, their sum is odds / (1 - ratio); else, infinite,
    and nothing is bounded by less than the top."""
    ratio = ratio_of_odds(GAMES[p.game], p.step).high
    ahead = odds / (1 - ratio) if ratio < 1 else Real(10**9)
    return Endless(odds=odds, ahead=minimum(10**9, ahead), escaped=escaped)


def first_steps(p: Rising) -> Endless[EndlessAffordable]:
    """After the first steps, computed from the bottom up, at the most their odds may be."""
    rungs = odds_of_escape(GAMES[p.game], p.step * (p.vetted + 1), p.vetted + 1)
    escaped = Real(0)
    for odds in rungs[:-1]:
        escaped = vetted(escaped, Real(odds.high))
    return _with_all_ahead(Real(rungs[-1].high), escaped, p)


def climb_on(ladder: Endless[I], p: Rising, nature: Nature) -> Endless[I]:
    """One more step, after which the odds are changed by the ratio."""
    ratio = ratio_of_odds(GAMES[p.game], p.step).chosen_by(nature, "ratio of odds")
    odds = minimum(10**9, ratio * ladder.odds)
    return _with_all_ahead(odds, vetted(ladder.escaped, ladder.odds), p)


endless_ladder = Loop[Rising, Endless[EndlessAffordable]](
    "endless-ladder",
    parameters=Rising,
    seed=first_steps,
    step=climb_on,
    about="A ladder of guards without end, in steps of one size.",
)
