"""Bootstrapping and throttled amplification stop at their fixed points."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from checker import Options, decide
from models.bootstrapping import Stalled, bootstrapping
from models.capability_amplification import throttled
from spec import Claim, Real


def verdict(claim: Claim) -> str:
    """Without the attack on proofs, which would nest Hypothesis in itself."""
    return decide(claim, options=Options(attack=0)).answer


@settings(max_examples=8, deadline=None)
@given(st.integers(4, 40), st.integers(1, 9))
def test_bootstrapping_stops_where_the_lead_has_closed_to_the_margin(lead: int, slope: int) -> None:
    """At (lead - margin) / closing, and comes within a tenth of a rank of it."""
    at = {"lead": Fraction(lead, 10), "closing": Fraction(slope, 20), "margin": Fraction(1, 10)}
    stop = (at["lead"] - at["margin"]) / at["closing"]
    if not Fraction(11, 10) < stop < 99:
        return
    assert verdict(Claim("c", bootstrapping, Stalled(level=Real(stop)), at=at)) == "proved"
    short = Stalled(level=Real(stop - Fraction(1, 10)))
    assert verdict(Claim("c", bootstrapping, short, at=at)) == "refuted"


@settings(max_examples=6, deadline=None)
@given(st.integers(50, 95))
def test_a_throttle_to_a_share_bounds_capability_at_its_fixed_point(percent: int) -> None:
    """c = t (c + gain - margin), from below."""
    share, lead = Fraction(percent, 100), Fraction(9, 10)
    most = max(Fraction(1), share * lead / (1 - share))
    at = {"throttle": share}
    assert verdict(Claim("c", throttled, Stalled(level=Real(most)), at=at)) == "proved"
    if most > Fraction(11, 10):
        short = Stalled(level=Real(most - Fraction(1, 20)))
        assert verdict(Claim("c", throttled, short, at=at)) == "refuted"
