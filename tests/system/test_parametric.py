"""Free parameters are checked, and the cells they range over are cut in halves."""

from __future__ import annotations

from fractions import Fraction

import pytest

from checker.cli.shipped import shipped_claims
from checker.system.parametric import Cell, ParametricProblem, bisect_cell, share
from spec import SpecError
from tests.parameters.memories import claim, power


def test_parameters_are_checked() -> None:
    with pytest.raises(SpecError, match="noise, other"):
        ParametricProblem(claim(power(2), "1/2"), ("noize", "other"))
    with pytest.raises(SpecError, match="twice"):
        ParametricProblem(claim(power(2), "1/2"), ("noise", "noise"))
    imitation = next(c for c in shipped_claims() if c.name == "imitation/benign")
    with pytest.raises(SpecError, match="--param copies=1"):
        ParametricProblem(imitation, ("copies", "slip"))


def test_cells_are_cut_in_halves() -> None:
    cell: Cell = ((Fraction(0), Fraction(1)), (Fraction(2), Fraction(3)))
    left, right = bisect_cell(cell, 1)
    assert left[1][1] == right[1][0] == Fraction(5, 2)
    assert share(left, cell) == share(right, cell) == Fraction(1, 2)
