"""Linear equations over polynomials: their solution is one, wherever the determinant is not 0."""

from __future__ import annotations

from typing import Any

import flint
from hypothesis import given
from hypothesis import strategies as st

from checker.backends.equations import NOTHING, ONE, solution

polynomial = st.lists(st.integers(-3, 3), max_size=3).map(flint.fmpq_poly)


@st.composite
def equations(draw: Any) -> tuple[list[list[Any]], list[Any]]:
    size = draw(st.integers(0, 4))
    row = st.lists(polynomial, min_size=size, max_size=size)
    return draw(st.lists(row, min_size=size, max_size=size)), draw(row)


def determinant(matrix: list[list[Any]]) -> Any:
    """By expansion along the first row."""
    total = NOTHING if matrix else ONE
    for column, entry in enumerate(matrix[0] if matrix else ()):
        minor = [[*row[:column], *row[column + 1 :]] for row in matrix[1:]]
        total += (-1) ** column * entry * determinant(minor)
    return total


@given(equations())
def test_the_solution_solves_unless_the_determinant_is_nothing(
    given: tuple[list[list[Any]], list[Any]],
) -> None:
    matrix, right = given
    found = solution(matrix, right)
    if found is None:
        assert determinant(matrix) == 0
        return
    assert found.under == determinant(matrix)
    for row, value in zip(matrix, right, strict=True):
        total = sum((a * y for a, y in zip(row, found.over, strict=True)), NOTHING)
        assert total == found.under * value


def test_equations_that_say_the_same_twice_have_none() -> None:
    x = flint.fmpq_poly([0, 1])
    assert solution([[x, ONE], [x * x, x]], [ONE, x]) is None
