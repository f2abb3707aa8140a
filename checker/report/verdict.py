"""Verdicts for people: the table, the traces, the ledger. Everything is read off plain verdicts."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from checker.system.replay import Enclosure, Run, TraceStep
from checker.system.verdict import Bracket, Verdict

STYLE = {
    "proved": "bold green",
    "refuted": "bold red",
    "unknown": "bold yellow",
    "vacuous": "magenta",
}
SHOWN = 3
"""Iterations of a trace that are shown at either end."""


def number(value: Fraction) -> str:
    """The exact value where it is short, as a decimal or a ratio; else four digits after a ~."""
    decimal = f"{float(value):.6g}"
    if "e" not in decimal and Fraction(decimal) == value:
        return decimal
    text = str(value)
    return text if len(text) <= 9 else f"~{float(value):.4g}"


def matrix(verdicts: Sequence[Verdict]) -> Table:
    """Schemes down, invariants across; each cell its verdict and how far it holds."""
    columns = list(dict.fromkeys(v.invariant for v in verdicts))
    table = Table(title="Which schemes keep which invariants, forever", title_justify="left")
    table.add_column("scheme", no_wrap=True)
    if any(v.bracket is not None for v in verdicts):
        table.add_column("along", no_wrap=True)
    for column in columns:
        limits = next(v.limits for v in verdicts if v.invariant == column)
        inside = ", ".join(f"{name} <= {value}" for name, value in limits.items())
        table.add_column(f"{column}\n{inside}" if inside else column)
    for scheme in dict.fromkeys(v.scheme for v in verdicts):
        row = [v for v in verdicts if v.scheme == scheme]
        cells = [_cells([v for v in row if v.invariant == column]) for column in columns]
        if any(v.bracket is not None for v in verdicts):
            along = dict.fromkeys(v.bracket.parameter for v in row if v.bracket is not None)
            cells = [Text("\n".join(along)), *cells]
        table.add_row(scheme, *cells, end_section=True)
    return table


def _cells(verdicts: Sequence[Verdict]) -> Text:
    text = Text()
    for index, verdict in enumerate(verdicts):
        text.append("\n" if index else "")
        text.append(verdict.verdict.upper(), STYLE[verdict.verdict])
        if not verdict.as_expected:
            text.append(f" (expected {verdict.expected})", "bold red")
        if verdict.trace is not None:
            text.append(f" at iteration {verdict.trace.run.iteration}")
        if verdict.bracket is not None:
            text.append("\n" + region(verdict.bracket), "dim")
    return text


def region(b: Bracket) -> str:
    """How far along the parameter the claim is decided: proved and broken ends."""
    upward = b.proved_to is None or b.refuted_from is None or b.proved_to < b.refuted_from
    reach = ("up to", "from") if b.monotone and upward else ("at", "at")
    said = []
    if b.proved_to is not None:
        everywhere = b.monotone and b.proved_to == b.high
        said.append("holds for all" if everywhere else f"holds {reach[0]} {number(b.proved_to)}")
    if b.refuted_from is not None:
        everywhere = b.monotone and b.refuted_from == b.low
        said.append(
            "breaks for all" if everywhere else f"breaks {reach[1]} {number(b.refuted_from)}"
        )
    return "\n".join(said) or "undecided"


def listing(verdicts: Sequence[Verdict]) -> Table:
    """One line for each claim."""
    table = Table(title="Claims", title_justify="left")
    table.add_column("claim", no_wrap=True)
    for column in ("verdict", "how", "solving"):
        table.add_column(column, overflow="fold")
    for v in verdicts:
        mark = Text(v.verdict.upper(), STYLE[v.verdict])
        if not v.as_expected:
            mark.append(f"\nexpected {v.expected}", "bold red")
        how = v.reason or v.method
        if v.trace is not None:
            how = f"broken at iteration {v.trace.run.iteration}; {v.trace.shortest}"
        elif v.facts and v.kind not in ("Refines", "Agrees"):
            how = v.facts[0].strip()
        if v.bracket is not None:
            how += f"\n{v.bracket.parameter}: {region(v.bracket)}"
        table.add_row(v.claim, mark, how, f"{1000 * v.solving:.0f} ms")
    return table


def story(verdict: Verdict, *, whole: bool = False, steps: bool = True) -> RenderableType:
    """One verdict told in full; ``whole`` adds every parameter, not only the chosen ones, and
    without ``steps`` the run itself is left out."""
    limits = ", ".join(f"{name} <= {value}" for name, value in verdict.limits.items())
    about = verdict.claim
    if verdict.kind == "Claim":
        about = f"{verdict.scheme}, {verdict.invariant}"
        if verdict.claim != f"{verdict.scheme}/{verdict.invariant.lower()}":
            about = f"{verdict.claim}: {about}"
    head = Text(about + (f" ({limits})" if limits else "") + ": ")
    head.append(verdict.verdict.upper(), STYLE[verdict.verdict])
    parts: list[RenderableType] = [head]
    if verdict.says:
        parts.append(Text(verdict.says, "italic"))
    shown = verdict.parameters if whole else verdict.chosen
    if shown:
        named = ", ".join(f"{n} = {number(v)}" for n, v in shown.items())
        parts.append(Text(f"at {named}", "dim"))
    if verdict.trace is not None:
        parts += _trace(verdict, steps)
    if verdict.proof is not None:
        parts += _proof(verdict)
    parts += [Text(f"  {line}") for line in (*verdict.facts, *verdict.model)]
    if verdict.reason:
        parts.append(Text(verdict.reason))
    if verdict.bracket is not None:
        parts.append(
            Text(f"{verdict.bracket.parameter}: " + region(verdict.bracket).replace("\n", ", "))
        )
    return Group(*parts)


def _trace(verdict: Verdict, steps: bool) -> Iterator[RenderableType]:
    assert verdict.trace is not None
    run, blame = verdict.trace.run, verdict.trace.blame
    yield Text(
        f"{run.broken} breaks at the {run.position} of iteration {run.iteration} "
        f"({verdict.trace.shortest}; replayed in {run.arithmetic})."
        + (f" Blame: {blame}." if blame else "")
    )
    if run.broken is not None and run.broken.startswith("domain"):
        yield Text("  a step leaves a field's domain: bound the field, or widen its domain")
    if steps:
        yield from trace_of(run)


def trace_of(run: Run) -> Iterator[Text]:
    """A run, its first and last iterations."""
    yield Text("  seed: " + _fields(run.seed))
    last = 0
    for step in run.steps:
        if SHOWN < step.iteration <= run.iteration - SHOWN:
            continue
        if step.iteration > last + 1:
            yield Text(f"  ... {step.iteration - last - 1} iterations like these ...", "dim")
        last = step.iteration
        yield _trace_step(step, run)


def _trace_step(step: TraceStep, run: Run) -> Text:
    text = Text(f"  {step.iteration:>3} {step.step}: ")
    shared = [name for name in step.after if name in step.before]
    changed = [name for name in shared if step.before[name] != step.after[name]]
    text.append(
        ", ".join(f"{name} {_move(step.before[name], step.after[name])}" for name in changed)
        or "nothing changes"
    )
    fresh = {name: value for name, value in step.after.items() if name not in step.before}
    if fresh:
        text.append("; " + _fields(fresh))
    if step.oversight_holds is False:
        text.append("\n      the expert is not smart enough, so the student is arbitrary", "red")
    chosen = {
        name: value
        for name, value in step.chosen.items()
        if value.high != 0 and not (step.oversight_holds is True and name.startswith("arbitrary "))
    }
    if chosen:
        text.append("\n      nature chooses " + _fields(chosen), "dim")
    if step is run.steps[-1] and run.broken is not None:
        text.append(f"\n      {run.broken} is broken", "bold red")
    return text


def _move(before: Enclosure, after: Enclosure) -> str:
    """Two values, with as many digits as tell them apart."""
    if str(before) != str(after):
        return f"{before} -> {after}"
    a, b = (float((value.low + value.high) / 2) for value in (before, after))
    return f"{a:.12g} -> {b:.12g}"


def _fields(values: Mapping[str, Enclosure]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _proof(verdict: Verdict) -> Iterator[RenderableType]:
    proof = verdict.proof
    assert proof is not None
    entered = f" after {proof.prefix} checked iterations" if proof.prefix else ""
    yield Text(f"{verdict.method}{entered}; discharged: {', '.join(proof.discharged)}")
    rows = list(dict.fromkeys(name for budgets in proof.budgets.values() for name in budgets))
    if rows:
        table = Table(
            title="Budget ledger: what holds at each place, for ever", title_justify="left"
        )
        table.add_column("budget")
        for position in proof.budgets:
            table.add_column(position)
        table.add_column("limit")
        for row in rows:
            cells = [number(b[row]) if row in b else "" for b in proof.budgets.values()]
            limit = number(verdict.limits[row]) if row in verdict.limits else "free"
            table.add_row(row, *cells, limit)
        yield table
    for position, bounds in proof.bounds.items():
        if bounds:
            yield Text(f"  with, at the {position}: {', '.join(bounds)}")


def plain(verdict: Verdict) -> str:
    """The story as plain text, for a failing test."""
    out = io.StringIO()
    Console(file=out, width=100, no_color=True).print(story(verdict))
    return out.getvalue()
