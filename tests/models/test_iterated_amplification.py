"""An overseer with copies of the agent is wrong no more often than its step says."""

from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from models.iterated_amplification import IteratedAmplification, consult
from spec import Assistant, Invariant, Nature, Real
from tests.models.draws import CHANCES, SIXTY
from tests.support import number, parameters_at


def _agent(error: Fraction, malign: Fraction, resistance: Fraction) -> Assistant[Invariant]:
    return Assistant(
        capability=Real(1),
        error=Real(error),
        malign=Real(malign),
        resistance=Real(resistance),
        cost=Real(1),
        regret=Real(0),
    )


@SIXTY
@given(st.integers(0, 3), CHANCES, CHANCES, CHANCES, CHANCES)
def test_no_worse_than_every_outcome_of_independent_parts(
    asked: int, error: Fraction, alone: Fraction, slip: Fraction, checked: Fraction
) -> None:
    """Wrong if the overseer slips or any part is wrong and stays so, over every outcome."""
    p = parameters_at(
        IteratedAmplification,
        parts=3,
        questions=asked,
        slip=slip,
        alone_error=alone,
        checked=checked,
        detection=0,
    )
    left = error * (1 - checked) + error * checked * alone
    wrong = [slip, *[left] * asked, *[alone] * (3 - asked)]
    chance = Fraction(0)
    for outcome in itertools.product((False, True), repeat=4):
        weight = Fraction(1)
        for happens, probability in zip(outcome, wrong, strict=True):
            weight *= probability if happens else 1 - probability
        chance += weight if any(outcome) else 0
    found = number(consult(_agent(error, Fraction(0), Fraction(0)), p, Nature("test")).error)
    assert chance <= found <= min(Fraction(1), sum(wrong, Fraction(0)))


@SIXTY
@given(CHANCES, CHANCES, CHANCES)
def test_an_agent_that_resists_just_where_it_is_malign_gets_past_the_filter(
    malign: Fraction, resistance: Fraction, detection: Fraction
) -> None:
    """The worst joint table of one question's parts attains the bound; the product does not."""
    p = parameters_at(
        IteratedAmplification, parts=1, questions=1, detection=detection, alone_error=0
    )
    both = min(malign, resistance)
    past = both + (malign - both) * (1 - detection)
    expert = consult(_agent(malign, malign, resistance), p, Nature("test"))
    assert number(expert.malign) == past
