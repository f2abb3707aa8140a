"""What a claim assumes, and which of it matters, for people."""

from __future__ import annotations

from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from checker.explain.findings import (
    AssumptionKind,
    AssumptionResult,
    AssumptionsReport,
    ChoiceBound,
    ClaimOpen,
    Meaningless,
    Note,
    NotExamined,
    Status,
)
from checker.explain.relaxations import End
from checker.report.nonvacuity import nonvacuity_lines
from checker.report.words import describe, number

STYLE = {Status.IDLE: "yellow", Status.NEEDED: "", Status.UNDECIDED: "dim"}

NOTES = {
    Note.NO_WIDTH: "the two bounds are equal here",
    Note.NO_POINT: "no point found that violates this assumption alone",
    Note.CLAIMED_AS_WELL: "claimed as well, so that dropping it leaves the proof",
    Note.NEVER_WORKS: "oversight never works",
    Note.ALWAYS_WORKS: "oversight always works",
}

SIDES = {End.UPPER: "at most", End.LOWER: "at least"}


@describe.register
def _(note: Note) -> str:
    return NOTES[note]


@describe.register
def _(fact: Meaningless) -> str:
    return fact.message.partition(";")[0]  # without the advice, which is on the claim itself


@describe.register
def _(fact: ClaimOpen) -> str:
    return f"the claim is {fact.answer}"


@describe.register
def _(_fact: NotExamined) -> str:
    return "uninterpreted agents have no bounds to loosen"


@describe.register
def _(result: AssumptionResult) -> str:
    return _line(result).plain.strip()


def assumptions_story(report: AssumptionsReport) -> RenderableType:
    """What became of the claim without each thing that it assumes."""
    if report.reason is not None:
        return Text(f"What it assumes: not examined, {describe(report.reason)}")
    lines = [Text("What it assumes, each dropped or loosened by itself")]
    lines += [_line(result) for result in report.results]
    if not report.results:
        lines.append(Text("  nothing: no bound of nature, no oversight, no assumption"))
    if report.nonvacuity is not None:
        lines += nonvacuity_lines(report.nonvacuity)
    if report.breaking:
        first = min(report.breaking, key=lambda result: result.refuted or Fraction(0))
        lines.append(Text(f"  can be broken: {subject(first)}, x{_factor(first.refuted)} alone"))
    return Group(*lines)


def subject(result: AssumptionResult) -> str:
    """The thing that the claim assumes, by name."""
    if isinstance(result.subject, ChoiceBound):
        bound = result.subject
        return f"{bound.step}: {bound.choice}, {SIDES[bound.end]}"
    if result.kind is AssumptionKind.COUPLING:
        return "smart enough"
    return result.subject or "limit on the expert"


def note(result: AssumptionResult) -> str:
    """Why, where the rest of a result does not say ("" if it does)."""
    if result.note is None:
        return ""
    text = describe(result.note)
    nowhere = result.kind is AssumptionKind.ASSUMPTION and isinstance(result.note, Meaningless)
    return f"means nothing there: {text}" if nowhere else text


def _line(result: AssumptionResult) -> Text:
    text = Text(f"  {subject(result)}: ")
    text.append(result.status.value, STYLE[result.status])
    why = "" if result.kind is AssumptionKind.COUPLING else note(result)
    rest = ": ".join(part for part in (_decided(result), why) if part)
    if rest:
        text.append(f", {rest}")
    return text


def _decided(result: AssumptionResult) -> str:
    if result.kind is AssumptionKind.BOUND:
        return _bound(result)
    if result.kind is AssumptionKind.ASSUMPTION and result.point:
        return _point(result)
    if result.kind is AssumptionKind.COUPLING and result.status is not Status.UNDECIDED:
        return f"{result.answer} where {note(result)}"
    return f"{result.broken} breaks without it" if result.broken else ""


def _point(result: AssumptionResult) -> str:
    point = ", ".join(f"{name} = {number(value)}" for name, value in result.point.items())
    if result.status is Status.IDLE:
        return f"as far as tried: still proved at {point}"
    return f"{'refuted ' if result.broken else ''}at {point}"


def _bound(result: AssumptionResult) -> str:
    if result.refuted == 0:
        return "refuted even where it leaves no width"
    if result.status is Status.IDLE and result.proved is not None:
        return f"still proved at x{_factor(result.proved)}"
    parts = [] if result.proved is None else [f"proved up to x{_factor(result.proved)}"]
    if result.refuted is not None:
        broken = f" ({result.broken} breaks)" if result.broken else ""
        parts.append(f"refuted from x{_factor(result.refuted)}{broken}")
    return ", ".join(parts)


def _factor(value: Fraction | None) -> str:
    return "" if value is None else number(value)
