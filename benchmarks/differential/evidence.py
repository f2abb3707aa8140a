"""Evidence of random schemes, put to the rechecker, which shares no code with the engines.

What is proved or refuted of a scheme is written as evidence, and rechecked by another solver from
the scheme's own terms. None may be rejected. Of some kinds no evidence is written yet, and of some
obligations the other solver has no answer; then it is undecided.
"""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import attrs

from benchmarks.differential import kinds
from benchmarks.differential.language import claim_of
from checker.evidence.document import evidence, text_of
from checker.portfolio.decision import Options, decide
from recheck.check import Outcome, recheck
from spec.statements.base import Answer

SECONDS = 5.0
"""For one query of the rechecker."""


@attrs.frozen
class EvidenceOutcome:
    """What became of the evidence for one verdict.

    ``checked`` is "accepted", "undecided" or "rejected", and "" where nothing was decided;
    ``problem`` is a rejection or a crash.
    """

    number: int
    kind: str
    answer: str
    checked: str
    seconds: float
    problem: str = ""


def judge_evidence(number: int, timeout: float) -> EvidenceOutcome:
    """Decide the scheme of a number, and recheck the evidence."""
    machine, started = kinds.drawn(number), time.perf_counter()
    answer, checked, problem = "crash", "", ""
    try:
        claim = claim_of(f"random {number}", machine)
        verdict = decide(claim, options=Options(timeout=timeout))
        answer = verdict.answer.value
        if verdict.answer is not Answer.UNKNOWN:
            started = time.perf_counter()
            checked, problem = rechecked(text_of(evidence(verdict, claim)))
    except Exception:
        problem = traceback.format_exc()
    took = time.perf_counter() - started
    return EvidenceOutcome(number, machine.kind, answer, checked, took, problem)


def rechecked(text: str) -> tuple[str, str]:
    """What the rechecker says of evidence, and why if it rejects it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evidence.json"
        file.write_text(text)
        report = recheck(file, SECONDS)
    wrong = report.outcome not in (Outcome.ACCEPTED, Outcome.UNDECIDED)
    return report.outcome.value, report.why if wrong else ""


def judged_evidence(numbers: Sequence[int], timeout: float) -> list[EvidenceOutcome]:
    """The outcomes of some schemes."""
    return [judge_evidence(number, timeout) for number in numbers]
