"""Degenerate halves are no instance, and contracts agree with formulas."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.contracts.findings import Contract
from checker.report.words import describe
from checker.statements.instance import NoExpert
from checker.statements.registry import judge
from spec import I, Instance, Loop, Nature, Real, maximum, minimum
from spec.statements.base import Answer
from tests.contracts.school import (
    GENTLE,
    ON_AMPLIFICATION,
    TOP,
    Pupil,
    Right,
    School,
    Teacher,
    ask,
    broken,
    failing,
    first,
    instance,
    learn,
    pupil_of,
    teacher,
)


def anything(pupil: Pupil[I], p: School, nature: Nature) -> Teacher[I]:
    return nature.anything(Teacher)


def constant(pupil: Pupil[I], p: School, nature: Nature) -> Teacher[I]:
    return Teacher(skill=Real(TOP), wrong=Real(0), price=Real(50), secret=Real(0))


def the_same(expert: Teacher[I], p: School, nature: Nature) -> Pupil[I]:
    return Pupil(skill=expert.skill, wrong=expert.wrong, price=minimum(100, expert.price))


def test_anything_then_the_identity_is_no_instance() -> None:
    found = broken(amplify=anything, distill=the_same)
    assert ON_AMPLIFICATION | {Contract.RETURNS} <= found


@pytest.mark.parametrize("calls", range(4))
def test_no_number_of_calls_makes_anything_an_amplification(calls: int) -> None:
    assert broken(amplify=anything, calls=lambda p: calls) >= ON_AMPLIFICATION


def test_a_constant_is_no_amplification() -> None:
    assert {Contract.PROGRAM, Contract.CONSULTS, Contract.COSTS} <= broken(amplify=constant)


def test_the_identity_is_no_distillation() -> None:
    assert Contract.RETURNS in broken(distill=the_same)


def test_the_identity_is_no_amplification() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return Teacher(skill=a.skill, wrong=a.wrong, price=a.price, secret=Real(0))

    assert broken(amplify=amplify, calls=lambda p: 1) == {
        Contract.RAISES,
        Contract.IMPROVES,
        Contract.COSTS,
    }


def test_a_loop_has_no_expert() -> None:
    def step(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
        return learn(ask(pupil, p, nature), p, nature)

    loop = Loop[School, Pupil[Right]]("loop", parameters=School, seed=first, step=step)
    verdict = judge(Instance("loop", loop))
    assert verdict.answer is Answer.REFUTED
    assert verdict.facts == (NoExpert("step"),)
    assert "no expert" in describe(verdict.facts[0])


@GENTLE
@given(
    slope=st.integers(0, 4),
    overhead=st.sampled_from([Fraction(-1), Fraction(0), Fraction(1, 2)]),
    calls=st.integers(0, 4),
    gain=st.sampled_from([Fraction(-1), Fraction(0), Fraction(1, 3)]),
)
def test_affine_amplification(slope: int, overhead: Fraction, calls: int, gain: Fraction) -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        skill = minimum(TOP, maximum(0, a.skill + gain))
        return teacher(a, p, n, skill=skill, price=slope * a.price + overhead)

    expected = set()
    if not (slope == calls >= 1 and overhead >= 0):
        expected.add(Contract.PROGRAM)
    if not (slope > 1 and overhead >= 0) and not (slope == 1 and overhead > 0):
        expected.add(Contract.COSTS)
    if gain <= 0:
        expected |= {Contract.RAISES, Contract.IMPROVES}
    assert broken(amplify=amplify, calls=lambda p: calls) == expected


@GENTLE
@given(st.fractions(0, 1, max_denominator=20), st.fractions(0, 1, max_denominator=20))
def test_departure_against_eps(slip: Fraction, eps: Fraction) -> None:
    """It lands iff slip <= eps, and that says something iff eps < 9/10.

    The first expert is wrong with probability 1/10, so no student is further from it than that.
    """
    verdict = judge(instance(eps=lambda e, p: Real(eps), at={"slip": slip}))
    assert failing(verdict) == (set() if slip <= eps < Fraction(9, 10) else {Contract.LANDS})


COEFFICIENTS = st.integers(-2, 2).map(lambda n: Fraction(n, 8))


@GENTLE
@given(st.tuples(*[COEFFICIENTS] * 2), st.tuples(*[st.just(Fraction(0)) | COEFFICIENTS] * 4))
def test_linear_distillation(plain: tuple[Fraction, ...], leaks: tuple[Fraction, ...]) -> None:
    """It sees through the channel iff no coefficient of what is hidden is used, and the price only
    widens what nature may choose."""
    skill, choice = plain
    by_secret, by_price, bound_by_secret, bound_by_price = leaks

    def distill(e: Teacher[I], p: School, n: Nature) -> Pupil[I]:
        most = 1 + bound_by_secret * e.secret + bound_by_price * e.price / 1000
        drawn = choice * n.choose("drawn", at_most=most)
        leaked = by_secret * e.secret + by_price * e.price / 1000
        return pupil_of(e, p, n, skill=skill * e.skill + drawn + leaked)

    sees = by_secret == by_price == bound_by_secret == 0 and bound_by_price >= 0
    assert broken(distill=distill) == (set() if sees else {Contract.SEES})
