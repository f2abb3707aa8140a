"""Affine functions that a step only scales, and absorbing Markov chains decided by them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from checker import Options
from checker.invariants.eigenfunctions import eigenfunctions
from checker.statements.registry import judge
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Parameters, Real, between, budget
from spec.statements.base import Answer

ONE = -1
small = st.fractions(-2, 2, max_denominator=6)


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(
            st.lists(st.lists(small, min_size=n + 1, max_size=n + 1), min_size=n, max_size=n),
            st.lists(small, min_size=n, max_size=n),
        )
    )
)
def test_a_function_is_scaled_by_every_step(
    drawn: tuple[list[list[Fraction]], list[Fraction]],
) -> None:
    rows, state = drawn
    columns = list(range(len(rows)))
    branches = [[dict(zip([*columns, ONE], row, strict=True))] for row in rows]
    after = [
        sum((a * x for a, x in zip(row, [*state, Fraction(1)], strict=True)), Fraction(0))
        for row in rows
    ]
    for found in eigenfunctions(branches, columns, ONE):
        assert found(after) == found.scale * found(state)
        low, high = found.range(state)
        assert low <= found(state) <= high
        assert low <= found(after) <= high


def test_a_function_sees_neither_choices_nor_fields_that_branch() -> None:
    mirror: dict[int, Fraction] = {0: Fraction(1), 9: Fraction(1)}  # 9 is a choice of nature
    kept: dict[int, Fraction] = {1: Fraction(1), 9: Fraction(-1)}
    (found,) = eigenfunctions([[mirror], [kept]], [0, 1], ONE)
    assert found.row[0] == found.row[1] != 0
    assert not list(eigenfunctions([[mirror], [kept, {1: Fraction(1)}]], [0, 1], ONE))


class Chain(Agent[I]):
    first: Real = between(0, 1, "probability of the first state")
    second: Real = between(0, 1, "probability of the second")
    third: Real = between(0, 1, "probability of the third")
    won: Real = between(0, 1, "probability of having been absorbed at the goal")


class SeldomWon(Invariant):
    """The goal is reached with at most this probability."""

    chance: Real = budget(0, 1, "probability of the goal", limit=1)

    def holds(self, chain: Chain[Any]) -> Bool:
        return chain.won <= self.chance


class Nothing(Parameters):
    """None."""


def start(p: Nothing) -> Chain[SeldomWon]:
    return Chain(first=Real(1), second=Real(0), third=Real(0), won=Real(0))


weights = st.lists(st.integers(0, 4), min_size=5, max_size=5)


@settings(deadline=None, max_examples=8)
@given(st.lists(weights, min_size=3, max_size=3))
def test_an_absorbing_chain_reaches_its_goal_as_often_as_its_equations_say(
    drawn: list[list[int]],
) -> None:
    rows = [[*row[:4], row[4] + 1] for row in drawn]  # each state may be absorbed elsewhere
    chances = [[Fraction(w, sum(row)) for w in row] for row in rows]
    moves = flint.fmpq_mat(
        [[flint.fmpq(i == j) - _fmpq(chances[i][j]) for j in range(3)] for i in range(3)]
    )
    goal = flint.fmpq_mat([[_fmpq(chances[i][3])] for i in range(3)])
    solved = moves.solve(goal)[0, 0]
    exact = Fraction(int(solved.p), int(solved.q))

    def step(c: Chain[I], p: Nothing, nature: Nature) -> Chain[I]:
        states = (c.first, c.second, c.third)
        into = [sum((Real(chances[i][j]) * states[i] for i in range(3)), Real(0)) for j in range(4)]
        return Chain(first=into[0], second=into[1], third=into[2], won=c.won + into[3])

    chain = Loop[Nothing, Chain[SeldomWon]]("chain", parameters=Nothing, seed=start, step=step)
    assert _answer(chain, exact) is Answer.PROVED
    assume(exact > Fraction(1, 50))
    assert _answer(chain, exact - Fraction(1, 100)) is Answer.REFUTED


def _fmpq(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)


def _answer(chain: Loop[Any, Any], limit: Fraction) -> Answer:
    claim = Claim("chain", chain, SeldomWon(chance=Real(limit)))
    return judge(claim, {}, Options(timeout=30, attack=0)).answer
