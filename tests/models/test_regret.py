"""Regret and policy iteration lose no more than is said, in small processes solved exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.models.draws import CHANCES, SIGNS

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
