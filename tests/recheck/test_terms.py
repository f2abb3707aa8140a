"""Terms against Python's fractions, and against each other: folded, in intervals, in balls."""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recheck.arithmetic import Program, ball, rational
from recheck.cases import Interval, refute, simplified
from recheck.errors import Malformed
from recheck.terms import FALSE, TRUE, Term, defined, make, number, read, script, substitute, symbol

X, Y = symbol("x", "Real"), symbol("y", "Real")
SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=4)
LEAVES = st.one_of(st.sampled_from([X, Y]), SMALL.map(number))


def _grown(terms: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pairs = st.tuples(st.sampled_from("+-*/"), terms, terms)
    tests = st.tuples(st.sampled_from(["<=", "<", ">=", ">", "=", "distinct"]), terms, terms)
    return st.one_of(
        pairs.map(lambda given: make(*given)),
        st.tuples(tests.map(lambda given: make(*given)), terms, terms).map(
            lambda given: make("ite", *given)
        ),
    )


TERMS = st.recursive(LEAVES, _grown, max_leaves=12)
_PYTHON: dict[str, Any] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "=": operator.eq,
    "distinct": operator.ne,
}


def worth(term: Term, x: Fraction, y: Fraction) -> Any:
    """The value of a term, worked out branch by branch in Python's own numbers."""
    if term.op == "symbol":
        return x if term is X else y
    if term.op == "number":
        return term.args[0]
    if term in (TRUE, FALSE):
        return term is TRUE
    if term.op == "ite":
        return worth(term.args[1 if worth(term.args[0], x, y) else 2], x, y)
    return _PYTHON[term.op](*(worth(child, x, y) for child in term.args))


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
@given(TERMS, SMALL, SMALL, SMALL)
def test_an_interval_holds_the_value(term: Term, x: Fraction, y: Fraction, more: Fraction) -> None:
    around = Interval(rational(x - abs(more)), rational(x + abs(more)))
    (found,) = Program([X, Y], [term]).run(
        [around, Interval(rational(y), rational(y))],
        lambda value: Interval(rational(value), rational(value)),
    )
    expected = _worth(term, x, y)
    if found is not None and expected is not None:
        assert found.low <= rational(expected) <= found.high


def test_intervals_of_one_number_are_equal() -> None:
    """Else a test for equality in a conditional would come out false where it is true."""
    one, two = (Interval(rational(Fraction(n)), rational(Fraction(n))) for n in (1, 2))
    found = Program([X, Y], [make("=", X, Y), make("distinct", X, Y)])
    assert found.run([one, Interval(one.low, one.high)], rational) == [True, False]
    assert found.run([one, two], rational) == [False, True]


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_substituting_numbers_gives_the_number(term: Term, x: Fraction, y: Fraction) -> None:
    expected = _worth(term, x, y)
    (found,) = substitute([term], {X: number(x), Y: number(y)})
    if expected is not None and found.op == "number":
        assert found.args[0] == expected


@settings(deadline=None)
@given(TERMS, SMALL, SMALL)
def test_where_every_condition_holds_nothing_divides_by_zero(
    term: Term, x: Fraction, y: Fraction
) -> None:
    conditions = substitute(defined([term]), {X: number(x), Y: number(y)})
    if all(condition is TRUE for condition in conditions):
        assert _worth(term, x, y) is not None


@settings(max_examples=40, deadline=None)
@given(st.lists(TERMS.map(lambda term: make("<=", term, number(Fraction(1))))), SMALL, SMALL)
def test_cases_lose_no_point_at_which_all_conditions_hold(
    conditions: list[Term], x: Fraction, y: Fraction
) -> None:
    bounds = [make("=", X, number(x)), make("<=", number(y), Y), make("<=", Y, number(y))]
    if not all(_worth(condition, x, y) for condition in conditions):
        return
    assert FALSE not in simplified([*bounds, *conditions])
    assert refute([*bounds, *conditions], lambda left: "there", float("inf")) == "there"


@settings(deadline=None)
@given(TERMS)
def test_what_a_script_says_is_read_back(term: Term) -> None:
    text = script([], [make("<=", term, X)])
    symbols: dict[str, Term] = {}
    for line in text.splitlines():
        words = line.split(" ", 2)
        if words[0] == "(declare-const":
            symbols[words[1]] = symbol(words[1], words[2].rstrip(")"))
        elif words[0] == "(define-fun":
            sort, body = words[2].removeprefix("() ").split(" ", 1)
            symbols[words[1]] = read(body[:-1], symbols)
            assert symbols[words[1]].sort == sort
        elif words[0] == "(assert":
            assert read(line.removeprefix("(assert ")[:-1], symbols) is make(
                "not", make("<=", term, X)
            )


@pytest.mark.parametrize(
    "text",
    [
        *["", "(", ")", "(x)", "(+ x", "(+ x true)", "(foo x)", "z", "x y", "(let ((x)) x)"],
        *["((x) y)", "(/ x)", "(and x y)", "(ite x x x)", "1.5.2"],
        "(" * 5_000 + "x" + ")" * 5_000,
    ],
)
def test_what_is_no_term_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read(text, {"x": X, "y": Y})


def test_a_short_text_cannot_ask_for_an_endless_number() -> None:
    squares = "".join(f"(let ((n{k + 1} (* n{k} n{k}))) " for k in range(60))
    with pytest.raises(Malformed, match="digits"):
        read(f"(let ((n0 3)) {squares}n60{')' * 61}", {})
