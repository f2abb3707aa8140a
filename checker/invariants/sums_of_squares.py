"""Sums of squares: polynomials that are nowhere negative where some others are not.

Theorem. Let q = sum h_k m_k'G_k m_k, each h_k a product of polynomials, each m_k a vector of
monomials and each G_k a positive semidefinite matrix. Then q(v) >= 0 wherever no factor of the h_k
is negative. (m'Gm is a sum of squares of polynomials, by an L with G = L L'.) That the two sides
are one polynomial is a comparison of rational coefficients, and that a rational matrix is
semidefinite is decided by elimination.

The G_k are guessed by a semidefinite program (Parrilo, "Semidefinite programming relaxations for
semialgebraic problems", 2003; Putinar, "Positive polynomials on compact semi-algebraic sets",
1993, says how far they suffice), with room: G_0, which has no factor, is to be t times the identity
and a semidefinite matrix, t as great as possible. So all works out in a neighbourhood, which holds
rational numbers: the other matrices are rounded, and what is then missing is added to the entries
of G_0 (Peyrl and Parrilo, "Computing sum of squares decompositions with rational coefficients",
2008).
"""

from __future__ import annotations

import itertools
import operator
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

import attrs
import numpy as np

from checker.backends.evaluator import rational
from checker.backends.polynomials import Polynomial
from checker.backends.semidefinite import Array, Equation, Place, greatest
from checker.invariants.ellipsoids import Matrix, semidefinite
from checker.system.replay import as_fraction

GRAIN = 2**40
"""Matrices are rounded to multiples of one over this."""
MOST_MONOMIALS = 45
"""Rows of a matrix up to which a program is put."""
HEAVIEST, FEW_SYMBOLS = 3, 4
"""What each of so many symbols may weigh where degrees are compared; 1 where there are more."""
ROOM = 0
"""The number of the room t among the unknowns."""

Monomial = tuple[int, ...]
Factor = tuple[Polynomial, ...]
"""A product of polynomials, kept apart."""


@attrs.frozen
class Squares:
    """A product of factors times a sum of squares m'Gm."""

    factors: Factor
    basis: tuple[Monomial, ...]
    gram: Matrix

    def product(self, one: Polynomial) -> Polynomial:
        """Multiplied out, in the ring of the polynomial 1."""
        terms: dict[Monomial, Any] = defaultdict(int)
        for (i, a), (j, b) in itertools.product(enumerate(self.basis), repeat=2):
            terms[_times(a, b)] += rational(self.gram[i][j])
        return reduce(operator.mul, self.factors, one) * one.context().from_dict(terms)


@attrs.frozen
class Identity:
    """That a polynomial is a sum of squares times factors, and so not negative where they are
    not."""

    left: Polynomial
    squares: tuple[Squares, ...]

    def holds(self) -> bool:
        """Whether both sides are the same and the matrices semidefinite: decided exactly."""
        one = self.left.context().constant(1)
        total = reduce(operator.add, (each.product(one) for each in self.squares), one * 0)
        return bool(total == self.left) and all(semidefinite(each.gram) for each in self.squares)


