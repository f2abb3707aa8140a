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
from checker.statements.registry import judge
from models.alphago_zero import false_pass
from spec import Claim, Invariant, Real, Settles
from spec.alignment import Aligned, Benign, Corrigible, NearOptimal
from spec.parameters import parameter_domains, settle
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


# --- debates --------------------------------------------------------------------------------------

DEBATES = ("debate", "debate-with-person", "debate-followed")
FEW = {
    "slip": _share("1/100", 5),
    "judge_error": _share("1/100", 5),
    "self_play_gap": _share("1/100", 5),
    "flaw_finding": st.sampled_from([Fraction(19, 20), Fraction(1)]),
    "disputed": st.sampled_from([Fraction(1), Fraction(3, 2)]),
    "steering": st.sampled_from([Fraction(1), Fraction(2)]),
}
OVERSEEN = {"tolerance": Fraction(1), "lost": Fraction(1), "kept_back": Fraction(1)}
"""So that a student that errs is still judged."""


def _at(name: str, drawn: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The values drawn, and those at which students are overseen, as far as the scheme has them."""
    return {
        n: v
        for n, v in {**OVERSEEN, **drawn}.items()
        if n in parameter_domains(SCHEMES[name].parameters)
    }


def _round_of_debate(name: str, p: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
    """Lambda and b: what a round makes of an error, and what it adds."""
    missed = (1 - p["flaw_finding"]) ** int(p["tries"])
    slope = p["density"] + p["depth"] * p["disputed"] * (1 - missed)
    added = p["steering"] * p["judge_error"] + p["depth"] * missed + p["self_play_gap"]
    calls = 2 * p["depth"]
    if name == "debate":
        slope, calls = slope + p["steering"], calls + 1
    if name != "debate-followed":
        added += p["imitation_error"] + p["label_noise"] * (1 + calls)
    return slope, added


@pytest.mark.parametrize("name", DEBATES)
@settings(max_examples=2, deadline=None, derandomize=True)
@given(drawn=st.fixed_dictionaries(FEW))
def test_when_a_debate_breaks(name: str, drawn: dict[str, Fraction]) -> None:
    at = _at(name, drawn)
    p = _values(name, at)
    slope, added = _round_of_debate(name, p)
    error, rounds = p["slip"], 0
    while error <= WRONG:
        error, rounds = slope * error + added, rounds + 1
    closed = slope**rounds * (p["slip"] + added / (slope - 1)) - added / (slope - 1)
    assert closed == error
    run = decide(Claim("drawn", SCHEMES[name], Aligned(), at=at)).run
    assert run is not None
    assert run.iteration == rounds


FAULTLESS = {
    "slip": Fraction(0),
    "judge_error": Fraction(0),
    "self_play_gap": Fraction(0),
    "flaw_finding": Fraction(1),
    "imitation_error": Fraction(0),
    "label_noise": Fraction(0),
}


@pytest.mark.parametrize("name", DEBATES)
def test_a_debate_holds_only_where_nobody_errs(name: str) -> None:
    assert _keeps(name, Aligned(), _at(name, FAULTLESS)) is Answer.PROVED
    for fault in _at(name, FAULTLESS).keys() - OVERSEEN.keys():
        tiny = abs(FAULTLESS[fault] - Fraction(1, 10**6))
        assert _keeps(name, Aligned(), _at(name, {**FAULTLESS, fault: tiny})) is Answer.REFUTED


# --- search ---------------------------------------------------------------------------------------

SEARCHED = {
    "discount": st.sampled_from([Fraction(1, 2), Fraction(3, 4)]),
    "value_error": _share("1/20", 4),
    "imitation_error": _share("1/20", 4),
    "depth": st.sampled_from([Fraction(1), Fraction(2)]),
}
LOSS = Fraction(1)


def _searched(p: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
    """a, and v + i: what a search and its imitation make of a gap, and what they add."""
    a = p["discount"] ** int(p["depth"])
    return a, (2 * a * p["value_error"] + p["imitation_error"]) / (1 - p["discount"])


@settings(max_examples=3, deadline=None, derandomize=True)
@given(drawn=st.fixed_dictionaries(SEARCHED))
def test_expert_iteration_in_all_parameters(drawn: dict[str, Fraction]) -> None:
    g, a = drawn["discount"], drawn["discount"] ** int(drawn["depth"])
    edge = LOSS * (1 - g) * (1 - a) - 2 * a * drawn["value_error"]
    for given_up in (edge - BESIDE, edge + BESIDE):
        expected = Answer.PROVED if given_up < edge else Answer.REFUTED
        at = {**drawn, "start": LOSS, "imitation_error": given_up}
        assert _keeps("expert-iteration", NearOptimal(loss=Real(LOSS)), at) is expected


@pytest.mark.parametrize("name", ["alpha-zero", "alphago-zero"])
@settings(max_examples=2, deadline=None, derandomize=True)
@given(drawn=st.fixed_dictionaries(SEARCHED))
def test_self_play_in_all_parameters(name: str, drawn: dict[str, Fraction]) -> None:
    p = _values(name, drawn)
    kept, lost = _searched(p)
    worst = 1 / (1 - p["discount"])
    failed = (Fraction(0), worst)
    if name == "alphago-zero":
        power, passed = p["power"], false_pass(int(p["games"]), int(p["wins"]))
        kept, lost = power * kept + 1 - power, power * (lost + p["resolution"])
        failed = (1 - passed, passed * worst)
    # (1 - f) lost + f failed = R (1 - (1 - f) kept - f failed), solved for f
    room = LOSS * (1 - kept) - lost
    edge = room / (failed[1] - lost + LOSS * (failed[0] - kept))
    for failure in (edge - BESIDE, edge + BESIDE):
        if 0 <= failure <= 1:
            at = {**drawn, "failure": failure}
            settles = Settles("drawn", SCHEMES[name], NearOptimal(loss=Real(LOSS)), at=at)
            expected = Answer.PROVED if failure < edge else Answer.REFUTED
            assert judge(settles).answer is expected
