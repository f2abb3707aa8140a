"""Comparisons asked case by case, against exact fractions at many points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.backends.cases import Case, follows_by_cases, without_conditionals, without_quotients
from checker.backends.solver import QueryBudget, Validity, constants
from spec.nodes import topological
from spec.terms import numeral

X, Y = z3.Reals("x y")
GRID = [Fraction(n, 2) for n in range(-4, 5)]
POINTS = list(itertools.product(GRID, GRID))

NUMBERS = st.integers(-2, 2).map(lambda n: numeral(Fraction(n)))
ATOMS = st.one_of(st.sampled_from([X, Y]), NUMBERS)


def joined(first: z3.ArithRef, second: z3.ArithRef) -> z3.BoolRef:
    """A condition of two parts, one of which other conditionals may have."""
    both = z3.And(first <= second, z3.Not(second < X))
    return z3.Or(both, z3.Not(first <= second))


def combined(parts: st.SearchStrategy[z3.ArithRef]) -> st.SearchStrategy[z3.ArithRef]:
    return st.one_of(
        st.builds(lambda a, b: a + b, parts, parts),
        st.builds(lambda a, b: a - b, parts, parts),
        st.builds(lambda a, b: a * b, parts, parts),
        st.builds(lambda a, b, c, d: z3.If(a <= b, c, d), parts, parts, parts, parts),
        st.builds(lambda a, b, c, d: z3.If(joined(a, b), c, d), parts, parts, parts, parts),
        st.builds(lambda a, b, c: a / z3.If(b < c, X, Y - 1), parts, parts, parts),
        st.builds(lambda a, b: a / (b + X), parts, parts),
    )


TERMS = st.recursive(ATOMS, combined, max_leaves=6)
COMPARED = st.one_of(
    st.builds(lambda a, b: a <= b, TERMS, TERMS),
    st.builds(lambda a, b: a > b, TERMS, TERMS),
    st.builds(lambda a, b: z3.Not(a >= b), TERMS, TERMS),
)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def true_at(condition: z3.BoolRef, point: tuple[Fraction, Fraction]) -> bool | None:
    """Whether a condition is true at a point; None where something is divided by zero there."""
    x, y = point
    put = [(X, numeral(x)), (Y, numeral(y))]
    for node in topological([condition]):
        divides = z3.is_app_of(node, z3.Z3_OP_DIV)
        if divides and z3.simplify(z3.substitute(node.arg(1), *put)).eq(numeral(Fraction(0))):
            return None
    return bool(z3.is_true(z3.simplify(z3.substitute(condition, *put))))


def leaves(case: Case) -> Iterator[Case]:
    cases = without_quotients(case) or without_conditionals(case)
    if cases is None:
        yield case
    else:
        for each in cases:
            yield from leaves(each)


@SLOW
@given(COMPARED)
def test_a_comparison_is_true_exactly_where_one_case_is(condition: z3.BoolRef) -> None:
    cases = list(itertools.islice(leaves([condition]), 65))
    if len(cases) > 64:
        return
    for case in cases:
        assert without_quotients(case) is None
        assert not any(z3.is_app_of(n, z3.Z3_OP_ITE) for n in topological(case))
    for point in POINTS[::4]:
        wanted = true_at(condition, point)
        if wanted is not None:
            true = [case for case in cases if all(true_at(part, point) for part in case)]
            assert len(true) == wanted


@pytest.mark.parametrize(
    "condition",
    [
        z3.And(X > 0, Y > 0),
        z3.Or(X > 0, Y > 0),
        z3.Not(z3.And(X > 0, Y > 0)),
        z3.Not(z3.Or(X > 0, z3.Not(Y > 0))),
    ],
    ids=str,
)
def test_what_a_condition_says_of_its_parts(condition: z3.BoolRef) -> None:
    """Its parts are the conditions of other conditionals, which it may settle, or not."""
    others = z3.If(X > 0, numeral(Fraction(1)), X) + z3.If(Y > 0, numeral(Fraction(2)), Y)
    compared = z3.If(condition, others, z3.If(condition, Y, others * X)) <= 1
    cases = list(leaves([compared]))
    for point in POINTS:
        true = [case for case in cases if all(true_at(part, point) for part in case)]
        assert len(true) == true_at(compared, point)


@SLOW
@given(COMPARED)
def test_where_signs_are_known_the_other_cases_are_not_needed(condition: z3.BoolRef) -> None:
    """At the points that are looked at every denominator has the signs that are not refuted."""
    looked_at = [point for point in POINTS if point[0] > 0 and point[1] > 1]

    def refuted(sign: z3.BoolRef) -> bool:
        return not any(true_at(sign, point) for point in looked_at)

    cases = without_quotients([condition], refuted)
    if cases is None:
        return
    for point in looked_at:
        wanted = true_at(condition, point)
        if wanted is not None:
            true = [case for case in cases if all(true_at(part, point) for part in case)]
            assert len(true) == wanted


def test_a_sign_that_is_known_is_the_only_case() -> None:
    cases = without_quotients([Y / X <= 1], lambda sign: not sign.eq(X > 0))
    assert cases is not None
    ((sign, said),) = cases
    assert sign.eq(X > 0)
    assert said.eq(Y <= 1 * X)


def test_no_path_supposes_the_same_twice() -> None:
    """Ten conditionals that have one condition are two cases."""
    condition = X > 0
    total = sum((z3.If(condition, numeral(Fraction(n)), Y) for n in range(10)), start=X)
    assert len(list(leaves([total <= 3]))) == 2


@SLOW
@given(COMPARED, COMPARED)
def test_what_follows_has_no_exception(known: z3.BoolRef, conclusion: z3.BoolRef) -> None:
    budget = QueryBudget(0.5)
    answer = follows_by_cases([X >= -2, X <= 2, known], conclusion, budget).answer
    against = [
        point for point in POINTS if true_at(known, point) and true_at(conclusion, point) is False
    ]
    if answer is Validity.VALID:
        assert not against
    defined = all(
        true_at(part, point) is not None for part in (known, conclusion) for point in POINTS
    )
    if answer is Validity.INVALID and defined:
        found = follows_by_cases([X >= -2, X <= 2, known], conclusion, budget).values
        point = (found.get("x", Fraction(0)), found.get("y", Fraction(0)))
        assert true_at(conclusion, point) is not True
        if constants(known) & constants(conclusion):  # others are left out
            assert true_at(known, point) is not False


@given(st.integers(0, 8), st.integers(1, 8))
@settings(deadline=None, max_examples=12)
def test_a_share_is_compared(one: int, other: int) -> None:
    """part / whole, at most 1, is at least what it is of every lesser part."""
    whole, part, bound = z3.Real("whole"), z3.Real("part"), numeral(Fraction(one, 8))
    share = z3.If(whole <= part, 1, part / whole)
    known = [whole >= 0, whole <= 1, part >= bound * whole, part >= 0]
    answer = follows_by_cases(known, share >= bound, QueryBudget(5.0)).answer
    assert answer is Validity.VALID
    more = numeral(Fraction(one + other, 8))
    answer = follows_by_cases(known, share >= more, QueryBudget(5.0)).answer
    assert answer is Validity.INVALID
