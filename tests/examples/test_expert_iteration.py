"""Tic-tac-toe: its table against OpenSpiel, exact gaps by brute force, the search and the run."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyspiel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from open_spiel.python.algorithms import minimax

from examples.runs import alpha_zero, expert_iteration
from examples.runs.command import Options
from examples.runs.expert_iteration import gate, given_up, random_play, search
from examples.runs.tic_tac_toe import (
    DISCOUNT,
    WIN,
    Moves,
    best_values,
    canonical,
    gaps,
    played,
    secured,
    seen,
    table,
)
from tests.examples.rows import Run, count, measured

GAME = table()
GUIDE = random_play(GAME, np.random.default_rng(0))
RUNS: list[Run] = [expert_iteration.run, alpha_zero.run]
positions = st.integers(0, GAME.open - 1)
NUMBER = {tuple(board): i for i, board in enumerate(GAME.boards.tolist())}


def policy(seed: int) -> Moves:
    rng = np.random.default_rng(seed)
    return np.array([rng.integers(len(GAME.after[position])) for position in range(GAME.open)])


def test_the_table_holds_every_position_up_to_symmetry() -> None:
    assert len(GAME.boards) == 765
    assert GAME.open == 627
    assert not GAME.boards[GAME.start].any()


@given(st.lists(st.integers(0, 8), max_size=9), st.data())
@settings(max_examples=25, deadline=None)
def test_moves_and_values_are_those_of_the_library(moves: list[int], data: st.DataObject) -> None:
    state = pyspiel.load_game("tic_tac_toe").new_initial_state()
    for wish in [4, 0, *moves]:  # two plies first, so that the library's minimax is quick
        if not state.is_terminal():
            legal = state.legal_actions()
            state.apply_action(legal[wish % len(legal)])
    position = NUMBER[canonical(seen(state))]
    children = {NUMBER[canonical(seen(state.child(a)))] for a in state.legal_actions()}
    assert set(GAME.after[position]) == children
    if state.is_terminal():
        assert GAME.over[position] == WIN * min(state.returns())
        return
    mover = state.current_player()
    value, _ = minimax.alpha_beta_search(state.get_game(), state=state, maximizing_player_id=mover)
    assert np.sign(best_values(GAME)[position]) == np.sign(value)


def by_replies(position: int, moves: Moves, mine: bool, pick: Callable[..., float]) -> float:
    """What the policy is worth to its side, by trying every reply."""
    if not GAME.after[position]:
        return float(GAME.over[position]) * (1 if mine else -1)
    choices = GAME.after[position]
    if mine:
        choices = [choices[moves[position]]]
    return pick(DISCOUNT * by_replies(next_, moves, not mine, pick) for next_ in choices)


@given(st.integers(0, 2**32), positions)
@settings(max_examples=40, deadline=None)
def test_what_a_policy_secures_is_the_worst_of_all_replies(seed: int, position: int) -> None:
    moves, empty = policy(seed), len(GAME.after[position])
    if empty <= 6:
        assert secured(GAME, moves)[0][position] == pytest.approx(
            by_replies(position, moves, True, min)
        )
    assert secured(GAME, moves)[0][position] <= played(GAME, moves)[position] + 1e-12
    assert 0 <= gaps(GAME, moves)[position] <= 1


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_imitation_costs_at_most_what_a_move_gives_up_over_the_moves(one: int, two: int) -> None:
    expert, student = policy(one), policy(two)
    lost = gaps(GAME, student) - gaps(GAME, expert)
    assert lost.max() <= given_up(GAME, expert, student) / (1 - DISCOUNT**2) + 1e-9
    assert given_up(GAME, expert, expert) == pytest.approx(0)


@given(positions, st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_a_search_visits_as_often_as_it_simulates(position: int, simulations: int) -> None:
    visits = search(GAME, GUIDE, position, simulations)
    assert len(visits) == len(GAME.after[position])
    assert sum(visits) == simulations


def test_a_search_without_knowledge_finds_the_best_move_near_the_end() -> None:
    value = best_values(GAME)
    for position in range(GAME.open):
        if len(GAME.after[position]) <= 3:
            visits = search(GAME, GUIDE, position, 400)
            move = visits.index(max(visits))
            assert value[position] == pytest.approx(-DISCOUNT * value[GAME.after[position][move]])


def test_a_network_wins_half_of_its_games_against_itself() -> None:
    share = gate(GAME, GUIDE, GUIDE, 800, np.random.default_rng(1))
    assert share == pytest.approx(1 / 2, abs=0.06)


@pytest.mark.parametrize("run", RUNS)
def test_a_run_measures_what_it_says(run: Run) -> None:
    rows = list(run(Options(small=True)))
    assert rows == list(run(Options(small=True)))
    for row in rows:
        assert 0 <= measured(row, "extra.mean_regret") <= measured(row, "regret") <= 1
    agents, experts = (
        [row for row in rows if row.position == place] for place in ("agent", "expert")
    )
    for student, expert in zip(agents[1:], experts, strict=False):
        added = measured(student, "extra.imitation_error") / (1 - DISCOUNT**2)
        assert measured(student, "regret") <= measured(expert, "regret") + added + 1e-9
    assert count(experts[0], "error").count <= count(agents[0], "error").count
