"""Compile traced terms to plain Python: one source text, run in floats, exact rationals or balls.

The source is straight-line code over the shared term graph, one line a node, so nested
conditionals stay linear in size. A back end supplies constants, comparisons and conditionals;
arithmetic is the number type's own.

- ``floats``: numpy arrays, for screening only. No verdict rests on them. ``plain`` is the same for
  one number at a time.
- ``exact``: FLINT rationals; a division by zero gives ``UNDEFINED``, which spreads.
- ``balls``: FLINT real balls; a comparison is True, False or None (undecided), and an undecided
  conditional yields a ball that covers both branches.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, reduce
from typing import Any

import attrs
import flint
import numpy as np
import z3

from spec.curves import Curve, curve_of, exact_value
from spec.errors import SpecError
from spec.nature import Choice
from spec.nodes import children_of, id_of, kind_of, number_in, topological


class Undefined:
    """The value of a division by zero: arithmetic on it gives it again, comparisons are None."""

    def _same(self, *_: object) -> Undefined:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __pow__ = __neg__ = _same


UNDEFINED = Undefined()


class Irrational(SpecError):
    """A value of exp, log or logistic is wanted as a fraction, and is none."""

    def __init__(self, curve: Curve) -> None:
        super().__init__(
            f"{curve.value}(...) has no exact value, which is needed here; `check` encloses it", ""
        )


def _exact_curve(curve: Curve) -> Callable[[Any], Any]:
    def valued(at: Any) -> Any:
        if at is UNDEFINED or (curve is Curve.LOG and at <= 0):
            return UNDEFINED
        known = exact_value(curve, Fraction(int(at.p), int(at.q)))
        if known is None:
            raise Irrational(curve)
        return rational(known)

    return valued


def _quietly(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def valued(at: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(at)

    return valued


_FLOAT_CURVES: Mapping[str, Callable[[Any], Any]] = {
    Curve.EXP.value: _quietly(np.exp),
    Curve.LOG.value: _quietly(np.log),
    Curve.LOGISTIC.value: _quietly(lambda x: (1 + np.tanh(x / 2)) / 2),
}
_BALL_CURVES: Mapping[str, Callable[[Any], Any]] = {
    Curve.EXP.value: lambda x: x.exp(),
    Curve.LOG.value: lambda x: x.log(),
    Curve.LOGISTIC.value: lambda x: 1 / (1 + (-x).exp()),
}
_PLAIN_CURVES: Mapping[str, Callable[[Any], Any]] = {
    name: lambda x, curve=curve: float(curve(x))  # type: ignore[misc]
    for name, curve in _FLOAT_CURVES.items()
}


@attrs.frozen
class Backend:
    """What compiled code needs beyond the number type's own arithmetic."""

    name: str
    constant: Callable[[Fraction], Any]
    helpers: Mapping[str, Callable[..., Any]]


def _within(low: Any, width: Any, unit: Any, _: Any) -> Any:
    """Where between its bounds a choice lies."""
    return low + unit * width


def _end_or_within(low: Any, width: Any, unit: Any, high: Any) -> Any:
    """The same, without the rounding where the choice is at an end."""
    if unit == 0:
        return low
    return high if unit == 1 else low + unit * width


def _floats() -> Backend:
    return Backend(
        "floats",
        float,
        {
            "div": np.divide,
            "at": _within,
            "le": operator.le,
            "lt": operator.lt,
            "eq": operator.eq,
            "iff": operator.eq,
            "ite": np.where,
            "both": lambda *c: reduce(np.logical_and, c, True),
            "either": lambda *c: reduce(np.logical_or, c, False),
            "no": np.logical_not,
            **_FLOAT_CURVES,
        },
    )


def _plain() -> Backend:
    return Backend(
        "plain floats",
        float,
        {
            "div": lambda a, b: a / b if b else float("nan"),
            "at": _within,
            "le": operator.le,
            "lt": operator.lt,
            "eq": operator.eq,
            "iff": operator.eq,
            "ite": lambda condition, a, b: a if condition else b,
            "both": lambda *c: all(c),
            "either": lambda *c: any(c),
            "no": operator.not_,
            **_PLAIN_CURVES,
        },
    )


