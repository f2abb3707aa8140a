"""Powers, roots and logarithms as exact fractions on either side.

The language has rational numbers only, and no float may decide anything. What is no fraction is
computed in balls, whose radius bounds every rounding error, and handed on as an interval of two
fractions that holds the true number.

Source: Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic" (2017).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import attrs
import flint

from spec import Nature, Number, Real
from spec.terms import exact

BITS = 192
"""Precision of the balls, far beyond the digits that are kept."""

DIGITS = 20
"""Decimals that an end of an interval has."""


@attrs.frozen
class Enclosure:
    """Two fractions with the number that is meant between them."""

    low: Fraction
    high: Fraction

    def chosen_by(self, nature: Nature, name: str, metric: str = "") -> Real:
        """The number, as far as it is known: nature's choice between the two ends."""
        return nature.choose(name, at_least=self.low, at_most=self.high, metric=metric)


def enclose(computed: Callable[[], flint.arb]) -> Enclosure:
    """The ball that is computed at the precision of this module, rounded outward to fractions."""
    before = flint.ctx.prec
    flint.ctx.prec = BITS
    try:
        ball = computed()
        low, high = (_fraction(end) for end in (ball.lower(), ball.upper()))
    finally:
        flint.ctx.prec = before
    return outward(low, high)


def outward(low: Fraction, high: Fraction) -> Enclosure:
    """The two ends, rounded away from one another to short fractions."""
    grain = 10**DIGITS
    return Enclosure(Fraction(floor(low * grain), grain), Fraction(ceil(high * grain), grain))


def _fraction(end: flint.arb) -> Fraction:
    value = end.fmpq()
    return Fraction(int(value.p), int(value.q))


def ball(number: Number) -> flint.arb:
    """The smallest ball at the working precision that holds an exact number."""
    value = exact(number)
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def power_of_ten(exponent: Number) -> Enclosure:
    """10^x."""
    return enclose(lambda: flint.arb(10) ** ball(exponent))


def logarithm(number: Number) -> Enclosure:
    """The natural logarithm of a positive number."""
    return enclose(lambda: ball(number).log())


def square_root(number: Number) -> Enclosure:
    """The root of a number that is not negative."""
    return enclose(lambda: ball(number).sqrt())
