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
    Gains,
    Remark,
    Spoiled,
    Ungained,
)
from checker.contracts.inquiry import ExactPoint, Inquiry, Query


def gains(inquiry: Inquiry, capability: str) -> Finding:
    """Every agent that is to gain makes an expert of higher rank and less loss than is known.

    At the parameters' own values some agents must be to gain, and where the free parameters leave
    some, all those must. Where they leave none it is asked besides whether indeed none gains.
    """
    posed, gain = inquiry.posed, inquiry.posed.gain
    better = z3.And(raised(inquiry, capability), gain.less)
    if inquiry.never([*gain.defined, gain.some]):
        return _nobody_gains(inquiry, better, capability)
    hypotheses = [*posed.amplify.hypotheses, *gain.defined, gain.some]
    queries = [
        Query([*hypotheses, gain.gains], better, _ungained(inquiry, capability, nobody=False)),
        Query(hypotheses, gain.spares, lambda at: _spoiled(inquiry, at)),
    ]
    unmet = inquiry.unmet(Contract.GAINS, queries, inquiry.own, inquiry.at_seed)
    return unmet or _gained(inquiry, better)


def _nobody_gains(inquiry: Inquiry, better: z3.BoolRef, capability: str) -> Finding:
    """At the parameters' own values no agent gains: one that does not, or that one would."""
    gain = inquiry.posed.gain
    last = [*inquiry.own, *inquiry.posed.amplify.hypotheses, *gain.defined]
    last += [gain.before == gain.last, z3.Not(better)]
    point = inquiry.some(last, _harmless(inquiry))
    if point is None:
        open_ = Fulfilment.FAILS if inquiry.excludes(last) else Fulfilment.UNDECIDED
        remark = Remark.NOBODY_TO_GAIN if open_ is Fulfilment.FAILS else Remark.NOT_SETTLED
        return Finding(Contract.GAINS, open_, remark)
    evidence = _ungained(inquiry, capability, nobody=True)(point)
    return Finding(Contract.GAINS, Fulfilment.FAILS, evidence)


def _harmless(inquiry: Inquiry) -> Sequence[z3.BoolRef]:
    """That the agent is the seed in all but its loss."""
    posed = inquiry.posed
    return [s == posed.seed[n] for n, s in posed.amplify.takes.items() if n != posed.gain.loss]


def _ungained(
    inquiry: Inquiry, capability: str, *, nobody: bool
) -> Callable[[ExactPoint], Evidence]:
    amplify, gain = inquiry.posed.amplify, inquiry.posed.gain
    return lambda at: Ungained(
        at.values(amplify.takes),
        at.values(amplify.gives, [capability, gain.loss]),
        at.value(gain.known),
        at.values(amplify.chosen),
        nobody,
    )


def _spoiled(inquiry: Inquiry, at: ExactPoint) -> Evidence:
    amplify, gain = inquiry.posed.amplify, inquiry.posed.gain
    return Spoiled(
        at.values(amplify.takes), at.values(amplify.gives, [gain.loss]), at.value(gain.edge)
    )


def _gained(inquiry: Inquiry, better: z3.BoolRef) -> Finding:
    """Who gains, and whether that is said exactly."""
    posed, gain = inquiry.posed, inquiry.posed.gain
    step = [*posed.amplify.hypotheses, *gain.defined]
    at_edge = inquiry.some([*inquiry.own, *step, gain.before == gain.edge, z3.Not(better)])
    some = inquiry.some([*inquiry.own, *step])
    exact = None
    if posed.free:
        nobody = [*posed.given, *step, z3.Not(gain.some), gain.before == gain.last]
        exact = inquiry.proves(nobody, z3.Not(better))
    edge, last = (None if some is None else some.value(term) for term in (gain.edge, gain.last))
    known = ExactPoint([]).value(gain.known)
    found = Gains(gain.loss, edge, last, known, at_edge is not None, exact)
    return Finding(Contract.GAINS, Fulfilment.HOLDS, found)