def _kleene_and(*conditions: bool | None) -> bool | None:
    if False in conditions:
        return False
    return None if None in conditions else True


def _kleene_or(*conditions: bool | None) -> bool | None:
    if True in conditions:
        return True
    return None if None in conditions else False


def _kleene_not(condition: bool | None) -> bool | None:
    return None if condition is None else not condition


def _kleene_iff(first: bool | None, second: bool | None) -> bool | None:
    return None if first is None or second is None else first == second


def _exact_le(a: Any, b: Any) -> Any:
    return None if a is UNDEFINED or b is UNDEFINED else a <= b


def _exact_lt(a: Any, b: Any) -> Any:
    return None if a is UNDEFINED or b is UNDEFINED else a < b


def _exact_eq(a: Any, b: Any) -> Any:
    return None if a is UNDEFINED or b is UNDEFINED else a == b


def _branch_exact(condition: bool | None, a: Any, b: Any) -> Any:
    return UNDEFINED if condition is None else (a if condition else b)


def _exact() -> Backend:
    return Backend(
        "exact",
        rational,
        {
            "div": lambda a, b: UNDEFINED if UNDEFINED in (a, b) or b == 0 else a / b,
            "at": _within,
            "le": _exact_le,
            "lt": _exact_lt,
            "eq": _exact_eq,
            "iff": _kleene_iff,
            "ite": _branch_exact,
            "both": _kleene_and,
            "either": _kleene_or,
            "no": _kleene_not,
            **{curve.value: _exact_curve(curve) for curve in Curve},
        },
    )


def _ball_le(a: Any, b: Any) -> bool | None:
    if a <= b:
        return True
    return False if a > b else None


def _ball_lt(a: Any, b: Any) -> bool | None:
    if a < b:
        return True
    return False if a >= b else None


def _ball_eq(a: Any, b: Any) -> bool | None:
    if a != b:
        return False
    return True if a == b and a.is_exact() and b.is_exact() else None


def _branch_balls(condition: bool | None, a: Any, b: Any) -> Any:
    if condition is not None:
        return a if condition else b
    if isinstance(a, flint.arb):
        return a.union(b)
    return a if a is b else None


def _ball_raised(base: Any, power: int) -> Any:
    """The power of a ball: FLINT takes the logarithm of one around 0 exactly, which is none."""
    return flint.arb(0, base.rad() ** power) if base.mid() == 0 else base**power


def _balls() -> Backend:
    return Backend(
        "balls",
        ball,
        {
            "div": operator.truediv,
            "raised": _ball_raised,
            "at": _end_or_within,
            "le": _ball_le,
            "lt": _ball_lt,
            "eq": _ball_eq,
            "iff": _kleene_iff,
            "ite": _branch_balls,
            "both": _kleene_and,
            "either": _kleene_or,
            "no": _kleene_not,
            **_BALL_CURVES,
        },
    )


def rational(value: Fraction) -> Any:
    """The FLINT rational of an exact value."""
    return flint.fmpq(value.numerator, value.denominator)


def ball(value: Fraction) -> Any:
    """The tightest ball around an exact value at the working precision."""
    return flint.arb(rational(value))


FLOATS, PLAIN, EXACT, BALLS = _floats(), _plain(), _exact(), _balls()


@attrs.frozen
class Program:
    """Compiled terms. ``bind`` gives the function for one back end; balls are bound anew at each
    working precision, because their constants depend on it."""

    code: Any
    constants: Mapping[str, Fraction]

    def bind(self, backend: Backend) -> Callable[..., Any]:
        """The function ``f(inputs, units) -> (outputs, chosen, widths)``."""
        scope: dict[str, Any] = {"raised": operator.pow, **backend.helpers}
        scope |= {name: backend.constant(value) for name, value in self.constants.items()}
        exec(self.code, scope)  # the source is generated below, from terms only
        return scope["program"]  # type: ignore[no-any-return]


