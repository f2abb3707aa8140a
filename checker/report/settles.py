"""Statements from an arbitrary start for people: a run that stays out, or when all are within."""

from __future__ import annotations

from collections.abc import Iterator

from checker.report.certificate import method_of
from checker.report.runs import run_lines
from checker.report.words import counted, describe, detail, short_bound
from checker.statements.closed import StepUndecided
from checker.statements.settles import NotSettled, RunStaysOut, Settled, Shrinking


@describe.register
def _(_fact: StepUndecided) -> str:
    return "Z3 leaves the step undecided"


@describe.register
def _(fact: NotSettled) -> str:
    after = counted(fact.iterations, "iteration")
    ended = {
        Shrinking.LATE: f"the time was up after {after} (raise --timeout)",
        Shrinking.AT_REST: f"the boxes come to rest after {after}, not shown to be within",
        Shrinking.NOT_SHOWN: f"where all agents are led is shown for {after}, and no further",
        Shrinking.LONG: f"the boxes do not settle within {after}",
    }
    return f"{ended[fact.ended]}, and no run was seen to stay out"


@describe.register
def _(fact: Settled) -> str:
    iterations = counted(fact.iterations, "iteration")
    bounds = ", ".join(short_bound(bound) for bound in fact.bounds) or "anything"
    return f"every agent is within after {iterations}, and stays: {bounds}"


@describe.register
def _(fact: RunStaysOut) -> str:
    return next(_run(fact)).strip()


@detail.register
def _(fact: RunStaysOut) -> Iterator[str]:
    yield from _run(fact)
    certificate = fact.proof.certificate
    bounds = [] if certificate is None else certificate.bounds.values()
    within = "; ".join(str(bound) for position in bounds for bound in position)
    yield f"and so on forever: {method_of(fact.proof)}" + (f", {within}" if within else "")


def _run(fact: RunStaysOut) -> Iterator[str]:
    return (line.plain for line in run_lines(fact.run, start="an agent"))
