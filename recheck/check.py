"""What becomes of evidence: accepted, rejected or left undecided, and why, in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from recheck.arithmetic import Program, rational
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import FORM, Evidence, load
from recheck.obligations import Obligation, of_induction, of_walk, walk_of
from recheck.runs import replay
from recheck.solver import settle
from recheck.terms import FALSE, TRUE, script


class Outcome(Enum):
    """What becomes of a file."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"


class Report(NamedTuple):
    """What became of a file, and why."""

    file: str
    outcome: Outcome
    why: str


def recheck(path: Path, seconds: float) -> Report:
    """What becomes of the evidence in a file, with so many seconds for each query.

    Raises:
        Malformed: where the file is no evidence.
    """
    try:
        return Report(str(path), Outcome.ACCEPTED, accepted(load(path), seconds))
    except (Malformed, *FORM) as error:
        raise Malformed(f"{path}: {error}") from None
    except Rejected as error:
        return Report(str(path), Outcome.REJECTED, str(error))
    except Undecided as error:
        return Report(str(path), Outcome.UNDECIDED, str(error))


def accepted(evidence: Evidence, seconds: float) -> str:
    """Why evidence is accepted.

    Raises:
        Rejected: if it does not show what it says.
        Undecided: if that is not settled.
    """
    if FALSE in evidence.system.assumptions or any(a is not TRUE for a in evidence.system.assumptions):
        raise Rejected("an assumption of the scheme fails at the parameters")
    if evidence.verdict == "unknown":
        return "says only that nothing was decided"
    if evidence.verdict == "refuted" and "run" in evidence.proof:
        return _broken(evidence)
    if evidence.verdict != "proved":
        raise Undecided(f"no way to check that a {evidence.kind} is {evidence.verdict}")
    found = list(obligations(evidence))
    if list(evidence.queries) != queries(found):
        raise Rejected("the queries that are listed are not those of the certificate")
    for obligation in found:
        settle(obligation, seconds)
    return f"{len(found)} obligations hold"


def obligations(evidence: Evidence) -> Iterator[Obligation]:
    """What must hold for a proof to be one."""
    if "walk" in evidence.proof:
        return of_walk(evidence, walk_of(evidence.system, evidence.proof["walk"]))
    if "depth" in evidence.proof:
        return of_induction(evidence, evidence.proof["depth"])
    raise Undecided(f"no way to check this proof of a {evidence.kind}")


def queries(found: list[Obligation]) -> list[Mapping[str, str]]:
    """The obligations as queries for any solver, each with the answer that shows it."""
    return [
        {"name": each.name, "smtlib": script(each.hypotheses, each.goals), "expected": "unsat"}
        for each in found
    ]


def _broken(evidence: Evidence) -> str:
    """Why a run breaks the claim."""
    run, system = evidence.proof["run"], evidence.system
    plan = [(int(count), [Fraction(unit) for unit in units]) for count, units in run["plan"]]
    position = run["position"]
    broken = [*system.domain[position], *evidence.claim.get(position, [])]
    seed = Program((), system.seed).run((), rational)
    if any(value is None for value in seed):
        raise Rejected("the seed divides by zero")
    truths = replay(system, [Fraction(int(v.p), int(v.q)) for v in seed], plan, position, broken)
    if False not in truths:
        raise Rejected("the run ends within the claim")
    return f"the run breaks the claim at iteration {sum(count for count, _ in plan)}"
