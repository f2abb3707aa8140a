"""A review agrees with its sample space, and its thresholds with the formula by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from models.critiques import Critique, Writer, review, reviewed, rewrite
from spec import Real
from tests.models.draws import FORTY, SIXTIETHS
from tests.models.given_choices import Given
from tests.support import number, parameters_at

LIMIT = Fraction(1, 10)


@given(*[SIXTIETHS] * 7)
@FORTY
def test_a_review_is_that_of_the_sample_space(
    wrong: Fraction,
    recognised: Fraction,
    told: Fraction,
    believed: Fraction,
    unaided: Fraction,
    hallucinated: Fraction,
    unmended: Fraction,
) -> None:
    """Every outcome of: draft, recognised, named, seen, talked into, revised."""
    after = Fraction(0)
    for bad, knows, names, sees, fooled, spoilt in product((True, False), repeat=6):
        rejected = sees if bad else fooled
        seen = believed if knows and names else unaided
        chance = Fraction(1)
        for happens, probability in (
            (bad, wrong),
            (knows, recognised),
            (names, told),
            (sees, seen),
            (fooled, hallucinated),
            (spoilt, unmended),
        ):
            chance *= probability if happens else 1 - probability
        if spoilt if rejected else bad:
            after += chance
    p = parameters_at(
        Critique,
        recognised=recognised,
        told=told,
        believed=believed,
        unaided=unaided,
        hallucinated=hallucinated,
        unmended=unmended,
    )
    assert number(reviewed(Real(wrong), p)) == after


def error_after(rounds: int, **chosen: Fraction | int) -> Fraction:
    """The worst error of that many rounds, to twelve digits."""
    p = parameters_at(Critique, **chosen)
    nature: Any = Given()
    error = worst = Fraction(0)
    for _ in range(rounds):
        writer: Any = Writer(error=Real(error))
        after: Any = rewrite(review(writer, p, nature), p, nature)
        error = Fraction(round(number(after.error) * 10**12), 10**12)
        worst = max(worst, error)
    return worst


def within(p: Any) -> Any:
    """(m + r (1 - m - h)) (s + b L) <= L - r h - eps, from the shares."""
    n = number(p.recognised) * number(p.told)
    m = number(p.density) * (1 - n * number(p.believed) - (1 - n) * number(p.unaided))
    r, h = number(p.unmended), number(p.hallucinated)
    draft = number(p.slip) + p.fan_out * LIMIT
    return (m + r * (1 - m - h)) * draft <= LIMIT - r * h - number(p.imitation_error)


THOUSANDTH = Fraction(1, 1000)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize(
    ("name", "last", "outward"),
    [
        ("told", Fraction(37256, 56457), -1),
        ("hallucinated", Fraction(5341, 19875), 1),
        ("density", Fraction(36455, 26568), 1),
        ("imitation_error", Fraction(12387, 500000), 1),
    ],
)
def test_errors_stay_bounded_exactly_within_the_formula(
    name: str, last: Fraction, outward: int, beyond: bool
) -> None:
    value = last + outward * (THOUSANDTH if beyond else -THOUSANDTH)
    assert within(parameters_at(Critique, **{name: value})) != beyond
    assert (error_after(400, **{name: value}) <= LIMIT) != beyond
