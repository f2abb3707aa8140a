"""Where to look at a verdict that is not as expected: the line of the step or clause at fault.

A run blames an obligation, and so a function: the seed, a step, or the condition of oversight. That
function's line is the place, unless it is written in another file than the statement; then it is
the statement's own line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from checker.report.documents import document
from checker.report.verdict import UNFOLDED, plain
from checker.system.obligations import Duty
from checker.system.replay import Run
from checker.system.verdict import Refutation, Verdict
from spec.errors import SpecError, location_of
from spec.invariants import Invariant
from spec.scheme import Process
from spec.source import conditions_in
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.subjects import OfScheme
from spec.trees import Fold


@attrs.frozen
class Position:
    """A line of a file, counted from 1; the first where only the file is known."""

    file: str
    line: int


@attrs.frozen
class Finding:
    """Something for a person to look at, at a place.

    Args:
        rule: what kind of thing it is.
        title: in a few words.
        text: in full.
        position: where; None where no file is known.
        related: where else to look, each with what is there.
    """

    rule: str
    title: str
    text: str
    position: Position | None
    related: tuple[tuple[Position, str], ...] = ()


NOT_AS_EXPECTED = "not-as-expected"
WRONG_SPECIFICATION = "wrong-specification"


def position(location: str) -> Position | None:
    """The place that a location ``file:line`` names; None where it names no file."""
    file, _, line = location.rpartition(":")
    if file and line.isdigit():
        return Position(file, max(1, int(line)))
    return Position(location, 1) if location.endswith(".py") else None


def finding(statement: Statement, verdict: Verdict) -> Finding:
    """A verdict that is not as expected, at the step or clause at fault."""
    own = position(statement.location)
    step, clause = position(_at_fault(statement, verdict)), position(_broken(statement, verdict))
    here = step if step is not None and own is not None and step.file == own.file else own
    places = [(own, "the statement"), (step, "the step at fault"), (clause, "what is broken")]
    related = tuple((p, what) for p, what in places if p is not None and p != here)
    return Finding(
        NOT_AS_EXPECTED,
        f"{verdict.claim}: expected {verdict.expected}, got {verdict.answer}",
        plain(verdict, width=UNFOLDED).strip(),
        here,
        related,
    )


def mistake(error: Exception) -> Finding:
    """A specification that is wrong, or two engines that disagree."""
    location = error.location if isinstance(error, SpecError) else ""
    message = error.message if isinstance(error, SpecError) else str(error)
    return Finding(WRONG_SPECIFICATION, message, message, position(location))


def _at_fault(statement: Statement, verdict: Verdict) -> str:
    """Where the function is defined that a run blames ("" if there is none)."""
    result = verdict.result
    scheme = _scheme(statement)
    if not isinstance(result, Refutation) or result.blame is None or scheme is None:
        return ""
    label = result.blame.obligation
    if label.duty is Duty.SEED:
        return location_of(scheme.seed)
    if label.duty is Duty.OVERSIGHT:
        conditions = [s.smart_enough for s in scheme.stages if s.smart_enough is not None]
        return location_of(conditions[0]) if conditions else ""
    functions = [stage.function for stage in scheme.stages if stage.name == label.step]
    return location_of(functions[0]) if functions else ""


def _broken(statement: Statement, verdict: Verdict) -> str:
    """Where the condition of the invariant is written that the run breaks ("" if there is none)."""
    if verdict.run is None or not isinstance(statement, Claim | OfScheme):
        return ""
    lines = conjunct_locations(statement.invariant, verdict.run)
    if lines:
        return lines[0]
    holds = _holds(statement.invariant, verdict.run)
    return "" if holds is None else location_of(holds)


def conjunct_locations(invariant: Invariant, run: Run) -> list[str]:
    """``file:line`` of each condition of the broken clause that is false; of its ``holds`` where a
    condition has no line of its own."""
    holds = _holds(invariant, run)
    if holds is None:
        return []
    written = conditions_in(holds)
    return [
        written[c.number - 1].location if c.number <= len(written) else location_of(holds)
        for c in run.conjuncts
    ]


def _holds(invariant: Invariant, run: Run) -> Callable[..., Any] | None:
    for cls in type(invariant).__mro__:
        if cls.__name__ == run.broken and "holds" in vars(cls):
            found: Callable[..., Any] = vars(cls)["holds"]
            return found
    return None


def placed(statement: Statement, verdict: Verdict) -> dict[str, Any]:
    """The verdict's document with the lines to look at: of each condition that is false, and of
    what is at fault where the verdict is not as expected."""
    found = document(verdict)
    run = verdict.run
    if run is not None and run.conjuncts and isinstance(statement, Claim | OfScheme):
        lines = conjunct_locations(statement.invariant, run)
        for conjunct, line in zip(found["trace"]["conjuncts"], lines, strict=False):
            conjunct |= _line(position(line))
    if not verdict.as_expected:
        at = _line(finding(statement, verdict).position)
        found |= {"at": at} if at else {}
    return found


def _line(place: Position | None) -> dict[str, Any]:
    return {} if place is None else {"file": place.file, "line": place.line}


def _scheme(statement: Statement) -> Process | None:
    found = statement.subjects
    return found[0] if len(found) == 1 and not isinstance(found[0], Fold) else None
