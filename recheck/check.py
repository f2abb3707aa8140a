"""What becomes of evidence: accepted, rejected or left undecided, and why, in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from recheck.arithmetic import Program, rational
from recheck.errors import Malformed, Rejected, Undecided
from recheck.evidence import FORM, Evidence, document_in, parse, require_unchanged
from recheck.obligations import (
    START,
    Obligation,
    of_every_node,
    of_induction,
    of_walk,
    walk_of,
)
from recheck.questions import of_questions
from recheck.runs import fixed, replay, root_of
from recheck.solver import settle
from recheck.terms import MANAGER, every, script
from recheck.threshold import breaking, holding, turning


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
        return Report(str(path), Outcome.ACCEPTED, judged(document_in(path), seconds))
    except (Malformed, *FORM) as error:
        said = " ".join(str(error).split())[:300]
        raise Malformed(f"{path}: {said or type(error).__name__}") from None
    except Rejected as error:
        return Report(str(path), Outcome.REJECTED, str(error))
    except Undecided as error:
        return Report(str(path), Outcome.UNDECIDED, str(error))


def derived(document: Mapping[str, Any]) -> list[Obligation]:
    """The obligations of a document.

    Raises:
        Rejected: where it does not show what it says, whatever the solver answers.
        Undecided: where there is no way to check it.
    """
    return list(of_questions(document) if _asks(document) else obligations(parse(document)))


def judged(document: Mapping[str, Any], seconds: float) -> str:
    """Why a document is accepted; raises as ``accepted`` does."""
    require_unchanged(document)
    if _asks(document):
        return _settled(derived(document), document, seconds)
    return accepted(parse(document), seconds)


def _asks(document: Mapping[str, Any]) -> bool:
    """Whether the verdict rests on questions, and there is no system of which it would be said."""
    asking = document["statement"]["kind"] in ("Instance", "Sound")
    return asking and document["system"] is None and "questions" in document["proof"]


def accepted(evidence: Evidence, seconds: float) -> str:
    """Why evidence is accepted.

    Raises:
        Rejected: if it does not show what it says.
        Undecided: if that is not settled.
    """
    system = evidence.system
    if evidence.verdict == "unknown":
        raise Undecided("says only that nothing was decided")
    if evidence.kind == "Threshold":
        return _turning(evidence, seconds)
    settle(Obligation("an assumption of the scheme", system.given, system.assumptions), seconds)
    if evidence.verdict == "refuted" and "tree" in evidence.proof and evidence.system.fold:
        return _broken_at_the_root(evidence)
    if evidence.verdict == "refuted" and "run" in evidence.proof and not evidence.system.fold:
        return _broken(evidence)
    return _settled(list(obligations(evidence)), evidence.document, seconds)


def _settled(found: list[Obligation], document: Mapping[str, Any], seconds: float) -> str:
    if document["queries"] != queries(found):
        raise Rejected("the queries that are listed are not those of the certificate")
    for obligation in found:
        settle(obligation, seconds)
    return f"{len(found)} obligations hold"


def _turning(evidence: Evidence, seconds: float) -> str:
    """Why a claim turns where it is stated to, or does not: a proof and a run."""
    where = turning(evidence)
    accepted(holding(evidence), seconds)
    accepted(breaking(evidence), seconds)
    return where


def obligations(evidence: Evidence) -> Iterator[Obligation]:
    """What must hold for a certificate to show the verdict."""
    for each in _derived(evidence):
        yield each._replace(hypotheses=[*evidence.system.given, *each.hypotheses])


def _derived(evidence: Evidence) -> Iterator[Obligation]:
    proof = evidence.proof
    if evidence.kind == "Threshold":
        return obligations(holding(evidence))
    if evidence.kind == "Settles" and evidence.verdict == "refuted" and "stays" in proof:
        return _derived(_outside(evidence, proof["stays"]))
    if evidence.verdict != "proved" or (evidence.kind == "Grows") != ("gain" in proof):
        raise Undecided(f"no way to check that this {evidence.kind} is {evidence.verdict}")
    if evidence.system.fold:
        if "every" not in proof or evidence.kind != "Claim":
            raise Undecided(f"no way to check this proof of a {evidence.kind} of trees")
        return of_every_node(evidence, proof["every"])
    if "walk" in proof:
        return of_walk(evidence, walk_of(evidence.system, proof["walk"]))
    if "depth" in proof:
        return of_induction(evidence, proof["depth"])
    raise Undecided(f"no way to check this proof of a {evidence.kind}")


def queries(found: list[Obligation]) -> list[Mapping[str, str]]:
    """The obligations as queries for any solver, each with the answer that shows it."""
    return [
        {"name": each.name, "smtlib": script(each.hypotheses, each.goals), "expected": "unsat"}
        for each in found
    ]


def _plan(given: Mapping[str, Any]) -> list[tuple[int, list[Fraction]]]:
    return [(int(count), [Fraction(unit) for unit in units]) for count, units in given["plan"]]


def _start(evidence: Evidence, given: Mapping[str, Any]) -> list[Fraction]:
    """Where a run begins that may begin anywhere, or anywhere in the claim.

    Raises:
        Rejected: if it does not begin there.
    """
    system = evidence.system
    fields = system.fields[system.agent]
    start = [Fraction(given["start"][f.getSymbol().rpartition(".")[2]]) for f in fields]
    claimed = START[evidence.kind] == "claim"
    known = evidence.kept(system.agent) if claimed else system.domain[system.agent]
    if not all(Program(fields, known).run([rational(value) for value in start], rational)):
        raise Rejected("the run begins where none may")
    return start


def _broken(evidence: Evidence) -> str:
    """Why a run breaks the claim."""
    run, system = evidence.proof["run"], evidence.system
    plan, position = _plan(run), run["position"]
    if START[evidence.kind] == "anywhere":
        raise Undecided(f"no run alone refutes a {evidence.kind}")
    if START[evidence.kind] == "seed":
        start = [_exact(v) for v in Program((), system.seed).run((), rational)]
    else:
        start = _start(evidence, run)
    if False not in replay(system, start, plan, position, evidence.kept(position)):
        raise Rejected("the run ends within the claim")
    return f"the run breaks the claim at iteration {sum(count for count, _ in plan)}"


def _broken_at_the_root(evidence: Evidence) -> str:
    """Why a tree breaks the claim."""
    system, nodes = evidence.system, evidence.proof["tree"]
    broken = Program(system.fields[system.agent], evidence.kept(system.agent))
    if False not in broken.run(root_of(system, nodes), rational):
        raise Rejected("the root of the tree is within the claim")
    return f"the claim breaks at the root of a tree of {len(nodes)} nodes"


def _exact(value: Any) -> Fraction:
    if value is None:
        raise Rejected("the seed divides by zero")
    return Fraction(int(value.p), int(value.q))


def _outside(evidence: Evidence, stays: Mapping[str, Any]) -> Evidence:
    """What is to be shown of a run that stays outside the claim: that under one strategy, from one
    start, the claim is false forever."""
    system = evidence.system
    units = _plan(stays)[0][1]
    steps = []
    for step in system.steps:
        steps.append(fixed(step, units[: len(step.choices)]))
        units = units[len(step.choices) :]
    seed = tuple(MANAGER.mkReal(str(value)) for value in _start(evidence, stays))
    claim: dict[str, Sequence[Any]] = dict.fromkeys(system.fields, ())
    claim[system.agent] = [every(evidence.claim[system.agent]).notTerm()]
    return evidence._replace(
        kind="Claim",
        verdict="proved",
        proof=stays,
        claim=claim,
        system=system._replace(steps=tuple(steps), seed=seed),
    )
