"""What undoes a logarithm: exp(log a + r) is a exp(r), and logistic(log a + r) the share of it.

Steps in log-odds take logarithms and undo them at once. The solver sees numbers of their own there,
and no tangents make a bound of them that is met exactly, or as near to zero as one likes; these
equations do (docs/theory/curves.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import mul

import attrs
import z3

from checker.backends.curves import Value
from spec.curves import Curve
from spec.nodes import children_of, id_of, kind_of, number_in, topological
from spec.terms import numeral

MOST_TIMES = 8
"""A greater multiple of a logarithm is left as it is."""


@attrs.frozen
class Undone:
    """Equations between values of curves, and the values of exp that they read beside these."""

    equations: tuple[z3.BoolRef, ...]
    values: tuple[Value, ...]


def undone(values: Sequence[Value]) -> Undone:
    """What holds of values of curves because the arguments of some are values of others."""
    logarithms = {id_of(each.symbol): each for each in values if each.curve is Curve.LOG}
    powers = {id_of(each.symbol): each for each in values if each.curve is Curve.EXP}
    equations: list[z3.BoolRef] = []
    added: list[Value] = []
    for value in values:
        if value.curve is Curve.LOG:
            power = powers.get(id_of(value.argument))
            equations += [] if power is None else [value.symbol == power.argument]
            continue
        above, below, rest = _taken_apart(value.argument, logarithms)
        if above or below:
            factor = _power(rest, added)
            top, bottom = reduce(mul, above, factor), reduce(mul, below, numeral(Fraction(1)))
            whole = bottom if value.curve is Curve.EXP else bottom + top
            positive = z3.And(*[each > 0 for each in (*above, *below)])
            equations.append(z3.Implies(positive, value.symbol * whole == top))
    return Undone(tuple(equations), tuple(added))


def _taken_apart(
    argument: z3.ArithRef, logarithms: Mapping[int, Value]
) -> tuple[list[z3.ArithRef], list[z3.ArithRef], z3.ArithRef]:
    """What the logarithms are of that a sum adds, and those that it subtracts, and its rest."""
    above: list[z3.ArithRef] = []
    below: list[z3.ArithRef] = []
    rest = numeral(Fraction(0))
    counted = Counter({id_of(argument): 1})
    for term in reversed(topological([argument])):  # all that it is a part of come before it
        times, known = counted[id_of(term)], logarithms.get(id_of(term))
        parts = _summands(term)
        if known is not None and abs(times) <= MOST_TIMES:
            (above if times > 0 else below).extend([known.argument] * abs(times))
        elif parts:
            for part, factor in parts:
                counted[id_of(part)] += times * factor
        elif times:
            assert isinstance(term, z3.ArithRef)
            rest = rest + times * term
    simple = z3.simplify(rest)
    assert isinstance(simple, z3.ArithRef)
    return above, below, simple


def _summands(term: z3.ExprRef) -> list[tuple[z3.ExprRef, int]]:
    """The parts of a sum, or of a whole multiple, each with its factor; none of any other term."""
    parts, kind = children_of(term), kind_of(term)
    if kind == z3.Z3_OP_ADD:
        return [(part, 1) for part in parts]
    if kind == z3.Z3_OP_SUB:
        return [(part, -1 if place else 1) for place, part in enumerate(parts)]
    if kind == z3.Z3_OP_UMINUS:
        return [(parts[0], -1)]
    if kind == z3.Z3_OP_MUL and len(parts) == 2:
        for factor, other in (parts, parts[::-1]):
            number = number_in(factor)
            if number is not None and number.denominator == 1 and number:
                return [(other, int(number))]
    return []


def _power(exponent: z3.ArithRef, added: list[Value]) -> z3.ArithRef:
    """exp of a number, as one of its own that is added to those known."""
    if number_in(exponent) == 0:
        return numeral(Fraction(1))
    known = next((each for each in added if each.argument.eq(exponent)), None)
    if known is None:
        symbol = z3.FreshConst(z3.RealSort(), Curve.EXP.value)
        assert isinstance(symbol, z3.ArithRef)
        known = Value(Curve.EXP, symbol, exponent)
        added.append(known)
    return known.symbol
