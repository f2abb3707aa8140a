"""Linear equations whose coefficients are polynomials in one number, by FLINT.

Solved without fractions (Bareiss, 1968), so that coefficients stay as short as determinants are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

Univariate = Any
"""An ``fmpq_poly``, for which FLINT has no types."""


@attrs.frozen
class Quotients:
    """Polynomials over one that is not 0 everywhere."""

    over: tuple[Univariate, ...]
    under: Univariate


def solution(
    matrix: Sequence[Sequence[Univariate]], right: Sequence[Univariate], one: Univariate
) -> Quotients | None:
    """The y with ``matrix`` y = ``right``; None if the determinant is 0 at every value.

    It holds at each value at which ``under`` is not 0.

    Args:
        matrix: a square one.
        right: as many polynomials as it has rows.
        one: the polynomial 1.
    """
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size, before = len(rows), one
    for k in range(size):
        pivot = next((i for i in range(k, size) if rows[i][k] != 0), None)
        if pivot is None:
            return None
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(size):
            if i != k:
                rows[i] = [
                    (rows[k][k] * value - rows[i][k] * above) // before
                    for value, above in zip(rows[i], rows[k], strict=True)
                ]
        before = rows[k][k]
    return Quotients(tuple(row[size] for row in rows), before)
