"""Many rationals at once are what they are one by one, undefined where these are."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms
from checker.backends.exact_arrays import ARRAYS, Rationals, where_true
from spec import Bool, SpecError
from spec.terms import real_term
from tests.backends.test_evaluator import (
    SYMBOLS,
    TYPED,
    VALUES,
    N,
    X,
    Y,
    conditions,
    evaluate,
    fields_of_tree,
    numbers,
    run,
)
from tests.spec.knobs import REPRODUCIBLE

GREAT = st.sampled_from([1, 1, 10**6, 10**18, 10**40])
"""What numbers are multiplied by, so that machine integers do not hold some of them."""
BATCHES = st.tuples(st.lists(VALUES, min_size=1, max_size=5), GREAT)


def scaled(batch: tuple[list[dict[str, Fraction]], int]) -> list[dict[str, Fraction]]:
    points, great = batch
    return [{**point, "x": point["x"] * great} for point in points]


def at_once(term: Any, points: list[dict[str, Fraction]]) -> Any:
    program = compile_terms([X, Y, N], [], [term]).bind(ARRAYS)
    (found,), _, _ = program([Rationals.of([point[k] for point in points]) for k in "xyn"], [])
    return found


def typed(tree: Any) -> Any:
    """The tree as a term with divisions that may be by zero; None where that is seen at once."""
    try:
        return evaluate(fields_of_tree(tree), SYMBOLS, TYPED)
    except (SpecError, ZeroDivisionError):
        return None


@given(numbers(4), BATCHES)
@settings(REPRODUCIBLE, max_examples=300)
@example(("over", "x", "y"), ([{"x": Fraction(1), "y": Fraction(0), "n": Fraction(0)}], 1))
@example(("*", ("*", "x", "x"), "x"), ([{"x": Fraction(3), "y": Fraction(0), "n": 0}], 10**18))
@example(
    ("when", ("<=", ("over", 1, "x"), 1), "y", 2),
    ([{"x": Fraction(x), "y": Fraction(1, 3), "n": Fraction(0)} for x in range(3)], 1),
)
def test_numbers_are_those_of_the_exact_back_end(tree: Any, batch: Any) -> None:
    written, points = typed(tree), scaled(batch)
    if written is None:
        return
    term = real_term(written)
    found = at_once(term, points)
    wholes = found.spread(len(points)).whole()
    lost = ~np.broadcast_to(found.defined(), (len(points),))
    for point, top, undefined in zip(points, wholes, lost, strict=True):
        wanted = run(term, point, EXACT)
        assert undefined == (wanted is UNDEFINED)
        if not undefined:
            assert Fraction(top, found.bottom) == Fraction(int(wanted.p), int(wanted.q))
            assert abs(top) <= found.most


@given(conditions(4), BATCHES)
@settings(REPRODUCIBLE, max_examples=300)
def test_conditions_are_true_where_they_are_one_by_one(tree: Any, batch: Any) -> None:
    written, points = typed(tree), scaled(batch)
    if not isinstance(written, Bool):
        return
    found = where_true(at_once(written.term, points), len(points), defined=())
    assert found.tolist() == [run(written.term, point, EXACT) is True for point in points]


def test_numbers_that_grow_beyond_the_machine_are_still_exact() -> None:
    third = Rationals.of([Fraction(2**61, 3), Fraction(-1, 3)])
    assert third.tops.dtype == np.int64
    square = third * third
    assert square.tops.dtype == object
    assert [Fraction(t, square.bottom) for t in square.whole()] == [
        Fraction(2**122, 9),
        Fraction(1, 9),
    ]
    small = (square - square + Rationals.of([Fraction(1, 9)])).lowest()
    assert (small.bottom, small.tops.dtype) == (9, np.int64)
