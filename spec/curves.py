"""exp, log, power and logistic of numbers: exact terms whose values are no fractions.

Each is one application of a function symbol to a term, so that a step which uses them is traced to
one definition like any other. What the symbols mean is for the engines to say: a replay encloses
their values in balls, and the solver is told true inequalities about them
(docs/theory/curves.md).
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

import z3

from spec.errors import SpecError, user_location
from spec.nodes import children_of, id_of, kind_of
from spec.terms import Number, Real, numeral, real_term


class Curve(Enum):
    """A function of one number, by the name of its symbol."""

    EXP = "exp"
    LOG = "log"
    LOGISTIC = "logistic"


_SYMBOLS = {curve: z3.Function(curve.value, z3.RealSort(), z3.RealSort()) for curve in Curve}
_CURVES = {curve.value: curve for curve in Curve}
_EXACT = {
    (Curve.EXP, Fraction(0)): Fraction(1),
    (Curve.LOG, Fraction(1)): Fraction(0),
    (Curve.LOGISTIC, Fraction(0)): Fraction(1, 2),
}
"""The only rational points of each curve: elsewhere a rational number has a transcendental value
(Lindemann)."""

_logarithms: dict[int, tuple[z3.ExprRef, str]] = {}


def curve_of(node: z3.ExprRef) -> Curve | None:
    """Which curve a term is the value of; None for any other term."""
    if kind_of(node) != z3.Z3_OP_UNINTERPRETED or len(children_of(node)) != 1:
        return None
    same = z3.is_real(node) and z3.is_real(node.arg(0))
    return _CURVES.get(node.decl().name()) if same else None


def exact_value(curve: Curve, at: Fraction) -> Fraction | None:
    """The value of a curve at a rational number where it is rational; None elsewhere."""
    return _EXACT.get((curve, at))


def logarithm_location(node: z3.ExprRef) -> str:
    """``file:line`` where this logarithm was written ("" if unknown)."""
    found = _logarithms.get(id_of(node))
    return found[1] if found else ""


def exp(exponent: Number) -> Real:
    """e to the power of a number."""
    return Real(_applied(Curve.EXP, real_term(exponent)))


def log(number: Number) -> Real:
    """The natural logarithm. It is undefined at and below zero: where a step takes it, the number
    must be positive in every state that is reached.

    Raises:
        SpecError: for a fixed number that is not positive.
    """
    argument = real_term(number)
    constant = z3.simplify(argument)
    if z3.is_rational_value(constant) and constant.as_fraction() <= 0:
        raise SpecError(f"log({constant}) is undefined; the number must be positive")
    found = _applied(Curve.LOG, argument)
    _logarithms[id_of(found)] = (found, user_location())
    return Real(found)


def logistic(number: Number) -> Real:
    """1 / (1 + exp(-x)): the chance of a win by the difference of two ratings, say (Elo, The Rating
    of Chessplayers, 1978, in units of 400 / log 10 points)."""
    return Real(_applied(Curve.LOGISTIC, real_term(number)))


def power(base: Number, exponent: Number) -> Real:
    """A positive number to any power: exp(exponent log(base)). For a whole exponent that is known
    when the step is traced, ``base ** 3`` is exact, and defined at zero.

    Raises:
        SpecError: for a fixed base that is not positive.
    """
    return exp(Real(real_term(exponent)) * log(base))


def _applied(curve: Curve, argument: z3.ArithRef) -> z3.ArithRef:
    constant = z3.simplify(argument)
    if z3.is_rational_value(constant):
        known = exact_value(curve, Fraction(constant.as_fraction()))
        if known is not None:
            return numeral(known)
        argument = constant
    found = _SYMBOLS[curve](argument)
    assert isinstance(found, z3.ArithRef)
    return found
