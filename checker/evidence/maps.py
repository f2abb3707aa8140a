"""The evidence of a map: its boxes, each with a proof, or a strategy of nature, that shows it.

What a map was drawn by is not kept with it, so each box is decided once more, in one order. So the
same boxes give the same evidence, whoever drew them. A box is left out where nothing is found that
the rechecker settles at once: the evidence says how much of the plane it covers.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from checker.backends.smtlib import symbol
from checker.counterexamples.cell_run import Course
from checker.counterexamples.random_search import following
from checker.evidence.certificates import certificate_section
from checker.evidence.document import HEAD, holds_at_once, listed_queries, sealed
from checker.evidence.sections import asked_of_one
from checker.parameters.cell_checker import CellChecker
from checker.parameters.partition import DecidedCell, Partition
from checker.system.parametric import Cell, ParametricProblem
from spec.nodes import name_of
from spec.statements.base import Answer

Section = dict[str, Any]


def evidence_of_map(
    parametric: ParametricProblem, partition: Partition, tell: Callable[[str], None]
) -> Section:
    """The evidence of a map: each box for which something is found that the rechecker settles.

    Args:
        parametric: the claim and the two parameters.
        partition: the map.
        tell: is told what is being done.
    """
    document = {
        **HEAD,
        **_asked(parametric, partition.domain),
        "verdict": Answer.PROVED.value,
        "method": "box by box",
        "queries": [],
    }
    boxes = list[Section]()
    if document["system"] is not None:
        checker = CellChecker(parametric)
        drawn = sorted(partition.boxes, key=lambda box: box.cell)
        for number, box in enumerate(drawn, start=1):
            tell(f"writing the evidence: box {number} of {len(drawn)}")
            shown = _shown(checker, box)
            if shown is not None and holds_at_once({**document, "proof": {"boxes": [shown]}}):
                boxes.append(shown)
    document["proof"] = {"boxes": boxes} if boxes else {"reason": "no box could be shown"}
    document["queries"] = listed_queries(document)
    return sealed(document)


def _asked(parametric: ParametricProblem, domain: Cell) -> Section:
    """The sections that say which claim was asked about, over which plane."""
    claim = parametric.claim
    sections = asked_of_one(claim, {**claim.chosen, **parametric.overriding})
    traced = parametric.problem.traced
    names = [symbol(name_of(traced.parameters[name])) for name in parametric.free]
    plane = {"parameters": names, "ranges": _texts(domain)}
    named = f"{claim.name} over {' and '.join(parametric.free)}"
    said = {**sections["statement"], "name": named, "kind": "Map", "plane": plane}
    return {**sections, "statement": said}


def _shown(checker: CellChecker, box: DecidedCell) -> Section | None:
    over = {"over": _texts(box.cell), "verdict": box.decided.answer.value}
    if box.decided.answer is Answer.VACUOUS:
        return over
    if box.decided.answer is Answer.PROVED:
        certificate = checker.certificate(box.cell)
        if certificate is None:
            return None
        return over | certificate_section(certificate.stated(checker.parametric.over(box.cell)))
    broken = checker.breaking(box.cell)
    if broken is None:
        return None
    start = [str(unit) for unit in broken[0].start]
    return over | ({"seed": start} if start else {}) | {"plan": _plan(*broken)}


def _plan(course: Course, iterations: int) -> list[list[Any]]:
    """A course's strategy in stretches of so many iterations in all."""
    strategy = course.strategy
    units, stages = following(strategy), range(len(strategy[0]) if strategy else 0)
    places = (
        [str(unit) for stage in stages for unit in units(iteration, stage)]
        for iteration in range(1, iterations + 1)
    )
    return [[len(list(same)), units_there] for units_there, same in groupby(places)]


def _texts(cell: Cell) -> list[list[str]]:
    return [[str(low), str(high)] for low, high in cell]
