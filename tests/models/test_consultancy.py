"""Consultancy and debate agree with sample spaces, and thresholds with formulas by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.comparisons import nothing_compared
from models.consultancy import (
    Advised,
    Consultancy,
    Debated,
    Judge,
    OneQuestion,
    compare,
    consult,
    hear_both,
    learn,
    moderate,
    nothing_heard,
)
from spec import Real
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.support import number, parameters_at

Joint = Sequence[tuple[tuple[int, ...], Fraction]]
"""Outcomes of three events, and the probability of each."""

weights = st.lists(st.integers(0, 6), min_size=8, max_size=8).filter(any)


@given(*[SIXTIETHS] * 5)
@FORTY
def test_one_question_is_that_of_the_sample_space(
    assigned: Fraction, found: Fraction, right: Fraction, wrong: Fraction, shown: Fraction
) -> None:
    """Every outcome of: which answer is the consultant's, is the flaw found, is the judge wrong."""
    right, wrong = sorted((right, wrong))
    consulted, debated = Fraction(0), Fraction(0)
    for for_falsehood, is_found in product((0, 1), repeat=2):
        chance = assigned if for_falsehood else 1 - assigned
        find = found if is_found else 1 - found
        consulted += chance * find * (wrong if for_falsehood else right)
        debated += chance * find * (shown if is_found else wrong)
    p = parameters_at(OneQuestion, assigned=assigned, found=0, distraction=1)
    nature: Any = Given(
        wrong_after_a_true_argument=right,
        wrong_after_a_false_argument=(wrong - right) / (1 - right) if right < 1 else 0,
        wrong_when_shown_the_flaw=shown,
        flaw_found=found,
    )
    verdicts = hear_both(nothing_heard(p), p, nature)
    assert number(verdicts.consulted) == consulted
    assert number(verdicts.debated) == debated


@pytest.mark.parametrize("found", [Fraction(1, 4), Fraction(2, 3), Fraction(9, 10)])
@pytest.mark.parametrize("swing", [Fraction(1, 10), Fraction(2, 5), Fraction(1)])
@pytest.mark.parametrize("distraction", [Fraction(0), Fraction(1, 10), Fraction(3, 10)])
@pytest.mark.parametrize("assigned", [Fraction(1, 5), Fraction(1, 2), Fraction(9, 10)])
def test_debate_wins_exactly_under_the_condition(
    assigned: Fraction, found: Fraction, swing: Fraction, distraction: Fraction
) -> None:
    """On a grid on which the two sides of the condition are apart, and equal."""
    p = parameters_at(
        OneQuestion, assigned=assigned, found=found, swing=swing, distraction=distraction
    )
    nothing: Any = nothing_compared(p)
    nature: Any = Given()
    loss = number(compare(nothing, p, nature).loss)
    assert (loss <= 0) == (found * (swing - distraction) >= (1 - assigned) * swing)


def means(drawn: Sequence[int]) -> tuple[Joint, list[Fraction]]:
    """A joint distribution of three events, and the probability of each."""
    outcomes = list(product((0, 1), repeat=3))
    joint = [(o, Fraction(w, sum(drawn))) for o, w in zip(outcomes, drawn, strict=True)]
    return joint, [sum((w for o, w in joint if o[i]), Fraction(0)) for i in range(3)]


def consulted_in(joint: Joint, assigned: Fraction) -> Fraction:
    """Wrong after a lie if wrong alone or persuaded, after the truth if wrong and not helped."""
    return sum(
        (
            w * (assigned * max(wrong, swayed) + (1 - assigned) * min(wrong, unhelped))
            for (wrong, swayed, unhelped), w in joint
        ),
        Fraction(0),
    )


@given(weights, SIXTIETHS, SIXTIETHS)
@FORTY
def test_a_consultancy_errs_no_more_often_than_the_bound_says(
    drawn: Sequence[int], assigned: Fraction, anchor: Fraction
) -> None:
    joint, (wrong, swayed, unhelped) = means(drawn)
    p = parameters_at(Consultancy, assigned=assigned, anchor=anchor, unhelped=unhelped, alone=wrong)
    judge: Any = Judge(error=Real(wrong), persuasion=Real(swayed))
    nature: Any = Given()
    assert consulted_in(joint, assigned) <= number(consult(judge, p, nature).error)


def test_some_questions_attain_the_bounds() -> None:
    """Persuaded where not wrong alone, unhelped where wrong; missed where nothing else fails."""
    fifth = Fraction(1, 5)
    joint = [((1, 0, 1), fifth), ((0, 1, 0), fifth), ((0, 0, 0), 3 * fifth)]
    p = parameters_at(Consultancy, assigned=Fraction(1, 3), unhelped=fifth, alone=fifth)
    judge: Any = Judge(error=Real(fifth), persuasion=Real(fifth))
    nature: Any = Given()
    assert consulted_in(joint, Fraction(1, 3)) == number(consult(judge, p, nature).error)
    q = parameters_at(Debated, anchor=Fraction(1, 2), missed=fifth, slip=fifth)
    attained = fifth + Fraction(1, 2) * fifth + Fraction(1, 2) * fifth
    assert number(moderate(judge, q, nature).error) == attained


def error_after(rounds: int, amplify: Any, p: Any) -> Fraction:
    """The worst run, in fractions rounded up to a millionth of a millionth."""
    error, persuasion = Fraction(0), number(p.untrained)
    nature: Any = Given()
    worst = Fraction(0)
    for _ in range(rounds):
        judge = Judge[Any](error=Real(error), persuasion=Real(persuasion))
        expert: Advised[Any] = amplify(judge, p, nature)
        after = learn(expert, p, nature)
        error = Fraction(round(number(after.error) * 10**12), 10**12)
        persuasion = number(after.persuasion)
        worst = max(worst, error)
    return worst


@pytest.mark.parametrize("step", [Fraction(-1, 1000), Fraction(1, 1000)])
def test_judges_are_reliable_exactly_within_the_formulas(step: Fraction) -> None:
    """L = 1/10 against w + (1 - w) h + eps, and against u + eps <= a (L - j)."""
    limit, eps, unhelped = Fraction(1, 10), Fraction(1, 200), Fraction(1, 50)
    assigned = (limit - unhelped - eps) / (1 - unhelped) + step
    worst = error_after(200, consult, parameters_at(Consultancy, assigned=assigned))
    assert (worst <= limit) == (step < 0)
    missed = Fraction(1, 4) * (limit - Fraction(1, 200)) - eps + step
    worst = error_after(80, moderate, parameters_at(Debated, missed=missed))
    assert (worst <= limit) == (step < 0)
