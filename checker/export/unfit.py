"""Why a claim has no form in another format, as one line."""

from __future__ import annotations

from fractions import Fraction

import z3

from spec.nodes import number_in


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
    number = number_in(value)
    if number is None:
        raise Unfit(f"{' '.join(str(value).split())} is not one number")
    return number
