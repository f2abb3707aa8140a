"""Hénon's quadrilateral: what is proved of it, held against orbits and a second solver."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from checker import Options, decide
from checker.evidence.document import evidence, text_of
from checker.system.findings import Method
from examples.trapping import CORNERS, Henon, Point, Trapped, fold, henon
from recheck.check import Outcome, recheck
from spec import Claim, Loop, Real
from spec.statements.base import Answer

OPTIONS = Options(timeout=20.0)
TURNED = [(Fraction(x), Fraction(y)) for x, y in CORNERS]


def inside(x: float, y: float) -> bool:
    """Whether a point is in the quadrilateral, by the signs of the triangles that it makes."""
    edges = zip(TURNED, (*TURNED[1:], TURNED[0]), strict=True)
    return all((bx - ax) * (y - ay) - (by - ay) * (x - ax) <= 0 for (ax, ay), (bx, by) in edges)


def after(x: float, y: float, a: float) -> tuple[float, float]:
    return y + 1 - a * x * x, 0.3 * x


def test_the_quadrilateral_is_kept() -> None:
    verdict = decide(Claim("c", henon, Trapped()), options=OPTIONS)
    assert verdict.answer is Answer.PROVED
    assert verdict.method is Method.LIMITS
    for number in range(2_000):  # along the edges, where it would be left first
        share, (edge, along) = number / 2_000 * 4, divmod(number / 2_000 * 4, 1)
        (ax, ay), (bx, by) = TURNED[int(edge)], TURNED[(int(edge) + 1) % 4]
        x, y = after(ax + (bx - ax) * along, ay + (by - ay) * along, 1.4)
        assert inside(x, y), share


@pytest.mark.parametrize("a", ["1.5", "1.45"])
def test_a_map_that_folds_more_leaves_it(a: str) -> None:
    verdict = decide(Claim("c", henon, Trapped(), at={"a": a}), options=OPTIONS)
    assert verdict.answer is not Answer.PROVED
    if verdict.run is not None:
        x, y = (float(verdict.run.seed[name].low) for name in "xy")
        for _ in range(verdict.run.iteration):
            assert inside(x, y)
            x, y = after(x, y, float(a))
        assert not inside(x, y)
        assert math.hypot(x, y) < 3


def test_a_second_solver_agrees_edge_by_edge(tmp_path: Path) -> None:
    """From one point, of which there is evidence."""

    def origin(p: Henon) -> Point[Trapped]:
        return Point(x=Real(0), y=Real(0))

    one: Any = Loop[Henon, Point[Trapped]]("one", parameters=Henon, seed=origin, step=fold)
    claim = Claim("c", one, Trapped())
    verdict = decide(claim, options=OPTIONS)
    assert verdict.answer is Answer.PROVED
    file = tmp_path / "henon.json"
    file.write_text(text_of(evidence(verdict, claim)))
    report = recheck(file, 10.0)
    assert report.outcome is Outcome.ACCEPTED, report.why
