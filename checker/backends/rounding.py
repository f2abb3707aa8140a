"""Outward rounding of exact numbers to short ones, and the working precision of balls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction

import flint

GRAIN = Fraction(1, 10**12)


def floor_to(value: Fraction, grain: Fraction) -> Fraction:
    """The greatest multiple of ``grain`` at or below the value."""
    return (value // grain) * grain


def ceil_to(value: Fraction, grain: Fraction) -> Fraction:
    """The least multiple of ``grain`` at or above the value."""
    return -((-value) // grain) * grain


def shorten_down(value: Fraction) -> Fraction:
    """The value, or a shorter number just below it."""
    return value if value.denominator < 10**15 else floor_to(value, GRAIN)


def shorten_up(value: Fraction) -> Fraction:
    """The value, or a shorter number just above it."""
    return value if value.denominator < 10**15 else ceil_to(value, GRAIN)


def short_decimal(value: Fraction) -> str:
    """Six significant digits, also of a number beyond the range of floats."""
    try:
        return f"{float(value):.6g}"
    except OverflowError:
        return f"{Decimal(value.numerator) / Decimal(value.denominator):.6g}"


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with balls of so many bits, and leave FLINT's precision as it was."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before
