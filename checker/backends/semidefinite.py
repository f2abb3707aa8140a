"""Semidefinite programs in floats, by Clarabel: what they give is a guess.

Wanted are numbers y, the first of which is to be as great as possible, and positive semidefinite
matrices G_1 ... G_k, such that finitely many linear equations hold of their entries.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, TypeAlias

import attrs
import numpy as np

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

MOST_ITERATIONS = 100
"""Steps of the interior-point method, of which a program that it can solve needs some dozens."""
TOLERANCE = 1e-6
ROOT = float(np.sqrt(2))

Place = tuple[int, int, int]
"""An entry of a matrix: which matrix, row and column, the row not below the column."""


@attrs.frozen
class Equation:
    """That a combination of the numbers is one of the matrices' entries, each counted as often as
    it stands in the whole symmetric matrix."""

    numbers: Mapping[int, float]
    entries: Mapping[Place, float]


@attrs.frozen
class Solution:
    """What was found: the numbers, and the matrices."""

    numbers: Array
    matrices: tuple[Array, ...]


def greatest(
    equations: Sequence[Equation],
    bounds: Sequence[tuple[float, float]],
    sizes: Sequence[int],
    deadline: float,
) -> Solution | None:
    """A solution with the first number as great as possible, each number within its bounds.

    Args:
        equations: what must hold.
        bounds: of each number the least and the greatest value.
        sizes: of each matrix.
        deadline: when to give up, by ``time.monotonic``; where it does not matter the answer
            depends on the program alone.

    Returns:
        None where there is none, or the method comes to no end.
    """
    import clarabel  # here, since few claims need it and it takes a while to load
    from scipy import sparse

    seconds = deadline - time.monotonic()
    if seconds <= 0:
        return None
    starts = list(accumulate((n * (n + 1) // 2 for n in sizes), initial=len(bounds)))
    total = starts[-1]
    equal = _rows(equations, starts, total, sparse)
    ends = sparse.eye_array(len(bounds), total, format="csc")
    cones = sparse.hstack(
        [
            sparse.csc_array((total - len(bounds), len(bounds))),
            sparse.eye_array(total - len(bounds), format="csc"),
        ]
    )
    matrix = sparse.csc_matrix(sparse.vstack([equal, ends, -ends, -cones], format="csc"))
    side = [
        *np.zeros(len(equations)),
        *(high for _, high in bounds),
        *(-low for low, _ in bounds),
        *np.zeros(total - len(bounds)),
    ]
    goal = np.zeros(total)
    goal[0] = -1.0
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.max_iter = MOST_ITERATIONS
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
    settings.time_limit = min(seconds, 1e6)
    kinds = [
        clarabel.ZeroConeT(len(equations)),
        clarabel.NonnegativeConeT(2 * len(bounds)),
        *map(clarabel.PSDTriangleConeT, sizes),
    ]
    nothing = sparse.csc_matrix((total, total))
    found = clarabel.DefaultSolver(nothing, goal, matrix, np.array(side), kinds, settings).solve()
    if found.status not in (clarabel.SolverStatus.Solved, clarabel.SolverStatus.AlmostSolved):
        return None
    values = np.array(found.x)
    matrices = (_unpacked(values[a:], n) for a, n in zip(starts, sizes, strict=False))
    return Solution(values[: len(bounds)], tuple(matrices))


def _rows(equations: Sequence[Equation], starts: Sequence[int], total: int, sparse: Any) -> Any:
    """The equations as the rows of a sparse matrix: an entry off the diagonal stands for two, and
    is kept times the root of 2."""
    rows, columns, values = list[int](), list[int](), list[float]()
    for row, equation in enumerate(equations):
        for number, value in equation.numbers.items():
            rows.append(row)
            columns.append(number)
            values.append(value)
        for (which, i, j), value in equation.entries.items():
            rows.append(row)
            columns.append(starts[which] + j * (j + 1) // 2 + i)
            values.append(-value * (1.0 if i == j else ROOT))
    return sparse.csc_array((values, (rows, columns)), shape=(len(equations), total))


def _unpacked(values: Array, size: int) -> Array:
    """A symmetric matrix from its upper triangle, column by column."""
    found = np.zeros((size, size))
    columns, rows = np.tril_indices(size)
    packed = values[: len(rows)] / np.where(rows == columns, 1.0, ROOT)
    found[rows, columns] = packed
    found[columns, rows] = packed
    return found
