"""Polynomials over boxes: the least value, substitution, signs, and ends of symbols."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import flint
from hypothesis import given, settings
from hypothesis import strategies as st

from recheck.parts.boxes import Condition
from recheck.parts.known import NOT_NEGATIVE, known
from recheck.parts.polynomials import constant, context, least, powers, put, read_by

RING = context(3)
POINTS = [flint.fmpq(n, 3) for n in range(4)]


def exact(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)


EXACT = st.fractions(-3, 3, max_denominator=4).map(exact)
EXPONENTS = st.tuples(*[st.integers(0, 2)] * 3)
POLYNOMIALS = st.dictionaries(EXPONENTS, EXACT, max_size=6).map(RING.from_dict)
ENDS = st.tuples(EXACT, EXACT).map(sorted)
BOXES = st.tuples(ENDS, ENDS, ENDS)


def at(polynomial: Any, point: Any) -> Any:
    for symbol, value in enumerate(point):
        polynomial = put(polynomial, symbol, RING.constant(value))
    return constant(polynomial)


def inside(box: Any) -> Any:
    return product(*([low + (high - low) * part for part in POINTS] for low, high in box))


@given(POLYNOMIALS, BOXES)
@settings(deadline=None)
def test_no_value_is_less_than_the_least(polynomial: Any, box: Any) -> None:
    found = least(polynomial, dict(enumerate(box)), iter(range(500)))
    assert found is not None
    values = [at(polynomial, point) for point in inside(box)]
    assert all(value >= found for value in values)
    if all(degree <= 1 for degree in polynomial.degrees()):
        assert found == min(values)


@given(POLYNOMIALS, EXACT, st.sampled_from([1, -1]))
@settings(deadline=None)
def test_no_value_beyond_one_end_is_less(polynomial: Any, end: Any, side: int) -> None:
    box = dict.fromkeys(range(3), (end, None) if side == 1 else (None, end))
    found = least(polynomial, box, iter(range(500)))
    points = product([end + side * step for step in (0, 1, 3, 50)], repeat=3)
    assert found is None or all(at(polynomial, point) >= found for point in points)


@given(POLYNOMIALS, POLYNOMIALS, POLYNOMIALS, st.integers(0, 2), st.tuples(EXACT, EXACT, EXACT))
@settings(deadline=None)
def test_a_quotient_in_place_of_a_symbol(
    polynomial: Any, over: Any, under: Any, symbol: int, point: Any
) -> None:
    below = at(under, point)
    if below == 0 or symbol not in read_by(polynomial):
        return
    moved = list(point)
    moved[symbol] = at(over, point) / below
    degree = len(powers(polynomial, symbol)) - 1
    wanted = at(polynomial, moved) * below**degree
    assert at(put(polynomial, symbol, over, under), point) == wanted


@given(st.lists(st.tuples(POLYNOMIALS, st.booleans()), max_size=5), POLYNOMIALS)
@settings(deadline=None)
def test_what_is_known_holds_where_the_conditions_do(pairs: Any, polynomial: Any) -> None:
    """Ends, signs and conditions without their factors are right at all points that meet them."""
    given_ = [Condition(*pair) for pair in pairs]
    box = {symbol: (exact(Fraction(-1)), exact(Fraction(1))) for symbol in range(3)}
    found = known(given_, box)
    points = [p for p in inside(box.values()) if all(met(each, p) for each in given_)]
    if found is None:
        assert not points
        return
    sign = found.sign(polynomial)
    for point in points:
        assert all(met(each, point) for each in found.conditions)
        assert all(found.box[s][0] <= point[s] <= found.box[s][1] for s in range(3))
        value = at(polynomial, point)
        assert (
            sign is None
            or {">": value > 0, ">=": value >= 0, "<": value < 0, "<=": value <= 0}[sign]
        )
        reduced = found.reduced(Condition(polynomial, strict=True))
        assert value <= 0 or met(reduced, point)
        assert not (value > 0 and found.excludes(Condition(polynomial, strict=True)))
        assert not (value >= 0 and found.excludes(Condition(polynomial, strict=False)))


def met(condition: Condition, point: Any) -> bool:
    value = at(condition.size, point)
    return bool(value > 0 if condition.strict else value >= 0)


def test_linear_conditions_bound_the_symbols_that_they_read() -> None:
    x, y, z = RING.gens()
    unit = [Condition(size, strict=False) for size in (x, 1 - x)]
    found = known([*unit, Condition(x - 2 * y, strict=False), Condition(y - z, strict=True)], {})
    assert found is not None
    assert found.box == {0: (0, 1), 1: (None, flint.fmpq(1, 2)), 2: (None, flint.fmpq(1, 2))}
    assert found.sign(1 - y) == ">"
    assert found.sign((y - z) ** 2 * (x + 1)) == ">"
    assert found.sign(x * (1 - y)) == NOT_NEGATIVE
    assert found.sign(x - y) is None
    assert known([*unit, Condition(x - 2, strict=False)], {}) is None
    assert known([Condition(x - y, strict=False), Condition(y - x, strict=True)], {}) is None
