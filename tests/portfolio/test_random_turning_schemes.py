"""Verdicts on random schemes that turn and multiply agree with brute force."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import Options, decide
from spec.statements.base import Answer
from tests.turning_schemes import (
    Map,
    Two,
    claim_of,
    coefficient,
    language_step,
    maps,
    plain_step,
    reached,
)


@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck))
@given(maps, st.tuples(coefficient, coefficient), st.fractions(0, 2, max_denominator=7))
def test_random_turning_schemes_agree_with_brute_force(
    both: Map, seed: tuple[Fraction, Fraction], limit: Fraction
) -> None:
    claim = claim_of(Two, seed, language_step(both), lambda agent: agent.x <= limit)
    levels = reached(both, seed, 3)
    first = next(
        (i for i, level in enumerate(levels) if any(x > limit or abs(y) > 2 for x, y in level)),
        None,
    )
    verdict = decide(claim, options=Options(timeout=10.0, query=1.0))
    if first is not None:
        assert verdict.answer is Answer.REFUTED
        assert verdict.run is not None
        assert verdict.run.iteration <= first
    if verdict.answer is Answer.REFUTED:
        assert verdict.run is not None
        run, state = verdict.run, seed
        for step in run.steps:
            exact = all(step.after[name].low == step.after[name].high for name in "xy")
            if not exact or step.iteration > 8:
                break
            chosen = [step.chosen[name].low for name in "nm"]
            assert all(abs(v) <= row[3] for v, row in zip(chosen, both, strict=True))
            shares = [v / row[3] if row[3] else v for v, row in zip(chosen, both, strict=True)]
            state = plain_step(both, state, shares)  # type: ignore[assignment]
            assert state == (step.after["x"].low, step.after["y"].low)
        if run.iteration <= 8 and run.steps and run.steps[-1].iteration == len(run.steps):
            assert state[0] > limit or max(map(abs, state)) > 2
