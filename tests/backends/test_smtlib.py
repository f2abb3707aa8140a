"""Terms printed as SMT-LIB, read back by Z3 and by the rechecker."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.smtlib import number, smtlib, symbol
from recheck.parts.arithmetic import Program, rational
from recheck.terms import Reader
from spec.terms import numeral

ODD = "a choice: 100%"
X, Y = z3.Real("agent.x"), z3.Real(ODD)
SMALL = st.fractions(min_value=-3, max_value=3, max_denominator=4)


def _grown(terms: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    sums = st.tuples(terms, terms).map(lambda pair: pair[0] * pair[1] - pair[0] + pair[1])
    branches = st.tuples(terms, terms, terms).map(
        lambda three: z3.If(z3.Or(three[0] <= three[1], three[1] > 1), three[0], -three[2])
    )
    return sums | branches


TERMS = st.recursive(st.sampled_from([X, Y]) | SMALL.map(numeral), _grown, max_leaves=8)


@settings(deadline=None, max_examples=60)
@given(TERMS)
def test_z3_reads_back_what_is_printed(term: Any) -> None:
    declared = f"(declare-const agent.x Real)(declare-const |{ODD}| Real)"
    (again,) = z3.parse_smt2_string(f"{declared}(assert (= 0.0 {smtlib(term)}))")
    solver = z3.Solver()
    solver.add(again.arg(1) != term)
    assert solver.check() == z3.unsat


@settings(deadline=None, max_examples=60)
@given(TERMS, SMALL, SMALL)
def test_the_rechecker_reads_the_same_term(term: Any, x: Fraction, y: Fraction) -> None:
    reader = Reader()
    x_there, y_there = reader.declare("agent.x", "Real"), reader.declare("y", "Real")
    found = reader.read(smtlib(term, {ODD: "y"}), [x_there, y_there])
    (value,) = Program([x_there, y_there], [found]).run([rational(x), rational(y)], rational)
    exact = z3.simplify(z3.substitute(term, (X, numeral(x)), (Y, numeral(y))))
    assert Fraction(int(value.p), int(value.q)) == Fraction(exact.as_fraction())


@given(*[st.text("ab/s|\\ .", min_size=1, max_size=4)] * 2)
def test_different_names_are_different_symbols(one: str, other: str) -> None:
    assert (symbol(one).strip("|") == symbol(other).strip("|")) == (one == other)
    assert not {"|", "\\"} & set(symbol(one)[1:-1])


def test_names_that_need_bars_get_them() -> None:
    assert symbol("agent.error") == "agent.error"
    assert symbol("node of 2:1") == "|node of 2:1|"
    assert number(Fraction(-1, 3)) == "(- (/ 1.0 3.0))"
