"""Exact thresholds of monotone loops agree with formulas."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from typing import Any

import pytest
import z3
from hypothesis import example, given, settings
from hypothesis import strategies as st

import checker.parameters.exact_threshold as module
from checker.backends.algebraic import names
from checker.parameters.comparisons import without_divisions
from checker.parameters.exact_threshold import DIGITS, exact_threshold
from checker.parameters.extent import Extent
from checker.parameters.obstacles import NotExact
from checker.parameters.threshold import threshold
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
    Real,
    between,
    budget,
    maximum,
    minimum,
    when,
)
from spec.nodes import topological
from tests.parameters.memories import (
    SLOW,
    Below,
    Memory,
    Noise,
    claim,
    half,
    majority,
    power,
    wrong_votes,
)


def test_the_three_readings_of_the_noisy_majority_differ() -> None:
    """F(2/5) <= 2/5 iff noise <= 6/37; a fixed point below 1/2 iff noise < 1/6; and error < 1/2
    breaks only at noise 1/2, where the first rewriting gives 1/2."""
    within = exact_threshold(ParametricProblem(claim(majority(3), "2/5"), ("noise",)))
    assert within.edge.number is not None
    assert (within.edge.number.fraction, within.edge.included) == (Fraction(6, 37), True)
    never = exact_threshold(ParametricProblem(claim(majority(3), "1/2", Below), ("noise",)))
    assert never.edge.number is not None
    assert (never.edge.number.fraction, never.edge.included) == (Fraction(1, 2), False)
    assert never.bounded_away is not None
    assert never.bounded_away.number is not None
    assert (never.bounded_away.number.fraction, never.bounded_away.included) == (
        Fraction(1, 6),
        False,
    )
    touching = exact_threshold(ParametricProblem(claim(majority(3), "1/2"), ("noise",)))
    assert touching.edge.extent is Extent.ALL


@given(
    st.fractions(0, 1, max_denominator=200).filter(lambda end: 0 < end < 1),
    st.booleans(),
    st.booleans(),
    st.integers(4, 9),
)
@settings(max_examples=60)
def test_a_short_fraction_is_brought_near_enough_to_be_named(
    end: Fraction, rising: bool, included: bool, digits: int
) -> None:
    """On whichever side it holds, and whether or not it does at the end itself; by halves alone its
    name would need 2 log10 q + 4 digits."""

    def settles(value: Fraction) -> bool:
        return (value < end) == rising if value != end else included

    width = Fraction(1, 10**digits)
    safe, unsafe = (Fraction(0), Fraction(1)) if rising else (Fraction(1), Fraction(0))
    inside, outside = module._narrowed(settles, safe, unsafe, width)
    assert settles(inside)
    assert not settles(outside)
    assert abs(outside - inside) <= width
    if end.denominator**2 * 16 < 10**digits:
        first = next(names(min(inside, outside), max(inside, outside)))
        assert first.fraction == end


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


def test_a_name_that_is_not_proved_is_not_proved_with_more_digits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It comes back at each further digit: the end keeps the bracket that it has by then."""
    asked = []
    monkeypatch.setattr(module, "_included", lambda worst, settled, name: asked.append(name))
    found = exact_threshold(ParametricProblem(claim(majority(3), "2/5"), ("noise",))).edge
    assert (found.number, found.included) == (None, None)
    assert found.holds_at is not None
    assert found.fails_at is not None
    assert found.holds_at <= Fraction(6, 37) < found.fails_at
    assert {name.fraction for name in asked} == {Fraction(6, 37)}
    assert len(asked) == 2  # once for the end, once for staying away from the limits


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
        assert found.extent is Extent.ALL
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
    assert threshold(claim(power(2), 1), "noise").extent is Extent.ALL
    assert threshold(claim(power(2), "3/4"), "other").extent is Extent.ALL
    started_bad = threshold(claim(power(2), "1/4", seed=half), "noise")
    assert started_bad.extent is Extent.NONE


def gates(limit: str) -> Claim:
    """Formulas of noisy NAND gates: two wires that should carry 1 and 0."""

    class Wires(Agent[I]):
        up: Real = between(0, 1)
        down: Real = between(0, 1)

    class Apart(Invariant):
        def holds(self, s: Any) -> Bool:
            kept: Bool = 1 - (s.up - s.down) <= limit
            return kept

    def seed(p: Any) -> Any:
        return Wires(up=Real(1), down=Real(0))

    def step(s: Any, p: Any, nature: Nature) -> Any:
        kept = 1 - 2 * p.noise
        return Wires(up=p.noise + kept * (1 - s.down**2), down=p.noise + kept * (1 - s.up**2))

    seed.__annotations__ = {"p": Noise, "return": Wires[Apart]}
    step.__annotations__ = {"s": Wires[Apart], "p": Noise, "nature": Nature, "return": Wires[Apart]}
    loop: Any = Loop[Noise, Wires[Apart]]("gates", parameters=Noise, seed=seed, step=step)
    return Claim("gates", loop, Apart())


