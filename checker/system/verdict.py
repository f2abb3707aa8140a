"""Verdicts: what was decided of a claim, and what shows it. Plain data: it pickles and prints."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Literal

import attrs

from checker.system.replay import Enclosure, Run, TraceStep
from spec.statements.base import Statement

Kind = Literal["proved", "refuted", "unknown", "vacuous"]


class EnginesDisagree(Exception):
    """A proof and a counterexample of the same claim: an error of the checker, never hidden."""


@attrs.frozen
class Proof:
    """A checked certificate in words and exact numbers."""

    prefix: int
    budgets: Mapping[str, Mapping[str, Fraction]]
    bounds: Mapping[str, tuple[str, ...]]
    discharged: tuple[str, ...]


@attrs.frozen
class Trace:
    """A replayed run that breaks the invariant."""

    run: Run
    shortest: str
    blame: str


@attrs.frozen
class Bracket:
    """Where along one parameter the invariant holds and where it breaks.

    ``proved_to`` and ``refuted_from`` are the ends found from both sides. ``monotone`` says that
    the parameter only bounds what nature may do, so that each end settles everything beyond it;
    otherwise only the points themselves are decided.
    """

    parameter: str
    low: Fraction
    high: Fraction
    proved_to: Fraction | None
    refuted_from: Fraction | None
    monotone: bool


@attrs.frozen
class Verdict:
    """The answer to one statement.

    ``kind`` says what sort of statement it was. ``facts`` are exact findings for people: the
    condition found, shares, a witness.
    """

    claim: str
    scheme: str
    invariant: str
    limits: Mapping[str, Fraction]
    verdict: Kind
    expected: Kind
    method: str
    parameters: Mapping[str, Fraction]
    chosen: Mapping[str, Fraction] = attrs.field(factory=dict)
    reason: str = ""
    proof: Proof | None = None
    trace: Trace | None = None
    model: tuple[str, ...] = ()
    bracket: Bracket | None = None
    queries: int = 0
    solving: float = 0.0
    seconds: float = 0.0
    says: str = ""
    kind: str = "Claim"
    facts: tuple[str, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict == self.expected

    def to_json(self) -> dict[str, Any]:
        """The verdict as plain JSON: exact numbers as strings such as "1/6"."""
        answer: dict[str, Any] = {
            "claim": self.claim,
            "kind": self.kind,
            "scheme": self.scheme,
            "invariant": self.invariant,
            "limits": _exact(self.limits),
            "verdict": self.verdict,
            "expected": self.expected,
            "method": self.method,
            "seconds": round(self.seconds, 4),
            "solver_seconds": round(self.solving, 4),
            "queries": self.queries,
            "parameters": _exact(self.parameters),
        }
        if self.reason:
            answer["reason"] = self.reason
        if self.proof is not None:
            answer["certificate"] = {
                "prefix": self.proof.prefix,
                "budgets": {name: _exact(b) for name, b in self.proof.budgets.items()},
                "bounds": {name: list(b) for name, b in self.proof.bounds.items()},
                "obligations": list(self.proof.discharged),
            }
        if self.trace is not None:
            run = self.trace.run
            answer["trace"] = {
                "iteration": run.iteration,
                "broken": run.broken,
                "at": run.position,
                "arithmetic": run.arithmetic,
                "shortest": self.trace.shortest,
                "blame": self.trace.blame,
                "seed": _enclosed(run.seed),
                "steps": [_trace_step(step) for step in run.steps],
            }
        if self.facts:
            answer["facts"] = list(self.facts)
        if self.model:
            answer["model"] = list(self.model)
        if self.bracket is not None:
            b = self.bracket
            answer["region"] = {
                "parameter": b.parameter,
                "domain": [str(b.low), str(b.high)],
                "proved_to": None if b.proved_to is None else str(b.proved_to),
                "refuted_from": None if b.refuted_from is None else str(b.refuted_from),
                "monotone": b.monotone,
            }
        return answer


def undecided(statement: Statement, chosen: Mapping[str, Fraction] | None = None) -> Verdict:
    """The verdict on a statement before anything is known of it."""
    return Verdict(
        claim=statement.name,
        scheme=", ".join(process.name for process in statement.subjects),
        invariant="",
        limits={},
        verdict="unknown",
        expected=statement.expected,
        method="",
        parameters=dict(chosen or {}),
        chosen=dict(chosen or {}),
        says=statement.says,
        kind=type(statement).__name__,
    )


def _exact(values: Mapping[str, Fraction]) -> dict[str, str]:
    return {name: str(value) for name, value in values.items()}


def _enclosed(values: Mapping[str, Enclosure]) -> dict[str, Any]:
    return {
        name: str(e.low) if e.low == e.high else [_decimal(e.low), _decimal(e.high)]
        for name, e in values.items()
    }


def _decimal(value: Fraction) -> str:
    return f"{float(value):.17g}"


def _trace_step(step: TraceStep) -> dict[str, Any]:
    return {
        "iteration": step.iteration,
        "step": step.step,
        "before": _enclosed(step.before),
        "choices": _enclosed(step.chosen),
        "after": _enclosed(step.after),
        **({} if step.oversight_holds is None else {"smart_enough": step.oversight_holds}),
    }
