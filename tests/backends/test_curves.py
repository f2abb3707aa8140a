"""exp, log and logistic in the solver: what it is told is true, and what it proves holds."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import flint
import pytest
import z3
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from checker.backends.curves import Lemmas, image, without_curves
from checker.backends.evaluator import BALLS, EXACT, Irrational, ball, compile_terms, rational
from checker.backends.rounding import precision
from checker.backends.solver import QueryBudget, Satisfiability, follows, satisfy
from checker.system.replay import high_end, low_end
from spec import Count, Real, SpecError, exp, log, logistic, power
from spec.curves import Curve
from spec.terms import numeral, real_term

x, y = Real(z3.Real("x")), Real(z3.Real("y"))
FUNCTIONS = {Curve.EXP: exp, Curve.LOG: log, Curve.LOGISTIC: logistic}
IN_FLOATS: dict[Curve, Any] = {
    Curve.EXP: math.exp,
    Curve.LOG: math.log,
    Curve.LOGISTIC: lambda t: 1 / (1 + math.exp(-t)),
}
UNIT = [(x >= 0).term, (x <= 1).term]
points = st.fractions(-30, 30, max_denominator=1000) | st.fractions(-5000, 5000, max_denominator=9)


def budget() -> QueryBudget:
    return QueryBudget(3.0)


def valid(conclusion: Any, *hypotheses: Any) -> bool:
    return follows([h.term for h in hypotheses], conclusion.term, budget()).valid


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(Curve)), st.lists(points, min_size=1, max_size=4), points, points)
def test_every_lemma_is_true(
    curve: Curve, cuts: list[Fraction], one: Fraction, two: Fraction
) -> None:
    """At any argument the true value meets every lemma: one end of a much tighter ball does."""
    if curve is Curve.LOG:
        one, two = abs(one) + Fraction(1, 1000), abs(two) + Fraction(1, 1000)
    condition = (FUNCTIONS[curve](x) <= FUNCTIONS[curve](y)).term
    _, values = without_curves([condition])
    lemmas = Lemmas(values)
    told = [*lemmas.first(), *(lemma for cut in cuts for lemma in lemmas.at(curve, cut))]
    with precision(300):
        balls = [BALLS.helpers[curve.value](ball(at)) for at in (one, two)]
        ends = [(low_end(value), high_end(value)) for value in balls]
    arguments = [(x.term, numeral(one)), (y.term, numeral(two))]
    for lemma in told:
        truths = [
            z3.simplify(
                z3.substitute(
                    lemma,
                    *arguments,
                    (values[0].symbol, numeral(ends[0][first])),
                    (values[1].symbol, numeral(ends[1][second])),
                )
            )
            for first in (0, 1)
            for second in (0, 1)
        ]
        assert any(map(z3.is_true, truths)), lemma


@example(Curve.EXP, Fraction(0), Fraction(5000), Fraction(1))
@given(st.sampled_from(list(Curve)), points, points, st.fractions(0, 1, max_denominator=9))
def test_the_image_of_an_interval_holds_the_value_at_every_point(
    curve: Curve, one: Fraction, two: Fraction, share: Fraction
) -> None:
    low, high = sorted((one, two))
    found = image(curve, low, high)
    if found is None:
        assert low <= 0 if curve is Curve.LOG else high > 4096
        return
    with precision(300):
        value = BALLS.helpers[curve.value](ball(low + share * (high - low)))
        assert found[0] <= high_end(value)
        assert low_end(value) <= found[1]
    if low == high and abs(low) < 30:
        assert found[1] - found[0] <= abs(found[1]) * Fraction(1, 2**70)


def test_what_is_proved() -> None:
    assert valid(exp(x) >= 1 + x)
    assert valid(exp(x) <= 1 + x + x**2 + "1/1000", x >= 0, x <= 1)
    assert valid(log(x) <= x - 1, x > 0)
    assert valid(logistic(x) <= logistic(y), x <= y)
    assert valid(exp(-2 * x) * (1 + 2 * x) <= "1001/1000", x >= 0, x <= 5)
    bound = Real("5/2") * x + "1/1000"
    assert valid(1 - power(1 - x, Fraction(5, 2)) <= bound, x >= 0, x <= "9/10")


def test_the_edge_of_a_bound_is_where_it_is() -> None:
    """e = 2.71828...: a bound just above is proved, one just below is disproved by a point."""
    assert valid(exp(x) <= "2.7183", x <= 1)
    below = follows([(x <= 1).term], (exp(x) <= "2.7182").term, budget())
    assert below.invalid
    assert Fraction("0.9999") < below.values["x"] <= 1


def test_no_answer_is_made_of_a_solution_that_is_not_exact() -> None:
    outcome = satisfy([(exp(x) == 2).term], budget())
    assert outcome.answer is Satisfiability.UNKNOWN
    assert abs(float(outcome.values["x"]) - math.log(2)) < 1e-6
    assert satisfy([(exp(x) == 2).term, (x >= "0.7").term], budget()).unsat


def test_bound_variables_are_left_alone() -> None:
    within = z3.And((x >= 0).term, (x <= 1).term)
    claim = z3.ForAll([x.term], z3.Implies(within, (exp(x) <= 2).term))
    assert not satisfy([claim], budget()).unsat
    assert not satisfy([z3.Not(claim)], budget()).unsat


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(list(Curve)),
    *[st.fractions(-2, 2, max_denominator=4)] * 4,
    st.fractions(-4, 4, max_denominator=8),
)
def test_what_is_proved_holds_on_a_grid(
    curve: Curve, a: Fraction, b: Fraction, c: Fraction, d: Fraction, limit: Fraction
) -> None:
    shift = Fraction(3) if curve is Curve.LOG else b
    claim = FUNCTIONS[curve](a * x + shift) * c + d * x * x <= limit
    found = follows(UNIT, claim.term, QueryBudget(1.0))
    most = max(
        float(c) * IN_FLOATS[curve](float(a) * t + float(shift)) + float(d) * t * t
        for t in (n / 200 for n in range(201))
    )
    if found.valid:
        assert most <= float(limit) + 1e-9
    if found.invalid:  # by a point at which it is surely broken
        t = float(found.values.get("x", 0))
        value = float(c) * IN_FLOATS[curve](float(a) * t + float(shift)) + float(d) * t * t
        assert value >= float(limit) - 1e-9
        assert most > float(limit) - 1e-9
    if most < float(limit) - 0.01:
        assert found.valid


@given(st.sampled_from(list(Curve)), st.fractions(-20, 20, max_denominator=64))
def test_balls_hold_the_value(curve: Curve, at: Fraction) -> None:
    at = abs(at) + 1 if curve is Curve.LOG else at
    program = compile_terms([x.term], (), [real_term(FUNCTIONS[curve](x))])
    with precision(100):
        (value,), _, _ = program.bind(BALLS)([ball(at)], ())
    near = 1e-6 * (1 + abs(float(value.mid())))
    assert value.overlaps(flint.arb(IN_FLOATS[curve](float(at)), near))
    assert float(value.rad()) < 1e-15


def test_exact_values_are_exact_and_no_other_is_made_up() -> None:
    assert str(real_term(exp(0))) == "1"
    assert str(real_term(log(Count(1)))) == "0"
    assert str(real_term(logistic("0"))) == "1/2"
    program = compile_terms([x.term], (), [real_term(exp(x))]).bind(EXACT)
    assert program([rational(Fraction(0))], ())[0] == [1]
    with pytest.raises(Irrational):
        program([rational(Fraction(1, 2))], ())


@pytest.mark.parametrize("number", [0, -1, "-1/2"])
def test_the_logarithm_of_nothing_is_refused(number: int | str) -> None:
    with pytest.raises(SpecError, match="must be positive"):
        log(number)
    with pytest.raises(SpecError, match="must be positive"):
        power(number, x)
