"""The ablation for people."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Group, RenderableType
from rich.text import Text

from checker.explain.assumptions import Ablation, Finding
from checker.explain.nonvacuity import NonVacuity
from checker.report.verdict import number

STYLE = {"idle": "yellow", "needed": "", "undecided": "dim"}


def ablation_story(ablation: Ablation) -> RenderableType:
    """What became of the claim without each thing that it assumes."""
    if ablation.reason:
        return Text(f"What it assumes: not examined, {ablation.reason}")
    lines = [Text("What it assumes, each dropped or loosened by itself")]
    lines += [_finding(finding) for finding in ablation.findings]
    if not ablation.findings:
        lines.append(Text("  nothing: no bound of nature, no oversight, no assumption"))
    if ablation.nonvacuity is not None:
        lines += _substance(ablation.nonvacuity)
    if ablation.breaking:
        first = min(ablation.breaking, key=lambda f: f.refuted or Fraction(0))
        lines.append(Text(f"  can be broken: {first.what}, x{_factor(first.refuted)} alone"))
    return Group(*lines)


def _finding(finding: Finding) -> Text:
    text = Text(f"  {finding.what}: ")
    text.append(finding.status, STYLE[finding.status])
    note = "" if finding.kind == "coupling" else finding.note
    said = ": ".join(part for part in (_decided(finding), note) if part)
    if said:
        text.append(f", {said}")
    return text


def _decided(finding: Finding) -> str:
    if finding.kind == "bound":
        return _bound(finding)
    if finding.kind == "assumption" and finding.point:
        point = ", ".join(f"{name} = {number(v)}" for name, v in finding.point.items())
        if finding.status == "idle":
            return f"as far as tried: still proved at {point}"
        return f"{'refuted ' if finding.broken else ''}at {point}"
    if finding.kind == "coupling" and finding.status != "undecided":
        return f"{finding.verdict} where {finding.note}"
    return f"{finding.broken} breaks without it" if finding.broken else ""


def _bound(finding: Finding) -> str:
    if finding.refuted == 0:
        return "refuted even where it leaves no width"
    if finding.status == "idle" and finding.proved is not None:
        return f"still proved at x{_factor(finding.proved)}"
    said = [] if finding.proved is None else [f"proved up to x{_factor(finding.proved)}"]
    if finding.refuted is not None:
        broken = f" ({finding.broken} breaks)" if finding.broken else ""
        said.append(f"refuted from x{_factor(finding.refuted)}{broken}")
    return ", ".join(said)


def _factor(value: Fraction | None) -> str:
    return "" if value is None else number(value)


def _substance(found: NonVacuity) -> Iterator[Text]:
    if found.end:
        rises = ""
        if found.rises is not None:
            how = "rises" if found.rises else "does not rise steadily"
            rises = f"capability {how}, {found.start} -> {found.last}; "
        made = f"not 0 are {', '.join(found.moved)}" if found.moved else "every choice is 0"
        yield Text(
            f"  a run of {found.iterations} iterations, choices at their {found.end} ends: {rises}"
            f"{made}"
        )
    if found.unread:
        yield Text(f"  never read: {', '.join(found.unread)}", "yellow")
