"""Votes of copies that err together agree with every small sample space."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, product
from math import comb
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.reliability_amplification import reliable, voted_in_pairs
from models.steps import voted, voted_against
from spec import Overseer, Real
from tests.models.draws import FORTY, SIXTIETHS
from tests.support import number

Joint = dict[tuple[int, ...], Fraction]
"""The probability of each pattern of who is wrong (1) and who is right (0)."""


def independent(copies: int, error: Fraction) -> Joint:
    patterns = product((0, 1), repeat=copies)
    return {p: error ** sum(p) * (1 - error) ** (copies - sum(p)) for p in patterns}


def one_draw(copies: int, error: Fraction) -> Joint:
    return {(0,) * copies: 1 - error, (1,) * copies: error}


def mixed(share: Fraction, first: Joint, second: Joint) -> Joint:
    patterns = {**first, **second}
    return {
        p: share * first.get(p, Fraction(0)) + (1 - share) * second.get(p, Fraction(0))
        for p in patterns
    }


def majority_is_wrong(joint: Joint) -> Fraction:
    return sum((w for p, w in joint.items() if 2 * sum(p) > len(p)), Fraction(0))


@given(SIXTIETHS, SIXTIETHS, st.sampled_from([1, 3, 5]))
@FORTY
def test_a_vote_with_a_shared_draw_is_that_of_the_sample_space(
    error: Fraction, correlation: Fraction, copies: int
) -> None:
    joint = mixed(correlation, one_draw(copies, error), independent(copies, error))
    assert number(voted(copies, Real(error), Real(correlation))) == majority_is_wrong(joint)


weights = st.lists(st.integers(0, 6), min_size=8, max_size=8).filter(any)


@given(weights)
@FORTY
def test_bounds_that_assume_less_hold_of_any_sample_space(drawn: Sequence[int]) -> None:
    """Three copies with any joint errors at all, shuffled so that each errs as often."""
    joint: Joint = {}
    for pattern, weight in zip(product((0, 1), repeat=3), drawn, strict=True):
        for turn in range(3):
            turned = pattern[turn:] + pattern[:turn]
            joint[turned] = joint.get(turned, Fraction(0)) + Fraction(weight, 3 * sum(drawn))
    error = sum((w for p, w in joint.items() if p[0]), Fraction(0))
    together = sum((w for p, w in joint.items() if p[0] and p[1]), Fraction(0))
    wrong = majority_is_wrong(joint)
    assert wrong <= number(voted_against(3, Real(error)))
    if 0 < error < 1:
        coefficient = (together - error**2) / (error * (1 - error))
        assert wrong <= number(voted_in_pairs(3, Real(error), Real(coefficient)))


def worst_with_pairs(copies: int, error: Fraction, together: Fraction) -> Fraction | None:
    """The greatest P(majority wrong) of all joint distributions with these chances of one copy and
    of two copies: a linear program over the number wrong, solved at its vertices."""
    best = None
    for support in combinations(range(copies + 1), 3):
        rows = [[Fraction(comb(n, order)) for n in support] for order in range(3)]
        wanted = [Fraction(1), copies * error, comb(copies, 2) * together]
        found = solved(rows, wanted)
        if found is not None and min(found) >= 0:
            both = zip(support, found, strict=True)
            wrong = sum((w for n, w in both if 2 * n > copies), Fraction(0))
            best = wrong if best is None else max(best, wrong)
    return best


def solved(rows: list[list[Fraction]], wanted: list[Fraction]) -> list[Fraction] | None:
    """Three linear equations by Cramer's rule."""

    def determinant(m: list[list[Fraction]]) -> Fraction:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    base = determinant(rows)
    if base == 0:
        return None
    replaced = [
        [[wanted[r] if c == column else rows[r][c] for c in range(3)] for r in range(3)]
        for column in range(3)
    ]
    return [determinant(m) / base for m in replaced]


@given(
    st.fractions(min_value="1/60", max_value="1/3", max_denominator=60),
    SIXTIETHS,
    st.sampled_from([3, 5, 7]),
)
@FORTY
def test_the_bound_by_pairs_covers_the_worst_distribution(
    error: Fraction, coefficient: Fraction, copies: int
) -> None:
    """At three copies it is the worst one, while two err together at most half as often as one."""
    together = error**2 + coefficient * error * (1 - error)
    worst = worst_with_pairs(copies, error, together)
    assert worst is not None
    bound = number(voted_in_pairs(copies, Real(error), Real(coefficient)))
    assert worst <= bound
    if copies == 3 and together <= error / 2:
        assert worst == bound


def test_asking_once_changes_nothing_and_asking_often_costs() -> None:
    fields = ("capability", "error", "malign", "resistance", "cost", "regret")
    numbers = [
        Fraction(3),
        Fraction(1, 5),
        Fraction(1, 9),
        Fraction(1, 5),
        Fraction(2),
        Fraction(1),
    ]
    expert: Any = Overseer(**{f: Real(n) for f, n in zip(fields, numbers, strict=True)})
    once: Any = reliable(expert, 1)
    assert [number(getattr(once, field)) for field in fields] == numbers
    often: Any = reliable(expert, 3)
    assert number(often.cost) == 6
    assert number(often.resistance) == Fraction(3, 5)
    assert number(often.error) == Fraction(9, 8) * Fraction(1, 5)
    assert number(often.malign) == number(often.error)  # three ninths would be more