def test_gates_that_invert_have_an_exact_threshold() -> None:
    """Noise helps one wire and harms the other, so the parameter has no direction: the values at
    which something settles are shown to be all up to the threshold."""
    found = threshold(gates("9/10"), "noise", timeout=60)
    assert found.exact is not None
    assert found.included
    low, high = found.exact.low, found.exact.high
    assert low <= Fraction("0.0879206641987") + Fraction(1, 10**12)
    assert high >= Fraction("0.0879206641987")
    assert [c / found.exact.coefficients[-1] for c in map(Fraction, found.exact.coefficients)] == [
        Fraction(99, 796),
        Fraction(-1196, 796),
        1,
    ]
    for value, kept in ((Fraction("0.0879"), True), (Fraction("0.08793"), False)):
        state = (Fraction(1), Fraction(0))
        worst = Fraction(0)
        for _ in range(3000):
            up, down = (value + (1 - 2 * value) * (1 - wire**2) for wire in reversed(state))
            grain = 10**15  # rounded to the better side where it breaks, to the worse where not
            state = (
                Fraction(int(up * grain) + (not kept), grain),
                Fraction(int(down * grain) + kept, grain),
            )
            worst = max(worst, 1 - (state[0] - state[1]))
        assert (worst <= Fraction(9, 10)) is kept


def test_a_threshold_that_is_excluded_is_named_with_quotients() -> None:
    """The single peak of Eigen's model: 1 - x with x' = 10 q x / (1 + 9 x) stays away from 9/10
    exactly for q > 19/100, where the fixed point is (10 q - 1) / 9 = 1/10."""

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        kept = 1 - error
        return 1 - (1 - 2 * p.noise) * 10 * kept / (1 + 9 * kept)

    found = threshold(claim(rewrite, "9/10"), "noise", timeout=60)
    assert found.away is not None
    assert found.away.number is not None
    assert (found.away.number.fraction, found.away.included) == (Fraction(81, 200), False)


@settings(deadline=None)
@example(Fraction(0), Fraction(-1))  # nothing by nothing
@given(st.fractions(-3, 3, max_denominator=5), st.fractions(-3, 3, max_denominator=5))
def test_a_condition_without_divisions_says_the_same(x: Fraction, y: Fraction) -> None:
    a, b = z3.Reals("a b")
    condition = z3.And(a / (b + 1) <= 1 / (a - b / (1 + b * b)), a >= -3)
    plain, quotients = without_divisions(condition)
    assert not any(
        z3.is_app_of(n, z3.Z3_OP_DIV)
        for n in topological([plain])
        if n.num_args() and not z3.is_rational_value(n.arg(1))
    )
    assert len(quotients) == 3
    solver = z3.Solver()
    solver.add(plain, a == z3.Q(x.numerator, x.denominator), b == z3.Q(y.numerator, y.denominator))
    under = x - y / (1 + y * y)
    true = y != -1 and under != 0 and x / (y + 1) <= 1 / under
    assert (solver.check() == z3.sat) is true


class WorseBelow(Invariant):
    """The error, and 1/3 more than an eighth of it, are below the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return maximum(memory.error, memory.error / 8 + Fraction(1, 3)) < self.error


def test_a_strict_claim_that_breaks_before_the_unnamed_end_of_its_closure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error is 1/2 from noise 1/10 on; it is more only beyond a root of degree 9, which is not
    named, since the claim compares another number than a field with its limit. More digits would
    not name it either, and take a minute."""
    monkeypatch.setattr("checker.parameters.exact_threshold.DIGITS", DIGITS[:4])

    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        slow = minimum(1, error / 2 + 300 * p.noise**9)
        return maximum(slow, when(p.noise >= Real("1/10"), Real("1/2"), Real(0)))

    with pytest.raises(NotExact):
        exact_threshold(ParametricProblem(claim(rewrite, "1/2", WorseBelow), ("noise",), {}))
    found = threshold(claim(rewrite, "1/2", WorseBelow), "noise", timeout=20.0)
    assert found.safe is None or found.safe < Fraction(1, 10)
    below = exact_threshold(
        ParametricProblem(
            claim(lambda e, p, n: minimum(1, e / 2 + 300 * p.noise**9), "1/2", WorseBelow),
            ("noise",),
            {},
        )
    )
    assert below.edge.number is None
    assert below.edge.holds_at is not None
    assert below.edge.fails_at is not None
    assert 1200 * below.edge.holds_at**9 < 1 < 1200 * below.edge.fails_at**9
