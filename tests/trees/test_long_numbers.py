"""States whose numbers have grown long, as by squaring, make bounds that are short."""

from __future__ import annotations

from fractions import Fraction

from benchmarks.differential import kinds
from benchmarks.differential.language import claim_of
from checker.backends.evaluator import rational
from checker.trees.finite_trees import pose_fold
from checker.trees.structural_induction import _bounds_around


def test_bounds_around_long_numbers_are_rounded_outward() -> None:
    folding = pose_fold(claim_of("squares", kinds.drawn(27247)), {})
    low, high = Fraction(1, 3**20_000), Fraction(1, 2) + Fraction(1, 7**20_000)
    bounds = _bounds_around(folding, [(rational(low),), (rational(high),)], Fraction(0))
    ends = [clause.bound.value for clause in bounds if clause.bound is not None]
    assert all(len(str(end)) < 100 for end in ends)
    assert max(ends) >= high
