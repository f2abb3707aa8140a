"""What a step conserves, what is kept, fields that never rest, states passed through, long runs:
against formulas and exact runs, and what must be refused."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget
from checker.parameters.conserved import conserved
from checker.parameters.escapes import escapes
from checker.parameters.first_steps import FirstSteps
from checker.parameters.free_runs import followed_runs
from checker.parameters.kept_parts import kept_parts
from checker.parameters.meaning import Meaning, Span
from checker.parameters.passed_through import one_number, passed_through
from checker.parameters.threshold import threshold
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
    between,
    budget,
    maximum,
    parameter,
    unbounded,
    when,
)
from spec.statements.base import Answer
from spec.terms import numeral
from tests.parameters.memories import SLOW

FEW = settings(SLOW, max_examples=4)
ZERO, ONE = Fraction(0), Fraction(1)


class Share(Parameters):
    share: Real = parameter("1/4", 0, 1, "a share")


class Two(Agent[I]):
    one: Real = between(0, 2)
    other: Real = between(0, 2)


class Little(Invariant):
    most: Real = budget(0, 2, "the one", limit="1/2")

    def holds(self, two: Two[Any]) -> Bool:
        return two.one <= self.most


Step = Callable[[Two[Any], Share, Nature], Two[Any]]


def claimed(
    step: Step, most: Fraction, other: Fraction = ZERO, invariant: Invariant | None = None
) -> Claim:
    def start(p: Share) -> Two[Little]:
        return Two(one=Real(0), other=Real(other))

    scheme = Loop[Share, Two[Little]]("two", parameters=Share, seed=start, step=step)
    return Claim("two", scheme, invariant or Little(most=Real(most)))


def condition_of(claim: Claim) -> FirstSteps:
    parametric = ParametricProblem(claim, ("share",), {})
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, QueryBudget(5.0))
    return FirstSteps(parametric, meaning)


def adding_up(two: Two[I], p: Share, nature: Nature) -> Two[I]:
    """What is added shrinks: one -> other / (1 - share), and never comes there."""
    return Two(one=two.one + two.other, other=p.share * two.other)


# --- what is conserved and kept -------------------------------------------------------------------


@FEW
@given(st.integers(1, 9), st.integers(10, 18))
def test_a_sum_that_tends_to_its_limit(first: int, most: int) -> None:
    """first / (1 - share) <= most: share <= 1 - first / most, where the limit is never reached."""
    claim = claimed(adding_up, Fraction(most, 10), Fraction(first, 10))
    found = threshold(claim, "share", timeout=30.0)
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (1 - Fraction(first, most), True)


@FEW
@given(st.integers(0, 5), st.integers(0, 5))
def test_what_is_conserved_does_not_change(a: int, b: int) -> None:
    def step(two: Two[I], p: Share, nature: Nature) -> Two[I]:
        part = nature.choose("part", at_most=p.share / 10)
        return Two(one=two.one + (a + p.share) * part, other=two.other - (b + p.share**2) * part)

    problem = ParametricProblem(claimed(step, ONE, ONE), ("share",), {}).problem.composed()
    symbol = z3.Real("parameter.share")
    (stage,) = (each.stage for each in problem.steps)
    found = list(conserved(problem, symbol, Fraction(1, 3)))
    assert found
    for total in found:
        after = z3.substitute(total, *zip(problem.agent.symbols, stage.outputs, strict=True))
        solver = z3.Solver()
        assert solver.check(after != total) == z3.unsat


@FEW
@given(st.integers(1, 9), st.lists(st.integers(0, 4), min_size=12, max_size=12))
def test_what_is_kept_holds_along_runs(share: int, units: list[int]) -> None:
    """No run leaves what is kept; that the seed's own value bounds the one is not kept."""

    def step(two: Two[I], p: Share, nature: Nature) -> Two[I]:
        part = nature.choose("part", at_most=p.share)
        return Two(one="1/2" * two.one + part / 2, other=maximum(two.other * two.one, part))

    problem = ParametricProblem(claimed(step, ONE), ("share",), {}).problem.composed()
    symbol, value = z3.Real("parameter.share"), Fraction(share, 10)
    where = [symbol == numeral(value)]
    kept = kept_parts(problem, symbol, value, where, QueryBudget(5.0))
    one, other, written = ZERO, ZERO, [clause.condition for clause in kept]
    assert written
    for unit in units:
        part = value * unit / 4
        one, other = one / 2 + part / 2, max(other * one, part)
        here = zip(problem.agent.symbols, map(numeral, (one, other)), strict=True)
        put = [(symbol, numeral(value)), *here]
        assert all(z3.is_true(z3.simplify(z3.substitute(c, *put))) for c in written)


