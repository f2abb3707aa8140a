"""The contracts on distillation: what it sees of the expert, what it costs, and where it lands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

import z3

from checker.contracts.findings import (
    Contract,
    DearStudent,
    Evidence,
    FarStudent,
    Finding,
    Fulfilment,
    HiddenMovesChoices,
    HiddenMovesStudent,
    Landed,
    NothingTied,
    Remark,
    SeenThrough,
    Tie,
    TieKind,
    Values,
)
from checker.contracts.inquiry import ExactPoint, Inquiry, Query, equal_values
from checker.contracts.step_terms import Terms
from spec.terms import numeral


def sees(inquiry: Inquiry, cost: str, channel: str) -> Finding:
    """Experts that show the same make the same students, under the same choices of nature.

    And what nature may choose under an expert it may choose under a dearer one that shows the
    same: the cost is the price of labels, of which fewer tell less, and does nothing else.
    """
    posed, distill = inquiry.posed, inquiry.posed.distill
    dearer = distill.other((), choices=True)
    hypotheses = [
        *distill.hypotheses,
        dearer.start,
        *dearer.sound,
        equal_values(posed.shown, posed.shown_of(dearer.takes)),
        distill.takes[cost] <= dearer.takes[cost],
    ]

    def experts(at: ExactPoint) -> tuple[Values, Values]:
        names = at.differing(distill.takes, dearer.takes)
        return at.values(distill.takes, names), at.values(dearer.takes, names)

    def moved(name: str) -> Callable[[ExactPoint], Evidence]:
        return lambda at: HiddenMovesStudent(
            experts(at), (at.values(distill.gives, [name]), at.values(dearer.gives, [name]))
        )

    queries = [
        Query(hypotheses, dearer.bounds, lambda at: HiddenMovesChoices(experts(at))),
        *(
            Query(hypotheses, term == dearer.gives[name], moved(name))
            for name, term in distill.gives.items()
        ),
    ]
    same_price = [distill.takes[cost] == dearer.takes[cost]]
    simple = ([*inquiry.at_first, *same_price], same_price, inquiry.at_first)
    unmet = inquiry.unmet(Contract.SEES, queries, *simple)
    seen = SeenThrough(channel, tuple(posed.shown))
    return unmet or Finding(Contract.SEES, Fulfilment.HOLDS, seen)


def returns(inquiry: Inquiry, cost: str) -> Finding:
    """The student costs no more than the seed, whatever the expert."""
    distill, base = inquiry.posed.distill, {cost: inquiry.posed.seed[cost]}
    query = Query(
        distill.hypotheses,
        distill.gives[cost] <= base[cost],
        lambda at: DearStudent(
            at.values(distill.takes, [cost]), at.values(distill.gives, [cost]), at.values(base)
        ),
    )
    unmet = inquiry.unmet(Contract.RETURNS, [query], inquiry.at_first)
    return unmet or Finding(Contract.RETURNS, Fulfilment.HOLDS, Remark.AT_EVERY_COST)


def lands(inquiry: Inquiry, beside: Collection[str], metric: str) -> Finding:
    """No student is further from its expert than eps, and eps excludes some student.

    That is so if some student is overseen at all; if some student is further than eps from the
    first expert, the seed amplified; and if distance 0 from it ties or bounds an answer.

    Args:
        inquiry: the scheme that is asked about.
        beside: the fields that are no answers: capability and cost.
        metric: what the distance measures, in the statement's own words.
    """
    if inquiry.never(inquiry.posed.distill.hypotheses):
        return Finding(Contract.LANDS, Fulfilment.FAILS, Remark.NEVER_OVERSEEN)
    unmet = inquiry.unmet(Contract.LANDS, [_within_eps(inquiry, metric)], inquiry.at_first)
    return unmet or _excludes(inquiry, beside, metric)


def _within_eps(inquiry: Inquiry, metric: str) -> Query:
    """That every student is within eps of its expert."""
    posed, distill = inquiry.posed, inquiry.posed.distill
    made = (distill.takes, distill.gives)
    gap, eps = posed.gap_of(*made), posed.eps_of(distill.takes)
    return Query(
        [*distill.hypotheses, *posed.measured(*made)],
        gap <= eps,
        lambda at: FarStudent(
            at.values(distill.takes),
            at.values(distill.gives),
            at.values({"distance": gap, "eps": eps}),
            metric,
        ),
    )


def _excludes(inquiry: Inquiry, beside: Collection[str], metric: str) -> Finding:
    """That being within eps excludes some student of the first expert, where all are within it."""
    posed = inquiry.posed
    overseen = inquiry.some([*inquiry.own, *posed.distill.hypotheses])
    first = posed.first_expert
    start = [*inquiry.own, first.bounds, *first.sound, posed.domain_of(posed.student)]
    start += posed.measured(first.gives, posed.student)
    gap, eps = posed.gap_of(first.gives, posed.student), posed.eps_of(first.gives)
    outside = inquiry.some([*start, gap > eps])
    if outside is None and inquiry.never([*start, gap > eps]):
        return Finding(Contract.LANDS, Fulfilment.FAILS, Remark.ALL_WITHIN)
    if outside is None or overseen is None:
        return Finding(Contract.LANDS, Fulfilment.UNDECIDED, Remark.EXCLUSION_OPEN)
    at_zero, answers = [*start, gap <= 0], [name for name in posed.student if name not in beside]
    ties = tuple(_ties(inquiry, at_zero, first.gives, answers))
    if not ties:
        loose = [goal for name in answers for _, goal in _tied(inquiry, first.gives, name)]
        if all(inquiry.some([*at_zero, z3.Not(goal)]) is not None for goal in loose):
            return Finding(Contract.LANDS, Fulfilment.FAILS, NothingTied(metric))
        return Finding(Contract.LANDS, Fulfilment.UNDECIDED, Remark.EXCLUSION_OPEN)
    landed = Landed(metric, outside.values({"eps": eps}), ties)
    return Finding(Contract.LANDS, Fulfilment.HOLDS, landed)


def _ties(
    inquiry: Inquiry, start: Sequence[z3.BoolRef], expert: Terms, answers: Collection[str]
) -> Iterator[Tie]:
    """What the distance says of each answer of a student, where it is 0."""
    for name in answers:
        said = (tie for tie, goal in _tied(inquiry, expert, name) if inquiry.proves(start, goal))
        yield from islice(said, 1)


def _tied(inquiry: Inquiry, expert: Terms, name: str) -> Iterator[tuple[Tie, z3.BoolRef]]:
    """What may be said of a field of a student: it is the expert's, at most that, or not at an
    end of its domain."""
    term, field = inquiry.posed.student[name], inquiry.posed.fields[name]
    if name in expert:
        yield Tie(name, TieKind.SAME), term == expert[name]
        yield Tie(name, TieKind.NO_MORE), term <= expert[name]
    for end in (field.low,) if field.unbounded else (field.low, field.high):
        yield Tie(name, TieKind.BOUNDED, end), term != numeral(end)
