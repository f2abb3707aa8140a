"""Compiled evaluation agrees with Python and Z3 in every arithmetic."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import flint
import z3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.backends.evaluator import BALLS, EXACT, FLOATS, UNDEFINED, ball, compile_terms
from spec import Bool, Count, Real, SpecError, all_of, any_of, maximum, minimum, when
from spec.nature import Choice
from spec.terms import real_term
from spec.trace import side_conditions
from tests.spec.knobs import RATIONAL, REPRODUCIBLE, ZERO
from tests.support import value_of

# A tree is an operator's name and its operands. The same tree is evaluated on Python's fractions
# and on typed symbols; "over" divides by a denominator that is never zero.
PLAIN: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "over": lambda a, b: a / (1 + b * b),
    "neg": operator.neg,
    "power": operator.pow,
    "min": min,
    "max": max,
    "when": lambda test, a, b: a if test else b,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": operator.not_,
}


# A comparison of two constants is already a plain truth value.
TYPED = PLAIN | {
    "min": minimum,
    "max": maximum,
    "when": when,
    "and": lambda a, b: a & b if isinstance(a, Bool) else all_of(a, b),
    "or": lambda a, b: a | b if isinstance(a, Bool) else any_of(a, b),
    "not": lambda a: ~a if isinstance(a, Bool) else not a,
}


def evaluate(tree: Any, at: Mapping[str, Any], meaning: Mapping[str, Callable[..., Any]]) -> Any:
    if isinstance(tree, str):
        return at[tree]
    if not isinstance(tree, tuple):
        return tree
    name, *operands = tree
    return meaning[name](*[evaluate(operand, at, meaning) for operand in operands])


@cache
def numbers(depth: int) -> st.SearchStrategy[Any]:
    leaves = st.sampled_from(["x", "y", "n"]) | RATIONAL
    if depth == 0:
        return leaves
    part = numbers(depth - 1)
    return st.one_of(
        leaves,
        st.tuples(st.sampled_from(["+", "-", "*", "over", "min", "max"]), part, part),
        st.tuples(st.just("/"), part, RATIONAL.filter(bool)),
        st.tuples(st.just("neg"), part),
        st.tuples(st.just("power"), part, st.integers(0, 3)),
        st.tuples(st.sampled_from(["min", "max"]), part, part, part),
        st.tuples(st.just("when"), conditions(depth - 1), part, part),
    )


@cache
def conditions(depth: int) -> st.SearchStrategy[Any]:
    part = numbers(max(0, depth - 1))
    compared = st.tuples(st.sampled_from(["<=", "<", ">=", ">", "==", "!="]), part, part)
    if depth == 0:
        return compared
    below = conditions(depth - 1)
    return st.one_of(
        compared,
        st.tuples(st.sampled_from(["and", "or", "==", "!="]), below, below),
        st.tuples(st.just("not"), below),
    )


VALUES = st.fixed_dictionaries({"x": RATIONAL, "y": RATIONAL, "n": st.integers(0, 9).map(Fraction)})
X, Y, N = z3.Real("x"), z3.Real("y"), z3.Int("n")
SYMBOLS = {"x": Real(X), "y": Real(Y), "n": Count(N)}


def put(term: z3.ExprRef, values: Mapping[str, Fraction]) -> z3.ExprRef:
    x, y = (z3.RatVal(values[k].numerator, values[k].denominator) for k in "xy")
    return z3.simplify(z3.substitute(term, (X, x), (Y, y), (N, z3.IntVal(int(values["n"])))))


def run(term: z3.ExprRef, values: Mapping[str, Fraction], backend: Any) -> Any:
    program = compile_terms([X, Y, N], [], [term]).bind(backend)
    (output,), chosen, widths = program([backend.constant(values[k]) for k in "xyn"], [])
    assert chosen == widths == []
    return output


def dyadic(end: Any) -> Fraction:
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


@given(numbers(4), VALUES)
@settings(REPRODUCIBLE, max_examples=300)
@example(("-", ("/", "x", Fraction(3)), "x"), {"x": Fraction(1), "y": Fraction(0), "n": 0})
@example(("power", ("-", 1, "x"), 0), {"x": Fraction(1), "y": Fraction(0), "n": 0})
def test_every_back_end_agrees_with_python_and_z3(tree: Any, values: dict[str, Fraction]) -> None:
    wanted = evaluate(tree, values, PLAIN)
    term = real_term(evaluate(tree, SYMBOLS, TYPED))
    assert value_of(put(term, values)) == wanted
    for form in (term, z3.simplify(term)):
        found = run(form, values, EXACT)
        assert Fraction(int(found.p), int(found.q)) == wanted
        ball = run(form, values, BALLS)
        middle, radius = dyadic(ball.mid()), dyadic(ball.rad())
        assert abs(wanted - middle) <= radius
        # At 53 bits a float strays about as far as the ball's radius says it may.
        assert abs(Fraction(float(run(form, values, FLOATS))) - wanted) <= 8 * radius


@given(conditions(3), VALUES)
@REPRODUCIBLE
def test_conditions_agree_and_balls_never_decide_wrongly(
    tree: Any, values: dict[str, Fraction]
) -> None:
    wanted = evaluate(tree, values, PLAIN)
    typed = evaluate(tree, SYMBOLS, TYPED)
    condition = typed if isinstance(typed, Bool) else Bool(typed)
    simple = put(condition.term, values)
    assert (z3.is_true(simple), z3.is_false(simple)) == (wanted, not wanted)
    for form in (condition.term, z3.simplify(condition.term)):
        assert run(form, values, EXACT) is wanted
        assert run(form, values, BALLS) in (wanted, None)


def fields_of_tree(tree: Any) -> Any:
    """The tree with every "over" made a plain division, whose denominator may be zero."""
    if not isinstance(tree, tuple):
        return tree
    name, *operands = tree
    return ("/" if name == "over" else name, *map(fields_of_tree, operands))


@given(conditions(4), VALUES)
@settings(REPRODUCIBLE, max_examples=400)
@example(
    ("<=", ("when", ("<=", ("over", 1, "x"), 1), ("over", 1, "y"), 0), 5),
    {"x": Fraction(0), "y": Fraction(0), "n": Fraction(0)},
)
@example(
    ("<=", ("over", 1, ("over", 1, "x")), 5),
    {"x": Fraction(0), "y": Fraction(0), "n": Fraction(0)},
)
@example(
    ("<=", "x", ("power", ("over", "x", "x"), 0)),
    {"x": Fraction(0), "y": Fraction(0), "n": Fraction(0)},
)
def test_a_condition_is_undefined_only_after_a_side_condition_fails(
    tree: Any, values: dict[str, Fraction]
) -> None:
    try:
        typed = evaluate(fields_of_tree(tree), SYMBOLS, TYPED)
    except (SpecError, ZeroDivisionError):
        return  # a zero that is seen where it is written
    condition = typed if isinstance(typed, Bool) else Bool(typed)
    told = [run(side.condition, values, EXACT) for side in side_conditions([condition.term])]
    first = next((truth for truth in told if truth is not True), None)
    found = run(condition.term, values, EXACT)
    if all(told):
        assert found is evaluate_lazily(fields_of_tree(tree), values)
    else:
        assert first is False


def evaluate_lazily(tree: Any, at: Mapping[str, Any]) -> Any:
    """As ``evaluate`` on fractions, but only the branch of a ``when`` that is taken."""
    if isinstance(tree, tuple) and tree[0] == "when":
        test, yes, no = tree[1:]
        return evaluate_lazily(yes if evaluate_lazily(test, at) else no, at)
    if not isinstance(tree, tuple):
        return at[tree] if isinstance(tree, str) else tree
    return PLAIN[tree[0]](*[evaluate_lazily(operand, at) for operand in tree[1:]])


def test_balls_decide_a_comparison_as_soon_as_they_are_narrow_enough() -> None:
    """An enclosure that was always undecided would be right too, and of no use."""
    near = Fraction(1, 3) + Fraction(1, 2**70)
    values = {"x": Fraction(1, 3), "y": near, "n": Fraction(0)}
    assert flint.ctx.prec == 53
    assert run(X < Y, values, BALLS) is None
    flint.ctx.prec = 128
    try:
        assert run(X < Y, values, BALLS) is True
        assert run(X >= Y, values, BALLS) is False
        assert run(X == Y, values, BALLS) is False
    finally:
        flint.ctx.prec = 53


def test_an_undecided_branch_is_a_ball_over_both_sides() -> None:
    values = {"x": Fraction(1, 3), "y": Fraction(5), "n": Fraction(0)}
    x, y = Real(X), Real(Y)
    either = when(3 * x <= 1, y, 2 * y).term  # three balls around 1/3 straddle 1
    assert run(either, values, EXACT) == 5
    ball = run(either, values, BALLS)
    assert ball.contains(5)
    assert ball.contains(10)
    assert not ball.contains(11)


def test_a_division_by_zero_is_undefined_where_it_is_read() -> None:
    values = {"x": Fraction(0), "y": Fraction(2), "n": Fraction(0)}
    x, y = Real(X), Real(Y)
    for spread in (1 / x, 1 - y / x, when(x <= 0, y / x, y), when(1 / x <= 1, 0, 1)):
        assert run(real_term(spread), values, EXACT) is UNDEFINED
    assert run((1 / x <= 1).term, values, EXACT) is None
    assert run(all_of(1 / x <= 1, y <= 1).term, values, EXACT) is False
    assert run(when(x >= 1, 1 / x, y).term, values, EXACT) == 2
    assert not run((1 / x).term, values, BALLS).is_finite()
    assert run((1 / x <= 1).term, values, BALLS) is None


UNIT = st.fractions(0, 1, max_denominator=8)


@given(RATIONAL, RATIONAL, st.tuples(UNIT, UNIT))
@REPRODUCIBLE
def test_a_unit_says_where_between_its_bounds_a_choice_lies(
    low: Fraction, high: Fraction, units: tuple[Fraction, Fraction]
) -> None:
    first, second = z3.Reals("first second")
    choices = [
        Choice("first", first, X, Y, "", ""),
        Choice("second", second, ZERO, first, "", ""),
    ]
    program = compile_terms([X, Y], choices, [first - second]).bind(EXACT)
    (output,), chosen, widths = program(
        [EXACT.constant(low), EXACT.constant(high)], [EXACT.constant(unit) for unit in units]
    )
    wanted = low + units[0] * (high - low)
    assert [Fraction(str(value)) for value in chosen] == [wanted, units[1] * wanted]
    assert [Fraction(str(value)) for value in widths] == [high - low, wanted]
    assert Fraction(str(output)) == wanted - units[1] * wanted


@given(st.integers(2, 5))
def test_a_power_of_a_ball_around_zero_is_a_narrow_ball(power: int) -> None:
    """What is taken away from itself has its middle at 0, and FLINT takes no power of that."""
    difference = Real(z3.Real("x")) - Real(z3.Real("y"))
    inputs = [z3.Real("x"), z3.Real("y")]
    program = compile_terms(inputs, (), [real_term(difference**power)])
    (value,), _, _ = program.bind(BALLS)([ball(Fraction(1, 3))] * 2, ())
    assert value.contains(0)
    assert value.rad() < 1e-25
