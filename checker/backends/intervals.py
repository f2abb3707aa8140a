"""Queries answered by interval arithmetic, in exact rational numbers.

Theorem. Let hypotheses bound each constant of a term from both sides, and let every operation of
the term be replaced by its interval extension, which holds its value at all arguments within the
given intervals. Then the term's value lies in the interval that comes out, and a condition that
comes out true follows from the hypotheses (Moore, Interval analysis, 1966). *Proof.* By induction
on the term. Nothing is rounded but ends of thousands of bits, and those outward. No float is used.

A term of degree 4096, or with quotients of degree 30, is as quick as any other: what is shared is
evaluated once. What is lost is how the same constant moves several parts of a term together, so
"not shown" says nothing.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint
import z3

from checker.backends.curves import image
from checker.backends.evaluator import rational
from spec.curves import Curve, curve_of
from spec.nodes import children_of, id_of, is_symbol, kind_of, number_in, topological

Interval = tuple[Any, Any]
"""Two FLINT rationals, the lesser first."""
Value = Interval | bool | None
"""Of a number its interval, of a condition its truth; None where neither is known."""

LONG, KEPT = 4_096, 1_024
"""Bits of an end from which on it is rounded outward, and bits that it keeps."""
FAR = 65_536
"""Powers of two beyond which no end is followed."""
PASSES = 4
"""How often the bounds of constants by terms over others are looked at."""
BOXES = 16
"""Lists of hypotheses of which the bounds are kept; one is asked about many times in a row."""

CACHED = 50_000
"""Conditions of which the comparisons are kept."""

_ZERO = flint.fmpq(0)
_LESS = (z3.Z3_OP_LE, z3.Z3_OP_LT)
_MORE = (z3.Z3_OP_GE, z3.Z3_OP_GT)


@attrs.define
class Enclosed:
    """What some hypotheses bound, and the values of terms within those bounds."""

    kept: tuple[z3.ExprRef, ...]  # keeps ids from being reused
    values: dict[int, tuple[z3.ExprRef, Value]]

    def value(self, root: z3.ExprRef) -> Value:
        """The value of a term. A constant that nothing bounds has none."""
        for node in topological([root], self.values):
            self.values[id_of(node)] = (node, value_of(node, self.values))
        return self.values[id_of(root)][1]


_known: dict[tuple[int, ...], Enclosed] = {}


def shown_by_intervals(hypotheses: Sequence[z3.BoolRef], conclusion: z3.BoolRef) -> bool:
    """Whether interval arithmetic shows that the hypotheses imply the conclusion."""
    key = tuple(id_of(hypothesis) for hypothesis in hypotheses)
    found = _known.get(key)
    if found is None:
        if len(_known) >= BOXES:
            _known.clear()
        found = _known[key] = Enclosed(tuple(hypotheses), bounds_of(hypotheses))
    return found.value(conclusion) is True


@attrs.frozen
class _Comparison:
    """That a constant is at or ``above`` another term, or at or ``below`` it; ``number`` is the
    term where it is one."""

    symbol: z3.ExprRef
    key: int
    other: z3.ExprRef
    number: Interval | None
    above: bool
    below: bool


_compared_in: dict[int, tuple[z3.BoolRef, list[_Comparison]]] = {}


def bounds_of(hypotheses: Sequence[z3.BoolRef]) -> dict[int, tuple[z3.ExprRef, Value]]:
    """The intervals of the constants that the hypotheses bound from both sides: by numbers, then
    by terms over constants that are bounded already."""
    comparisons = [found for part in hypotheses for found in _comparisons_in(part)]
    simple = [found for found in comparisons if found.number is not None]
    others = [found for found in comparisons if found.number is None]
    box = _box([(found, found.number) for found in simple])
    for _ in range(PASSES if others else 0):
        here = Enclosed(tuple(hypotheses), dict(box))
        valued = [(found, found.number or here.value(found.other)) for found in comparisons]
        wider = _box(valued)
        if len(wider) == len(box):
            return wider
        box = wider
    return box


def _box(
    valued: Sequence[tuple[_Comparison, Value]],
) -> dict[int, tuple[z3.ExprRef, Value]]:
    """The constants that are bounded from both sides; none where nothing meets the bounds, which is
    for the solver to say."""
    lows: dict[int, Any] = {}
    highs: dict[int, Any] = {}
    symbols: dict[int, z3.ExprRef] = {}
    for comparison, value in valued:
        if not isinstance(value, tuple):
            continue
        key = comparison.key
        symbols[key] = comparison.symbol
        if comparison.above:
            lows[key] = max(lows.get(key, value[0]), value[0])
        if comparison.below:
            highs[key] = min(highs.get(key, value[1]), value[1])
    both = [key for key in symbols if key in lows and key in highs]
    if any(lows[key] > highs[key] for key in both):
        return {}
    return {key: (symbols[key], (lows[key], highs[key])) for key in both}


def _comparisons_in(part: z3.BoolRef) -> list[_Comparison]:
    """The comparisons of a constant in a conjunction."""
    known = _compared_in.get(id_of(part))
    if known is None:
        if len(_compared_in) >= CACHED:
            _compared_in.clear()
        known = _compared_in[id_of(part)] = (part, list(_comparisons(part)))
    return known[1]


def _comparisons(part: z3.BoolRef) -> Iterator[_Comparison]:
    kind = kind_of(part)
    if kind == z3.Z3_OP_AND:
        for child in children_of(part):
            yield from _comparisons(child)
        return
    if kind not in (*_LESS, *_MORE, z3.Z3_OP_EQ):
        return
    first, second = children_of(part)
    if not z3.is_arith(first):
        return
    same = kind == z3.Z3_OP_EQ
    for side, other, more in ((first, second, kind in _MORE), (second, first, kind in _LESS)):
        one = children_of(side)[0] if kind_of(side) == z3.Z3_OP_TO_REAL else side
        if is_symbol(one):
            number = number_in(other)
            exact = None if number is None else exactly(number)
            yield _Comparison(one, id_of(one), other, exact, more or same, same or not more)


def is_understood(node: z3.ExprRef) -> bool:
    """Whether a node has a value wherever its children have: not so a quantifier."""
    known = number_in(node) is not None or is_symbol(node) or kind_of(node) in _OPERATIONS
    return known or curve_of(node) is not None


def value_of(node: z3.ExprRef, values: Mapping[int, tuple[z3.ExprRef, Value]]) -> Value:
    """The value of a node by those of its children."""
    number = number_in(node)
    if number is not None:
        return exactly(number)
    children = children_of(node)
    parts = [values[id_of(child)][1] for child in children]
    operation = _OPERATIONS.get(kind_of(node))
    if operation is not None:
        return _short(operation(children, parts))
    curve = curve_of(node)
    return None if curve is None else _on_curve(curve, parts[0])


def _on_curve(curve: Curve, part: Value) -> Value:
    """The value of a curve, which rises."""
    if not isinstance(part, tuple):
        return None
    ends = image(curve, *(Fraction(int(end.p), int(end.q)) for end in part))
    return None if ends is None else (rational(ends[0]), rational(ends[1]))


def exactly(number: Fraction) -> Interval:
    """A number as an interval."""
    exact = rational(number)
    return exact, exact


def _sum(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    low, high = _ZERO, _ZERO
    for part in parts:
        if not isinstance(part, tuple):
            return None
        low, high = low + part[0], high + part[1]
    return low, high


def _negative(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    (part,) = parts
    return (-part[1], -part[0]) if isinstance(part, tuple) else None


def _difference(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    return _sum(children, [parts[0], *(_negative(children, [part]) for part in parts[1:])])


def _product(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    """The product; equal factors are taken as a power, which is no less than 0 if it is even."""
    times = Counter(id_of(child) for child in children)
    by_factor = {id_of(child): part for child, part in zip(children, parts, strict=True)}
    found = flint.fmpq(1), flint.fmpq(1)
    for factor, power in times.items():
        part = by_factor[factor]
        if not isinstance(part, tuple):
            return None
        found = _times(found, _power(part, power))
    return found


def _power(base: Interval, power: int) -> Interval:
    low, high = base[0] ** power, base[1] ** power
    if power % 2:
        return low, high
    least = _ZERO if base[0] < 0 < base[1] else min(low, high)
    return least, max(low, high)


def _times(first: Interval, second: Interval) -> Interval:
    ends = [a * b for a in first for b in second]
    return min(ends), max(ends)


def _quotient(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    top, bottom = parts
    if not isinstance(top, tuple) or not isinstance(bottom, tuple):
        return None
    if bottom[0] <= 0 <= bottom[1]:
        return None
    return _times(top, (1 / bottom[1], 1 / bottom[0]))


def _conditional(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    """The branch that is taken; of two that may be, the lesser or greater number where that is what
    the condition asks, else both together."""
    condition, first, second = parts
    if isinstance(condition, bool):
        return first if condition else second
    if not isinstance(first, tuple) or not isinstance(second, tuple):
        return first if first is second and isinstance(first, bool) else None
    asked = kind_of(children[0])
    sides = [id_of(child) for child in children_of(children[0])]
    branches = [id_of(child) for child in children[1:]]
    if asked in (*_LESS, *_MORE) and sides in (branches, branches[::-1]):
        least = (asked in _LESS) == (sides == branches)
        pick = min if least else max
        return pick(first[0], second[0]), pick(first[1], second[1])
    return min(first[0], second[0]), max(first[1], second[1])


def _at_most(first: Value, second: Value, strict: bool) -> bool | None:
    if not isinstance(first, tuple) or not isinstance(second, tuple):
        return None
    if first[1] < second[0] or (first[1] == second[0] and not strict):
        return True
    if first[0] > second[1] or (first[0] == second[1] and strict):
        return False
    return None


def _compared(strict: bool, turned: bool) -> Any:
    def operation(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
        first, second = reversed(parts) if turned else parts
        return _at_most(first, second, strict)

    return operation


def _equal(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    first, second = parts
    if isinstance(first, bool) and isinstance(second, bool):
        return first == second
    if not isinstance(first, tuple) or not isinstance(second, tuple):
        return None
    if first[1] < second[0] or second[1] < first[0]:
        return False
    return True if first[0] == first[1] == second[0] == second[1] else None


def _apart(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    pairs = [_equal(children, pair) for pair in itertools.combinations(parts, 2)]
    return _all(children, [_not(children, [same]) for same in pairs])


def _all(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    if any(part is False for part in parts):
        return False
    return True if all(part is True for part in parts) else None


def _not(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    return not parts[0] if isinstance(parts[0], bool) else None


def _any(children: Sequence[z3.ExprRef], parts: Sequence[Value]) -> Value:
    if any(part is True for part in parts):
        return True
    return False if all(part is False for part in parts) else None


_OPERATIONS: Mapping[int, Any] = {
    z3.Z3_OP_ADD: _sum,
    z3.Z3_OP_SUB: _difference,
    z3.Z3_OP_UMINUS: _negative,
    z3.Z3_OP_MUL: _product,
    z3.Z3_OP_DIV: _quotient,
    z3.Z3_OP_TO_REAL: lambda children, parts: parts[0],
    z3.Z3_OP_ITE: _conditional,
    z3.Z3_OP_LE: _compared(strict=False, turned=False),
    z3.Z3_OP_LT: _compared(strict=True, turned=False),
    z3.Z3_OP_GE: _compared(strict=False, turned=True),
    z3.Z3_OP_GT: _compared(strict=True, turned=True),
    z3.Z3_OP_EQ: _equal,
    z3.Z3_OP_DISTINCT: _apart,
    z3.Z3_OP_AND: _all,
    z3.Z3_OP_OR: _any,
    z3.Z3_OP_NOT: _not,
    z3.Z3_OP_IMPLIES: lambda children, parts: _any(children, [_not((), parts[:1]), parts[1]]),
    z3.Z3_OP_TRUE: lambda children, parts: True,
    z3.Z3_OP_FALSE: lambda children, parts: False,
}


def _short(value: Value) -> Value:
    """The value, its ends rounded outward where they are long."""
    if not isinstance(value, tuple):
        return value
    low = value[0] if _is_short(value[0]) else _rounded(value[0], up=False)
    high = value[1] if _is_short(value[1]) else _rounded(value[1], up=True)
    return None if low is None or high is None else (low, high)


def _is_short(end: Any) -> bool:
    return int(end.p).bit_length() <= LONG and int(end.q).bit_length() <= LONG


def _rounded(end: Any, *, up: bool) -> Any:
    """A number of few bits at or above the end, or at or below it; None if that is too far out."""
    top, bottom = int(end.p), int(end.q)
    magnitude = top.bit_length() - bottom.bit_length()
    if magnitude > FAR:
        return None
    shift = KEPT - max(magnitude, -FAR)
    scaled = (top << shift) if shift >= 0 else top
    divisor = bottom if shift >= 0 else bottom << -shift
    mantissa = -((-scaled) // divisor) if up else scaled // divisor
    return flint.fmpq(mantissa) / flint.fmpq(2) ** shift
