"""How many thresholds of the shipped schemes are named, and how many are only bracketed?

    python -m benchmarks.thresholds [--settles] [--limit S] [--only PATTERN] [--json FILE]
                                   [--jobs N] [--scheduler ADDRESS]

Of every shipped loop, each invariant that is claimed of it and each of its real parameters, the
threshold is asked for, with one limit; with --settles, of every loop and invariant of a shipped
``Settles`` statement, that of settling. With --json, answers are added to a file as they come, a
line each, and a later run with the same limit leaves out what is there already.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import attrs

from benchmarks.spread import add_scheduler, carried_out
from checker.cli.shipped import shipped_claims, shipped_statements
from checker.cli.workers import Done, Ended, Limits, Outcome
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import Brackets, FoundThreshold
from checker.parameters.threshold import WIDTH, threshold
from checker.report.threshold import headline
from checker.report.words import describe
from checker.statements.settling_threshold import settling_threshold
from checker.system.findings import Cause
from spec.parameters import parameter_domains
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.statements.dynamics import Settles
from spec.trees import Fold


class Found(StrEnum):
    """How well a threshold is known."""

    EXACT = "exact"
    """Named and proved, or the claim holds at every value, or at none."""
    BRACKETED = "bracketed"
    """Of every end two values are known between which it lies, no further apart than ``WIDTH``."""
    WIDER = "wider"
    UNKNOWN = "unknown"
    FAILED = "failed"
    """An exception, or a process that died."""


@attrs.frozen
class Asked:
    """One threshold of one claim, which ships under its name; of settling, of the claim that a
    ``Settles`` statement of that name makes of late iterations."""

    claim_name: str
    parameter: str
    seconds: float
    settles: bool = False

    @property
    def claim(self) -> Claim:
        """The claim, found again in any process."""
        named = settling_claims() if self.settles else shipped_claims()
        return next(claim for claim in named if claim.name == self.claim_name)

    @property
    def name(self) -> str:
        """The claim and the parameter."""
        invariant = type(self.claim.invariant).__name__
        return f"{self.claim.scheme.name} {invariant} {self.parameter} [{self.claim.name}]"

    def run(self) -> FoundThreshold:
        """Find it."""
        find = settling_threshold if self.settles else threshold
        return find(self.claim, self.parameter, timeout=self.seconds)


def settling_claims() -> list[Claim]:
    """What shipped statements say that runs settle in."""
    return [
        Claim(each.name, each.scheme, each.invariant, at=each.at)
        for each in shipped_statements()
        if isinstance(each, Settles)
    ]


def questions(seconds: float, settles: bool = False) -> list[Asked]:
    """Every question, in an order that scatters the schemes, so that a part is a fair sample.

    Of several claims about the same scheme and invariant, the first without values of its own is
    taken, or else the first.
    """
    chosen: dict[tuple[str, str], Claim] = {}
    for claim in settling_claims() if settles else shipped_claims():
        if isinstance(claim.scheme, Fold) or claim.dropping:
            continue
        key = (claim.scheme.name, type(claim.invariant).__name__)
        if key not in chosen or (chosen[key].at and not claim.at):
            chosen[key] = claim
    asked = [
        Asked(claim.name, domain.name, seconds, settles)
        for claim in chosen.values()
        for domain in parameter_domains(claim.scheme.parameters).values()
        if not domain.structural
    ]
    return sorted(asked, key=lambda each: hashlib.sha256(each.name.encode()).digest())


def judged(outcome: Outcome[FoundThreshold]) -> dict[str, Any]:
    """How well the threshold is known, what is said of it, and why it is not known better."""
    if isinstance(outcome, Ended):
        known = [shown for shown in outcome.announced if isinstance(shown, FoundThreshold)]
        answer = _known(known[-1]) if known else {"found": Found.UNKNOWN, "says": ""}
        if outcome.stopped.cause in (Cause.CRASH, Cause.ERROR, Cause.EXIT):
            answer["found"] = Found.FAILED
        return {**answer, "why": describe(outcome.stopped)}
    if isinstance(outcome, Done):
        return _known(outcome.value)
    return {"found": Found.FAILED, "says": "", "why": str(outcome.error)}


def _known(found: FoundThreshold) -> dict[str, Any]:
    open_still = [
        each.high.nearest - each.low.nearest
        for each in found.ranges
        if each.answer is Answer.UNKNOWN
    ]
    ranged = found.ranges and not open_still
    settled = ranged or found.exact is not None or found.extent in (Extent.ALL, Extent.NONE)
    kind = Found.UNKNOWN
    if settled:
        kind = Found.EXACT
    elif found.width is not None:
        kind = Found.BRACKETED if found.width <= WIDTH else Found.WIDER
    elif found.extent is Extent.PIECES:
        kind = Found.BRACKETED if max(open_still) <= WIDTH else Found.WIDER
    why = describe(found.method.reason) if isinstance(found.method, Brackets) else ""
    return {"found": kind, "says": headline(found), "why": why}


def answered(file: Path | None, limit: float) -> dict[str, dict[str, Any]]:
    """The answers of earlier runs with the same limit, by the name of the question."""
    if file is None or not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {row["name"]: row for row in rows if row["limit"] == limit}


def asked_anew(
    asked: Sequence[Asked], limit: float, file: Path | None, scheduler: str = "", jobs: int = 1
) -> Iterator[dict[str, Any]]:
    """The answers: first those that the file has, then the others as they come; each is added to
    it."""
    known = answered(file, limit)
    yield from (known[question.name] for question in asked if question.name in known)
    new = [question for question in asked if question.name not in known]
    for number, outcome in carried_out(new, Limits(limit), scheduler, jobs):
        question = new[number]
        row = {"name": question.name, "limit": limit, **judged(outcome)}
        row["seconds"] = round(outcome.value.seconds, 2) if isinstance(outcome, Done) else limit
        if file is not None:
            with file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(row) + "\n")
        yield row


def main() -> None:
    """Ask, print each answer as it comes, and the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settles", action="store_true", help="thresholds of settling")
    parser.add_argument("--limit", type=float, default=60.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--jobs", type=int, default=1, help="answers at the same time")
    add_scheduler(parser)
    given = parser.parse_args()
    asked = [
        each for each in questions(given.limit, given.settles) if re.search(given.only, each.name)
    ]
    answers = asked_anew(asked, given.limit, given.json, given.scheduler, given.jobs)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for number, row in enumerate(answers, 1):
        counts[row["found"]] += 1
        if row["found"] != Found.EXACT:
            reasons[row["why"] or "no reason"] += 1
        print(
            f"{number}/{len(asked)} {row['name']}: {row['found']}, {row['seconds']} s", flush=True
        )
        print(f"    {row['says']}" + (f" ({row['why']})" if row["why"] else ""), flush=True)
    print(", ".join(f"{kind.value}: {counts[kind]}" for kind in Found))
    for reason, count in reasons.most_common():
        print(f"{count:5} {reason}")


if __name__ == "__main__":
    # by its own name, under which other machines find what it sends them
    from benchmarks import thresholds

    thresholds.main()
