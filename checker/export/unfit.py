"""Why a claim has no form in another format, as one line."""

from __future__ import annotations

from fractions import Fraction

import z3


class Unfit(Exception):
    """A claim does not fit; the text says what of it."""


def require(fits: bool, otherwise: str) -> None:
    """Go on only if something fits.

    Raises:
        Unfit: with the reason, if it does not.
    """
    if not fits:
        raise Unfit(otherwise)


def number_of(term: z3.ExprRef) -> Fraction:
    """The rational number that a term comes to.

    Raises:
        Unfit: if it does not come to one.
    """
    value = z3.simplify(term)
    if z3.is_int_value(value):
        return Fraction(value.as_long())
    require(z3.is_rational_value(value), f"{' '.join(str(value).split())} is not one number")
    return Fraction(value.as_fraction())
