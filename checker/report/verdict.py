"""Verdicts for people: the table of schemes against invariants, the list of claims, the story."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from checker.backends.algebraic import Algebraic
from checker.backends.rounding import cut_off
from checker.report.certificate import certificate_story, method_of
from checker.report.hanging import Hanging
from checker.report.runs import run_lines
from checker.report.titled import titled
from checker.report.words import at_fault, describe, detail, false_conditions, number, shortest
from checker.report.would_decide import open_lines
from checker.system.replay import ArithmeticKind, Run
from checker.system.verdict import Bracket, Refutation, Verdict
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.statements.dynamics import Grows

STYLE = {
    Answer.PROVED: "bold green",
    Answer.REFUTED: "bold red",
    Answer.UNKNOWN: "bold yellow",
    Answer.VACUOUS: "magenta",
}


def mark(answer: Answer) -> Text:
    """An answer as it is printed everywhere."""
    return Text(answer.upper(), STYLE[answer])


def matrix(verdicts: Sequence[Verdict]) -> Group:
    """Schemes down, invariants across; each cell its verdict and how far it holds."""
    columns = list(dict.fromkeys(column_of(v) for v in verdicts))
    table = Table()
    table.add_column("scheme", no_wrap=True)
    for column in columns:
        first = next(v for v in verdicts if column_of(v) == column)
        inside = ", ".join(f"{name} <= {value}" for name, value in first.limits.items())
        if first.kind is Grows:
            inside = f"without bound,\n{first.invariant.lower()}"
        table.add_column(f"{column}\n{inside}" if inside else column)
    for scheme in dict.fromkeys(v.scheme for v in verdicts):
        row = [v for v in verdicts if v.scheme == scheme]
        cells = [_cells([v for v in row if column_of(v) == column]) for column in columns]
        table.add_row(scheme, *cells, end_section=True)
    return titled("Which schemes keep which invariants, forever", table)


def column_of(verdict: Verdict) -> str:
    """The column that a verdict belongs in: its invariant, or growth."""
    return "Grows" if verdict.kind is Grows else verdict.invariant


def _cells(verdicts: Sequence[Verdict]) -> Text:
    text = Text()
    for index, verdict in enumerate(verdicts):
        text.append("\n" if index else "")
        text.append(mark(verdict.answer))
        if not verdict.as_expected:
            text.append(f" (expected {verdict.expected})", "bold red")
        if verdict.kind is Grows:
            text.append("".join(f"\n{describe(fact)}" for fact in verdict.facts), "dim")
        elif verdict.run is not None:
            text.append(f" at iteration {verdict.run.iteration}")
        if verdict.bracket is not None:
            text.append("\n" + region(verdict.bracket), "dim")
    return text


def region(b: Bracket) -> str:
    """For which values of the parameter it holds: exactly, or between which ends it turns."""
    if b.number is not None:
        sign = ("<" if b.rising else ">") + ("" if b.included is False else "=")
        open_end = " (open at the end)" if b.included is None else ""
        return f"holds iff {b.parameter} {sign} {end_of_range(b.number)}{open_end}"
    domain = {b.low, b.high}
    if (
        b.monotone
        and None in (b.proved_to, b.refuted_from)
        and {b.proved_to, b.refuted_from} & domain
    ):
        return f"{'breaks' if b.proved_to is None else 'holds'} for every {b.parameter}"
    reach = ("at", "at")
    if b.monotone:
        reach = ("up to", "from") if b.rising else ("from", "up to")
    words = []
    if b.proved_to is not None:
        words.append(f"holds {reach[0]} {number(b.proved_to)}")
    if b.refuted_from is not None:
        words.append(f"breaks {reach[1]} {number(b.refuted_from)}")
    return f"{b.parameter}: {', '.join(words) or 'undecided'}"


def end_of_range(end: Algebraic) -> str:
    """An exact number, and its first digits: cut off, not rounded, where dots follow."""
    exact = end.fraction
    if exact is None:
        return f"{cut_off(end.nearest, 4)}, a root of {end.polynomial('x')}"
    return str(exact) if exact.denominator == 1 else f"{exact} = {cut_off(exact, 4)}"


def listing(verdicts: Sequence[Verdict]) -> Group:
    """One line for each claim."""
    table = Table()
    table.add_column("claim", no_wrap=True)
    for column in ("verdict", "how", "solving"):
        table.add_column(column, overflow="fold")
    for v in verdicts:
        shown = mark(v.answer)
        if not v.as_expected:
            shown.append(f"\nexpected {v.expected}", "bold red")
        how = headline(v)
        if v.run is not None and isinstance(v.result, Refutation):
            how = f"broken at iteration {v.run.iteration}; " + shortest(
                v.result.shortest, v.run.iteration
            )
        if v.bracket is not None:
            how += f"\n{region(v.bracket)}"
        table.add_row(v.claim, shown, how, f"{1000 * v.solving:.0f} ms")
    return titled("Claims", table)


def headline(verdict: Verdict) -> str:
    """What was found, in one line: the first fact, else the reason, else the method."""
    if verdict.facts:
        return describe(verdict.facts[0]).strip()
    return describe(verdict.reason) if verdict.reason is not None else method_of(verdict.result)


def story(verdict: Verdict, *, whole: bool = False, steps: bool = True) -> RenderableType:
    """One verdict in full.

    Args:
        verdict: what was decided.
        whole: whether every parameter is shown, and not only the chosen ones.
        steps: whether the steps of a run are shown.
    """
    parts: list[RenderableType] = [_head(verdict)]
    if verdict.says:
        parts.append(Text(verdict.says, "italic"))
    shown = verdict.parameters if whole else verdict.chosen
    if shown:
        named = ", ".join(f"{n} = {number(v)}" for n, v in shown.items())
        parts.append(Text(f"at {named}", "dim"))
    if verdict.run is not None:
        parts += _run(verdict, steps)
    if verdict.certificate is not None:
        parts += certificate_story(verdict)
    parts += [Hanging(Text(f"  {line}")) for fact in verdict.facts for line in detail(fact)]
    if verdict.reason is not None:
        parts += map(Hanging, reason_lines(verdict))
    if verdict.bracket is not None:
        parts.append(Text(region(verdict.bracket)))
    return Group(*parts)


def _head(verdict: Verdict) -> Text:
    limits = ", ".join(f"{name} <= {value}" for name, value in verdict.limits.items())
    about = verdict.claim
    if verdict.kind is Claim:
        about = f"{verdict.scheme}, {verdict.invariant}"
        if verdict.claim != f"{verdict.scheme}/{verdict.invariant.lower()}":
            about = f"{verdict.claim}: {about}"
    return Text(about + (f" ({limits})" if limits else "") + ": ").append(mark(verdict.answer))


def reason_lines(verdict: Verdict) -> Iterator[Text]:
    """Why a statement is not proved; what a counter-model consists of is drawn in."""
    assert verdict.reason is not None
    lines = [*detail(verdict.reason), *open_lines(verdict)]
    indent = "  " if len(lines) > 1 else ""
    yield from (Text(indent + line) for line in lines)


def _arithmetic(run: Run) -> str:
    exact = run.arithmetic.kind is ArithmeticKind.EXACT
    return "exact arithmetic" if exact else describe(run.arithmetic)


def _run(verdict: Verdict, steps: bool) -> Iterator[RenderableType]:
    result = verdict.result
    assert isinstance(result, Refutation)
    assert result.run is not None
    run = result.run
    yield Text(
        f"{run.broken} breaks at the {run.position} of iteration {run.iteration} "
        f"({shortest(result.shortest, run.iteration)}; replayed in {_arithmetic(run)})."
        + (f" At fault: {at_fault(result.blame)}." if result.blame is not None else "")
    )
    if run.conjuncts:
        yield Text(f"  {false_conditions(run)}")
    if run.left_domain:
        yield Text("  a step leaves a field's domain: bound the field, or widen its domain")
    if steps:
        yield from map(Hanging, run_lines(run))


UNFOLDED = 100_000
"""Columns of a text that whoever shows it folds itself."""


def plain(verdict: Verdict, *, steps: bool = True, width: int = 100) -> str:
    """The story as plain text, for a failing test or a page."""
    return plain_text(story(verdict, steps=steps), width)


def plain_text(shown: RenderableType, width: int = 100) -> str:
    """What a terminal of that width would show, as plain text."""
    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(shown)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