# --- nothing is at rest ---------------------------------------------------------------------------


@FEW
@given(st.integers(1, 19))
def test_a_claim_breaks_where_nothing_in_it_rests(most: int) -> None:
    """The one rises by a hundredth of what it lacks of the share: it rests at the share alone."""

    def step(two: Two[I], p: Share, nature: Nature) -> Two[I]:
        return Two(one=two.one + (p.share - two.one) / 100, other=two.other)

    limit = Fraction(most, 20)
    condition = condition_of(claimed(step, limit))
    near = Fraction(1, 10**9)
    assert condition.at(rational(limit)) is Answer.PROVED
    assert condition.at(rational(limit + near)) is Answer.REFUTED
    assert condition.all_over(Span(rational(limit), rational(ONE)), Answer.REFUTED)
    assert not condition.all_over(Span(rational(limit - near), rational(ONE)), Answer.REFUTED)


def jumping(two: Two[I], p: Share, nature: Nature) -> Two[I]:
    """The one tends to 1/4 from below, and would rise from there on."""
    below = two.one < "1/4"
    return Two(one=when(below, (two.one + "1/4") / 2, two.one + "1/8"), other=two.other)


def stopping(two: Two[I], p: Share, nature: Nature) -> Two[I]:
    """From 1/4 on nature has nothing to choose."""
    part = nature.choose("part", at_least="1/8", at_most=when(two.one < "1/4", "1/8", 0))
    return Two(one=two.one + part, other=two.other)


@pytest.mark.parametrize("step", [jumping, stopping])
def test_where_a_rise_jumps_or_ends_nothing_is_said(step: Step) -> None:
    condition = condition_of(claimed(step, Fraction(1, 2)))
    problem, where = condition.problem, [condition.meaning.symbol == numeral(Fraction(1, 2))]
    assert not escapes(problem, condition.moves, (), where, QueryBudget(5.0))
    assert not condition.all_over(Span(rational(ZERO), rational(ONE)), Answer.REFUTED)


class Climb(Agent[I]):
    height: Real = unbounded()
    error: Real = between(0, 1)


class Errs(Invariant):
    most: Real = budget(0, 1, "the error", limit="1/2")

    def holds(self, climb: Climb[Any]) -> Bool:
        return climb.error <= self.most


def test_a_field_without_an_end_may_rise_for_ever() -> None:
    def start(p: Share) -> Climb[Errs]:
        return Climb(height=Real(0), error=Real(0))

    def step(climb: Climb[I], p: Share, nature: Nature) -> Climb[I]:
        return Climb(height=climb.height + 1, error=climb.error * p.share)

    scheme = Loop[Share, Climb[Errs]]("climb", parameters=Share, seed=start, step=step)
    condition = condition_of(Claim("climb", scheme, Errs()))
    assert not condition.all_over(Span(rational(ZERO), rational(ONE)), Answer.REFUTED)
    assert condition.at(rational(Fraction(1, 2))) is Answer.PROVED


# --- passed through -------------------------------------------------------------------------------


class Aside(Invariant):
    """The one is no more than half of the other, but for how far the other is from a centre."""

    centre: Real = budget(0, 2, "where it must be so", limit="3/32")

    def holds(self, two: Two[Any]) -> Bool:
        off = two.other - self.centre
        return two.one <= two.other / 2 + maximum(off, -off)


def halving(two: Two[I], p: Share, nature: Nature) -> Two[I]:
    part = nature.choose("part", at_most=p.share)
    return Two(one=two.one / 2 + part, other=two.one)


def start_at_one(centre: Fraction) -> Claim:
    def start(p: Share) -> Two[Aside]:
        return Two(one=Real(1), other=Real(2))

    scheme = Loop[Share, Two[Aside]]("halving", parameters=Share, seed=start, step=halving)
    return Claim("halving", scheme, Aside(centre=Real(centre)))


