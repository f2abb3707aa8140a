"""Control against every attack policy, followed output by output, and the audits it takes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import judge
from models.control import (
    Audits,
    Contained,
    control,
    exposed,
    noticed,
    trusted_monitoring,
)
from spec import Claim, Number, Real, Threshold
from spec.alignment import Benign
from spec.statements.base import Answer
from tests.models.draws import FORTY, SIXTIETHS
from tests.support import number, parameters_at


def harm(policy: list[tuple[Fraction, Fraction]]) -> Fraction:
    """P(an attack gets through before one is exposed), for (attack rate, P(exposed)) by output."""
    running, harmed = Fraction(1), Fraction(0)
    for rate, caught in policy:
        harmed += running * rate * (1 - caught)
        running *= 1 - rate
    return harmed


@given(st.lists(st.tuples(SIXTIETHS, SIXTIETHS), min_size=1, max_size=12))
@FORTY
def test_no_policy_does_better_than_its_best_attack(
    policy: list[tuple[Fraction, Fraction]],
) -> None:
    best = 1 - min(caught for _, caught in policy)
    attempted = 1 - _product([1 - rate for rate, _ in policy])
    assert harm(policy) <= best * attempted
    steady = [(rate, policy[0][1]) for rate, _ in policy]
    assert harm(steady) == (1 - policy[0][1]) * attempted


def _product(factors: list[Fraction]) -> Fraction:
    product = Fraction(1)
    for factor in factors:
        product *= factor
    return product


@pytest.mark.parametrize("outputs", [4, 10])
@pytest.mark.parametrize("contrast", [1, 2, 3])
def test_an_attack_is_the_most_suspicious_of_so_many(outputs: int, contrast: int) -> None:
    """Every tuple of ranks of honest outputs; the cut leaves the top ones out."""
    from itertools import product

    for audited in range(outputs + 1):
        below = sum(
            max(ranks) < outputs - audited for ranks in product(range(outputs), repeat=contrast)
        )
        seen = 1 - Fraction(below, outputs**contrast)
        assert number(noticed(Real(Fraction(audited, outputs)), contrast)) == seen


@given(SIXTIETHS, SIXTIETHS, SIXTIETHS)
@FORTY
def test_exposed_counts_the_lot_and_the_monitor(
    by_lot: Fraction, collusion: Fraction, share: Fraction
) -> None:
    """Every outcome of: does the lot fall, does the monitor collude, does it notice."""
    p = parameters_at(Audits, by_lot=by_lot, collusion=collusion, suspicious=share, contrast=2)
    unseen = (1 - share) ** 2
    missed = (1 - by_lot) * (collusion + (1 - collusion) * unseen)
    assert number(exposed(p)) == 1 - missed


def test_attacks_in_bulk_lower_the_cut_to_the_share() -> None:
    """At attack rate q and k = 2 the cut at F solves (1 - q) F + q (1 - (1 - F)^2) = b."""
    share = Fraction(3, 10)
    seen_before = Fraction(1)
    for step in range(1, 11):
        rate = Fraction(step, 10)
        low, high = Fraction(0), Fraction(1)
        for _ in range(40):
            cut = (low + high) / 2
            flagged = (1 - rate) * cut + rate * (1 - (1 - cut) ** 2)
            low, high = (cut, high) if flagged < share else (low, cut)
        seen = 1 - (1 - low) ** 2
        assert seen < seen_before
        seen_before = seen
    assert abs(seen_before - share) < Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("limit", "missed", "density"), [("1/10", "1/20", 1), ("1/5", "1/30", 3), ("1/20", "1/10", 2)]
)
def test_the_lot_that_keeps_monitors_honest(limit: str, missed: str, density: int) -> None:
    """r = 1 - (L - eps) / (u + rho L), by hand."""
    most, miss, slack = Fraction(limit), Fraction(missed), Fraction(1, 200)
    lot = 1 - (most - slack) / (miss + density * most)
    at: dict[str, Number] = {"missed": miss, "density": density}
    found = Threshold(
        "t", trusted_monitoring, Benign(malign=Real(most)), parameter="by_lot", value=lot, at=at
    )
    assert judge(found).answer is Answer.PROVED
    malign, keeps = Fraction(0), True
    r = lot - Fraction(1, 50)
    for _ in range(400):
        malign = min(Fraction(1), (1 - r) * min(Fraction(1), miss + density * malign) + slack)
        malign = Fraction(round(malign * 10**12), 10**12)
        keeps = keeps and malign <= most
    assert not keeps


def test_the_budget_by_contrast() -> None:
    """(1 - b)^k <= L: at b = 1/2, k = 3 leaves an eighth and k = 4 a sixteenth."""
    at = {"suspicious": "1/2"}
    for contrast, answer in ((3, Answer.REFUTED), (4, Answer.PROVED)):
        claim = Claim("c", control, Contained(), at=at | {"contrast": contrast})
        assert judge(claim).answer is answer
