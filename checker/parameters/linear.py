"""What is linear in a state, with coefficients that are polynomials in the parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import flint
import z3

from checker.backends.equations import NOTHING, Univariate
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


def dot(row: Sequence[Univariate], other: Sequence[Univariate]) -> Univariate:
    """The sum of the products."""
    return sum((a * b for a, b in zip(row, other, strict=True)), NOTHING)


def linear_row(polynomial: Polynomial, size: int, first: int = 1) -> Row | None:
    """A coefficient for each of so many numbers, from the ``first`` on, each a polynomial in the
    parameter, and what is there without any; None where it is not linear in them, or reads
    others."""
    found: list[dict[int, Any]] = [{} for _ in range(size + 1)]
    for powers, coefficient in polynomial.to_dict().items():
        numbers = powers[first : first + size]
        if sum(numbers) > 1 or sum(powers[1:]) > sum(numbers):
            return None
        place = numbers.index(1) if 1 in numbers else size
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


Ends = tuple[Polynomial, Polynomial]
"""Of a choice, the low one and the high one."""


@attrs.frozen
class PolynomialStep:
    """A loop's seed and step as polynomials in the parameter, the fields, nature's choices and
    those in the seed.

    Args:
        numbers: the parameter and the fields.
        seed: of each field.
        outputs: of each field.
        ends: of each choice, the low one and the high one.
        seed_ends: of each choice in the seed.
    """

    numbers: tuple[z3.ExprRef, ...]
    seed: tuple[Polynomial, ...]
    outputs: tuple[Polynomial, ...]
    ends: tuple[Ends, ...]
    seed_ends: tuple[Ends, ...]


def polynomial_step(problem: Problem, symbol: z3.ArithRef) -> PolynomialStep | None:
    """A loop of one step, of real numbers, that needs nothing to be defined; None for any other."""
    (step,) = problem.steps
    stage, fields = step.stage, problem.agent.symbols
    choices = [*stage.choices, *problem.seed_choices]
    numbers = [symbol, *fields, *(choice.symbol for choice in choices)]
    if stage.unknowns or stage.sides or any(n.sort() != z3.RealSort() for n in numbers):
        return None
    ends = [end for choice in choices for end in (choice.low, choice.high)]
    found = polynomials([*problem.seed, *stage.outputs, *ends], numbers)
    if found is None:
        return None
    size, count = len(fields), len(stage.choices)
    seed, outputs, tops = found[:size], found[size : 2 * size], found[2 * size :]
    pairs = tuple(zip(tops[::2], tops[1::2], strict=True))
    whole = (symbol, *fields)
    return PolynomialStep(whole, tuple(seed), tuple(outputs), pairs[:count], pairs[count:])


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
