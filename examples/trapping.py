"""A region that a chaotic map never leaves: the quadrilateral of Hénon, for a = 1.4 and b = 0.3.

Inside it nothing settles, so no box around the runs is kept and no run repeats; the four edges are
proved one by one, each by one query about one step.
"""

from typing import Any

from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    parameter,
)

CORNERS = (("-1.33", "0.42"), ("1.32", "0.133"), ("1.245", "-0.14"), ("-1.06", "-0.5"))
"""Of the quadrilateral, clockwise (Hénon, A Two-dimensional Mapping with a Strange Attractor,
Communications in Mathematical Physics 50, 1976, section 3)."""


class Point(Agent[I]):
    x: Real = between(-2, 2)
    y: Real = between(-1, 1)


class Trapped(Invariant):
    """The point is in the quadrilateral."""

    def holds(self, point: Point[Any]) -> Bool:
        edges = zip(CORNERS, (*CORNERS[1:], CORNERS[0]), strict=True)
        return all_of(*(_right_of(point, *edge) for edge in edges))


def _right_of(point: Point[Any], start: tuple[str, str], end: tuple[str, str]) -> Bool:
    """That the point is to the right of an edge, or on it."""
    (ax, ay), (bx, by) = ((Real(x), Real(y)) for x, y in (start, end))
    return (bx - ax) * (point.y - ay) - (by - ay) * (point.x - ax) <= 0


class Henon(Parameters):
    a: Real = parameter("1.4", 0, 2, "how much the map folds", source="Hénon 1976")
    b: Real = parameter("0.3", 0, 1, "how much it contracts areas", source="Hénon 1976")


def anywhere(p: Henon, nature: Nature) -> Point[Trapped]:
    """Any point of a small square inside the quadrilateral."""
    x = nature.choose("x", at_least="-1/10", at_most="1/10")
    return Point(x=x, y=nature.choose("y", at_least="-1/10", at_most="1/10"))


def fold(point: Point[I], p: Henon, nature: Nature) -> Point[I]:
    """Fold the plane, contract it, and turn it over."""
    return Point(x=point.y + 1 - p.a * point.x**2, y=p.b * point.x)


henon = Loop[Henon, Point[Trapped]]("henon", parameters=Henon, seed=anywhere, step=fold)
