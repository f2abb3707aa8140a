"""Markov chains with probabilities of nature's choice, against all its constant corners."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.literature import CHAINS, Move, Walk
from checker import Options
from checker.invariants.supermartingales import supermartingales
from checker.statements.registry import judge
from checker.system.problem import pose
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


def duels(rounds: int) -> Walk:
    """Two cowboys with new odds in each round: the worst choices alternate between their ends."""
    rows: list[tuple[Move, ...]] = []
    least, most = Fraction(1, 4), Fraction(1, 2)
    for number in range(rounds):
        mine, other = 2 * number, 2 * number + 1
        following = (other + 1) % (2 * rounds)
        rows.append(((Fraction(0), 1, 2 * rounds), (Fraction(1), -1, other)))
        rows.append(((Fraction(0), 1, 2 * rounds + 1), (Fraction(1), -1, following)))
        assert mine < other
    ends = ((least, most), (least, most)) * rounds
    return Walk("duels", "three rounds of duelling cowboys", tuple(rows), ends, 2 * rounds)


@pytest.mark.parametrize("walk", [*CHAINS, duels(3)], ids=lambda walk: walk.name)
def test_the_worst_chance_of_a_published_chain_is_proved(walk: Walk) -> None:
    """Sums of probabilities must be kept with the harmonic function, and the worst ends found."""
    asked = walk.ask(Fraction(0), "safe")
    asked.theory()
    assert judge(asked.claim, {}, Options(timeout=40, attack=0)).answer is Answer.PROVED


def test_the_worst_ends_are_found_by_improving_them() -> None:
    """With three duels the first corners of 64 do not have the worst one among them."""
    problem = pose(duels(3).ask(Fraction(0), "safe").claim).composed()
    hit = duels(3).worst()[0][0]
    found = [cap for region in supermartingales(problem) for _, cap in region.caps]
    assert hit in found
