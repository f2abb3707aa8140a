"""The model of stochastic debate agrees with the protocol, played over every transcript."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.stochastic_debate import (
    BobHonest,
    Debated,
    Protocol,
    after_the_last_bit,
    honest_alice,
    honest_bob,
)
from spec import Real
from spec.terms import exact
from tests.models.draws import CHANCES, SIGNS
from tests.support import parameters_at

Bits = tuple[int, ...]
Oracle = dict[Bits, Fraction]
"""P(the next bit is 1) after each transcript."""

C, S, B = Fraction(1, 100), Fraction(2, 100), Fraction(5, 100)
V = Fraction(1, 100)
W = Fraction(2, 3)


def transcripts(rounds: int) -> list[Bits]:
    return [bits for n in range(rounds) for bits in itertools.product((0, 1), repeat=n)]


def played(
    rounds: int,
    claims: Callable[[Bits], list[tuple[Fraction, Fraction]]],
    passes: Callable[[Bits, Fraction], Fraction],
    upholds: Callable[[Bits, Fraction], Fraction],
) -> Fraction:
    """P(Alice wins), forward through the protocol, over every transcript."""
    alive: dict[Bits, Fraction] = {(): Fraction(1)}
    wins = Fraction(0)
    for _ in range(rounds):
        after: dict[Bits, Fraction] = {}
        for bits, weight in alive.items():
            for chance, claim in claims(bits):
                goes_on = passes(bits, claim)
                wins += weight * chance * (1 - goes_on) * upholds(bits, claim)
                for bit, drawn in ((1, claim), (0, 1 - claim)):
                    longer = (*bits, bit)
                    more = weight * chance * goes_on * drawn
                    after[longer] = after.get(longer, Fraction(0)) + more
        alive = after
    return wins + sum((w for bits, w in alive.items() if bits[-1] == 1), Fraction(0))


def worth(oracle: Oracle, rounds: int, answer: int) -> Fraction:
    """P(the last bit is the answer)."""
    total = Fraction(0)
    for bits in itertools.product((0, 1), repeat=rounds):
        weight = Fraction(1)
        for n, bit in enumerate(bits):
            weight *= oracle[bits[:n]] if bit else 1 - oracle[bits[:n]]
        total += weight if bits[-1] == answer else 0
    return total


def worst_nearby(oracle: Oracle, rounds: int, answer: int, radius: Fraction) -> Fraction:
    """The least ``worth`` over all oracles within the radius: it is least at some corner."""
    ends = [
        (max(Fraction(0), truth - radius), min(Fraction(1), truth + radius))
        for truth in oracle.values()
    ]
    return min(
        worth(dict(zip(oracle, corner, strict=True)), rounds, answer)
        for corner in itertools.product(*ends)
    )


def accepts(truth: Fraction, claim: Fraction, near: Fraction, far: Fraction, off: Fraction) -> int:
    """Whether a judge whose estimate is off by ``off`` accepts a claim (|off| < (far - near)/2)."""
    return int(abs(claim - truth - off) < (near + far) / 2)


def clip(value: Fraction) -> Fraction:
    return max(Fraction(0), min(Fraction(1), value))


ALMOST = Fraction(999, 1000)
"""Estimates come within their error strictly."""


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 3), st.data())
def test_an_honest_alice_against_any_bob(rounds: int, data: st.DataObject) -> None:
    """P(Alice wins) is at least (1 - v)(1 - spent) near, the invariant that is proved, and at
    least the published bound wherever the computation is as the theorem asks."""
    q = Fraction(1, 100 * rounds)
    oracle = {bits: data.draw(CHANCES) for bits in transcripts(rounds)}
    slips = {bits: data.draw(SIGNS) * C for bits in oracle}
    slip_of_vera = data.draw(SIGNS) * (S - C) / 2 * ALMOST
    lie = data.draw(st.sampled_from((Fraction(0), Fraction(1))))
    moods = {bits: data.draw(CHANCES) for bits in oracle}

    def claims(bits: Bits) -> list[tuple[Fraction, Fraction]]:
        return [(1 - q, clip(oracle[bits] + slips[bits])), (q, lie)]

    def passes(bits: Bits, claim: Fraction) -> Fraction:
        return moods[bits]

    def upholds(bits: Bits, claim: Fraction) -> Fraction:
        right = accepts(oracle[bits], claim, C, S, slip_of_vera)
        return (1 - V) * right + V * 0

    wins = played(rounds, claims, passes, upholds)
    near = worst_nearby(oracle, rounds, 1, C)
    assert wins >= (1 - V) * (1 - q * rounds) * near
    if near >= W - C:
        assert wins >= (1 - V) * (W - C - q * rounds) >= Fraction(3, 5)


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 3), st.data())
def test_any_alice_against_an_honest_bob(rounds: int, data: st.DataObject) -> None:
    """P(Bob wins), likewise."""
    q = Fraction(1, 100 * rounds)
    oracle = {bits: data.draw(CHANCES) for bits in transcripts(rounds)}
    lies = {
        bits: clip(
            oracle[bits] + data.draw(SIGNS) * data.draw(st.sampled_from((C, S, B, 2 * B, 20 * B)))
        )
        for bits in oracle
    }
    slip_of_bob = data.draw(SIGNS) * (B - S) / 2 * ALMOST
    slip_of_vera = data.draw(SIGNS) * (S - C) / 2 * ALMOST
    unlucky_bob, unlucky_vera = data.draw(SIGNS) % 2, 1

    def claims(bits: Bits) -> list[tuple[Fraction, Fraction]]:
        return [(Fraction(1), lies[bits])]

    def passes(bits: Bits, claim: Fraction) -> Fraction:
        return (1 - q) * accepts(oracle[bits], claim, S, B, slip_of_bob) + q * unlucky_bob

    def upholds(bits: Bits, claim: Fraction) -> Fraction:
        return (1 - V) * accepts(oracle[bits], claim, C, S, slip_of_vera) + V * unlucky_vera

    wins = 1 - played(rounds, claims, passes, upholds)
    near = worst_nearby(oracle, rounds, 0, B)
    assert wins >= (1 - V) * (1 - q * rounds) * near
    if near >= W - B:
        assert wins >= (1 - V) * (1 - q * rounds) * (W - B) >= Fraction(3, 5)


class Decided:
    """Nature with its mind made up; refuses what its bounds do not allow."""

    def __init__(self, **chosen: Fraction) -> None:
        self.chosen = {name.replace("_", " "): value for name, value in chosen.items()}

    def choose(self, name: str, *, at_most: Any, at_least: Any = 0, metric: str = "") -> Real:
        value = next(v for n, v in self.chosen.items() if name.replace("'", "").startswith(n))
        assert exact(Real(0) + at_least) <= value <= exact(Real(0) + at_most)
        return Real(value)


@settings(max_examples=60, deadline=None)
@given(CHANCES, SIGNS, CHANCES)
def test_one_round_of_the_model_is_one_round_of_the_protocol(
    truth: Fraction, sign: int, objection: Fraction
) -> None:
    """The last bit, with all luck spent against Alice: both give the same probability."""
    claim = clip(truth + sign * C)
    nature: Any = Decided(
        the_oracle=truth,
        worth_after_0=Fraction(0),
        worth_after_1=Fraction(1),
        Alices_honest=claim,
        Bob=objection,
    )
    p = parameters_at(Protocol, steps=0)
    seed: Debated[Any] = after_the_last_bit(p)
    q = Fraction(1, 100)
    wins = played(
        1,
        lambda bits: [(1 - q, claim), (q, Fraction(0))],
        lambda bits, said: 1 - objection if said == claim else Fraction(0),
        lambda bits, said: (1 - V) * accepts(truth, said, C, S, Fraction(0)) * int(said == claim),
    )
    if claim != 0:  # an unlucky claim must differ from the honest one here
        assert exact(honest_alice(seed, p, nature).wins) == wins


@settings(max_examples=60, deadline=None)
@given(CHANCES, CHANCES)
def test_one_round_against_an_honest_bob(truth: Fraction, claim: Fraction) -> None:
    """The last bit, Bob and Vera unlucky at the worst: the model is what the worst of them is.

    The honest side's answer is 0, so its better bit is called 1 in the model: 1 - truth.
    """
    nature: Any = Decided(
        the_oracle=1 - truth,
        worth_after_0=Fraction(0),
        worth_after_1=Fraction(1),
        Alices_claim=1 - claim,
    )
    p = parameters_at(BobHonest, steps=0)
    q = Fraction(1, 100)
    slips = [sign * (B - S) / 2 * ALMOST for sign in (-1, 0, 1)]
    rulings = [sign * (S - C) / 2 * ALMOST for sign in (-1, 0, 1)]

    def bob_wins(slip: Fraction, luck: int, ruling: Fraction) -> Fraction:
        return 1 - played(
            1,
            lambda bits: [(Fraction(1), claim)],
            lambda bits, said: (1 - q) * accepts(truth, said, S, B, slip) + q * luck,
            lambda bits, said: (1 - V) * accepts(truth, said, C, S, ruling) + V,
        )

    worst = min(bob_wins(*case) for case in itertools.product(slips, (0, 1), rulings))
    assert exact(honest_bob(after_the_last_bit(p), p, nature).wins) <= worst
    if abs(abs(claim - truth) - (S + B) / 2) > (B - S) / 2:  # Bob's move is sure
        assert exact(honest_bob(after_the_last_bit(p), p, nature).wins) == worst


def missed(samples: int, truth: Fraction, error: Fraction) -> Fraction:
    """P(|mean of the samples - truth| >= error), exactly, through the terms that are within."""
    top, bottom = truth.numerator, truth.denominator
    low = math.floor((truth - error) * samples) + 1
    high = math.ceil((truth + error) * samples) - 1
    term = comb(samples, low) * top**low * (bottom - top) ** (samples - low)
    inside = 0
    for n in range(low, high + 1):
        inside += term
        term = term * (samples - n) * top // ((n + 1) * (bottom - top))
    return 1 - Fraction(inside, bottom**samples)


@pytest.mark.parametrize(
    ("who", "error", "chance"),
    [
        ("Alice", C, Fraction(1, 200)),
        ("Bob", (B - S) / 2, Fraction(1, 200)),
        ("Vera", (S - C) / 2, V),
    ],
)
@pytest.mark.parametrize("truth", [Fraction(1, 2), Fraction(1, 10)])
def test_the_published_numbers_of_samples_suffice(
    who: str, error: Fraction, chance: Fraction, truth: Fraction
) -> None:
    """log(2/q) / (2 e^2) samples: at t = 1 and K = 1. Half of them do not, at a fair coin."""
    samples = math.ceil(math.log(2 / chance) / (2 * float(error) ** 2))
    assert missed(samples, truth, error) <= chance
    if truth == Fraction(1, 2):
        assert missed(samples // 2, truth, error) > chance
