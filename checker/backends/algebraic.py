"""Naming a number that is known to many digits: a short fraction, or a root of a short polynomial.

A name is a guess. Whoever uses it proves that it is the number meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import attrs
import flint
import z3

from checker.backends.rounding import cut_off
from spec.terms import numeral

MOST_DEGREE = 8
SPARE = 10**4
"""How much rarer than chance a name must be before it is worth a proof."""
REFINED = Fraction(1, 10**30)
"""How near the two ends around a root are brought."""


@attrs.frozen
class Algebraic:
    """A real algebraic number: the only root in [low, high] of an irreducible integer polynomial.

    ``coefficients`` run from the constant term up; of degree 1 it is a fraction.
    """

    coefficients: tuple[int, ...]
    low: Fraction
    high: Fraction

    @property
    def fraction(self) -> Fraction | None:
        """The number, if it is rational."""
        if len(self.coefficients) != 2:
            return None
        return Fraction(-self.coefficients[0], self.coefficients[1])

    @property
    def nearest(self) -> Fraction:
        """The number itself, or a fraction next to it."""
        exact = self.fraction
        return (self.low + self.high) / 2 if exact is None else exact

    def refined(self) -> Algebraic:
        """The same number, between two ends that are near each other."""
        if self.fraction is not None:
            return self
        polynomial = flint.fmpq_poly(list(self.coefficients))
        low, high = (
            flint.fmpq(*self.low.as_integer_ratio()),
            flint.fmpq(*self.high.as_integer_ratio()),
        )
        falls = polynomial(low) > 0
        while high - low > flint.fmpq(*REFINED.as_integer_ratio()):
            middle = (low + high) / 2  # never the root, which is irrational
            low, high = (middle, high) if (polynomial(middle) > 0) == falls else (low, middle)
        ends = (Fraction(int(end.p), int(end.q)) for end in (low, high))
        return Algebraic(self.coefficients, *ends)

    def says(self, term: z3.ArithRef) -> list[z3.BoolRef]:
        """That a term is this number."""
        exact = self.fraction
        if exact is not None:
            return [term == numeral(exact)]
        value: z3.ArithRef = z3.RealVal(0)
        for coefficient in reversed(self.coefficients):
            value = value * term + coefficient
        return [value == 0, numeral(self.low) <= term, term <= numeral(self.high)]

    def polynomial(self, name: str = "x") -> str:
        """The minimal polynomial, for people."""
        parts: list[str] = []
        for power in range(len(self.coefficients) - 1, -1, -1):
            factor = self.coefficients[power]
            if factor:
                size = "" if abs(factor) == 1 and power else str(abs(factor))
                times = " " if size and power else ""
                variable = "" if not power else (name if power == 1 else f"{name}^{power}")
                sign = "-" if factor < 0 else ("+" if parts else "")
                parts.append(
                    f"{sign} {size}{times}{variable}" if parts else f"{sign}{size}{times}{variable}"
                )
        return " ".join(parts)

    def __str__(self) -> str:
        exact = self.fraction
        if exact is not None:
            return str(exact)
        return f"{cut_off(self.nearest)}, the root of {self.polynomial()}"


def rational(value: Fraction) -> Algebraic:
    """A fraction as an algebraic number."""
    return Algebraic((-value.numerator, value.denominator), value, value)


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of least denominator in [low, high] (by continued fractions)."""
    if low > high:
        raise ValueError("an empty interval holds no fraction")
    whole = -((-low.numerator) // low.denominator)
    if whole <= high:
        return Fraction(whole)
    floor = low.numerator // low.denominator
    return floor + 1 / simplest(1 / (high - floor), 1 / (low - floor))


def room_for_name(short: Fraction) -> Fraction:
    """How near a fraction a number must be known to lie for that to be its name."""
    return 1 / Fraction(3 * SPARE * short.denominator**2)


def beside(value: Fraction, width: Fraction) -> list[Fraction]:
    """Two numbers on either side of a fraction, no further apart than a width, and so near that it
    is the name of what lies between."""
    room = min(width / 2, room_for_name(value))
    return [value - room, value + room]


def names(low: Fraction, high: Fraction) -> Iterator[Algebraic]:
    """Names of the number in (low, high), the shortest kinds first."""
    short = simplest(low, high)
    precision = 1 / (high - low)
    if short.denominator**2 * SPARE < precision:
        yield rational(short)
        return
    middle = (low + high) / 2
    for degree in range(2, MOST_DEGREE + 1):
        coefficients = _relation(middle, degree, int(precision))
        height = max(map(abs, coefficients), default=0)
        if not height or height ** (degree + 1) * SPARE > precision:
            continue
        for factor, _ in flint.fmpz_poly(list(coefficients)).factor()[1]:
            found = tuple(int(c) for c in factor.coeffs())
            if len(found) > 2 and crosses(found, low, high):
                yield Algebraic(found, low, high)
                return


def _relation(value: Fraction, degree: int, scale: int) -> tuple[int, ...]:
    """A short integer polynomial that is small at a value (LLL; Lenstra, Lenstra, Lovasz 1982)."""
    rows = []
    for power in range(degree + 1):
        row = [int(i == power) for i in range(degree + 1)]
        rows.append([*row, round(value**power * scale)])
    shortest = flint.fmpz_mat(rows).lll().tolist()[0]
    coefficients = tuple(int(c) for c in shortest[:-1])
    sign = -1 if next((c for c in reversed(coefficients) if c), 1) < 0 else 1
    return tuple(sign * c for c in coefficients)


def crosses(coefficients: tuple[int, ...], low: Fraction, high: Fraction) -> bool:
    """Whether exactly one root lies between the ends, as far as signs and the slope tell."""
    polynomial = flint.fmpq_poly(list(coefficients))
    ends = [polynomial(flint.fmpq(v.numerator, v.denominator)) for v in (low, high)]
    if not (ends[0] < 0 < ends[1] or ends[1] < 0 < ends[0]):
        return False
    slope = flint.arb_poly([int(c) * i for i, c in enumerate(coefficients)][1:])
    over = flint.arb(flint.fmpq(low.numerator, low.denominator)).union(
        flint.arb(flint.fmpq(high.numerator, high.denominator))
    )
    return not slope(over).contains(0)
