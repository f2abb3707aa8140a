"""Terms against Python's fractions, and against each other: substituted, in balls, as a script."""

from __future__ import annotations

import operator
from fractions import Fraction
from functools import reduce
from typing import Any

import pytest
from cvc5 import Kind, Term
from hypothesis import given, settings
from hypothesis import strategies as st

from recheck.errors import Malformed
from recheck.parts.arithmetic import Program, ball, rational
from recheck.parts.quotients import without_quotients
from recheck.solver import ask
from recheck.terms import MANAGER, Reader, defined, script, substitute

READER = Reader()
X, Y = READER.declare("x", "Real"), READER.declare("y", "Real")
SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=4)


def number(value: Fraction | int) -> Term:
    return MANAGER.mkReal(str(value))


LEAVES = st.one_of(st.sampled_from([X, Y]), SMALL.map(number))
SUMS = [Kind.ADD, Kind.SUB, Kind.MULT, Kind.DIVISION]
TESTS = [Kind.LEQ, Kind.LT, Kind.GEQ, Kind.GT, Kind.EQUAL, Kind.DISTINCT]


def _grown(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    made = st.tuples(st.sampled_from(SUMS), terms, terms)
    tests = st.tuples(st.sampled_from(TESTS), terms, terms)
    return st.one_of(
        made.map(lambda given: MANAGER.mkTerm(*given)),
        st.tuples(tests.map(lambda given: MANAGER.mkTerm(*given)), terms, terms).map(
            lambda given: MANAGER.mkTerm(Kind.ITE, *given)
        ),
    )


TERMS = st.recursive(LEAVES, _grown, max_leaves=12)
_PYTHON: dict[Kind, Any] = {
    Kind.ADD: operator.add,
    Kind.SUB: operator.sub,
    Kind.MULT: operator.mul,
    Kind.DIVISION: operator.truediv,
    Kind.LEQ: operator.le,
    Kind.LT: operator.lt,
    Kind.GEQ: operator.ge,
    Kind.GT: operator.gt,
    Kind.EQUAL: operator.eq,
    Kind.DISTINCT: operator.ne,
}


def worth(term: Term, x: Fraction, y: Fraction) -> Any:
    """The value of a term, worked out branch by branch in Python's own numbers."""
    kind = term.getKind()
    if kind is Kind.CONSTANT:
        return x if term == X else y
    if kind is Kind.CONST_RATIONAL:
        return Fraction(term.getRealValue())
    if kind is Kind.ITE:
        return worth(term[1 if worth(term[0], x, y) else 2], x, y)
    return reduce(_PYTHON[kind], [worth(child, x, y) for child in term])


def _worth(term: Term, x: Fraction, y: Fraction) -> Any:
    try:
        return worth(term, x, y)
    except ZeroDivisionError:
        return None


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_a_program_is_worth_what_python_says(term: Term, x: Fraction, y: Fraction) -> None:
    (found,) = Program([X, Y], [term]).run([rational(x), rational(y)], rational)
    expected = _worth(term, x, y)
    if found is not None:
        assert Fraction(int(found.p), int(found.q)) == expected
    else:
        assert expected is None


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_a_ball_holds_the_value(term: Term, x: Fraction, y: Fraction) -> None:
    (found,) = Program([X, Y], [term]).run([ball(x), ball(y)], ball)
    expected = _worth(term, x, y)
    if found is not None and expected is not None:
        assert found.overlaps(ball(expected))


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_substituting_numbers_gives_the_number(term: Term, x: Fraction, y: Fraction) -> None:
    (posed,) = substitute([term], {X: number(x), Y: number(y)})
    assert _worth(posed, Fraction(0), Fraction(0)) == _worth(term, x, y)


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_where_every_condition_holds_nothing_divides_by_zero(
    term: Term, x: Fraction, y: Fraction
) -> None:
    conditions = substitute(defined([term]), {X: number(x), Y: number(y)})
    if all(Program((), conditions).run((), rational)):
        assert _worth(term, x, y) is not None


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_what_a_script_says_is_read_back(term: Term, x: Fraction, y: Fraction) -> None:
    goal = MANAGER.mkTerm(Kind.LEQ, term, X)
    asserted = [line for line in script([], [goal]).splitlines() if line.startswith("(assert ")]
    again = READER.read(asserted[0].removeprefix("(assert ")[:-1], [X, Y])
    values = [rational(x), rational(y)]
    found = Program([X, Y], [goal.notTerm(), again]).run(values, rational)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "text",
    [
        *["", "(", ")", "(x)", "(+ x", "(+ x true)", "(foo x)", "z", "x y", "(let ((x)) x)"],
        *["((x) y)", "(/ x)", "(and x y)", "(ite x x x)", "1.5.2", '(str.len "a")'],
        "(forall ((z Real)) (<= z x))",
        "(" * 5_000 + "x" + ")" * 5_000,
    ],
)
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises((Malformed, RuntimeError)):
        READER.read(text, [X, Y])


def test_a_symbol_that_does_not_stand_there_is_refused() -> None:
    with pytest.raises(Malformed, match="no symbol y here"):
        READER.read("(+ x y)", [X])


@pytest.mark.parametrize("name", ["", "a b", "(", "x", "|x|", "a;b", '"a"', "a) (assert false"])
def test_what_is_no_new_name_is_refused(name: str) -> None:
    reader = Reader()
    reader.declare("x", "Real")
    with pytest.raises((Malformed, RuntimeError)):
        reader.declare(name, "Real")


@pytest.mark.parametrize("start", ["3.0", "x"])
def test_a_short_text_cannot_ask_for_an_endless_number(start: str) -> None:
    squares = "".join(f"(let ((n{k + 1} (* n{k} n{k}))) " for k in range(60))
    with pytest.raises(Malformed, match="digits"):
        READER.read(f"(let ((n0 {start})) {squares}n60{')' * 61}", [X, Y])


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_symbols_for_quotients_lose_no_point(term: Term, x: Fraction, y: Fraction) -> None:
    """Where a condition holds, it holds with some values of the new symbols: the quotients."""
    value = _worth(term, x, y)
    if value is None:
        return
    given = [X.eqTerm(number(x)), Y.eqTerm(number(y)), term.eqTerm(number(value))]
    assert ask(without_quotients(given), 5.0, "nl-cov=true") != ""
