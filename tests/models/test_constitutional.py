"""Feedback by principles on explicit questions, and how many people must answer."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.constitutional import Constitution, Feedback, Model, constitutional, prefer, train
from models.worlds.constitutional import covered_or_not, learned, preferred
from spec import I, Nature, Real, minimum
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.models.mutants import broken_world
from tests.models.worst_run import worst_run
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


def best_of(answers: int, harmful: Fraction, harmful_wins: bool) -> Fraction:
    """P(the preferred of so many independent answers is harmful), if harm is preferred or not."""
    return 1 - (1 - harmful) ** answers if harmful_wins else harmful**answers


@given(
    st.lists(st.tuples(SIXTIETHS, st.booleans(), st.booleans()), min_size=1, max_size=6),
    st.integers(1, 5),
    SIXTIETHS,
    SIXTIETHS,
)
@FORTY
def test_the_best_of_several_answers_is_no_more_harmful_than_the_bound(
    questions: list[tuple[Fraction, bool, bool]],
    answers: int,
    noticed: Fraction,
    people: Fraction,
) -> None:
    """Questions with a chance of harm, on which a principle speaks or not, and harm is preferred or
    not where the model does not notice it."""
    n = len(questions)
    harm, uncovered, after, after_uncovered = (Fraction(0) for _ in range(4))
    for chance, covered, wins in questions:
        chosen = best_of(answers, chance, wins) * ((1 - noticed) if covered else 1)
        harm += chance / n
        after += (1 - people) * chosen / n
        uncovered += 0 if covered else chance / n
        after_uncovered += 0 if covered else (1 - people) * chosen / n
    beyond = Fraction(sum(not covered for _, covered, _ in questions), n)
    p = parameters_at(Constitution, pressure=answers, noticed=noticed, people=people, beyond=beyond)
    model: Any = Model(harm=Real(harm), uncovered=Real(uncovered))
    nature: Any = Given()
    bound = prefer(model, p, nature)
    assert after <= number(bound.harm)
    assert after_uncovered <= number(bound.uncovered)
    if answers == 1:
        assert after == number(bound.harm)


def worst(rounds: int, **at: Fraction | int) -> Fraction:
    """The greatest harm in the worst run."""
    start = {"harm": Fraction(0), "uncovered": Fraction(0)}
    steps = (prefer, train)
    run = worst_run(Model, steps, Constitution, rounds=rounds, start=start, at=at)
    return max(values["harm"] for values in run)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("name", "last", "outward", "others"),
    [
        ("beyond", Fraction(3, 32), 1, {}),
        ("noticed", Fraction(1, 10), -1, {}),
        ("pressure", Fraction(19, 12), 1, {}),
        (
            "people",
            1 - (1 - Fraction(1, 100) / LIMIT) / 3,
            -1,
            {"beyond": Fraction(1), "pressure": Fraction(3), "slip": Fraction(1, 200)},
        ),
    ],
)
def test_harm_stays_bounded_exactly_within_the_formula(
    name: str, last: Fraction, outward: int, others: dict[str, Fraction], beyond: bool
) -> None:
    value = last + outward * Fraction(1 if beyond else -1, 500)
    assert (worst(600, **{name: value}, **others) > LIMIT) == beyond


@pytest.mark.parametrize("noticed", [Fraction(1, 3), Fraction(1)])
def test_principles_are_worth_nothing_where_all_harm_may_be_uncovered(noticed: Fraction) -> None:
    for people in (Fraction(0), Fraction(1, 2)):
        least = worst(50, beyond=1, noticed=0, people=people)
        assert worst(50, beyond=1, noticed=noticed, people=people) == least


def all_covered(model: Model[I], p: Constitution, nature: Nature) -> Feedback[I]:
    """The model notices its harm on any question."""
    after: Feedback[I] = prefer(model, p, nature)
    harm = p.slip + (1 - p.people) * p.pressure * (1 - p.noticed) * model.harm
    return Feedback(harm=minimum(1, harm), uncovered=after.uncovered)


def mended_everywhere(model: Model[I], p: Constitution, nature: Nature) -> Feedback[I]:
    """Preferences make no uncovered answer more likely."""
    after: Feedback[I] = prefer(model, p, nature)
    uncovered = p.slip + (1 - p.people) * model.uncovered
    return Feedback(harm=after.harm, uncovered=minimum(p.beyond, uncovered))


@pytest.mark.parametrize(
    ("step", "field"), [(all_covered, "harm"), (mended_everywhere, "uncovered")]
)
def test_a_wrong_preference_is_refuted_by_a_world(step: Callable[..., Any], field: str) -> None:
    broken = broken_world(
        constitutional, "amplify", step, preferred, table=covered_or_not, at={"pressure": 2}
    )
    assert broken == field


def test_departures_that_are_never_uncovered_are_refuted_by_a_world() -> None:
    def covered(feedback: Feedback[I], p: Constitution, nature: Nature) -> Model[I]:
        """The next model departs only where a principle speaks."""
        after: Model[I] = train(feedback, p, nature)
        return Model(harm=after.harm, uncovered=feedback.uncovered)

    broken = broken_world(
        constitutional, "distill", covered, learned, table=covered_or_not, at={"beyond": "1/2"}
    )
    assert broken == "uncovered"