_OPERATORS = {z3.Z3_OP_ADD: " + ", z3.Z3_OP_MUL: " * ", z3.Z3_OP_SUB: " - "}
_LONG = 64
"""Terms of a sum or product that are written on one line; Python cannot read thousands."""
_HELPERS = {
    z3.Z3_OP_DIV: "div",
    z3.Z3_OP_ITE: "ite",
    z3.Z3_OP_LE: "le",
    z3.Z3_OP_LT: "lt",
    z3.Z3_OP_EQ: "eq",
    z3.Z3_OP_AND: "both",
    z3.Z3_OP_OR: "either",
    z3.Z3_OP_NOT: "no",
}
_PATTERNS = {
    z3.Z3_OP_GE: "le({1}, {0})",
    z3.Z3_OP_GT: "lt({1}, {0})",
    z3.Z3_OP_UMINUS: "-{0}",
    z3.Z3_OP_TO_REAL: "{0}",
    z3.Z3_OP_TRUE: "True",
    z3.Z3_OP_FALSE: "False",
    z3.Z3_OP_DISTINCT: "no(eq({0}, {1}))",
    z3.Z3_OP_IMPLIES: "either(no({0}), {1})",
}


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[int, str] = {}
        self.constants: dict[str, Fraction] = {}
        self.kept: list[z3.ExprRef] = []  # keeps ids from being reused

    def line(self, expression: str) -> str:
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {expression}")
        return name

    def bind(self, symbol: z3.ExprRef, expression: str) -> None:
        self.names[id_of(symbol)] = self.line(expression)
        self.kept.append(symbol)

    def write(self, root: z3.ExprRef) -> str:
        for node in topological([root], self.names):
            self.bind(node, self._expression(node))
        return self.names[id_of(root)]

    def _constant(self, value: Fraction) -> str:
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def _expression(self, node: z3.ExprRef) -> str:
        number = number_in(node)
        if number is not None:
            return self._constant(number)
        kind = kind_of(node)
        children = [self.names[id_of(child)] for child in children_of(node)]
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT) and z3.is_bool(children_of(node)[0]):
            same = f"iff({children[0]}, {children[1]})"
            return same if kind == z3.Z3_OP_EQ else f"no({same})"
        if kind in _OPERATORS:
            return self._joined(kind, children)
        if kind in _HELPERS:
            return f"{_HELPERS[kind]}({', '.join(children)})"
        if kind in _PATTERNS and len(children) <= 2:
            return _PATTERNS[kind].format(*children)
        curve = curve_of(node)
        if curve is not None:
            return f"{curve.value}({children[0]})"
        raise NotImplementedError(f"cannot compile {node.decl()} in {node}")

    def _joined(self, kind: int, children: list[str]) -> str:
        """A sum, difference or product; equal factors as a power, a long one on several lines."""
        if kind == z3.Z3_OP_MUL:
            times = Counter(children)
            children = [c if n == 1 else f"raised({c}, {n})" for c, n in times.items()]
        while len(children) > _LONG:
            first = self.line(_OPERATORS[kind].join(children[:_LONG]))
            children = [first, *children[_LONG:]]
        return _OPERATORS[kind].join(children)


def compile_terms(
    inputs: Sequence[z3.ExprRef], choices: Sequence[Choice], outputs: Sequence[z3.ExprRef]
) -> Program:
    """Compile ``outputs`` over ``inputs`` and nature's ``choices``.

    The function takes the inputs and, for each choice, a unit in [0, 1] that says where between
    its bounds it lies. It returns the outputs, the chosen values, and the bounds' widths (a
    negative width means that nature has nothing to choose from).
    """
    writer = _Writer()
    for index, symbol in enumerate(inputs):
        writer.bind(symbol, f"inputs[{index}]")
    widths = []
    for index, choice in enumerate(choices):
        low, high = writer.write(choice.low), writer.write(choice.high)
        width = writer.line(f"{high} - {low}")
        widths.append(width)
        writer.bind(choice.symbol, f"at({low}, {width}, units[{index}], {high})")
    results = [writer.write(output) for output in outputs]
    chosen = [writer.names[id_of(choice.symbol)] for choice in choices]
    answer = ", ".join(f"[{', '.join(names)}]" for names in (results, chosen, widths))
    body = [*writer.lines, f"return {answer}"]
    source = "def program(inputs, units):\n    " + "\n    ".join(body)
    return Program(_compiled(source), writer.constants)


@cache
def _compiled(source: str) -> Any:
    return compile(source, "<compiled step>", "exec")
