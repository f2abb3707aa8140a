"""Two algorithmic tasks: their answers by brute force, their decompositions, and the loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples.runs import permutation_powering, shortest_path
from examples.runs.amplification import Questions, Task, apart, consult
from examples.runs.command import Options
from examples.runs.network import Answers
from examples.runs.permutation_powering import PermutationPowering
from examples.runs.shortest_path import ShortestPath
from tests.examples.rows import Run, count, measured, rate

TASKS: list[Task] = [PermutationPowering(), ShortestPath()]
RUNS: list[Run] = [permutation_powering.run, shortest_path.run]
SEED = ("agent", 1)


def powered(question: list[int]) -> int:
    rank, place, *images = question
    for _ in range(2 ** (rank - 1)):
        place = images[place]
    return place


def nearest(question: list[int], vertices: int, further: int) -> int:
    """By relaxing every edge as often as there are vertices."""
    rank, start, end, *joined = question
    distance = [0 if v == start else further for v in range(vertices)]
    for _ in range(vertices):
        for a in range(vertices):
            for b in range(vertices):
                if joined[a * vertices + b]:
                    distance[b] = min(distance[b], distance[a] + 1)
    return distance[end] if distance[end] <= rank else further


def drawn(task: Task, seed: int, many: int = 40) -> Questions:
    rng = np.random.default_rng(seed)
    return task.draw(rng, rng.integers(1, task.rounds + 3, many))


@pytest.mark.parametrize("task", TASKS)
@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_the_truth_is_that_of_brute_force(task: Task, seed: int) -> None:
    questions = drawn(task, seed)
    if isinstance(task, ShortestPath):
        expected = [nearest(row, task.vertices, task.further) for row in questions.tolist()]
    else:
        expected = [powered(row) for row in questions.tolist()]
    assert task.truth(questions).tolist() == expected


@pytest.mark.parametrize("task", TASKS)
@given(st.integers(0, 2**32), st.floats(0, 1))
@settings(max_examples=20, deadline=None)
def test_an_answer_is_wrong_only_where_a_part_is_or_the_overseer_slips(
    task: Task, seed: int, error: float
) -> None:
    rng, questions = np.random.default_rng(seed), drawn(task, seed)

    def errs(parts: Questions) -> Answers:
        other = rng.integers(0, task.answers, len(parts))
        return np.where(rng.random(len(parts)) < error, other, task.truth(parts))

    done = consult(task, errs, questions, error / 2, rng)
    wrong = done.answers != task.truth(questions)
    assert not np.any(wrong & ~done.spoilt)
    assert done.spoilt.sum() <= done.slipped.sum() + sum(flags.sum() for flags in done.wrong_parts)
    assert np.all(wrong[done.slipped & (questions[:, 0] == 1)])


@pytest.mark.parametrize("task", TASKS)
def test_without_errors_every_rank_is_answered_from_the_rank_below(task: Task) -> None:
    questions = drawn(task, 0, 400)
    done = consult(task, task.truth, questions, 0, np.random.default_rng(0))
    assert np.array_equal(done.answers, task.truth(questions))
    assert all(np.all(part[:, 0] >= 1) for part in done.parts)
    assert set(np.unique(questions[:, 0])) == set(range(1, task.rounds + 3))


@pytest.mark.parametrize("run", RUNS)
def test_a_run_obeys_the_bound_of_decomposition_row_by_row(run: Run) -> None:
    rows = list(run(Options(small=True)))
    assert [row.iteration for row in rows] == sorted(row.iteration for row in rows)
    errors = {(r.position, r.iteration, r.rank): rate(r, "error") for r in rows if r.rank}
    most = {
        r.iteration: measured(r, "cost") - 1 for r in rows if r.position == "expert" and not r.rank
    }
    for row in rows:
        if row.position == "expert" and row.rank and row.rank > 1:
            of, parts = count(row, "error").of, count(row, "extra.wrong_part")
            assert count(row, "error").count <= count(row, "extra.slip").count + parts.count
            assert parts.of == pytest.approx(measured(row, "extra.parts") * of)
            assert measured(row, "extra.parts") <= most[row.iteration] <= 3
    assert errors["agent", 0, 1] < 1 / 3  # where most answers are wrong by chance


@pytest.mark.parametrize("run", RUNS)
def test_a_seed_makes_the_run(run: Run) -> None:
    first, again, other = (list(run(Options(small=True, seed=seed))) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_an_overseer_who_slips_more_does_so_from_the_round_that_is_named() -> None:
    rows = list(permutation_powering.run(Options(small=True, sabotage="slips", since=2)))
    slips = {
        row.iteration: rate(row, "extra.slip")
        for row in rows
        if row.rank and "extra.slip" in row.fields
    }
    assert max(slips[0], slips[1]) < 1 / 30 < slips[2]  # 1/200 before, 1/10 since


def test_a_corrupted_round_of_training_shows_at_the_agent_that_it_trained() -> None:
    clean, broken = (
        list(permutation_powering.run(Options(small=True, sabotage=what, since=1)))
        for what in ("", "distillation")
    )
    wrong = [
        {row.iteration: rate(row, "error") for row in rows if (row.position, row.rank) == SEED}
        for rows in (clean, broken)
    ]
    assert wrong[0][0] == wrong[1][0]
    assert wrong[1][1] > wrong[0][1] + 1 / 10


def test_training_on_half_of_the_points_moves_the_parts_away_from_it() -> None:
    rows = list(permutation_powering.run(Options(small=True, sabotage="drift", since=1)))
    second = [row for row in rows if row.position == "expert" and row.rank == 2]
    drift = [measured(row, "extra.drift") for row in second]
    assert drift[0] < 0.15 < 0.2 < drift[1]  # every other second part lies in the other half


def test_equal_samples_are_not_apart_and_disjoint_ones_wholly() -> None:
    here, there = np.zeros(50, np.int64), np.ones(50, np.int64)
    assert apart(here, here) == (0.0, 1.0)
    assert apart(here, there) == (1.0, 51.0)
