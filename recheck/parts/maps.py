"""Maps of two parameters: what holds of a claim all over each of some boxes.

*Proved* is a claim with both parameters as symbols within the box: its obligations hold for all
their values there. *Refuted* is one if a strategy of nature breaks it at every point, which
``everywhere`` shows. *Vacuous* is a box all over which some assumption fails. Proved and refuted
are meant where the assumptions hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from cvc5 import Term

from recheck.claims import shown
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import Choice, Evidence, posed
from recheck.obligations import Obligation, Shown
from recheck.parts.everywhere import Box, Strategy, require_broken
from recheck.terms import FALSE, MANAGER


def of_map(document: Mapping[str, Any]) -> Shown:
    """What each box shows, and how much of the plane is covered.

    Raises:
        Rejected: where boxes overlap or leave the plane, or a run breaks nothing.
        Undecided: where a run is not decided.
    """
    plane, listed = document["statement"].get("plane"), document["proof"].get("boxes")
    if document["system"] is None or plane is None or listed is None:
        raise Undecided("no evidence is written yet for this Map")
    ranges, boxes = _box(plane["ranges"]), [_box(each["over"]) for each in listed]
    _require_apart(ranges, boxes)
    ends = dict(zip(plane["parameters"], plane["ranges"], strict=True))
    whole = posed(document, "Claim", document["proof"], ends)
    named = whole.system.scope.named
    symbols = [named[parameter] for parameter in plane["parameters"]]
    if symbols[0] == symbols[1]:
        raise Malformed("a plane of one parameter")
    if document["verdict"] != "proved" or whole.system.fold:
        raise Undecided("no way to check this map")
    found, areas = list[Obligation](), dict.fromkeys(("proved", "refuted", "vacuous"), Fraction(0))
    for number, (given, box) in enumerate(zip(listed, boxes, strict=True), start=1):
        here = _within(whole._replace(verdict=given["verdict"], proof=given), symbols, box)
        for each in _shown(here, symbols, box, f"box {number}"):
            found.append(each._replace(name=f"box {number}: {each.name}"))
        areas[given["verdict"]] += _area(box) / _area(ranges)
    holds, breaks, nothing = (f"{float(100 * area):.2f} %" for area in areas.values())
    left = f"{float(100 * (1 - sum(areas.values()))):.2f} %"
    said = f"{len(boxes)} boxes: it holds on {holds} of the area, breaks on {breaks}"
    return Shown(f"{said}, means nothing on {nothing}; {left} is not covered", found)


def _box(texts: Sequence[Sequence[str]]) -> Box:
    box = tuple((Fraction(low), Fraction(high)) for low, high in texts)
    if not all(low < high for low, high in box):
        raise Malformed("a box without an area")
    return box


def _area(box: Box) -> Fraction:
    (a, b), (c, d) = box
    return (b - a) * (d - c)


def _require_apart(ranges: Box, boxes: Sequence[Box]) -> None:
    """That boxes lie in the plane, and that none overlaps another, so that areas add up."""
    for box in boxes:
        for (low, high), (least, most) in zip(box, ranges, strict=True):
            if not least <= low <= high <= most:
                raise Rejected("a box leaves the plane")
    xs, ys = (sorted({end for box in boxes for end in box[axis]}) for axis in (0, 1))
    columns, rows = ({end: n for n, end in enumerate(ends)} for ends in (xs, ys))
    taken = sorted(
        (column, rows[low], rows[high])
        for (left, right), (low, high) in boxes
        for column in range(columns[left], columns[right])
    )
    for (column, _, top), (next_column, bottom, _) in pairwise(taken):
        if column == next_column and bottom < top:
            raise Rejected("two boxes overlap")


def _within(whole: Evidence, symbols: Sequence[Term], box: Box) -> Evidence:
    """The evidence with both parameters within a box, and nothing assumed."""
    given = list[Term]()
    for symbol, (low, high) in zip(symbols, box, strict=True):
        ends = (MANAGER.mkReal(str(low)), MANAGER.mkReal(str(high)))
        given += Choice(symbol, *ends, False).within
    scope = whole.system.scope._replace(given=given)
    return whole._replace(system=whole.system._replace(scope=scope))


def _shown(
    evidence: Evidence, symbols: Sequence[Term], box: Box, name: str
) -> Sequence[Obligation]:
    """What must hold for a box to be as it says."""
    system = evidence.system
    if evidence.verdict == "vacuous":
        fails = Obligation("the assumptions fail", system.assumptions, [FALSE])
        return Shown("", [fails]).given(system.scope.given).obligations
    unassumed = evidence._replace(system=system._replace(assumptions=()))
    if evidence.verdict == "proved":
        return shown(unassumed).obligations
    require_broken(Strategy(unassumed, symbols), box, name)
    return ()
