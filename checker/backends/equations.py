"""Linear equations whose coefficients are polynomials in one number, by FLINT.

Solved without fractions, whose numerators and denominators would grow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import attrs
import flint
import z3

from spec.terms import numeral

Univariate = Any
"""An ``fmpq_poly``, for which FLINT has no types."""
NOTHING, ONE = flint.fmpq_poly([]), flint.fmpq_poly([1])


@attrs.frozen
class Quotients:
    """Polynomials over one that is not 0 everywhere."""

    over: tuple[Univariate, ...]
    under: Univariate


def solution(
    matrix: Sequence[Sequence[Univariate]], right: Sequence[Univariate]
) -> Quotients | None:
    """The y with ``matrix`` y = ``right``, for a square matrix; None if its determinant is 0 at
    every value.

    ``under`` is the determinant, and it holds wherever that is not 0. (Bareiss, 1968: coefficients
    stay as short as determinants are.)
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size, before = len(rows), ONE
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k] != 0), None)
        if pivot is None:
            return None
        if pivot != k:  # one with the other sign, so that the determinant stays
            rows[k], rows[pivot] = rows[pivot], [-value for value in rows[k]]
        for i in range(size):
            if i != k:
                rows[i] = [
                    (rows[k][k] * value - rows[i][k] * above) // before
                    for value, above in zip(rows[i], rows[k], strict=True)
                ]
        before = rows[k][k]
    return Quotients(tuple(row[size] for row in rows), before)


def kernel(matrix: Sequence[Sequence[Univariate]], columns: int) -> Iterator[list[Univariate]]:
    """A basis of the columns' combinations that are zero in every row, over the quotients of
    polynomials, each times a common denominator."""
    rows, pivots = [list(row) for row in matrix], list[int]()
    for column in range(columns):
        done = len(pivots)
        place = next((n for n in range(done, len(rows)) if rows[n][column]), None)
        if place is None:
            continue
        rows[done], rows[place] = rows[place], rows[done]
        pivot = rows[done]
        for n, row in enumerate(rows):
            if n != done and row[column]:
                factor = row[column]
                left = [pivot[column] * a - factor * b for a, b in zip(row, pivot, strict=True)]
                rows[n] = _reduced(left)
        pivots.append(column)
    for free in (column for column in range(columns) if column not in pivots):
        whole = reduce(lambda a, b: a * b, (rows[n][c] for n, c in enumerate(pivots)), ONE)
        found = [NOTHING] * columns
        found[free] = whole
        for n, column in enumerate(pivots):
            found[column] = -rows[n][free] * whole // rows[n][column]
        yield _reduced(found)


def _reduced(row: list[Univariate]) -> list[Univariate]:
    """A row without its common factor."""
    common = reduce(lambda a, b: a.gcd(b), row, NOTHING)
    return [entry // common for entry in row] if common else row


def as_term(polynomial: Univariate, symbol: z3.ArithRef) -> z3.ArithRef:
    """A polynomial in a symbol, as a term."""
    term: z3.ArithRef = z3.RealVal(0)
    for each in reversed(polynomial.coeffs()):
        term = term * symbol + numeral(Fraction(int(each.p), int(each.q)))
    return term
