"""Markov chains with probabilities of nature's choice, against all its constant corners."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker import Options
from checker.statements.registry import judge
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Parameters, Real, between, budget
from spec.statements.base import Answer


class Chain(Agent[I]):
    here: Real = between(0, 1, "probability of the first state")
    there: Real = between(0, 1, "probability of the second")
    won: Real = between(0, 1, "probability of having been absorbed at the goal")


class SeldomWon(Invariant):
    """The goal is reached with at most this probability."""

    chance: Real = budget(0, 1, "probability of the goal", limit=1)

    def holds(self, chain: Chain[Any]) -> Bool:
        return chain.won <= self.chance


class Nothing(Parameters):
    """None."""


def start(p: Nothing) -> Chain[SeldomWon]:
    return Chain(here=Real(1), there=Real(0), won=Real(0))


eighths = st.integers(1, 3).map(lambda n: Fraction(n, 8))
State = tuple[Fraction, Fraction, Fraction]


def chance(first: State, second: State, cross: tuple[Fraction, Fraction]) -> Fraction:
    """P(goal) from the first state where the states are left for each other with ``cross``."""
    (x, y), (_, win, lose), (_, won, lost) = cross, first, second
    a, b = x + win + lose, y + won + lost  # h = (x k + win) / a and k = (y h + won) / b
    return (x * won / b + win) / (a - x * y / b)


@settings(deadline=None, max_examples=8)
@given(st.tuples(eighths, eighths, eighths), st.tuples(eighths, eighths, eighths))
def test_the_greatest_chance_over_nature_is_the_exact_threshold(
    first: State, second: State
) -> None:
    assume(sum(first) <= 1)
    assume(sum(second) <= 1)
    (u, win, lose), (v, won, lost) = first, second
    corners = itertools.product((u / 2, u), (v / 2, v))
    greatest = max(chance(first, second, corner) for corner in corners)

    def step(c: Chain[I], p: Nothing, nature: Nature) -> Chain[I]:
        x = nature.choose("over", at_least=Real(u / 2), at_most=Real(u))
        y = nature.choose("back", at_least=Real(v / 2), at_most=Real(v))
        return Chain(
            here=c.here * (1 - x - win - lose) + c.there * y,
            there=c.there * (1 - y - won - lost) + c.here * x,
            won=c.won + c.here * win + c.there * won,
        )

    chain = Loop[Nothing, Chain[SeldomWon]]("chain", parameters=Nothing, seed=start, step=step)

    def answer(limit: Fraction) -> Answer:
        claim = Claim("chain", chain, SeldomWon(chance=Real(limit)))
        return judge(claim, {}, Options(timeout=30, attack=0)).answer

    assert answer(greatest) is Answer.PROVED
    assert answer(greatest - Fraction(1, 100)) is Answer.REFUTED
