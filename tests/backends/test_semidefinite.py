"""Semidefinite programs against ones whose answer is a formula."""

from __future__ import annotations

import time
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.semidefinite import Equation, Solution, greatest

size = st.floats(0.1, 4)


def beside(a: float, b: float, deadline: float = inf) -> Solution | None:
    """The greatest t with [[a, t], [t, b]] positive semidefinite."""
    equations = [
        Equation({1: 1.0}, {(0, 0, 0): 1.0}),
        Equation({2: 1.0}, {(0, 1, 1): 1.0}),
        Equation({0: 2.0}, {(0, 0, 1): 1.0}),  # an entry beside the diagonal stands there twice
    ]
    return greatest(equations, [(-9.0, 9.0), (a, a), (b, b)], [2], deadline)


@settings(max_examples=20, deadline=None)
@given(size, size)
def test_the_greatest_entry_is_the_geometric_mean(a: float, b: float) -> None:
    found = beside(a, b)
    assert found is not None
    assert found.numbers[0] == pytest.approx(sqrt(a * b), abs=1e-3)
    (matrix,) = found.matrices
    assert matrix == pytest.approx(np.array([[a, sqrt(a * b)], [sqrt(a * b), b]]), abs=1e-3)


def test_the_same_program_has_the_same_answer() -> None:
    first, second = beside(1.0, 3.0), beside(1.0, 3.0)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.numbers, second.numbers)
    assert np.array_equal(first.matrices[0], second.matrices[0])


def test_what_cannot_be_or_comes_too_late_is_not_found() -> None:
    assert beside(-1.0, 1.0) is None
    assert beside(1.0, 1.0, time.monotonic() - 1) is None
