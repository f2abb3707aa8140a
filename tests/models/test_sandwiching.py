"""People with a model, outcome by outcome, and what training on their answers comes to."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sandwiching import (
    Assisted,
    Model,
    OneQuestion,
    Sandwiching,
    ask_both,
    assist,
    imitate,
    nothing_asked,
    sandwiching,
)
from models.worlds.sandwiching import assisted, held_back_is_wrong, imitated
from spec import I, Nature, Real, minimum
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


@pytest.mark.parametrize("model_error", [Fraction(n, 10) for n in range(11)])
@pytest.mark.parametrize("missed", [Fraction(0), Fraction(1, 4), Fraction(9, 10)])
@pytest.mark.parametrize("false_alarm", [Fraction(0), Fraction(1, 10), Fraction(1, 2)])
def test_a_person_with_the_model_beats_both_exactly_between_the_odds(
    model_error: Fraction, missed: Fraction, false_alarm: Fraction
) -> None:
    p = parameters_at(OneQuestion, model_error=model_error, missed=missed, false_alarm=false_alarm)
    alone = number(p.alone)
    nothing: Any = nothing_asked(p)
    nature: Any = Given()
    losses = ask_both(nothing, p, nature)
    right = 1 - model_error
    beats_model = alone * false_alarm * right <= (1 - missed) * (1 - alone) * model_error
    beats_person = missed * (1 - alone) * model_error <= alone * (1 - false_alarm) * right
    assert (number(losses.to_model) <= 0) == beats_model
    assert (number(losses.to_person) <= 0) == beats_person
    if beats_model and beats_person and 0 < model_error < 1:
        assert missed + false_alarm <= 1


@given(
    st.lists(st.integers(0, 6), min_size=3, max_size=3).filter(any), SIXTIETHS, SIXTIETHS, SIXTIETHS
)
@FORTY
def test_assisted_answers_are_those_of_the_sample_space(
    drawn: list[int], missed: Fraction, false_alarm: Fraction, alone: Fraction
) -> None:
    """Every outcome of: is the model unable, does it hold back, or is it right; is its answer
    accepted; is the person wrong alone."""
    unable, hides, right = (Fraction(weight, sum(drawn)) for weight in drawn)
    wrong_at_all, wrong_though_able = Fraction(0), Fraction(0)
    for kind, passes, again in product(range(3), (True, False), (True, False)):
        accepted = (1 - false_alarm) if kind == 2 else missed
        chance = (unable, hides, right)[kind] * (accepted if passes else 1 - accepted)
        chance *= alone if again else 1 - alone
        wrong = kind != 2 if passes else again
        wrong_at_all += chance * wrong
        wrong_though_able += chance * (wrong and kind != 0)
    p = parameters_at(Sandwiching, missed=missed, false_alarm=false_alarm, alone=alone)
    model: Any = Model(error=Real(unable + hides), held_back=Real(hides))
    nature: Any = Given()
    after = assist(model, p, nature)
    assert wrong_at_all == number(after.error)
    assert wrong_though_able <= number(after.held_back)
    if not unable:
        assert wrong_though_able == number(after.held_back)


def comes_to(held_back: Fraction, field: str, **at: Fraction | int) -> Fraction:
    """What a field comes to in the worst run from a model that is always wrong."""
    start = {"error": Fraction(1), "held_back": held_back}
    steps = (assist, imitate)
    run = worst_run(Model, steps, Sandwiching, rounds=300, start=start, at=at)
    return run[-1][field]


@pytest.mark.parametrize("start", [Fraction(0), Fraction(1)])
@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("field", "name", "last"),
    [
        ("held_back", "missed", Fraction(19, 35)),
        ("held_back", "false_alarm", Fraction(19, 108)),
        ("error", "unable", Fraction(41, 2000)),
    ],
)
def test_what_the_model_can_do_comes_out_exactly_within_the_formula(
    field: str, name: str, last: Fraction, beyond: bool, start: Fraction
) -> None:
    value = last + Fraction(1 if beyond else -1, 1000)
    assert (comes_to(start, field, **{name: value}) > LIMIT) == beyond


def hiding_is_seen(model: Model[I], p: Sandwiching, nature: Nature) -> Assisted[I]:
    """People accept nothing that was held back."""
    after: Assisted[I] = assist(model, p, nature)
    seen = p.alone * (model.held_back + p.false_alarm * (1 - model.held_back))
    return Assisted(error=after.error, held_back=minimum(after.error, seen))


def trusting(model: Model[I], p: Sandwiching, nature: Nature) -> Assisted[I]:
    """People reject no right answer."""
    after: Assisted[I] = assist(model, p, nature)
    error = (p.missed + p.alone * (1 - p.missed)) * model.error
    return Assisted(error=error, held_back=minimum(error, after.held_back))


@pytest.mark.parametrize(("step", "field"), [(hiding_is_seen, "held_back"), (trusting, "error")])
def test_wrong_assistance_is_refuted_by_a_world(step: Callable[..., Any], field: str) -> None:
    broken = broken_world(sandwiching, "amplify", step, assisted, table=held_back_is_wrong)
    assert broken == field


def test_a_model_that_can_do_everything_is_refuted_by_a_world() -> None:
    def capable(people: Assisted[I], p: Sandwiching, nature: Nature) -> Model[I]:
        """Nothing is beyond a model that was trained on it."""
        departure = nature.choose("departure", at_most=p.imitation_error)
        return Model(
            error=minimum(1, people.error + departure),
            held_back=minimum(1, people.held_back + departure),
        )

    broken = broken_world(sandwiching, "distill", capable, imitated, table=held_back_is_wrong)
    assert broken == "error"
