"""Where a term in one constant is zero: as roots of integer polynomials, whatever their size.

A number that comes out is a guess. Conditionals are followed as they are at one value, and whether
the term is defined is not asked. Whoever uses it proves what it is used for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce

import attrs
import flint
import z3

from checker.backends.algebraic import Algebraic, crosses, rational
from checker.backends.equations import ONE, Univariate
from checker.backends.evaluator import rational as exact
from spec.nodes import children_of, id_of, is_symbol, kind_of, name_of, number_in, topological
from spec.terms import numeral


@attrs.frozen
class _Quotient:
    """A polynomial over another, in lowest terms."""

    over: Univariate
    under: Univariate

    @classmethod
    def of(cls, over: Univariate, under: Univariate) -> _Quotient:
        common = over.gcd(under)
        return cls(over // common, under // common)

    def __add__(self, other: _Quotient) -> _Quotient:
        over = self.over * other.under + other.over * self.under
        return _Quotient.of(over, self.under * other.under)

    def __neg__(self) -> _Quotient:
        return _Quotient(-self.over, self.under)

    def __mul__(self, other: _Quotient) -> _Quotient:
        return _Quotient.of(self.over * other.over, self.under * other.under)

    def inverse(self) -> _Quotient | None:
        """Its inverse; None if it is 0."""
        return _Quotient(self.under, self.over) if self.over else None


def roots(
    term: z3.ArithRef, symbol: z3.ArithRef, low: Fraction, high: Fraction
) -> Iterator[Algebraic]:
    """Numbers from ``low`` to ``high`` at which a term is zero, along the branches that it takes at
    the middle; none if it reads another constant, or is no quotient of polynomials."""
    found = _quotient(_along(term, symbol, (low + high) / 2), symbol)
    if found is None or not found.over:
        return
    for factor, _ in found.over.numer().factor()[1]:
        coefficients = tuple(int(c) for c in factor.coeffs())
        if len(coefficients) == 2:
            value = Fraction(-coefficients[0], coefficients[1])
            yield from [rational(value)] if low <= value <= high else []
        elif crosses(coefficients, low, high):
            yield Algebraic(coefficients, low, high)


def _along(term: z3.ArithRef, symbol: z3.ArithRef, value: Fraction) -> z3.ArithRef:
    """A term without conditionals that is equal to another at a value and wherever its conditions
    are as they are there."""
    here = (symbol, numeral(value))
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    for node in topological([term]):
        if kind_of(node) == z3.Z3_OP_ITE:
            condition, first, second = children_of(node)
            holds = z3.is_true(z3.simplify(z3.substitute(condition, here)))
            pairs.append((node, z3.substitute(first if holds else second, *pairs)))
    return z3.substitute(term, *pairs)


def _quotient(term: z3.ArithRef, symbol: z3.ArithRef) -> _Quotient | None:
    known: dict[int, _Quotient] = {}
    for node in topological([term]):
        found = _combined(node, [known[id_of(child)] for child in children_of(node)], symbol)
        if found is None:
            return None
        known[id_of(node)] = found
    return known[id_of(term)]


def _combined(
    node: z3.ExprRef, parts: Sequence[_Quotient], symbol: z3.ArithRef
) -> _Quotient | None:
    number = number_in(node)
    if number is not None:
        return _Quotient(flint.fmpq_poly([exact(number)]), ONE)
    if is_symbol(node):
        reads = name_of(node) == name_of(symbol)
        return _Quotient(flint.fmpq_poly([0, 1]), ONE) if reads else None
    combine = _COMBINE.get(kind_of(node))
    return None if combine is None else combine(parts)


def _divided(parts: Sequence[_Quotient]) -> _Quotient | None:
    inverse = parts[1].inverse()
    return None if inverse is None else parts[0] * inverse


_COMBINE: Mapping[int, Callable[[Sequence[_Quotient]], _Quotient | None]] = {
    z3.Z3_OP_ADD: lambda parts: reduce(lambda a, b: a + b, parts),
    z3.Z3_OP_SUB: lambda parts: reduce(lambda a, b: a + -b, parts),
    z3.Z3_OP_MUL: lambda parts: reduce(lambda a, b: a * b, parts),
    z3.Z3_OP_UMINUS: lambda parts: -parts[0],
    z3.Z3_OP_TO_REAL: lambda parts: parts[0],
    z3.Z3_OP_DIV: _divided,
}
