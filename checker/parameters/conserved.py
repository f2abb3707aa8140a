"""Sums of fields that no step changes, with coefficients that are polynomials in the parameter.

Theorem (docs/theory/regions.md, "Kept parts"). Where sum a_i(p) (F_i(s, w) - s_i) is the zero
polynomial, sum a_i(p) s_i is what it is at the seed. Which sums these are is a linear system over
the polynomials in p. They are candidates: of a step with conditionals, one piece is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any

import flint
import z3

from checker.backends.equations import NOTHING, Univariate, as_term, kernel
from checker.backends.polynomials import polynomials
from checker.system.problem import Problem
from spec.nodes import topological
from spec.terms import numeral

MOST_FIELDS = 12
MOST_NODES = 400
"""Of a step's terms."""
MOST_DEGREE = 6
"""Of a coefficient."""


def conserved(problem: Problem, symbol: z3.ArithRef, value: Fraction) -> Iterator[z3.ArithRef]:
    """The sums of at least two fields that the first step from the seed conserves.

    Args:
        problem: a loop of one step.
        symbol: the parameter.
        value: one of it, at which it is looked which branches that step takes.
    """
    (step,) = problem.steps
    fields, stage = step.source.symbols, step.stage
    if len(fields) > MOST_FIELDS or len(topological(stage.outputs)) > MOST_NODES:
        return
    here = [(symbol, numeral(value))]
    here += [(f, z3.substitute(s, *here)) for f, s in zip(fields, problem.seed, strict=True)]
    for choice in stage.choices:
        here.append((choice.symbol, z3.substitute((choice.low + choice.high) / 2, *here)))
    symbols = [symbol, *fields, *(choice.symbol for choice in stage.choices)]
    changes: list[tuple[z3.ArithRef, Any]] = []
    for field, output in zip(fields, stage.outputs, strict=True):
        found = polynomials([_taken(output, here) - field], symbols) if z3.is_real(field) else None
        changes += [] if found is None else [(field, found[0])]
    for row in kernel(_system([change for _, change in changes]), len(changes)):
        parts = [(c, f) for c, (f, _) in zip(row, changes, strict=True) if c]
        if len(parts) > 1 and all(c.degree() <= MOST_DEGREE for c, _ in parts):
            yield reduce(add, [as_term(c, symbol) * field for c, field in parts])


def _taken(term: z3.ExprRef, here: Sequence[tuple[z3.ExprRef, z3.ExprRef]]) -> z3.ExprRef:
    """A term without conditionals: of each the branch that is taken at some values."""
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    for node in topological([term]):
        if z3.is_app_of(node, z3.Z3_OP_ITE) and z3.is_arith(node):
            which, first, second = (z3.substitute(child, *pairs) for child in node.children())
            taken = z3.is_true(z3.simplify(z3.substitute(which, *here)))
            pairs.append((node, first if taken else second))
    return z3.substitute(term, *pairs) if pairs else term


def _system(changes: Sequence[Any]) -> list[list[Univariate]]:
    """For each monomial in fields and choices, its coefficients in the changes of the fields."""
    rows: dict[tuple[int, ...], list[Univariate]] = {}
    for column, change in enumerate(changes):
        for (power, *monomial), coefficient in change.terms():
            row = rows.setdefault(tuple(monomial), [NOTHING] * len(changes))
            row[column] = row[column] + flint.fmpq_poly([0] * power + [coefficient])
    return list(rows.values())
