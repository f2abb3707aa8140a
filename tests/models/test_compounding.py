"""An episode loses what a walk off the path loses."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from checker.system.problem import pose
from checker.system.replay import Run, replay
from models.compounding import Linear, cloned_episode, on_policy_episode
from spec import Claim, Process, Real


def run_of(process: Process, iterations: int, **chosen: Fraction) -> Run:
    """The run in which nature does its most."""
    problem = pose(Claim("run", process, Linear(recoverability=Real(200)), at=chosen))
    units = [[Fraction(1)] * len(step.stage.choices) for step in problem.steps]
    run = replay(problem, lambda iteration, stage: units[stage], iterations)
    assert run is not None
    return run


@given(st.integers(1, 12), st.fractions(min_value="1/100", max_value="1/2", max_denominator=100))
@settings(max_examples=10, deadline=None)
def test_an_episode_loses_what_a_walk_off_the_path_loses(steps: int, eps: Fraction) -> None:
    """The cliff: leave with probability eps at each step, lose 1 at each step ever after."""
    expected = sum((1 - (1 - eps) ** t for t in range(1, steps + 1)), Fraction(0))
    cloned = run_of(cloned_episode, steps, imitation_error=eps)
    assert cloned.steps[-1].after["regret"].low == expected <= steps**2 * eps
    on_policy = run_of(on_policy_episode, steps, imitation_error=eps)
    assert on_policy.steps[-1].after["regret"].low == steps * eps
