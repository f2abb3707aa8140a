"""The formulas of docs/theory/joint-regions.md, against the checker at points on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.cli.shipped import shipped_schemes
from checker.portfolio.decision import decide
from spec import Claim, Invariant
from spec.alignment import Aligned, Benign, Corrigible
from spec.parameters import settle
from spec.statements.base import Answer

SCHEMES = {scheme.name: scheme for scheme in shipped_schemes()}
WRONG, RESISTANCE, MALIGN = Fraction(1, 5), Fraction(1, 10), Fraction(1, 10)
BESIDE = Fraction(1, 500)
"""How far from the edge of a region it is asked."""


def _values(name: str, drawn: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return settle(SCHEMES[name].parameters, drawn)


def _asked(p: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
    """Parts that are asked, and parts done alone."""
    if "questions" in p:
        return p["questions"], p["parts"] - p["questions"]
    return p["fan_out"], Fraction(0)


def _added(p: Mapping[str, Fraction]) -> Fraction:
    """D: what training adds to the error of the expert."""
    asked, _ = _asked(p)
    step = p["imitation_error"] + p.get("residual", 0) + p["label_noise"] * (1 + asked)
    return p["horizon"] * step


def _resisting(p: Mapping[str, Fraction]) -> Fraction:
    """q*: what resistance rises to."""
    asked, _ = _asked(p)
    return p["resistance_drift"] / (1 - asked * p["density"] * (1 - p["correction"]))


def _least_checked(p: Mapping[str, Fraction], most: Fraction, expert: Fraction) -> Fraction:
    """The least share noticed at which an agent that errs with ``most`` has an expert that errs
    with at most ``expert``."""
    asked, alone = _asked(p)
    rate, a = asked * p["density"], p["alone_error"]
    wrong = p["slip"] + rate * most + asked * p["false_alarm"] * a + alone * a
    return (wrong - expert) / (rate * (1 - a) * (most - _resisting(p)))


def _keeps(name: str, invariant: Invariant, at: Mapping[str, Fraction]) -> Answer:
    return decide(Claim("drawn", SCHEMES[name], invariant, at=dict(at))).answer


def _both_sides(
    name: str, invariant: Invariant, drawn: dict[str, Fraction], edge: Fraction
) -> None:
    for checked in (edge - BESIDE, edge + BESIDE):
        if 0 <= checked <= _values(name, drawn)["detection"]:
            expected = Answer.PROVED if checked > edge else Answer.REFUTED
            assert _keeps(name, invariant, {**drawn, "checked": checked}) is expected


def _share(most: str, parts: int) -> Any:
    return st.integers(1, parts).map(lambda n: Fraction(most) * n / parts)


DRAWN = {
    "slip": _share("1/50", 8),
    "imitation_error": _share("1/100", 8),
    "alone_error": _share("1/20", 8),
    "resistance_drift": _share("1/40", 8),
    "density": st.sampled_from([Fraction(1), Fraction(11, 10)]),
}
NAMES = ("imitation", "imitation-on-policy", "budgeted-amplification")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=1, deadline=None, derandomize=True)
@given(drawn=st.fixed_dictionaries(DRAWN))
def test_aligned_in_all_parameters(name: str, drawn: dict[str, Fraction]) -> None:
    p = _values(name, drawn)
    edge = _least_checked(p, WRONG, WRONG - _added(p))
    _both_sides(name, Aligned(), drawn, edge)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=1, deadline=None, derandomize=True)
@given(drawn=st.fixed_dictionaries(DRAWN))
def test_corrigible_in_all_parameters(name: str, drawn: dict[str, Fraction]) -> None:
    p = _values(name, drawn)
    edge = _least_checked(p, min(Fraction(1), p["tolerance"] + _added(p)), p["tolerance"])
    if _resisting(p) <= RESISTANCE:
        _both_sides(name, Corrigible(), drawn, edge)


def test_the_cells_of_the_main_table() -> None:
    p = _values("imitation", {})
    assert _least_checked(p, WRONG, WRONG - _added(p)) == Fraction(22009, 31680)
    tolerated = p["tolerance"] + _added(p)
    assert _least_checked(p, tolerated, p["tolerance"]) == Fraction(2675900, 4703391)
    q = _values("reward-modeling", {})
    assert _least_checked(q, Fraction(1), q["tolerance"]) == Fraction(7525, 9504)


def test_benign_whatever_is_checked() -> None:
    """m <= M iff n rho ((1 - d) M + d q*) + D <= M, where the student is overseen."""
    p = _values("imitation", {"checked": Fraction(9, 10)})
    passed = 2 * ((1 - p["detection"]) * MALIGN + p["detection"] * _resisting(p))
    edge = (MALIGN - passed) / 3 - 3 * p["label_noise"]
    for error in (edge - Fraction(1, 10_000), edge + Fraction(1, 10_000)):
        expected = Answer.PROVED if error < edge else Answer.REFUTED
        at = {"checked": Fraction(9, 10), "imitation_error": error}
        assert _keeps("imitation", Benign(), at) is expected
