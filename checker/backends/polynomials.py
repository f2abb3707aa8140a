"""Terms as polynomials in exact numbers, by FLINT; and whether they are piecewise linear."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from math import inf, prod
from typing import Any

import flint
import z3

from checker.backends.evaluator import rational
from spec.nodes import children_of, id_of, kind_of, number_in, topological

MOST_TERMS = 10_000
"""Terms of a polynomial up to which it is multiplied out."""

Polynomial = Any
"""An ``fmpq_mpoly``, for which FLINT has no types."""


def polynomials(
    terms: Sequence[z3.ExprRef], symbols: Sequence[z3.ExprRef]
) -> list[Polynomial] | None:
    """Each term as a polynomial in the symbols, in their order.

    Returns:
        None if a term is no polynomial in them, or one of more than ``MOST_TERMS`` terms.
    """
    ring = flint.fmpq_mpoly_ctx.get([f"x{n}" for n in range(len(symbols))], "lex")
    known = {id_of(s): gen for s, gen in zip(symbols, ring.gens(), strict=True)}
    for node in topological(terms, known):
        found = _polynomial(node, known, ring)
        if found is None or len(found) > MOST_TERMS:
            return None
        known[id_of(node)] = found
    return [known[id_of(term)] for term in terms]


def is_piecewise_linear(terms: Sequence[z3.ExprRef]) -> bool:
    """Whether terms multiply by numbers only, and divide by numbers only, whatever they compare.

    What comes out as a number once it is simplified counts as none.
    """
    return degree_of(terms) <= 1


def degree_of(terms: Sequence[z3.ExprRef]) -> float:
    """The greatest degree of any of the polynomials that terms are made of, those that are compared
    included; infinity where a curve or an unknown power is among them.

    A quotient by what is no number counts as the product of both, and as 2 at least.
    """
    degrees: dict[int, float] = {}
    for node in topological(terms):
        degrees[id_of(node)] = _degree(node, [degrees[id_of(c)] for c in children_of(node)])
    return max((degrees[id_of(term)] for term in terms), default=0)


def _degree(node: z3.ExprRef, below: Sequence[float]) -> float:
    kind = kind_of(node)
    if number_in(node) is not None:
        return 0
    if kind == z3.Z3_OP_MUL:
        return sum(below)
    if kind == z3.Z3_OP_DIV:
        return below[0] if number_in(children_of(node)[1]) is not None else max(2, sum(below))
    if kind == z3.Z3_OP_POWER or (kind == z3.Z3_OP_UNINTERPRETED and below):
        return inf
    return max(below, default=1)


def _polynomial(node: z3.ExprRef, known: Mapping[int, Polynomial], ring: Any) -> Polynomial | None:
    number = number_in(node)
    if number is not None:
        return ring.constant(rational(number))
    children = [known[id_of(child)] for child in children_of(node)]
    kind = kind_of(node)
    if kind == z3.Z3_OP_MUL and prod(map(len, children)) > MOST_TERMS:
        return None
    if kind == z3.Z3_OP_DIV:
        over, under = children
        return over / under.leading_coefficient() if under.is_constant() and under else None
    combine = _COMBINE.get(kind)
    return None if combine is None else combine(children)


_COMBINE: Mapping[int, Callable[[Sequence[Polynomial]], Polynomial]] = {
    z3.Z3_OP_ADD: lambda parts: reduce(operator.add, parts),
    z3.Z3_OP_SUB: lambda parts: reduce(operator.sub, parts),
    z3.Z3_OP_MUL: lambda parts: reduce(operator.mul, parts),
    z3.Z3_OP_UMINUS: lambda parts: -parts[0],
    z3.Z3_OP_TO_REAL: lambda parts: parts[0],
}
