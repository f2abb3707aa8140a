"""Is a measured run one that its scheme allows? The verdict, and what goes with it."""

from __future__ import annotations

import attrs

from checker.backends.solver import QueryBudget
from checker.conform.departure import explanations, window_before
from checker.conform.estimates import estimates
from checker.conform.findings import Conformance, Departure, Judgement
from checker.conform.forecast import forecast
from checker.conform.measured import Measured
from checker.conform.observed import observe, with_measured
from checker.conform.outlook import outlook
from checker.conform.reach import Reach, Reached
from checker.conform.relation import Relation, ranges
from checker.conform.witness import Explained, explain
from checker.system.announcements import announce
from checker.system.region import Box
from spec.scheme import Process
from spec.statements.claim import Claim


@attrs.frozen
class Judged:
    """The verdict, with the boxes that it came from."""

    judgement: Judgement
    reached: Reached
    explained: Explained | None


def judge(relation: Relation, measured: Measured, budget: QueryBudget) -> Judged:
    """Whether some run that the scheme allows lies within all intervals."""
    last = relation.slot(measured.last)
    exceeded = any(each.exceeded for each in observe(relation, measured))
    reached = Reach(relation, budget).along(measured, last)
    explained = explain(relation, measured, reached, budget)
    if reached.ended is not None or exceeded:
        return Judged(Judgement.DEPARTS, reached, explained)
    conforms = explained is not None and explained.until >= last
    return Judged(Judgement.CONFORMS if conforms else Judgement.UNDECIDED, reached, explained)


@attrs.frozen
class Asked:
    """What is to be found out beside the verdict.

    Args:
        claims: the claims whose invariants are looked at from the last measurement on.
        estimates: whether parameters are estimated.
        fit_until: the last iteration of the prefix of a forecast; None for no forecast.
        fit: the parameters that are fitted to it; those that bound nature for none.
    """

    claims: tuple[Claim, ...] = ()
    estimates: bool = True
    fit_until: int | None = None
    fit: tuple[str, ...] = ()


def conformance(
    process: Process,
    relation: Relation,
    measured: Measured,
    budget: QueryBudget,
    asked: Asked | None = None,
) -> Conformance:
    """The verdict on a measured run, why it departs where it does, and what else is asked.

    What is known so far is announced, so that it can be told if the work is ended.
    """
    asked = asked or Asked(estimates=False)
    announce("looking for a run that explains the log")
    judged = judge(relation, measured, budget)
    found = _verdict(process, relation, measured, judged, budget)
    announce(found)
    after = _agent_after(relation, judged, budget)
    found = attrs.evolve(found, outlook=outlook(asked.claims, relation, measured, after, budget))
    if asked.fit_until is not None:
        ahead = forecast(relation, measured, asked.fit_until, asked.fit, budget)
        found = attrs.evolve(found, forecast=ahead)
    if asked.estimates:
        announce(found)
        for known in estimates(relation, measured, budget):
            found = attrs.evolve(found, estimates=known)
            announce(found)
    return found


def _verdict(
    process: Process, relation: Relation, measured: Measured, judged: Judged, budget: QueryBudget
) -> Conformance:
    departure = None
    if judged.reached.ended is not None:
        departure = departs(process, relation, measured, judged, budget)
    return Conformance(
        scheme=process.name,
        parameters=relation.problem.traced.values,
        senses=relation.senses,
        measured=measured,
        judgement=judged.judgement,
        explained=judged.explained,
        departure=departure,
        observed=observe(relation, measured),
        fields=tuple(tuple(f.name for f in p.fields) for p in relation.positions),
        allowed=ranges(relation, judged.reached.images),
        departs=tuple(relation.at(slot) for slot in judged.reached.departs),
        bands=ranges(relation, bands(relation, relation.slot(measured.last), budget)),
    )


def _agent_after(relation: Relation, judged: Judged, budget: QueryBudget) -> Box:
    """Where the agent can be at the last measurement, or at the end of its iteration."""
    boxes, length = judged.reached.boxes, len(relation.steps)
    box, start = boxes[-1], (len(boxes) - 1) % length
    for place in range(start, length) if start else ():
        box = Reach(relation, budget).image(box, place)
    return box


def departs(
    process: Process, relation: Relation, measured: Measured, judged: Judged, budget: QueryBudget
) -> Departure:
    """Where a run departs, and the assumptions that would explain it."""
    ended, boxes = judged.reached.ended, judged.reached.boxes
    assert ended is not None
    window = window_before(relation, measured, boxes, ended)
    explained = judged.explained
    return Departure(
        at=relation.at(ended),
        steps=tuple(relation.steps[p].name for p in window.places),
        found=window.found,
        explanations=with_measured(
            relation, measured, window, ended, explanations(process, relation, window, budget)
        ),
        first=ended == 0 or (explained is not None and explained.until == ended - 1),
    )


def bands(relation: Relation, last: int, budget: QueryBudget) -> tuple[Box, ...]:
    """Where the fields can be by the scheme alone, from its seed on."""
    reach = Reach(relation, budget)
    boxes = [reach.seed()]
    for slot in range(last):
        boxes.append(reach.image(boxes[-1], slot % len(relation.steps)))
    return tuple(boxes)
