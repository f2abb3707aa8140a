"""A chain of students against its recursion, its closed form and the edge worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options, decide, judge
from models.weak_to_strong import weak_to_strong, weak_to_strong_family
from spec import Claim, Number, Real, Threshold
from spec.alignment import Reliable
from spec.statements.base import Answer
from spec.trace import trace

LIMIT = Fraction(1, 10)


def links(error: Fraction, factor: Fraction, added: Fraction) -> int | None:
    """The first link whose error is above the limit, by the closed form of the recursion."""
    for n in range(1, 400):
        if factor == 1:
            value = error + n * added
        else:
            rest = added / (1 - factor)
            value = rest + factor**n * (error - rest)
        if value > LIMIT:
            return n
    return None


@settings(max_examples=10, deadline=None)
@given(
    st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=10),
    st.fractions(1, 3, max_denominator=4),
    st.sampled_from([Fraction(1, 100), Fraction(1, 30), Fraction(1, 12)]),
)
def test_a_chain_is_stuck_at_the_link_of_the_closed_form(
    recovered: Fraction, density: Fraction, jump: Fraction
) -> None:
    at: dict[str, Number] = {
        "recovered": recovered,
        "density": density,
        "jump": jump,
        "seed_error": 0,
    }
    factor = (1 - recovered) * density
    added = (1 - recovered) * jump + recovered * Fraction(1, 100)
    stuck = links(Fraction(0), factor, added)
    verdict = decide(Claim("c", weak_to_strong, Reliable(), at=at), options=Options(attack=0))
    endless = (1 - recovered) * (jump + density * LIMIT) + recovered * Fraction(1, 100) <= LIMIT
    assert (stuck is None) == endless
    if stuck is None:
        assert verdict.answer is Answer.PROVED
    else:
        assert verdict.answer is Answer.REFUTED
        assert verdict.run is not None
        assert verdict.run.iteration == stuck


@pytest.mark.parametrize("recovered", [Fraction(1, 4), Fraction(1, 3), Fraction(3, 5)])
def test_the_most_new_error_per_rank(recovered: Fraction) -> None:
    """(1 - g)(j + rho L) + g c = L, solved for j."""
    jump = (LIMIT - recovered / 100) / (1 - recovered) - Fraction(6, 5) * LIMIT
    statement = Threshold(
        "t",
        weak_to_strong,
        Reliable(error=Real(LIMIT)),
        parameter="jump",
        value=jump,
        at={"recovered": recovered, "seed_error": 0},
    )
    assert judge(statement).answer is (Answer.PROVED if jump > 0 else Answer.REFUTED)


def test_shared_errors_add_up_whatever_is_recovered() -> None:
    """t j n + c > L first at n = 91 for t = 1/20, j = 1/50, c = 1/100."""
    per_link = Fraction(1, 20) * Fraction(1, 50)
    stuck = next(n for n in range(1, 1000) if per_link * n + Fraction(1, 100) > LIMIT)
    at = {"density": 1, "recovered": 1}
    verdict = decide(Claim("c", weak_to_strong_family, Reliable(), at=at))
    assert verdict.run is not None
    assert verdict.run.iteration == stuck == 91


def test_both_chains_agree_where_nothing_is_shared() -> None:
    assert [s.name for s in trace(weak_to_strong).stages] == [
        s.name for s in trace(weak_to_strong_family).stages
    ]
    for recovered in ("1/4", "1/2"):
        plain: dict[str, Number] = {"recovered": recovered}
        alone = decide(Claim("c", weak_to_strong, Reliable(), at=plain))
        family = decide(Claim("c", weak_to_strong_family, Reliable(), at={**plain, "alike": 0}))
        assert alone.answer is family.answer
