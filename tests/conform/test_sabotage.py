"""Runs that go wrong half-way: the iteration and the assumption are named. Clean ones: no alarm."""

from fractions import Fraction

import pytest

from benchmarks.measured_runs import Corruption, counted, true_run
from checker.conform.findings import Conformance, Judgement
from models.imitation import imitation
from models.reward_modeling import recursive_reward_modeling as reward_modeling
from spec.scheme import Process
from tests.conform.judging import judged

VALUES = {"checked": Fraction(9, 10)}
DRAWS = 4000


def measured(
    process: Process, draw: int | None, corruption: Corruption | None = None, count: int = 6
) -> Conformance:
    states = true_run(process, VALUES, count, draw, corruption)
    rows = list(counted(process, states, ["error", "malign"], DRAWS, draw or 0))
    return judged(process, rows, VALUES)


@pytest.mark.parametrize("process", [imitation, reward_modeling], ids=lambda p: p.name)
@pytest.mark.parametrize("draw", [None, 1, 2])
def test_a_clean_run_conforms(process: Process, draw: int | None) -> None:
    assert measured(process, draw).judgement is Judgement.CONFORMS


@pytest.mark.parametrize(
    ("process", "parameter", "value", "at", "step", "choice"),
    [
        (imitation, "imitation_error", Fraction(1, 20), (4, 0), "distill", "departure"),
        (imitation, "slip", Fraction(1, 10), (3, 1), "amplify", None),
        (reward_modeling, "reward_error", Fraction(1, 10), (4, 0), "distill", "regret"),
        (reward_modeling, "optimisation", Fraction(10), (4, 0), "distill", "regret"),
    ],
)
def test_a_corrupted_run_departs_there(
    process: Process,
    parameter: str,
    value: Fraction,
    at: tuple[int, int],
    step: str,
    choice: str | None,
) -> None:
    found = measured(process, None, Corruption(3, {parameter: value}))
    assert found.judgement is Judgement.DEPARTS
    assert found.departure is not None
    assert (found.departure.at, found.departure.steps) == (at, (step,))
    assert found.departure.first
    named = {excess.name: excess for excess in found.departure.explanations}
    assert named[parameter].overseen
    given = found.parameters[parameter]
    assert given < named[parameter].needed <= value  # the true value is not excluded
    if choice is not None:
        assert parameter in named[choice].reads
        assert not named["margin"].overseen  # it explains by breaking oversight alone
