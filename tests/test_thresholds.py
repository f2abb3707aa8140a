"""Thresholds against formulas, and the theorem behind them with one side condition broken."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.algebraic import Algebraic, decimal, names, simplest
from checker.parameters.exact_threshold import NotExact, exact_threshold
from checker.parameters.monotonicity import directions
from checker.parameters.threshold import FoundThreshold, threshold
from checker.report.threshold import headline
from checker.system.parametric import ParametricProblem
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    SpecError,
    between,
    budget,
    minimum,
    parameter,
    when,
)

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class AtMost(Invariant):
    """The error is at most the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error


class Below(Invariant):
    """The error is below the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error < self.error


class Noise(Parameters):
    noise: Real = parameter(0, 0, "1/2", "probability of a flip")
    other: Real = parameter("1/4", 0, 1, "something else")


Rewrite = Callable[[Real, Noise, Nature], Real]


def blank(p: Noise) -> Memory[Any]:
    return Memory(error=Real(0))


def half(p: Noise) -> Memory[Any]:
    return Memory(error=Real("1/2"))


def claim(rewrite: Rewrite, limit: Any, kind: Any = AtMost, seed: Any = blank) -> Claim:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=rewrite(memory.error, p, nature))

    scheme = Loop[Noise, Memory[kind]]("memory", parameters=Noise, seed=seed, step=step)
    return Claim("memory", scheme, kind(error=Real(limit)))


def wrong_votes(copies: int, error: Any) -> Any:
    """P(most of an odd number of independent copies are wrong), of a Real or a Fraction."""
    return sum(
        comb(copies, n) * error**n * (1 - error) ** (copies - n)
        for n in range(copies // 2 + 1, copies + 1)
    )


def majority(copies: int) -> Rewrite:
    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        wrong: Real = Real(0) + wrong_votes(copies, error)
        return p.noise * (1 - wrong) + (1 - p.noise) * wrong

    return rewrite


def power(exponent: int) -> Rewrite:
    return lambda error, p, nature: minimum(1, error**exponent + p.noise)


# --- known results --------------------------------------------------------------------------------


def test_the_three_readings_of_the_noisy_majority_differ() -> None:
    """F(2/5) <= 2/5 iff noise <= 6/37; a fixed point below 1/2 iff noise < 1/6; and error < 1/2
    breaks only at noise 1/2, where the first rewriting gives 1/2."""
    within = exact_threshold(ParametricProblem(claim(majority(3), "2/5"), ("noise",)))
    assert within.edge.number is not None
    assert (within.edge.number.fraction, within.edge.included) == (Fraction(6, 37), True)
    never = exact_threshold(ParametricProblem(claim(majority(3), "1/2", Below), ("noise",)))
    assert never.edge.number is not None
    assert (never.edge.number.fraction, never.edge.included) == (Fraction(1, 2), False)
    assert never.bounded_away.number is not None
    assert (never.bounded_away.number.fraction, never.bounded_away.included) == (
        Fraction(1, 6),
        False,
    )
    touching = exact_threshold(ParametricProblem(claim(majority(3), "1/2"), ("noise",)))
    assert touching.edge.kind == "all"


@pytest.mark.parametrize("inputs", [3, 5, 7, 9])
def test_the_noise_that_majority_gates_bear(inputs: int) -> None:
    """Formulas of k-input majority gates compute reliably for noise below
    1/2 - 2^(k-2) / (k C(k-1, (k-1)/2)) (Evans and Schulman, "On the maximum tolerable noise of
    k-input gates for reliable computation by formulas", 2003): there they stay away from 1/2."""
    expected = Fraction(1, 2) - Fraction(
        2 ** (inputs - 2), inputs * comb(inputs - 1, (inputs - 1) // 2)
    )
    found = threshold(claim(majority(inputs), "1/2", Below), "noise")
    assert found.away is not None
    assert found.away.number is not None
    assert (found.away.number.fraction, found.away.included) == (expected, False)
    assert headline(found) == "holds forever exactly for noise < 1/2 = 0.5"


@pytest.mark.parametrize("copies", [3, 5, 7, 11])
def test_majorities_of_any_odd_size(copies: int) -> None:
    """The run stays below L iff noise <= max over c <= L of (c - M(c)) / (1 - 2 M(c))."""

    def needed(c: Fraction) -> Fraction:
        wrong = wrong_votes(copies, c)
        return Fraction((c - wrong) / (1 - 2 * wrong))

    limit = Fraction(1, 4)
    expected = max(needed(limit * n / 200) for n in range(201))
    assert expected == needed(limit)  # here the greatest is at the limit itself
    found = exact_threshold(ParametricProblem(claim(majority(copies), limit), ("noise",))).edge
    assert found.number is not None
    assert found.number.fraction == expected
    assert found.included


@SLOW
@given(
    st.fractions(Fraction(1, 10), 2, max_denominator=10),
    st.fractions(0, Fraction(9, 10), max_denominator=10),
    st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=10),
)
def test_quadratic_maps(a: Fraction, b: Fraction, limit: Fraction) -> None:
    """a e^2 + b e + noise <= c for some c <= L: noise at most the maximum of c - a c^2 - b c."""
    turn = max(Fraction(0), min(limit, (1 - b) / (2 * a)))
    expected = min(Fraction(1, 2), max(Fraction(0), turn - a * turn**2 - b * turn))

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        return minimum(1, a * error**2 + b * error + p.noise)

    found = exact_threshold(ParametricProblem(claim(rewrite, limit), ("noise",))).edge
    if expected == Fraction(1, 2):
        assert found.kind == "all"
    else:
        assert found.number is not None
        assert (found.number.fraction, found.included) == (expected, True)


def test_an_irrational_threshold_by_its_minimal_polynomial() -> None:
    """e^3 + p touches the diagonal at 3 c^2 = 1, p = c - c^3, so 27 p^2 = 4."""
    found = exact_threshold(ParametricProblem(claim(power(3), "3/4"), ("noise",))).edge
    assert found.number is not None
    assert found.number.coefficients == (-4, 0, 27)
    assert found.included
    assert found.holds_at is not None
    assert found.fails_at is not None
    assert 27 * found.holds_at**2 <= 4 < 27 * found.fails_at**2


def test_the_endpoint_of_a_saddle_node_and_a_counterexample_beyond() -> None:
    """e^2 + p: exactly 1/4. Just beyond, the run squeezes past 1/2 in about pi / sqrt(p - 1/4)."""
    found = threshold(claim(power(2), "3/4"), "noise", width=Fraction(1, 10**7))
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (Fraction(1, 4), True)
    assert found.counterexample is not None
    assert found.counterexample_at == Fraction(1, 4) + Fraction(1, 10**7)
    assert found.counterexample.iteration == _first_above(found.counterexample_at, 0.75)


def _first_above(noise: Fraction, limit: float) -> int:
    """By an independent simulation, rounded to multiples of 10^-40."""
    grain, error, iteration = Fraction(1, 10**40), Fraction(0), 0
    while error <= Fraction(limit):
        error = (error**2 + noise) // grain * grain
        iteration += 1
    return iteration


def test_a_threshold_from_below() -> None:
    """error / 2 + (1 - other) / 4 <= 3/8 iff (1 - other) / 2 <= 3/8: the smallest is 1/4."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + nature.choose("slip", at_most=(1 - p.other) / 4)

    found = threshold(claim(rewrite, "3/8"), "other")
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (Fraction(1, 4), True)
    assert found.safe is not None
    assert found.unsafe is not None
    assert found.unsafe < found.safe
    assert headline(found) == "holds forever exactly for other >= 1/4 = 0.25"


def test_no_threshold_is_an_answer() -> None:
    assert threshold(claim(power(2), 1), "noise").answer == "all"
    assert threshold(claim(power(2), "3/4"), "other").answer == "all"
    started_bad = threshold(claim(power(2), "1/4", seed=half), "noise")
    assert started_bad.answer == "none"


# --- one side condition broken at a time ----------------------------------------------------------


def test_without_a_greatest_choice() -> None:
    """A choice that helps one field and harms the other has no greatest value."""
    found = split_threshold()
    assert "greatest choice" in found.method


def test_not_monotone() -> None:
    def logistic(error: Real, p: Noise, nature: Nature) -> Real:
        return minimum(1, 4 * (1 - p.noise) * error * (1 - error) + "1/100")

    with pytest.raises(NotExact):
        exact_threshold(ParametricProblem(claim(logistic, "19/20"), ("noise",)))


def test_a_seed_worse_than_its_successor() -> None:
    """From error 1/2 the run falls: no worst case settles above the seed within 1/2, and yet it
    holds, so "no such point" must not be taken for a refutation."""

    def falling(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 4 + p.noise * "3/4"

    with pytest.raises(NotExact, match="successor"):
        exact_threshold(ParametricProblem(claim(falling, "1/2", seed=half), ("noise",)))
    assert threshold(claim(falling, "1/2", seed=half), "noise").answer != "none"


def jumping(strictly: bool) -> Rewrite:
    """Creeps up to 1/2 and never reaches it; at 1/2 (or only beyond) it would jump to 1."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        creeps = (error + "1/2") / 2 + 0 * p.noise
        return when(error < "1/2" if strictly else error <= "1/2", creeps, 1)

    return rewrite


def test_a_jump_at_a_limit_that_is_never_reached() -> None:
    """With error < 1/2 as the guard the limit itself jumps, though no run does: nothing settles
    within 3/4, and yet the claim holds. With <= it settles at 1/2."""
    with pytest.raises(NotExact, match="jump"):
        exact_threshold(ParametricProblem(claim(jumping(strictly=True), "3/4"), ("noise",)))
    assert threshold(claim(jumping(strictly=True), "3/4"), "noise").answer != "none"
    assert (
        exact_threshold(ParametricProblem(claim(jumping(False), "3/4"), ("noise",))).edge.kind
        == "all"
    )


def test_a_claim_that_is_not_closed_in_disguise() -> None:
    """An open set written with <=: the run creeps up to its edge and stays in it."""

    class Disguised(Invariant):
        error: Real = budget(0, 1, "probability", limit="1/2")

        def holds(self, memory: Memory[Any]) -> Bool:
            return when(memory.error < "1/2", Real(0), 1) <= self.error

    def creeping(error: Real, p: Noise, nature: Nature) -> Real:
        return (error + "1/2") / 2 + 0 * p.noise

    disguised = claim(creeping, "1/2", Disguised)
    with pytest.raises(NotExact, match="closed"):
        exact_threshold(ParametricProblem(disguised, ("noise",)))
    assert threshold(disguised, "noise").answer == "all"


def test_an_empty_choice_of_nature() -> None:
    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        most = p.noise - "1/4"
        return minimum(1, error + nature.choose("slip", at_most=most) + "1/100")

    with pytest.raises(NotExact):
        exact_threshold(ParametricProblem(claim(rewrite, "1/2"), ("noise",)))


def test_a_parameter_without_a_direction() -> None:
    """noise (1/2 - noise) rises and falls."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        return minimum(1, error / 2 + p.noise * ("1/2" - p.noise))

    found = claim(rewrite, "1/10")
    with pytest.raises(NotExact):
        exact_threshold(ParametricProblem(found, ("noise",)))
    # 2 n (1/2 - n) <= 1/10 fails between (1 -+ sqrt(1/5)) / 4, so the safe set is two intervals.
    told = threshold(found, "noise", timeout=20)
    assert told.answer == "pieces"
    assert {piece.kind for piece in told.pieces} >= {"proved", "refuted"}
    for piece in told.pieces:
        for value in (piece.low, piece.high):
            breaks = 2 * value * (Fraction(1, 2) - value) > Fraction(1, 10)
            assert piece.kind == "undecided" or breaks == (piece.kind == "refuted")


def test_an_assumption_that_fails_somewhere() -> None:
    def small(p: Noise) -> Bool:
        """Noise is at most 1/4."""
        return p.noise <= "1/4"

    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=minimum(1, memory.error**2 + p.noise))

    scheme = Loop[Noise, Memory[AtMost]](
        "m", parameters=Noise, seed=blank, step=step, assumptions=[small]
    )
    with pytest.raises(NotExact, match="assumption"):
        exact_threshold(ParametricProblem(Claim("m", scheme, AtMost()), ("noise",)))


def test_a_claim_that_bounds_the_good_side() -> None:
    """A claim with a floor and a ceiling on one field has no worse direction."""

    class Between(Invariant):
        error: Real = budget(0, 1, "probability", limit="1/2")

        def holds(self, memory: Memory[Any]) -> Bool:
            return (memory.error <= self.error) & (memory.error >= 0 * self.error - 1 + "3/4")

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + p.noise / 2

    found = claim(rewrite, "1/2", Between, seed=lambda p: Memory(error=Real("1/4")))
    with pytest.raises(NotExact):
        exact_threshold(ParametricProblem(found, ("noise",)))


# --- brackets -------------------------------------------------------------------------------------


class Split(Agent[I]):
    error: Real = between(0, 1, "mistakes")
    malign: Real = between(0, 1, "treachery")


class SumWithin(Invariant):
    """Mistakes and treachery together."""

    wrong: Real = budget(0, 2, "probability", limit="1/4")

    def holds(self, agent: Split[Any]) -> Bool:
        return agent.error + agent.malign <= self.wrong


def _split_seed(p: Noise) -> Split[SumWithin]:
    return Split(error=Real(0), malign=Real(0))


def _split(agent: Split[I], p: Noise, nature: Nature) -> Split[I]:
    departure = nature.choose("departure", at_most=p.noise)
    treachery = nature.choose("treachery", at_most=departure)
    return Split(
        error=minimum(1, "1/4" * agent.error + departure - treachery),
        malign=minimum(1, "1/2" * agent.malign + treachery),
    )


split = Loop[Noise, Split[SumWithin]]("split", parameters=Noise, seed=_split_seed, step=_split)


def split_threshold() -> FoundThreshold:
    return threshold(Claim("split", split, SumWithin()), "noise")


def test_an_adversary_that_splits_a_budget() -> None:
    """All treachery is the worst: malign -> noise / (1 - 1/2), so the end is 1/4 (1 - 1/2)."""
    found = split_threshold()
    end = Fraction(1, 8)
    assert found.answer == "edge"
    assert found.safe is not None
    assert found.unsafe is not None
    assert found.safe <= end < found.unsafe
    assert found.unsafe - found.safe <= Fraction(1, 10**9)
    assert found.counterexample is not None
    assert "only bounds what nature may do" in found.shown


def test_the_bracket_agrees_with_a_direct_check() -> None:
    found = split_threshold()
    assert found.safe is not None
    assert found.unsafe is not None
    the_claim = Claim("split", split, SumWithin())
    off = Fraction(1, 10**4)
    assert decide(the_claim, {"noise": found.safe - off}, Options()).verdict == "proved"
    assert decide(the_claim, {"noise": found.unsafe + off}, Options()).verdict == "refuted"


def test_only_a_bound_of_nature_has_a_corner() -> None:
    """Noise in a step's own terms has no direction, though it may be monotone."""
    assert directions(
        ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    ) == (1, 1)
    assert directions(ParametricProblem(claim(power(2), "3/4"), ("noise",))) == (0,)

    def narrowing(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + nature.choose("slip", at_least=p.noise / 4, at_most="1/8")

    assert directions(ParametricProblem(claim(narrowing, "1/2"), ("noise",))) == (-1,)

    def shifting(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + nature.choose("slip", at_least=p.noise / 4, at_most=p.noise / 2)

    assert directions(ParametricProblem(claim(shifting, "1/2"), ("noise",))) == (0,)


def test_unknown_parameters_are_named() -> None:
    with pytest.raises(SpecError, match="noise, other"):
        threshold(claim(power(2), "3/4"), "noize")


# --- names of numbers -----------------------------------------------------------------------------


@given(st.fractions(-5, 5, max_denominator=1000), st.integers(1, 10**12))
def test_the_simplest_fraction(value: Fraction, scale: int) -> None:
    near = Fraction(1, scale)
    found = simplest(value - near, value + near)
    assert value - near <= found <= value + near
    assert found.denominator <= value.denominator
    whole = range(1, min(found.denominator, 60))
    assert not any(-((-(value - near) * d) // 1) <= ((value + near) * d) // 1 for d in whole), (
        "a smaller denominator would do"
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-9, 9), min_size=3, max_size=5))
def test_roots_are_named_by_a_polynomial_that_has_them(coefficients: list[int]) -> None:
    def value(x: Fraction) -> Fraction:
        return sum((c * x**n for n, c in enumerate(coefficients)), Fraction(0))

    low, high = Fraction(0), Fraction(3)
    if value(low) * value(high) >= 0:
        return
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if value(low) * value(middle) > 0 else (low, middle)
    if value(low) == 0 or value(high) == 0:
        return
    for number in names(low, high):
        named = sum(c * low**n for n, c in enumerate(number.coefficients))
        other = sum(c * high**n for n, c in enumerate(number.coefficients))
        assert named * other < 0 or number.fraction is not None


@given(st.fractions(-1000, 1000, max_denominator=10**6))
def test_decimals_are_near(value: Fraction) -> None:
    shown = Fraction(decimal(value))
    assert abs(shown - value) <= max(abs(value), Fraction(1)) / 10**11


def test_polynomials_read_as_written() -> None:
    number = Algebraic((-4, 0, 27), Fraction(1, 4), Fraction(1, 2))
    assert number.polynomial("p") == "27 p^2 - 4"
