"""Polynomials with exact coefficients, and what they are never less than over a box.

*Lemma* (Bernstein). On [0, 1] a polynomial a₀ + a₁x + … of degree d is the sum of b_j C(d, j)
x^j (1 − x)^(d − j) with b_j = Σ_{k ≤ j} a_k C(j, k) / C(d, k), so it is at least the least b_j: the
weights are not negative and add up to 1. For x ≥ 0 it is at least a₀ if the other a_k are not
negative. Along one symbol the b_j and a_k are polynomials in the others, of which the same is
asked. (G. Farouki, "The Bernstein polynomial basis", Computer Aided Geometric Design 29, 2012.)
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from math import comb
from typing import Any

import flint

Polynomial = Any
"""A ``flint.fmpq_mpoly``."""
End = Any
"""An exact number, or None where there is no end."""
Box = Mapping[int, tuple[End, End]]
"""Between which ends symbols lie, by their number."""
ZERO = flint.fmpq(0)


def context(size: int) -> Any:
    """The ring of polynomials in so many symbols, at least one."""
    names = [f"s{number}" for number in range(max(size, 1))]
    return flint.fmpq_mpoly_ctx.get(names, flint.Ordering.degrevlex)


def read_by(polynomial: Polynomial) -> set[int]:
    """The symbols that a polynomial reads."""
    return {number for number, degree in enumerate(polynomial.degrees()) if degree > 0}


def reads(polynomial: Polynomial, symbol: int) -> bool:
    """Whether a polynomial reads a symbol."""
    return bool(polynomial.degrees()[symbol] > 0)


def constant(polynomial: Polynomial) -> Any:
    """The number that a polynomial is; None if it reads a symbol."""
    if polynomial.is_zero():
        return ZERO
    return polynomial.leading_coefficient() if polynomial.is_constant() else None


def scaled(polynomial: Polynomial) -> Polynomial:
    """A positive multiple: the same for all positive multiples of a polynomial that is not 0."""
    return polynomial * (1 / abs(polynomial.leading_coefficient()))


def key(polynomial: Polynomial) -> Hashable:
    """What two polynomials have in common if one is a positive multiple of the other."""
    multiple = scaled(polynomial)
    return tuple(multiple.monoms()), tuple(multiple.coeffs())


def powers(polynomial: Polynomial, symbol: int) -> list[Polynomial]:
    """What the powers of a symbol are multiplied by, from 0 to the degree."""
    parts: list[dict[Any, Any]] = [{} for _ in range(polynomial.degrees()[symbol] + 1)]
    for exponents, number in polynomial.to_dict().items():
        others = (*exponents[:symbol], 0, *exponents[symbol + 1 :])
        parts[exponents[symbol]][others] = number
    return [polynomial.context().from_dict(part) for part in parts]


def put(
    polynomial: Polynomial, symbol: int, over: Polynomial, under: Polynomial | None = None
) -> Polynomial:
    """The polynomial with ``over / under`` in place of a symbol, times the power of ``under`` that
    makes it one; without ``under``, over 1."""
    if not reads(polynomial, symbol):
        return polynomial
    if under is None or under.is_one():
        symbols = list(polynomial.context().gens())
        symbols[symbol] = over
        return polynomial.compose(*symbols, ctx=polynomial.context())
    parts = powers(polynomial, symbol)
    top = len(parts) - 1
    terms = (part * over**n * under ** (top - n) for n, part in enumerate(parts))
    return sum(terms, polynomial.context().constant(0))


def least(polynomial: Polynomial, box: Box, fuel: Iterator[int], floor: End = None) -> End:
    """A number that a polynomial is never less than over a box: at least the floor, if there is
    one. None where none is found before the fuel, of which each step takes one, is used up."""
    number = constant(polynomial)
    if number is not None:
        return number if floor is None or number >= floor else None
    if next(fuel, None) is None:
        return None
    degrees = polynomial.degrees()
    _, symbol = min((degree, n) for n, degree in enumerate(degrees) if degree > 0)
    low, high = box.get(symbol, (None, None))
    if low is not None and high is not None:
        found = []
        for coefficient in _bernstein(polynomial, symbol, low, high):
            found.append(least(coefficient, box, fuel, floor))
            if found[-1] is None:
                return None
        return min(found)
    if low is None and high is None:
        return None
    gens = polynomial.context().gens()
    moved = gens[symbol] + low if low is not None else high - gens[symbol]
    first, *others = powers(put(polynomial, symbol, moved), symbol)
    if any(least(other, box, fuel, ZERO) is None for other in others):
        return None
    return least(first, box, fuel, floor)


def _bernstein(polynomial: Polynomial, symbol: int, low: Any, high: Any) -> Iterator[Polynomial]:
    """The Bernstein coefficients along a symbol, between two ends."""
    ring = polynomial.context()
    degree = polynomial.degrees()[symbol]
    if degree == 1:
        yield from (polynomial.subs({ring.name(symbol): end}) for end in (low, high))
        return
    unit = ring.gens()[symbol] * (high - low) + low
    parts = powers(put(polynomial, symbol, unit), symbol)
    for j in range(degree + 1):
        terms = (
            part * flint.fmpq(comb(j, k), comb(degree, k)) for k, part in enumerate(parts[: j + 1])
        )
        yield sum(terms, ring.constant(0))
