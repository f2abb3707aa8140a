"""A worker that is audited every fifth round: what it may get wrong depends on when it is asked.

Between audits errors add up, an audit leaves a share of them. No box around all states is kept:
just before an audit more is wrong than a round that is not audited may begin with. One box for each
number of rounds since the last audit is kept.
"""

from __future__ import annotations

from typing import Any

from spec import (
    Agent,
    Bool,
    Claim,
    Count,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    minimum,
    parameter,
    when,
    whole,
)


class Worker(Agent[I]):
    since: Count = whole(0, 4, "rounds since the last audit")
    error: Real = between(0, 1, "share of wrong answers")


class FewErrors(Invariant):
    """Few answers are wrong, before an audit and after it."""

    error: Real = budget(0, 1, "share of wrong answers", limit="1/10")

    def holds(self, worker: Worker[Any]) -> Bool:
        return worker.error <= self.error


class Audits(Parameters):
    drift: Real = parameter("1/100", 0, "1/10", "share of answers that go wrong in a round")
    missed: Real = parameter("1/4", 0, "9/10", "share of the wrong answers that an audit misses")


def audited(p: Audits) -> Worker[FewErrors]:
    return Worker(since=Count(0), error=Real(0))


def work(worker: Worker[I], p: Audits, nature: Nature) -> Worker[I]:
    """A round in which a few more answers go wrong, the fifth with an audit at its end."""
    error = minimum(1, worker.error + nature.choose("drift", at_most=p.drift))
    due = worker.since >= 4
    return Worker(
        since=when(due, Count(0), worker.since.plus(1)),
        error=when(due, p.missed * error, error),
    )


audits = Loop[Audits, Worker[FewErrors]]("audits", parameters=Audits, seed=audited, step=work)
few = Claim("few", audits, FewErrors())