@attrs.frozen(slots=False)
class Wanted:
    """Of a sum of unknown numbers times polynomials, that it is nowhere negative where the factors
    are not."""

    parts: Mapping[int, Polynomial]
    factors: tuple[Factor, ...]
    one: Polynomial

    def at(self, values: Sequence[Fraction]) -> Polynomial:
        """The polynomial for values of the unknowns."""
        terms = (part * rational(values[number]) for number, part in self.parts.items())
        return reduce(operator.add, terms, self.one * 0)

    @cached_property
    def products(self) -> list[Polynomial]:
        """The factors multiplied out, 1 before them."""
        return [self.one, *(reduce(operator.mul, factor, self.one) for factor in self.factors)]

    @cached_property
    def bases(self) -> list[tuple[Monomial, ...]]:
        """For 1 and each factor the monomials whose squares, times the factor, have no greater
        degree than all polynomials have, whatever the symbols weigh; degrees are rounded up to even
        ones.

        In a sum of squares alone no others can be (Reznick, "Extremal PSD forms with few terms",
        1978); with factors they could, and are left out all the same."""
        size = self.one.context().nvars()
        most = HEAVIEST if size <= FEW_SYMBOLS else 1
        weights = np.array(list(itertools.product(range(most + 1), repeat=size)), dtype=int)
        found = [*self.parts.values(), *self.products]
        whole = np.max([_degrees(each, weights) for each in found], axis=0)
        whole += whole % 2
        halves = [(whole - _degrees(each, weights)) // 2 for each in self.products]
        degrees = zip(*(each.degrees() for each in found), strict=True)
        single = [(max(own) + 1) // 2 for own in degrees]
        every = monomials(sum(single), single)
        weighed = np.array(every, dtype=int).reshape(len(every), size) @ weights.T
        fitting = [(weighed <= half).all(axis=1) for half in halves]
        return [tuple(itertools.compress(every, fits)) for fits in fitting]


@attrs.frozen
class Guess:
    """Numbers, and for each polynomial that is wanted its matrices."""

    numbers: Array
    matrices: tuple[tuple[Array, ...], ...]

    @property
    def room(self) -> float:
        """The t of the first matrices."""
        return float(self.numbers[ROOM])


def monomials(total: int, single: Sequence[int]) -> tuple[Monomial, ...]:
    """The monomials up to a degree in all and one in each variable, the lowest first."""
    every = itertools.product(*(range(most + 1) for most in single))
    return tuple(sorted((m for m in every if sum(m) <= total), key=lambda m: (sum(m), m)))


def guessed(
    wanted: Sequence[Wanted], bounds: Sequence[tuple[float, float]], deadline: float
) -> Guess | None:
    """Numbers within their bounds, the first of which is the room, and matrices for all that is
    wanted; None where there are none, or a matrix would be too large."""
    sizes = [[len(basis) for basis in each.bases] for each in wanted]
    if max(map(max, sizes)) > MOST_MONOMIALS:
        return None
    equations: list[Equation] = []
    first = 0
    for each, own in zip(wanted, sizes, strict=True):
        equations += _equations(each, first)
        first += len(own)
    found = greatest(equations, bounds, [*itertools.chain(*sizes)], deadline)
    if found is None:
        return None
    room, left = float(found.numbers[ROOM]), iter(found.matrices)
    matrices = []
    for own in sizes:
        largest, *others = itertools.islice(left, len(own))
        matrices.append((largest + room * np.eye(len(largest)), *others))
    return Guess(found.numbers, tuple(matrices))


def _equations(wanted: Wanted, first: int) -> list[Equation]:
    """That the coefficients of both sides are the same, the room on the diagonal of the first."""
    numbers: dict[Monomial, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    entries: dict[Monomial, dict[Place, float]] = defaultdict(lambda: defaultdict(float))
    for number, part in wanted.parts.items():
        for monomial, value in _terms(part):
            numbers[monomial][number] += value
    for square in wanted.bases[0]:
        numbers[_times(square, square)][ROOM] -= 1.0
    sides = zip(wanted.products, wanted.bases, strict=True)
    for which, (factor, basis) in enumerate(sides, start=first):
        terms = list(_terms(factor))
        for (i, a), (j, b) in itertools.combinations_with_replacement(enumerate(basis), 2):
            both = _times(a, b)
            for monomial, value in terms:
                entries[_times(both, monomial)][which, i, j] += value
    every = sorted({*numbers, *entries})
    return [Equation(numbers.get(m, {}), entries.get(m, {})) for m in every]


def exact(wanted: Wanted, values: Sequence[Fraction], matrices: Sequence[Array]) -> Identity | None:
    """The identity for values of the unknowns, from matrices in floats; None where it does not
    work out."""
    left, bases = wanted.at(values), wanted.bases
    first, others = Squares((), bases[0], _rounded(matrices[0])), list[Squares]()
    for factor, basis, matrix in zip(wanted.factors, bases[1:], matrices[1:], strict=True):
        size = len(matrix)
        least = float(np.linalg.eigvalsh(matrix)[0]) if size else 0.0
        lifted = matrix + max(0.0, 2 * size / GRAIN - least) * np.eye(size)
        others.append(Squares(factor, basis, _rounded(lifted)))
    rest = left
    for each in (first, *others):
        rest = rest - each.product(wanted.one)
    gram = _added(first, rest)
    if gram is None:
        return None
    found = Identity(left, (attrs.evolve(first, gram=gram), *others))
    return found if found.holds() else None


def _added(squares: Squares, rest: Polynomial) -> Matrix | None:
    """The matrix with what is missing of the polynomial spread over the entries that make each of
    its monomials; None where none does."""
    places: dict[Monomial, list[tuple[int, int]]] = defaultdict(list)
    for (i, a), (j, b) in itertools.product(enumerate(squares.basis), repeat=2):
        places[_times(a, b)].append((i, j))
    rows = [list(row) for row in squares.gram]
    for monomial, value in rest.to_dict().items():
        share = places.get(_plain(monomial), [])
        if not share:
            return None
        for i, j in share:
            rows[i][j] += as_fraction(value) / len(share)
    return tuple(map(tuple, rows))


def _rounded(matrix: Array) -> Matrix:
    even = (matrix + matrix.T) / 2
    return tuple(tuple(Fraction(round(float(v) * GRAIN), GRAIN) for v in row) for row in even)


def _terms(polynomial: Polynomial) -> Iterator[tuple[Monomial, float]]:
    for monomial, value in polynomial.to_dict().items():
        yield _plain(monomial), float(as_fraction(value))


def _plain(monomial: Sequence[Any]) -> Monomial:
    return tuple(map(int, monomial))


def _times(a: Monomial, b: Monomial) -> Monomial:
    return tuple(x + y for x, y in zip(a, b, strict=True))


def _degrees(polynomial: Polynomial, weights: Array) -> Array:
    """The degree of a polynomial for each way to weigh its symbols."""
    size = weights.shape[1]
    exponents = np.array([_plain(m) for m in polynomial.monoms()] or [(0,) * size], dtype=int)
    degrees: Array = (exponents.reshape(len(exponents), size) @ weights.T).max(axis=0)
    return degrees
