"""A run of a whole cell of parameters breaks only where the runs at its points do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.counterexamples.cell_run import Course, breaks_all_over
from checker.counterexamples.random_search import following
from checker.system.parametric import Cell, ParametricProblem
from checker.system.replay import replay
from spec import Claim
from spec.terms import when
from tests.parameters.memories import SumWithin, claim, split
from tests.support import unit

GENTLE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@GENTLE
@given(st.tuples(unit, unit), st.tuples(unit, unit))
def test_a_broken_cell_is_broken_at_its_points(
    spans: tuple[Fraction, Fraction], where: tuple[Fraction, Fraction]
) -> None:
    parametric = ParametricProblem(Claim("split", split, SumWithin()), ("noise", "other"))
    low, high = sorted(spans)
    cell: Cell = ((low / 2, high / 2), (Fraction(0), Fraction(1)))
    treacherous = [[[Fraction(1), Fraction(1)]]]
    swept = breaks_all_over(parametric, cell, Course(treacherous), 60)
    point = tuple(a + t * (b - a) for t, (a, b) in zip(where, cell, strict=True))
    run = replay(parametric.at(point), following(treacherous), 60)
    assert run is not None
    if swept is not None:
        assert run.broken is not None
        assert run.iteration <= swept.iteration
    elif low == high:
        assert run.broken is None  # at a point nothing may be lost


def test_an_empty_choice_is_no_counterexample() -> None:
    """Where nature may have nothing to choose from, the cell is not called unsafe."""

    def rewrite(error: Any, p: Any, nature: Any) -> Any:
        return error + nature.choose("slip", at_least="1/4", at_most=p.noise)

    parametric = ParametricProblem(claim(rewrite, "1/2"), ("noise", "other"))
    whole = ((Fraction(0), Fraction(1, 2)), (Fraction(0), Fraction(1)))
    always = Course([[[Fraction(0)]]])  # the least slip, 1/4, would break it soon
    assert breaks_all_over(parametric, whole, always, 20) is None
    there = ((Fraction(3, 8), Fraction(1, 2)), (Fraction(0), Fraction(1)))
    assert breaks_all_over(parametric, there, always, 20) is not None


def test_a_switch_inside_a_cell_is_followed_both_ways() -> None:
    """The switch lies apart for parts of the cell, and the run breaks along either."""

    def rewrite(error: Any, p: Any, nature: Any) -> Any:
        return when(error + p.noise >= "1/4", 1, error + "1/10")

    parametric = ParametricProblem(claim(rewrite, "1/2"), ("noise", "other"))
    swept = breaks_all_over(parametric, parametric.domain, Course([[[]]]), 20)
    assert swept is not None
    slowest = replay(parametric.at((Fraction(0), Fraction(0))), lambda i, s: (), 20)
    assert slowest is not None
    assert slowest.iteration <= swept.iteration
