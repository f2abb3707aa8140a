"""Linear forms over a cell of parameters cover every point of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.affine import Fork, Linear, constant, over
from tests.support import unit


@st.composite
def formulas(draw: st.DrawFn, depth: int = 4) -> Any:
    """A formula over two parameters, as nested tuples."""
    if depth == 0 or draw(st.booleans()):
        leaf = st.sampled_from(["x", "y"]) | st.fractions(-2, 2, max_denominator=8)
        return draw(leaf)
    kind = draw(st.sampled_from(["+", "-", "*", "/", "min", "if"]))
    return (kind, *(draw(formulas(depth=depth - 1)) for _ in range(2)))


def exactly(formula: Any, x: Fraction, y: Fraction) -> Fraction | None:
    if isinstance(formula, Fraction):
        return formula
    if isinstance(formula, str):
        return x if formula == "x" else y
    kind, *rest = formula
    a, b = (exactly(part, x, y) for part in rest)
    if a is None or b is None or (kind == "/" and b == 0):
        return None
    return {
        "+": a + b,
        "-": a - b,
        "*": a * b,
        "/": a / b if b else Fraction(0),
        "min": min(a, b),
        "if": a if a <= b * b else b,
    }[kind]


def formed(formula: Any, x: Linear, y: Linear, helpers: Any) -> Linear:
    if isinstance(formula, Fraction):
        return constant(formula)
    if isinstance(formula, str):
        return x if formula == "x" else y
    kind, *rest = formula
    joined: Linear
    a, b = (formed(part, x, y, helpers) for part in rest)
    if kind == "min":
        joined = helpers["ite"](helpers["le"](a, b), a, b)
        return joined
    if kind == "if":
        joined = helpers["ite"](helpers["le"](a, b * b), a, b)
        return joined
    joined = {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[kind](b)
    return joined


def ball(value: Fraction) -> Any:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


@settings(max_examples=300, deadline=None)
@given(formulas(), st.tuples(unit, unit, unit, unit), unit, unit)
def test_linear_forms_cover_every_point(
    formula: Any, ends: tuple[Fraction, ...], s: Fraction, t: Fraction
) -> None:
    (a, b), (c, d) = sorted(ends[:2]), sorted(ends[2:])
    x, y = a + s * (b - a), c + t * (d - c)
    value = exactly(formula, x, y)
    form = formed(formula, over(a, b, 0, 2), over(c, d, 1, 2), Fork(follows=False).backend.helpers)
    if value is None or not form.is_finite():
        return
    low, high = form.ends()
    assert not ball(value) < low
    assert not ball(value) > high


@settings(max_examples=200, deadline=None)
@given(formulas(), st.tuples(unit, unit, unit, unit), unit, unit)
def test_some_branch_covers_every_point(
    formula: Any, ends: tuple[Fraction, ...], s: Fraction, t: Fraction
) -> None:
    """Where branches are followed one by one, the point lies in the form of one of them."""
    (a, b), (c, d) = sorted(ends[:2]), sorted(ends[2:])
    value = exactly(formula, a + s * (b - a), c + t * (d - c))
    fork = Fork()

    def program(inputs: Sequence[Linear], units: Sequence[Any]) -> Linear:
        return formed(formula, inputs[0], inputs[1], fork.backend.helpers)

    forms = list(fork.all(program, [over(a, b, 0, 2), over(c, d, 1, 2)], ()))
    if value is None or not all(form.is_finite() for form in forms):
        return
    assert any(
        not ball(value) < form.ends()[0] and not ball(value) > form.ends()[1] for form in forms
    )


def test_a_form_remembers_what_it_depends_on() -> None:
    x = over(Fraction(0), Fraction(1), 0, 1)
    assert (x - x).extent == 0
    assert (x * constant(Fraction(2)) - x - x).extent == 0
