"""Known results: the statements, and the models beneath them against plain enumeration."""

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

from checker.statements.registry import judge
from models.stochastic_debate import (
    BobHonest,
    Debated,
    Protocol,
    after_the_last_bit,
    honest_alice,
    honest_bob,
)
from properties import known_results
from spec import Real, Row, Statement
from spec.parameters import parameter_domains
from spec.terms import exact

ROWS = [row for row in vars(known_results).values() if isinstance(row, Row)]
STATEMENTS = [statement for row in ROWS for statement in row.statements]


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda statement: statement.name)
def test_the_verdict_is_as_expected(statement: Statement) -> None:
    found = judge(statement)
    assert found.verdict == statement.expected
    if statement.name == "confirmed-twice/a-hair-beyond":
        assert found.trace is not None
        assert found.trace.run.iteration == 993_452


def test_rows_are_of_this_part_and_say_where_they_come_from() -> None:
    assert len(ROWS) >= 8
    for row in ROWS:
        assert row.group == "known results"
        assert row.source
        assert row.not_covered
        assert all(s.name.startswith(f"{row.name}/") for s in row.statements)


def test_the_published_noise_of_majority_gates() -> None:
    """1/2 - 2^(k-2) / (k C(k-1, (k-1)/2)), Evans and Schulman (2003)."""
    for copies, value in known_results.GATES.items():
        central = copies * comb(copies - 1, (copies - 1) // 2)
        assert Fraction(value) == Fraction(1, 2) - Fraction(2 ** (copies - 2), central)


# --- stochastic debate ----------------------------------------------------------------------------

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


CHANCES = st.fractions(0, 1, max_denominator=20)
SIGNS = st.sampled_from((-1, 0, 1))
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


def defaults(cls: type[Any], **changed: Any) -> Any:
    values = {
        n: int(k.default) if k.structural else Real(k.default)
        for n, k in parameter_domains(cls).items()
    }
    return cls(**{**values, **changed})


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
    p = defaults(Protocol, steps=0)
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
    p = defaults(BobHonest, steps=0)
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


# --- regret and policy iteration ------------------------------------------------------------------

REWARDS = st.fractions(-1, 1, max_denominator=10)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.fractions(0, 1, max_denominator=10), st.data())
def test_regret_of_the_best_by_the_model(steps: int, error: Fraction, data: st.DataObject) -> None:
    """Policies as sequences of rewards: the one that is best by the model loses at most 2 r T."""
    returns = []
    for _ in range(3):
        rewards = [data.draw(REWARDS) for _ in range(steps)]
        model = [x + data.draw(SIGNS) * error for x in rewards]
        returns.append((sum(model), sum(rewards)))
    taken = max(returns)[1]
    assert max(true for _, true in returns) - taken <= 2 * error * steps


GAMMA = Fraction(9, 10)


def value(policy: tuple[int, int], rewards: Any, moves: Any) -> tuple[Fraction, Fraction]:
    """The value of a deterministic policy in two states, by Cramer's rule."""
    a = [
        [
            int(s == to) - GAMMA * (moves[s][policy[s]] if to else 1 - moves[s][policy[s]])
            for to in (0, 1)
        ]
        for s in (0, 1)
    ]
    b = [rewards[s][policy[s]] for s in (0, 1)]
    det = a[0][0] * a[1][1] - a[0][1] * a[1][0]
    return (b[0] * a[1][1] - a[0][1] * b[1]) / det, (a[0][0] * b[1] - b[0] * a[1][0]) / det


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_iteration_of_policy_iteration_keeps_the_recursion(data: st.DataObject) -> None:
    """The new gap is at most gamma gap + (delta + 2 gamma epsilon) / (1 - gamma), here delta = 0:
    greedy for a value that is off by epsilon, in every process of two states and two actions."""
    rewards = [[data.draw(REWARDS) for _ in range(2)] for _ in range(2)]
    moves = [[data.draw(CHANCES) for _ in range(2)] for _ in range(2)]
    values = {(a, b): value((a, b), rewards, moves) for a in (0, 1) for b in (0, 1)}
    best = tuple(max(v[s] for v in values.values()) for s in (0, 1))
    old = data.draw(st.sampled_from(sorted(values)))
    epsilon = data.draw(st.fractions(0, 1, max_denominator=10))
    judged = [values[old][s] + data.draw(SIGNS) * epsilon for s in (0, 1)]

    def backup(s: int, action: int) -> Fraction:
        on = moves[s][action]
        return Fraction(rewards[s][action] + GAMMA * (on * judged[1] + (1 - on) * judged[0]))

    def greedy(s: int) -> int:
        return int(backup(s, 1) > backup(s, 0))

    new = (greedy(0), greedy(1))
    gap = max(best[s] - values[old][s] for s in (0, 1))
    after = max(best[s] - values[new][s] for s in (0, 1))
    assert after <= GAMMA * gap + 2 * GAMMA * epsilon / (1 - GAMMA)
