"""Outward rounding of exact numbers to short ones."""

from __future__ import annotations

from fractions import Fraction

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
