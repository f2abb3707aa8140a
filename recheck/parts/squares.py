"""Lemmas by sums of squares: read, and worked out.

*Lemma.* Let q be the sum of some parts, each a product of given polynomials times m′Gm, with m a
vector of monomials and G a positive semidefinite matrix. Where no given polynomial is negative, nor
is q; and q is above 0 if one part is a positive number. *Proof.* m′Gm ≥ 0 for every m. ∎
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import product
from operator import mul
from typing import Any, NamedTuple

import flint

from recheck.errors import Malformed, Rejected
from recheck.parts.polynomials import Polynomial, context


class Lemma(NamedTuple):
    """That a polynomial is not negative where the given ones are not; or is above 0. All are over
    symbols in their order."""

    seed: bool
    total: Polynomial
    given: Sequence[Polynomial]
    strict: bool


def lemma_of(section: Mapping[str, Any]) -> Lemma:
    """A lemma, once its matrices are found to be positive semidefinite.

    Raises:
        Rejected: where one is not.
        Malformed: where a matrix does not fit to its monomials.
    """
    ring = context(len(section["scales"]))
    ends = [(flint.fmpq(*_two(a)), flint.fmpq(*_two(b))) for a, b in section["scales"]]
    symbols = [(x - a) / b for x, (a, b) in zip(ring.gens(), ends, strict=False)]
    symbols += ring.gens()[len(symbols) :]
    total, every, strict = ring.constant(0), list[Polynomial](), False
    for part in section["parts"]:
        basis, gram = part["basis"], [[flint.fmpq(*_two(v)) for v in row] for row in part["gram"]]
        if [len(row) for row in gram] != [len(basis)] * len(basis):
            raise Malformed("a matrix that does not fit to its monomials")
        if not positive_semidefinite(gram):
            raise Rejected("the matrix of a lemma is not positive semidefinite")
        given = [
            ring.from_dict({tuple(n): flint.fmpq(*_two(v)) for n, v in p}) for p in part["given"]
        ]
        every += given
        strict = strict or (not given and not any(map(any, basis)) and sum(map(sum, gram)) > 0)
        squares = ring.constant(0)
        for (i, a), (j, b) in product(enumerate(basis), repeat=2):
            power = tuple(n + m for n, m in zip(a, b, strict=True))
            squares += ring.from_dict({power: gram[i][j]})
        total += reduce(mul, given, squares)
    moved = [each.compose(*symbols, ctx=ring) for each in (total, *every)]
    return Lemma(section["seed"], moved[0], moved[1:], strict)


def positive_semidefinite(matrix: Sequence[Sequence[Any]]) -> bool:
    """Whether a matrix is symmetric, and no pivot of its elimination negative, nor zero beside what
    is not."""
    if any(row[j] != matrix[j][i] for i, row in enumerate(matrix) for j in range(i)):
        return False
    left = [list(row) for row in matrix]
    while left:
        (pivot, *first), *rest = left
        if pivot < 0 or (pivot == 0 and any(first)):
            return False
        if pivot:
            rest = [[v - row[0] * first[j] / pivot for j, v in enumerate(row[1:])] for row in rest]
        else:
            rest = [row[1:] for row in rest]
        left = rest
    return True


def _two(number: str) -> tuple[int, int]:
    over, _, under = number.partition("/")
    return int(over), int(under or 1)
