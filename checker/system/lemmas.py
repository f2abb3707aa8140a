"""Lemmas: polynomials that are nowhere negative where some others are not, as data that another
program can check.

A polynomial is a list of terms, each its exponents and its coefficient, in scaled symbols
z = (x - centre) / scale.
"""

from __future__ import annotations

from fractions import Fraction

import attrs

Terms = tuple[tuple[tuple[int, ...], Fraction], ...]


@attrs.frozen
class Weighted:
    """A sum of squares m'Gm times polynomials.

    Args:
        given: the polynomials.
        basis: the exponents of the monomials m.
        gram: the matrix G, positive semidefinite.
    """

    given: tuple[Terms, ...]
    basis: tuple[tuple[int, ...], ...]
    gram: tuple[tuple[Fraction, ...], ...]


@attrs.frozen
class Lemma:
    """That the sum of all parts is not negative where no given polynomial is.

    Args:
        scales: centre and scale of each symbol: those of the fields, and after them those of
            nature's choices in a step; or those of its choices in the seed.
        seed: whether it is about the seed.
        parts: the sums of squares.
    """

    scales: tuple[tuple[Fraction, Fraction], ...]
    seed: bool
    parts: tuple[Weighted, ...]
