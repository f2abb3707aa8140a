"""Episodes lose what students lose who are walked through finite sets of episodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.system.problem import pose
from checker.system.replay import Run, replay
from models.compounding import (
    Linear,
    cloned_at_once,
    cloned_episode,
    cloned_every_step,
    on_policy_episode,
    unrecovered_episode,
)
from spec import Claim, Process, Real


def run_of(
    process: Process,
    iterations: int,
    unit: Callable[[int], Fraction] = lambda iteration: Fraction(1),
    **chosen: Fraction | int,
) -> Run:
    """The run in which nature makes errors as told, and loses what can be lost."""
    problem = pose(Claim("run", process, Linear(recoverability=Real(200)), at=chosen))

    def units(iteration: int, stage: int) -> Sequence[Fraction]:
        names = [choice.name for choice in problem.steps[stage].stage.choices]
        return [unit(iteration) if name == "errors by now" else Fraction(1) for name in names]

    run = replay(problem, units, iterations)
    assert run is not None
    return run


def regret(run: Run) -> Fraction:
    return Fraction(run.steps[-1].after["regret"].low)


EPISODES = 60
"""Equally likely episodes, of which the expert goes through each without an error."""


@given(st.integers(1, 8), st.integers(0, 8), st.data())
@settings(max_examples=40, deadline=None)
def test_no_student_loses_more_than_the_model_allows(
    steps: int, errors: int, data: st.DataObject
) -> None:
    """The student errs at so many places of the expert's episodes, wherever they are."""
    places = data.draw(
        st.lists(
            st.tuples(st.integers(0, EPISODES - 1), st.integers(1, steps)),
            min_size=errors,
            max_size=errors,
            unique=True,
        )
    )
    first = {e: min(step for episode, step in places if episode == e) for e, _ in places}
    lost = Fraction(sum(steps - step + 1 for step in first.values()), EPISODES)
    eps = Fraction(errors, steps * EPISODES)
    worst = run_of(cloned_episode, steps, horizon=steps, imitation_error=eps)
    assert lost <= regret(worst) <= steps**2 * eps
    # the same places, as nature's spending of its budget over time
    by_now = [Fraction(sum(s <= t for _, s in places), EPISODES) for t in range(steps + 1)]
    total = Fraction(errors, EPISODES)
    share = [
        (after - before) / (total - before) if total > before else Fraction(0)
        for before, after in pairwise(by_now)
    ]
    spent = run_of(
        cloned_episode, steps, lambda t: share[t - 1], horizon=steps, imitation_error=eps
    )
    assert lost <= regret(spent)
    if len(first) == errors:  # errors in different episodes attain the union bound
        assert lost == regret(spent)


@pytest.mark.parametrize("steps", [1, 2, 7, 30])
def test_all_errors_in_the_first_step_lose_everything(steps: int) -> None:
    eps = Fraction(1, 3 * steps)
    for process in (cloned_episode, cloned_at_once):
        assert regret(run_of(process, steps, horizon=steps, imitation_error=eps)) == steps**2 * eps


@pytest.mark.parametrize("steps", [1, 2, 7, 30])
def test_errors_spread_evenly_lose_half(steps: int) -> None:
    """One in so many episodes goes wrong at each step, another one each time."""
    eps = Fraction(1, 3 * steps)
    expected = sum((t * eps for t in range(1, steps + 1)), Fraction(0))
    run = run_of(cloned_every_step, steps, horizon=steps, imitation_error=eps)
    assert regret(run) == expected == steps * (steps + 1) * eps / 2


@given(st.integers(1, 12), st.fractions(min_value="1/100", max_value="1/20", max_denominator=100))
@settings(max_examples=10, deadline=None)
def test_on_policy_loses_u_for_each_error(steps: int, eps: Fraction) -> None:
    half = run_of(
        on_policy_episode,
        steps,
        lambda t: Fraction(1, 2),
        horizon=steps,
        imitation_error=eps,
        recoverability=3,
    )
    made = steps * eps * (1 - Fraction(1, 2) ** steps)
    assert regret(half) == 3 * made
    worst = run_of(unrecovered_episode, steps, horizon=steps, imitation_error=eps)
    assert regret(worst) == steps**2 * eps


def test_an_episode_ends() -> None:
    longer = run_of(cloned_episode, 9, horizon=5, imitation_error=Fraction(1, 100))
    assert regret(longer) == 25 * Fraction(1, 100)
    assert longer.steps[-1].after["steps"].low == 5
