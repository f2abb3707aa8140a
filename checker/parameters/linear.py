"""What is linear in a state, with coefficients that are polynomials in the parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import flint
import z3

from checker.backends.equations import Univariate
from checker.backends.polynomials import Polynomial, polynomials
from checker.backends.solver import parts
from checker.invariants.preimages import comparisons
from checker.system.problem import Problem

Row = tuple[Univariate, ...]
"""A coefficient for each field."""


@attrs.frozen
class LinearClause:
    """A clause: ``row`` of the fields is at most ``limit``, or below it."""

    row: Row
    limit: Univariate
    strict: bool


def linear_row(polynomial: Polynomial, size: int) -> Row | None:
    """A coefficient for each field, each a polynomial in the parameter, and what is there without
    any; None where it is not linear."""
    found: list[dict[int, Any]] = [{} for _ in range(size + 1)]
    for powers, coefficient in polynomial.to_dict().items():
        fields = powers[1 : 1 + size]
        if sum(fields) > 1 or any(powers[1 + size :]):
            return None
        place = fields.index(1) if 1 in fields else size
        found[place][powers[0]] = coefficient
    return tuple(
        flint.fmpq_poly([each.get(power, 0) for power in range(max(each, default=-1) + 1)])
        for each in found
    )


def in_parameter(terms: Sequence[Polynomial]) -> Row | None:
    """Polynomials that read the parameter alone; None if one reads another number too."""
    found = [linear_row(each, 0) for each in terms]
    plain = [row[0] for row in found if row is not None]
    return tuple(plain) if len(plain) == len(found) else None


def linear_clauses(
    problem: Problem, numbers: Sequence[z3.ExprRef]
) -> tuple[tuple[LinearClause, ...], bool]:
    """What must hold of a state, as far as it is linear, and whether that is all."""
    said = [
        part
        for clause in problem.clauses[problem.agent.name]
        for part in parts(clause.condition)
        if not z3.is_true(part)
    ]
    clauses: list[LinearClause] = []
    size, all_told = len(numbers) - 1, True
    for part in said:
        sides = comparisons(part)
        found = polynomials([each.high - each.low for each in sides], numbers)
        rows = [linear_row(each, size) for each in found or ()]
        linear = [row for row in rows if row is not None]
        all_told = all_told and bool(sides) and len(linear) == len(sides)
        for each, row in zip(sides, linear, strict=False):
            clauses.append(LinearClause(tuple(-v for v in row[:size]), row[size], each.strict))
    return tuple(clauses), all_told
