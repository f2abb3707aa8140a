"""A parameter has a direction only where it bounds nature, and corners settle a cell."""

from __future__ import annotations

from fractions import Fraction

from checker.parameters.monotonicity import best, monotone_directions, worst
from checker.system.parametric import Cell, ParametricProblem
from spec import Claim, Nature, Real
from tests.parameters.memories import Noise, SumWithin, claim, power, split


def test_corners_settle_a_cell() -> None:
    cell: Cell = ((Fraction(0), Fraction(1)), (Fraction(2), Fraction(3)))
    assert worst(cell, (1, -1)) == ((Fraction(1), Fraction(1)), (Fraction(2), Fraction(2)))
    assert best(cell, (1, 0)) == ((Fraction(0), Fraction(0)), (Fraction(2), Fraction(3)))


def test_only_a_bound_of_nature_has_a_corner() -> None:
    """Noise in a step's own terms has no direction, though it may be monotone."""
    assert monotone_directions(
        ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    ) == (1, 1)
    assert monotone_directions(ParametricProblem(claim(power(2), "3/4"), ("noise",))) == (0,)

    def narrowing(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + nature.choose("slip", at_least=p.noise / 4, at_most="1/8")

    assert monotone_directions(ParametricProblem(claim(narrowing, "1/2"), ("noise",))) == (-1,)

    def shifting(error: Real, p: Noise, nature: Nature) -> Real:
        return error / 2 + nature.choose("slip", at_least=p.noise / 4, at_most=p.noise / 2)

    assert monotone_directions(ParametricProblem(claim(shifting, "1/2"), ("noise",))) == (0,)
