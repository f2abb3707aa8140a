"""The contract that says what amplification is for: fewer errors at a higher rank."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import z3

from checker.contracts.amplification import raised
from checker.contracts.findings import (
    Contract,
    Evidence,
    Finding,
    Fulfilment,
    Improves,
    Remark,
    Spoiled,
    Unimproved,
)
from checker.contracts.inquiry import ExactPoint, Inquiry, Query


def improves(inquiry: Inquiry, capability: str) -> Finding:
    """Every agent to be improved makes an expert of higher rank and less loss than is known.

    At the parameters' own values there must be such agents, and where the free parameters leave
    some, all those must. Where they leave none it is asked besides whether indeed none is improved.
    """
    posed, improvement = inquiry.posed, inquiry.posed.improvement
    better = z3.And(raised(inquiry, capability), improvement.less)
    if inquiry.never([*improvement.defined, improvement.some]):
        return _nobody_improved(inquiry, better, capability)
    hypotheses = [*posed.amplify.hypotheses, *improvement.defined, improvement.some]
    queries = [
        Query(
            [*hypotheses, improvement.improves],
            better,
            _unimproved(inquiry, capability, nobody=False),
        ),
        Query(hypotheses, improvement.spares, lambda at: _spoiled(inquiry, at)),
    ]
    unmet = inquiry.unmet(Contract.IMPROVES, queries, inquiry.own, inquiry.at_seed)
    return unmet or _improved(inquiry, better)


def _nobody_improved(inquiry: Inquiry, better: z3.BoolRef, capability: str) -> Finding:
    """At the parameters' own values no agent is improved: one that is not, or that every one is."""
    improvement = inquiry.posed.improvement
    last = [*inquiry.own, *inquiry.posed.amplify.hypotheses, *improvement.defined]
    last += [improvement.before == improvement.last, z3.Not(better)]
    point = inquiry.some(last, _harmless(inquiry))
    if point is None:
        open_ = Fulfilment.FAILS if inquiry.excludes(last) else Fulfilment.UNDECIDED
        remark = Remark.NOBODY_IMPROVED if open_ is Fulfilment.FAILS else Remark.NOT_SETTLED
        return Finding(Contract.IMPROVES, open_, remark)
    evidence = _unimproved(inquiry, capability, nobody=True)(point)
    return Finding(Contract.IMPROVES, Fulfilment.FAILS, evidence)


def _harmless(inquiry: Inquiry) -> Sequence[z3.BoolRef]:
    """That the agent is the seed in all but its loss."""
    posed = inquiry.posed
    return [
        s == posed.seed[n] for n, s in posed.amplify.takes.items() if n != posed.improvement.loss
    ]


def _unimproved(
    inquiry: Inquiry, capability: str, *, nobody: bool
) -> Callable[[ExactPoint], Evidence]:
    amplify, improvement = inquiry.posed.amplify, inquiry.posed.improvement
    return lambda at: Unimproved(
        at.values(amplify.takes),
        at.values(amplify.gives, [capability, improvement.loss]),
        at.value(improvement.known),
        at.values(amplify.chosen),
        nobody,
    )


def _spoiled(inquiry: Inquiry, at: ExactPoint) -> Evidence:
    amplify, improvement = inquiry.posed.amplify, inquiry.posed.improvement
    return Spoiled(
        at.values(amplify.takes),
        at.values(amplify.gives, [improvement.loss]),
        at.value(improvement.edge),
    )


def _improved(inquiry: Inquiry, better: z3.BoolRef) -> Finding:
    """Who is improved, and whether that is said exactly."""
    posed, improvement = inquiry.posed, inquiry.posed.improvement
    step = [*posed.amplify.hypotheses, *improvement.defined]
    at_edge = inquiry.some(
        [*inquiry.own, *step, improvement.before == improvement.edge, z3.Not(better)]
    )
    some = inquiry.some([*inquiry.own, *step])
    exact = None
    if posed.free:
        nobody = [
            *posed.given,
            *step,
            z3.Not(improvement.some),
            improvement.before == improvement.last,
        ]
        exact = inquiry.proves(nobody, z3.Not(better))
    edge, last = (
        None if some is None else some.value(term) for term in (improvement.edge, improvement.last)
    )
    known = ExactPoint([]).value(improvement.known)
    found = Improves(improvement.loss, edge, last, known, at_edge is not None, exact)
    return Finding(Contract.IMPROVES, Fulfilment.HOLDS, found)
