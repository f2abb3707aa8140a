"""Is a measured run one that its scheme allows? The verdict, and what goes with it."""

from __future__ import annotations

import attrs

from checker.backends.solver import QueryBudget
from checker.conform.departure import Window, explanations
from checker.conform.findings import Conformance, Departure, Judgement
from checker.conform.measurement import Measured
from checker.conform.reach import Reach, Reached
from checker.conform.relation import Relation
from checker.conform.witness import Explained, explain
from checker.system.region import Box
from spec.scheme import Process


@attrs.frozen
class Judged:
    """The verdict, with the boxes that it came from."""

    judgement: Judgement
    reached: Reached
    explained: Explained | None


def judge(relation: Relation, measured: Measured, budget: QueryBudget) -> Judged:
    """Whether some run that the scheme allows lies within all intervals."""
    last = relation.slot(measured.last)
    reached = Reach(relation, budget).along(measured, last)
    explained = explain(relation, measured, reached, budget)
    if reached.ended is not None:
        return Judged(Judgement.DEPARTS, reached, explained)
    conforms = explained is not None and explained.until >= last
    return Judged(Judgement.CONFORMS if conforms else Judgement.UNDECIDED, reached, explained)


def conformance(
    process: Process, relation: Relation, measured: Measured, budget: QueryBudget
) -> Conformance:
    """The verdict on a measured run, and why it departs where it does."""
    judged = judge(relation, measured, budget)
    departure = None
    if judged.judgement is Judgement.DEPARTS:
        departure = departs(process, relation, measured, judged, budget)
    return Conformance(
        scheme=process.name,
        parameters=relation.problem.traced.values,
        senses=relation.senses,
        measured=measured,
        judgement=judged.judgement,
        explained=judged.explained,
        departure=departure,
        fields=tuple(tuple(f.name for f in p.fields) for p in relation.positions),
        allowed=judged.reached.images,
        departs=tuple(relation.at(slot) for slot in judged.reached.departs),
        bands=bands(relation, relation.slot(measured.last), budget),
    )


def departs(
    process: Process, relation: Relation, measured: Measured, judged: Judged, budget: QueryBudget
) -> Departure:
    """Where a run departs, and the assumptions that would explain it."""
    ended, boxes = judged.reached.ended, judged.reached.boxes
    assert ended is not None
    window = window_before(relation, measured, boxes, ended)
    place = ended % len(relation.steps)
    explained = judged.explained
    return Departure(
        at=relation.at(ended),
        steps=tuple(relation.steps[p].name for p in window.places),
        fields=tuple(field.name for field in relation.positions[place].fields),
        found=window.found,
        reachable=judged.reached.images[ended],
        explanations=explanations(process, relation, window, budget),
        first=ended == 0 or (explained is not None and explained.until == ended - 1),
    )


def window_before(
    relation: Relation, measured: Measured, boxes: tuple[Box, ...], ended: int
) -> Window:
    """The steps from the last measurement before a slot up to it."""
    found = measured.at.get(relation.at(ended), {})
    if ended == 0:
        return Window((), (), found)
    begun = ended - 1
    while begun > 0 and relation.at(begun) not in measured.at:
        begun -= 1
    slots = range(begun, ended)
    places = tuple(slot % len(relation.steps) for slot in slots)
    return Window(places, tuple(boxes[slot] for slot in slots), found)


def bands(relation: Relation, last: int, budget: QueryBudget) -> tuple[Box, ...]:
    """Where the fields can be by the scheme alone, from its seed on."""
    reach = Reach(relation, budget)
    boxes = [reach.seed()]
    for slot in range(last):
        boxes.append(reach.image(boxes[-1], slot % len(relation.steps)))
    return tuple(boxes)
