"""Each operation on numbers and truth values of which some are not known, against what may be."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import pytest
from cvc5 import Kind

from recheck.parts.arithmetic import OPERATIONS, Program, ball, rational
from recheck.terms import Reader

TRUTHS: tuple[bool | None, ...] = (True, False, None)
LOGIC: dict[Kind, Callable[..., bool]] = {
    Kind.AND: lambda *truths: all(truths),
    Kind.OR: lambda *truths: any(truths),
    Kind.NOT: lambda truth: not truth,
    Kind.IMPLIES: lambda a, b: b or not a,
}
COMPARISONS: dict[Kind, Callable[[Any, Any], bool]] = {
    Kind.LEQ: operator.le,
    Kind.LT: operator.lt,
    Kind.GEQ: operator.ge,
    Kind.GT: operator.gt,
    Kind.EQUAL: operator.eq,
    Kind.DISTINCT: operator.ne,
}
NUMBERS = [Fraction(n, 3) for n in (-4, -1, 0, 1, 2, 3)]


def exact(end: Any) -> Fraction:
    """The number at an end of a ball."""
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def ways(truth: bool | None) -> tuple[bool, ...]:
    return (True, False) if truth is None else (truth,)


@pytest.mark.parametrize("kind", LOGIC, ids=str)
def test_a_truth_is_told_exactly_where_what_is_unknown_does_not_matter(kind: Kind) -> None:
    for count in (1,) if kind is Kind.NOT else (2,) if kind is Kind.IMPLIES else (2, 3):
        for truths in itertools.product(TRUTHS, repeat=count):
            outcomes = {LOGIC[kind](*each) for each in itertools.product(*map(ways, truths))}
            expected = outcomes.pop() if len(outcomes) == 1 else None
            assert OPERATIONS[kind](*truths) is expected, truths


@pytest.mark.parametrize("kind", COMPARISONS, ids=str)
def test_exact_numbers_are_compared_and_the_undefined_is_not(kind: Kind) -> None:
    for a, b in itertools.product(NUMBERS, repeat=2):
        assert OPERATIONS[kind](rational(a), rational(b)) is COMPARISONS[kind](a, b)
    assert OPERATIONS[kind](None, rational(Fraction(1))) is None
    assert OPERATIONS[kind](rational(Fraction(1)), None) is None


@pytest.mark.parametrize("kind", COMPARISONS, ids=str)
def test_balls_are_compared_only_where_every_point_agrees(kind: Kind) -> None:
    """Balls between whole ends, so that their points are known; ends and the middle decide."""
    ends = [(low, high) for low in range(3) for high in range(low, 4)]
    for (a, b), (c, d) in itertools.product(ends, repeat=2):
        one, other = (flint.arb(low).union(flint.arb(high)) for low, high in ((a, b), (c, d)))
        (l1, h1), (l2, h2) = (tuple(map(exact, (x.lower(), x.upper()))) for x in (one, other))
        points = itertools.product((l1, (l1 + h1) / 2, h1), (l2, (l2 + h2) / 2, h2))
        outcomes = {COMPARISONS[kind](x, y) for x, y in points}
        if kind in (Kind.EQUAL, Kind.DISTINCT) and max(l1, l2) <= min(h1, h2):
            outcomes = {True, False} if (l1, l2) != (h1, h2) else outcomes
        told = OPERATIONS[kind](one, other)
        assert told is None or outcomes == {told}
        if len(outcomes) == 1 and (h1 < l2 or h2 < l1):
            assert told is not None


def test_numbers_are_worked_out_in_the_order_in_which_they_stand() -> None:
    six, four, three = (rational(Fraction(n)) for n in (6, 4, 3))
    expected: dict[Kind, Any] = {
        Kind.ADD: 13,
        Kind.MULT: 72,
        Kind.SUB: -1,
        Kind.DIVISION: Fraction(1, 2),
    }
    for kind, value in expected.items():
        assert OPERATIONS[kind](six, four, three) == rational(Fraction(value))
        assert OPERATIONS[kind](six, None, three) is None
    assert OPERATIONS[Kind.NEG](six) == -six
    assert OPERATIONS[Kind.NEG](None) is None
    assert OPERATIONS[Kind.TO_REAL](six) == six


def test_a_quotient_by_what_may_be_zero_is_undefined() -> None:
    one, zero = rational(Fraction(1)), rational(Fraction(0))
    divide = OPERATIONS[Kind.DIVISION]
    assert divide(one, zero) is None
    assert divide(zero, one) == zero
    assert divide(ball(Fraction(1)), flint.arb(-1).union(flint.arb(1))) is None
    assert divide(ball(Fraction(1)), ball(Fraction(3))).contains(flint.arb(flint.fmpq(1, 3)).mid())
    assert divide(one, zero, one) is None


def test_a_branch_that_is_open_covers_both_and_only_in_balls() -> None:
    either = OPERATIONS[Kind.ITE]
    one, two = rational(Fraction(1)), rational(Fraction(2))
    assert either(True, one, two) == one
    assert either(False, one, two) == two
    assert either(None, one, two) is None
    both = either(None, ball(Fraction(1)), ball(Fraction(2)))
    assert both.contains(1)
    assert both.contains(2)
    assert either(None, ball(Fraction(1)), None) is None
    assert either(None, None, ball(Fraction(1))) is None


def test_numbers_and_balls_hold_what_they_stand_for() -> None:
    third = rational(Fraction(-1, 3))
    assert (int(third.p), int(third.q)) == (-1, 3)
    assert ball(Fraction(1, 3)).contains(flint.fmpq(1, 3))
    assert not ball(Fraction(1, 3)).is_exact()
    assert ball(Fraction(1, 4)).is_exact()


def test_a_program_has_room_for_inputs_numbers_and_lines() -> None:
    reader = Reader()
    x, y = (reader.declare(name, "Real") for name in "xy")
    for text, value in (("(+ x x)", 6), ("x", 3), ("(+ x 1)", 4), ("(* x (+ y 2))", 18), ("7", 7)):
        program = Program([x, y], [reader.read(text, [x, y])])
        for _ in range(2):  # the second time from what was kept
            assert program.run([rational(3), rational(4)], rational) == [value], text
        with pytest.raises(ValueError, match="shorter"):
            program.run([rational(3)], rational)