@FEW
@given(st.integers(2, 5))
def test_what_breaks_it_is_passed_through(steps: int) -> None:
    """After k steps runs are anywhere from 2^-k to 2^-k + 2 (1 - 2^-k) share, and a step breaks it
    from less than the share beside the centre, 3/2 2^-k: beyond 2^-(k+1) / (3 - 2^(1-k))."""
    least = Fraction(1, 2**steps)
    end = least / 2 / (3 - 2 * least)
    condition = condition_of(start_at_one(least * 3 / 2))
    assert condition.all_over(Span(rational(end), rational(2 * end)), Answer.REFUTED)
    for value in (end, end - end / 10**6):
        assert condition.at(rational(value)) is not Answer.REFUTED


def test_between_what_is_said_to_be_passed_through_all_is() -> None:
    """Every number between the ends is where some choices lead, and none is beyond all of them."""
    parametric = ParametricProblem(start_at_one(ONE), ("share",), {})
    loop, value = one_number(parametric.problem.composed()), Fraction(1, 7)
    assert loop is not None
    where = [parametric.symbols[0] == numeral(value)]
    found = list(passed_through(loop, parametric.symbols[0], [value], where, QueryBudget(5.0)))
    assert len(found) == 6
    for steps, each in enumerate(found, 1):
        least = Fraction(1, 2**steps)
        ends = (least, least + 2 * (1 - least) * value)
        solver = z3.Solver()
        inside = z3.And(numeral(ends[0]) <= each.low, each.high <= numeral(ends[1]))
        solver.add(*where, z3.Not(z3.And(inside, each.low < each.high)))
        assert solver.check() == z3.unsat


def test_what_jumps_is_not_passed_through() -> None:
    def step(two: Two[I], p: Share, nature: Nature) -> Two[I]:
        part = nature.choose("part", at_most=p.share)
        return Two(one=when(two.one < "1/2", part, 1 + part), other=two.one)

    parametric = ParametricProblem(claimed(step, Fraction(2)), ("share",), {})
    loop, symbol = one_number(parametric.problem.composed()), parametric.symbols[0]
    assert loop is not None
    for value, steps in ((Fraction(1, 4), 6), (Fraction(3, 4), 0)):
        where = [symbol == numeral(value)]
        found = list(passed_through(loop, symbol, [value], where, QueryBudget(5.0)))
        assert len(found) == steps


# --- followed for long ----------------------------------------------------------------------------


@FEW
@given(st.integers(4, 40), st.integers(1, 9))
@example(33, 1)  # in floats 22 rounds break it in the middle of the span, where they only touch
def test_rounds_are_followed_to_their_end(rounds: int, most: int) -> None:
    """So many times the share is added at most: share <= most / rounds."""

    def step(two: Two[I], p: Share, nature: Nature) -> Two[I]:
        part = nature.choose("part", at_most=p.share)
        more = two.other <= 1 - Fraction(1, 2 * rounds)
        return Two(
            one=when(more, two.one + part, two.one),
            other=when(more, two.other + Fraction(1, rounds), two.other),
        )

    limit = Fraction(most, 10)
    condition = condition_of(claimed(step, limit))
    end = limit / rounds
    assert condition.at(rational(end + end / 10**6)) is Answer.REFUTED
    assert condition.at(rational(end)) is not Answer.REFUTED
    assert condition.all_over(Span(rational(end), rational(2 * end)), Answer.REFUTED)
    found = list(
        followed_runs(condition.parametric, 2 * end, [condition.meaning.symbol > 0], QueryBudget(5))
    )
    solver = z3.Solver()
    for run, value in itertools.product(found, (end, end / 2)):
        assert solver.check(*run.broken, condition.meaning.symbol == numeral(value)) == z3.unsat
    assert found


def test_no_run_is_followed_into_what_is_undefined() -> None:
    condition = condition_of(claimed(stopping, Fraction(1, 2)))
    where = [condition.meaning.symbol > 0]
    found = followed_runs(condition.parametric, ONE, where, QueryBudget(5.0))
    assert all(z3.Solver().check(*run.broken) == z3.unsat for run in found)
