"""Inequalities shown by putting symbols at ends: what is shown is true, the plain is shown."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from cvc5 import Term
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recheck.parts.arithmetic import Program, rational
from recheck.parts.monotone import impossible_at_ends
from recheck.terms import Reader, conjuncts

NAMES = ("x", "y", "z")
UNIT = [f"({relation} {name})" for name in NAMES for relation in ("<= 0.0", ">= 1.0")]
GRID = [Fraction(number, 4) for number in range(5)]


def read(*texts: str) -> tuple[list[Term], list[Term]]:
    reader = Reader()
    symbols = [reader.declare(name, "Real") for name in NAMES]
    return symbols, conjuncts(reader.read(text, symbols) for text in texts)


def shown(*texts: str) -> bool:
    return impossible_at_ends(read(*UNIT, *texts)[1], 5)


def possible(texts: list[str]) -> bool:
    """Whether some point of a grid meets all conditions, exactly."""
    symbols, conditions = read(*UNIT, *texts)
    program = Program(symbols, conditions)
    points = product(map(rational, GRID), repeat=len(NAMES))
    return any(all(program.run(point, rational)) for point in points)


def number(value: Fraction) -> str:
    text = f"(/ {abs(value.numerator)}.0 {value.denominator}.0)"
    return f"(- {text})" if value < 0 else text


def _least(one: str, other: str) -> str:
    return f"(ite (<= {one} {other}) {one} {other})"


def _greatest(one: str, other: str) -> str:
    return f"(ite (<= {one} {other}) {other} {one})"


def _either(one: str, other: str) -> str:
    return f"(ite (< x {other}) {one} (* 2.0 {other}))"


def _quotient(one: str, other: str) -> str:
    return f"(/ {one} (+ 1.0 (* {other} {other})))"


NUMBERS = st.sampled_from([Fraction(n, 2) for n in range(-3, 5)]).map(number)
TERMS = st.recursive(
    st.sampled_from(NAMES) | NUMBERS,
    lambda inner: st.one_of(
        st.builds("(+ {} {})".format, inner, inner),
        st.builds("(- {} {})".format, inner, inner),
        st.builds("(* {} {})".format, inner, inner),
        st.builds(_least, inner, inner),
        st.builds(_greatest, inner, inner),
        st.builds(_either, inner, inner),
        st.builds(_quotient, inner, inner),
    ),
    max_leaves=7,
)
CONDITIONS = st.builds(
    "({} {} {})".format, st.sampled_from(["<=", "<", ">=", ">", "="]), TERMS, TERMS
)
GOALS = CONDITIONS | CONDITIONS.map("(not {})".format)


@given(st.lists(CONDITIONS, max_size=3), GOALS)
@settings(deadline=None, max_examples=200)
def test_what_is_possible_is_never_said_to_be_impossible(given_: list[str], goal: str) -> None:
    texts = [*given_, goal]
    assume(possible(texts))
    assert not shown(*texts)


COEFFICIENTS = st.lists(
    st.sampled_from([Fraction(n, 2) for n in range(-4, 5)]), min_size=8, max_size=8
)


@given(COEFFICIENTS, st.sampled_from([Fraction(0), Fraction(1, 1000)]))
@settings(deadline=None, max_examples=150)
def test_the_greatest_value_of_an_affine_function_of_each_symbol_is_found(
    coefficients: list[Fraction], less: Fraction
) -> None:
    """Over the unit cube it is greatest at a corner: it is not above that, and it is above less."""
    corners = list(product((0, 1), repeat=3))
    monomials = [[n for n, one in zip(NAMES, corner, strict=True) if one] for corner in corners]
    terms = [
        f"(* {' '.join([number(c), *names])} 1.0)"
        for c, names in zip(coefficients, monomials, strict=True)
    ]
    most = max(
        sum(c for c, m in zip(coefficients, corners, strict=True) if all(map(int.__ge__, at, m)))
        for at in corners
    )
    assert shown(f"(> (+ {' '.join(terms)}) {number(most - less)})") == (less == 0)


MIXED = "(+ (* x y) (* (- 1.0 x) z))"
LEAST = "(ite (<= x y) x y)"
HUMP = "(* x (- 1.0 x))"


@pytest.mark.parametrize(
    "conditions",
    [
        [f"(> {MIXED} 1.0)"],
        [f"(> {MIXED} (ite (<= y z) z y))"],
        [f"(> {LEAST} x)"],
        ["(> (* x (/ y (+ 1.0 x))) y)"],
        ["(> (/ (* x z) (+ 1.0 x)) (* z (/ x (+ 1.0 x))))"],  # equal once put in lowest terms
        ["(<= x y)", "(> (* x x z) (* y y))"],
        ["(> y 0.0)", "(<= x y)", "(> (/ x y) 1.0)"],  # the denominator is above 0 as is said
        [f"(> {HUMP} (/ 1.0 4.0))"],  # left to the solver
        ["(not (= (* (+ x y) (+ x y)) (+ (* x x) (* 2.0 x y) (* y y))))"],
        ["(or (> x 1.0) (> (* x y) x))"],
        ["(not (=> (<= x y) (<= (* x z) y)))"],
        ["(not (and (<= (* x y) y) (<= (* x y) x)))"],
    ],
)
def test_what_cannot_be_is_shown(conditions: list[str]) -> None:
    assert shown(*conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        ["(<= y 0.0)", "(> (/ x y) 5.0)"],  # a quotient by zero is any number
        ["(>= x y)", "(> (* x x z) (* y y))"],
        ["(or (> x 1.0) (>= (* x y) x))"],
        ["(> (ite (<= x y) y x) x)"],
        ["(> (- (+ (* 0.5 x) y) (* 1.5 x y)) 0.9)"],  # of unknown slope, and only near (0, 1)
        ["(> (- (+ (* 0.5 y) x) (* 1.5 x y)) 0.9)"],  # only near (1, 0)
        ["(>= (* x (- x 1.0)) 0.0)", "(>= (* y (- 1.0 y)) (/ 1.0 4.0))"],  # where a factor is 0
    ],
)
def test_what_can_be_is_not(conditions: list[str]) -> None:
    assert possible(conditions) or "/ x y" in conditions[-1]
    assert not shown(*conditions)


def test_what_is_no_polynomial_is_left_open() -> None:
    assert not shown("(distinct x x y)")
    assert shown("(distinct x x y)", "(> x 1.0)")  # a condition that is not read is left out
