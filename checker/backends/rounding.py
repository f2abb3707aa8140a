"""Outward rounding of exact numbers to short ones, and the working precision of balls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import (
    MAX_EMAX,
    MAX_PREC,
    MIN_EMIN,
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
)
from fractions import Fraction

import flint

GRAIN = Fraction(1, 10**12)
LEAST_PLAIN = -5
"""The least power of ten of the first digit at which a number is shown without an exponent."""


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


def decimal_below(value: Fraction, digits: int) -> str:
    """The greatest decimal of so many significant digits that is not above the value."""
    return _decimal(value, digits, ROUND_FLOOR)


def decimal_above(value: Fraction, digits: int) -> str:
    """The least decimal of so many significant digits that is not below the value."""
    return _decimal(value, digits, ROUND_CEILING)


def short_decimal(value: Fraction, digits: int = 6) -> str:
    """A few significant digits, also of a number beyond the range of floats."""
    return _decimal(value, digits, ROUND_HALF_EVEN)


def cut_off(value: Fraction, digits: int = 12) -> str:
    """So many significant digits of a number, for people; where that is not all, three dots follow.

    Digits are cut off and not rounded, so that no number is shown as one on its other side.
    """
    shown = _divided(value, digits, ROUND_DOWN)
    exact = Fraction(shown) == value
    short = shown.normalize(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)) if exact else shown
    dots = "" if exact else "..."
    if LEAST_PLAIN <= shown.adjusted() < digits:
        return f"{short:f}{dots}"
    mantissa, letter, exponent = f"{short:e}".partition("e")
    return f"{mantissa}{dots}{letter}{exponent}"


def _decimal(value: Fraction, digits: int, rounding: str) -> str:
    context = Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)
    short = _divided(value, digits, rounding).normalize(context)
    if 0 <= short.adjusted() < digits and short == short.to_integral_value():
        return str(int(short))
    return f"{short:g}"


def _divided(value: Fraction, digits: int, rounding: str) -> Decimal:
    """One correctly rounded division: the context rounds it and nothing else."""
    context = Context(prec=digits, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN)
    exact = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
    ends = (exact.create_decimal(end) for end in (value.numerator, value.denominator))
    return context.divide(*ends)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with balls of so many bits, and leave FLINT's precision as it was."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before
