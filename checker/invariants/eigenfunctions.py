"""Affine functions of the state that a step only scales, and the half-spaces that they keep.

Where every branch and choice of an affine step F satisfies g(F(x)) = s g(x) for an affine function
g and a number s in [-1, 1], g stays between bounds that its value at the seed gives: at that value
for s = 1 (a conserved quantity), between it and zero for 0 <= s < 1, within its size on either side
of zero for s < 0. In the matrix M of the step on (x, 1) these are the left eigenvectors. The
half-spaces of the states from which a claim is kept converge to such a one where they do not come
to an end, as in every absorbing Markov chain (the harmonic functions of Kemeny and Snell, Finite
Markov Chains, 1960). What is found here is a candidate, like any polyhedron.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import flint

from checker.backends.evaluator import rational
from checker.system.replay import as_fraction

Row = tuple[Fraction, ...]
"""The coefficients of an affine function, the constant last."""

MOST_FIELDS = 24
"""Fields up to which a characteristic polynomial is factored."""


@attrs.frozen
class Eigenfunction:
    """An affine function g with g(F(x)) = scale g(x) for every branch and choice of a step."""

    row: Row
    scale: Fraction

    def __call__(self, state: Sequence[Fraction]) -> Fraction:
        """The function at a state."""
        return sum(
            (a * x for a, x in zip(self.row, (*state, Fraction(1)), strict=True)), Fraction(0)
        )

    def range(self, seed: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
        """The least and the greatest value that it has along any run from a seed."""
        start = self(seed)
        if self.scale == 1:
            return start, start
        other = -start if self.scale < 0 else Fraction(0)
        return min(start, other), max(start, other)


def eigenfunctions(
    branches: Sequence[Sequence[Mapping[int, Fraction]]], columns: Sequence[int], one: int
) -> Iterator[Eigenfunction]:
    """The affine functions that a piecewise affine step scales by a rational in [-1, 1].

    Args:
        branches: for each field, the affine expressions that it may become, as coefficients by
            symbol; the constant under ``one``.
        columns: the fields' symbols; any other is a choice of nature.
        one: the key of the constants.
    """
    if len(columns) > MOST_FIELDS:
        return
    step, apart = _matrices(branches, columns, one)
    polynomial = step.charpoly()
    for factor, _ in polynomial.numer().factor()[1]:
        if factor.degree() != 1:
            continue
        constant, slope = (int(c) for c in factor.coeffs())
        scale = Fraction(-constant, slope)
        if abs(scale) > 1:
            continue
        for row in _left_kernel(step, apart, scale):
            if any(row[:-1]):
                yield Eigenfunction(row, scale)


def _matrices(
    branches: Sequence[Sequence[Mapping[int, Fraction]]], columns: Sequence[int], one: int
) -> tuple[flint.fmpq_mat, list[list[Fraction]]]:
    """The step's first branch on (x, 1) without choices, a row for each field; and in columns, what
    a function must not see: the choices, and where the branches of a field differ."""
    places = {key: place for place, key in enumerate([*columns, one])}
    size = len(places)
    matrix = [[Fraction(0)] * size for _ in range(size)]
    matrix[-1][-1] = Fraction(1)
    chosen: dict[int, list[Fraction]] = {}
    apart: list[list[Fraction]] = []
    for number, pieces in enumerate(branches):
        for key, value in pieces[0].items():
            if key in places:
                matrix[number][places[key]] += value
            else:
                chosen.setdefault(key, [Fraction(0)] * size)[number] += value
        if len(pieces) > 1:
            apart.append([Fraction(place == number) for place in range(size)])
    return _exact(matrix), [*chosen.values(), *apart]


def _left_kernel(
    step: flint.fmpq_mat, apart: Sequence[Sequence[Fraction]], scale: Fraction
) -> Iterator[Row]:
    """A basis of the rows r with r M = scale r that are zero on every column of ``apart``."""
    size = step.nrows()
    turned = step.transpose().tolist()
    for place in range(size):
        turned[place][place] -= rational(scale)
    system = (
        flint.fmpq_mat(turned + _exact(list(apart)).tolist()) if apart else flint.fmpq_mat(turned)
    )
    reduced, rank = system.rref()
    pivots = [next(c for c in range(size) if reduced[r, c] != 0) for r in range(rank)]
    for free in (c for c in range(size) if c not in pivots):
        row = [Fraction(0)] * size
        row[free] = Fraction(1)
        for r, pivot in enumerate(pivots):
            row[pivot] = as_fraction(-reduced[r, free])
        yield tuple(row)


def _exact(rows: Sequence[Sequence[Fraction]]) -> flint.fmpq_mat:
    return flint.fmpq_mat([[rational(value) for value in row] for row in rows])
