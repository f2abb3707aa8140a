"""Supervision of solutions, outcome by outcome, and what it takes rank after rank."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.comparisons import nothing_compared
from models.process_supervision import (
    OneSolution,
    OutcomeSupervision,
    ProcessSupervision,
    Ranks,
    Reasoner,
    StepLabels,
    Supervised,
    by_outcome,
    by_process,
    compare,
    judge_answers,
    judge_steps,
    learn,
    outcome_supervision,
    process_supervision,
)
from models.steps import checked
from models.worlds.process_supervision import (
    answer_judged,
    learned,
    steps_judged,
    trace_of_answer_judged,
)
from spec import I, Nature, Real, minimum
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


@given(*[SIXTIETHS] * 4)
@FORTY
def test_a_check_is_that_of_the_sample_space(
    wrong: Fraction, missed: Fraction, false_alarm: Fraction, redone: Fraction
) -> None:
    """Every outcome of: is it wrong, is a wrong one missed, a right one rejected, wrong again."""
    after = Fraction(0)
    for bad, passes, alarm, again in product((True, False), repeat=4):
        chance = Fraction(1)
        for happens, p in ((bad, wrong), (passes, missed), (alarm, false_alarm), (again, redone)):
            chance *= p if happens else 1 - p
        rejected = not passes if bad else alarm
        after += chance if (again if rejected else bad) else 0
    found = checked(Real(wrong), Real(missed), Real(false_alarm), Real(redone))
    assert number(found) == after


@given(
    st.lists(st.integers(0, 6), min_size=8, max_size=8).filter(any),
    SIXTIETHS,
    st.fractions(0, "1/3", max_denominator=60),
    SIXTIETHS,
)
@FORTY
def test_labels_of_steps_leave_no_more_flawed_solutions_than_the_bound(
    drawn: list[int], missed: Fraction, false_alarm: Fraction, redone: Fraction
) -> None:
    """Three steps, wrong together in any way. A labeller reads them in order: before the first
    wrong one it may reject a right one, at the first wrong one it misses, and if it does it sees no
    later one either. False alarms on different steps never come together."""
    total, flawed, after = sum(drawn), Fraction(0), Fraction(0)
    for steps, weight in zip(product((0, 1), repeat=3), drawn, strict=True):
        chance = Fraction(weight, total)
        if any(steps):
            early = steps.index(1) * false_alarm
            left = (1 - early) * missed
            flawed += chance
            after += chance * (left + (1 - left) * redone)
        else:
            after += chance * 3 * false_alarm * redone
    p = parameters_at(StepLabels, missed=missed, false_alarm=false_alarm, redone=redone)
    bound = number(by_process(Real(flawed), p))
    assert after <= bound
    if all(steps[0] or not w for steps, w in zip(product((0, 1), repeat=3), drawn, strict=True)):
        assert after == bound - (1 - flawed) * 3 * false_alarm * redone


@pytest.mark.parametrize("flawed", [Fraction(1, 100), Fraction(1, 55), Fraction(1, 2)])
@pytest.mark.parametrize("lucky", [Fraction(1, 20), Fraction(1, 8), Fraction(9, 10)])
@pytest.mark.parametrize("steps", [1, 3, 8])
def test_process_supervision_wins_exactly_under_the_condition(
    flawed: Fraction, lucky: Fraction, steps: int
) -> None:
    """r (1 - x)(F - h) <= (1 - r) x (g - m), on a grid."""
    p = parameters_at(OneSolution, flawed=flawed, lucky=lucky, steps=steps)
    nothing: Any = nothing_compared(p)
    nature: Any = Given()
    loss = number(compare(nothing, p, nature).loss)
    m, f, h, r = (number(x) for x in (p.missed, p.false_alarm, p.miskeyed, p.redone))
    alarms = steps * f
    assert (loss <= 0) == (r * (1 - flawed) * (alarms - h) <= (1 - r) * flawed * (lucky - m))
    x = Real(flawed)
    assert loss == number(by_process(x, p)) - number(by_outcome(x, p))


def worst(
    step: Callable[..., Any], parameters: Any, field: str, at: dict[str, Fraction]
) -> Fraction:
    """The greatest value of a field in the worst run."""
    start = {"capability": Fraction(1), "error": Fraction(0), "wrong": Fraction(0)}
    run = worst_run(Reasoner, (step, learn), parameters, rounds=400, start=start, at=at)
    return max(values[field] for values in run)


PROCESS, OUTCOME = (judge_steps, ProcessSupervision), (judge_answers, OutcomeSupervision)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("supervision", "field", "name", "last"),
    [
        (PROCESS, "error", "missed", Fraction(1387, 6100)),
        (PROCESS, "error", "density", Fraction(6071, 3740)),
        (OUTCOME, "error", "lucky", Fraction(25661, 109800)),
        (OUTCOME, "wrong", "redone", Fraction(18, 61)),
    ],
)
def test_errors_stay_bounded_exactly_within_the_formula(
    supervision: tuple[Callable[..., Any], Any],
    field: str,
    name: str,
    last: Fraction,
    beyond: bool,
) -> None:
    value = last + Fraction(1 if beyond else -1, 1000)
    assert (worst(*supervision, field, {name: value}) > LIMIT) == beyond


def no_alarms(reasoner: Reasoner[I], p: ProcessSupervision, nature: Nature) -> Supervised[I]:
    """A labeller rejects no solution that is right."""
    after: Supervised[I] = judge_steps(reasoner, p, nature)
    error = after.error - p.redone * p.steps * p.false_alarm
    return Supervised(capability=after.capability, error=error, wrong=error)


def unlucky(reasoner: Reasoner[I], p: OutcomeSupervision, nature: Nature) -> Supervised[I]:
    """A solution with a wrong step never comes to the right answer."""
    after: Supervised[I] = judge_answers(reasoner, p, nature)
    error = p.redone * minimum(1, p.slip + p.steps * p.density * reasoner.error)
    return Supervised(
        capability=after.capability, error=minimum(1, p.miskeyed + error), wrong=after.wrong
    )


def right_keys(reasoner: Reasoner[I], p: OutcomeSupervision, nature: Nature) -> Supervised[I]:
    """Known answers are right."""
    after: Supervised[I] = judge_answers(reasoner, p, nature)
    return Supervised(
        capability=after.capability, error=after.error, wrong=after.wrong - p.miskeyed
    )


@pytest.mark.parametrize(
    ("scheme", "step", "concrete", "field"),
    [
        (process_supervision, no_alarms, steps_judged, "error"),
        (outcome_supervision, unlucky, trace_of_answer_judged, "error"),
        (outcome_supervision, right_keys, answer_judged, "wrong"),
    ],
)
def test_a_wrong_supervision_is_refuted_by_a_world(
    scheme: Any, step: Callable[..., Any], concrete: Callable[..., Any], field: str
) -> None:
    assert broken_world(scheme, "amplify", step, concrete, density="density") == field


def test_a_reasoner_that_departs_only_in_its_steps_is_refuted_by_a_world() -> None:
    def half(expert: Supervised[I], p: Ranks, nature: Nature) -> Reasoner[I]:
        """Departures leave the answer right."""
        after: Reasoner[I] = learn(expert, p, nature)
        return Reasoner(capability=expert.capability, error=after.error, wrong=expert.wrong)

    assert broken_world(process_supervision, "distill", half, learned) == "wrong"
