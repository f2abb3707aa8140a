"""The command ``check``: tables, the ledger, then the shortest counterexamples."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.text import Text

from checker.cli.console import complain, out, progress, write_whole
from checker.cli.evidence import EvidenceFolder
from checker.cli.guarded import rehearse
from checker.cli.outputs import Decided, Format, Outputs, print_document
from checker.cli.targets import rows_of
from checker.cli.tasks import Reading, decide_all, tasks_for
from checker.cli.workers import Limits
from checker.cli.workplaces import workers_at
from checker.portfolio.decision import Options
from checker.report.ledger import ledger_page, ledger_tables
from checker.report.verdict import listing, mark, matrix, story
from checker.system.verdict import EnginesDisagree, Verdict
from spec.errors import SpecError
from spec.fields import fields_of
from spec.statements.base import Answer, Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Grows
from spec.statements.ledger import Row
from spec.statements.sound import Sound
from spec.trees import Fold


def check(
    targets: list[str],
    params: list[str],
    options: Options,
    *,
    jobs: int,
    over: str,
    region: bool,
    memory: float,
    page: str,
    remember: bool,
    evidence: str = "",
    scheduler: str = "",
    outputs: Outputs,
) -> None:
    """Decide the statements that the targets stand for, and print what became of them.

    What is wrong with one of them is said after the verdicts on the others.

    Raises:
        typer.Exit: with status 2 if the specification of one is wrong, with status 1 unless every
            verdict is the expected one.
    """
    try:
        decided, wrong = decide(
            targets,
            params,
            options,
            jobs=jobs or os.cpu_count() or 1,
            memory=memory,
            over=over,
            region=region,
            remember=remember,
            evidence=evidence,
            scheduler=scheduler,
            quiet=outputs.format is Format.JSON,
        )
    except SpecError as error:
        outputs.annotate([], [error])
        raise
    show(decided, wrong, targets, page, outputs)
    if outputs.format is Format.TEXT:
        _show_what_next(decided, targets, params)
    complain(wrong)
    if not all(verdict.as_expected for verdict, _ in decided):
        raise typer.Exit(1)


def decide(
    targets: list[str],
    params: Sequence[str],
    options: Options,
    *,
    jobs: int,
    memory: float,
    over: str = "",
    region: bool = True,
    remember: bool = True,
    evidence: str = "",
    scheduler: str = "",
    quiet: bool = False,
) -> tuple[list[Decided], list[SpecError | EnginesDisagree]]:
    """The verdicts on what the targets stand for, and what is wrong with the others.

    Raises:
        SpecError: for a target, a file or a parameter that cannot be read.
    """
    rehearse(targets, Limits(options.timeout, memory))
    tasks = tasks_for(targets, params, over, region, options, bool(evidence))
    reading = Reading(tuple(dict.fromkeys(task.target for task in tasks)))
    workers = workers_at(scheduler, jobs, targets, reading)
    folder = EvidenceFolder(evidence, [t.statement.name for t in tasks]) if evidence else None
    with progress(len(tasks), "deciding", quiet=quiet) as tell:
        found, wrong = decide_all(
            tasks,
            jobs,
            memory,
            lambda verdict: tell(f"decided {verdict.claim}"),
            remember and not evidence,  # a verdict that is kept has no evidence with it
            folder.write if folder else None,
            workers,
        )
    pairs = zip(found, tasks, strict=True)
    return [(v, task.statement) for v, task in pairs if v is not None], wrong


def show(
    decided: Sequence[Decided],
    wrong: Sequence[SpecError | EnginesDisagree],
    targets: list[str],
    page: str,
    outputs: Outputs,
) -> None:
    """Print what was decided, and write the files that are wanted."""
    by_name = {verdict.claim: verdict for verdict, _ in decided}
    rows = [row for row in rows_of(targets) if all(s.name in by_name for s in row.statements)]
    if page:
        write_whole(Path(page), ledger_page(rows, by_name))
    outputs.annotate(decided, wrong)
    if outputs.format is Format.JSON:
        print_document(decided, rows, wrong)
    elif decided and outputs.format is Format.TEXT:
        _show(decided, rows)
    elif decided:
        _show_count([verdict for verdict, _ in decided])


def _show(decided: Sequence[Decided], rows: Sequence[Row]) -> None:
    if len(decided) > 1:
        _show_unexpected(decided)
    in_rows = {statement.name for row in rows for statement in row.statements}
    loose = [(v, s) for v, s in decided if s.name not in in_rows]
    cells = [v for v, s in loose if is_cell(s)]
    others = [v for v, s in loose if not is_cell(s)]
    if cells:
        out.print(matrix(cells))
    if others:
        out.print(listing(others))
    verdicts = [verdict for verdict, _ in decided]
    for table in ledger_tables(rows, {v.claim: v for v in verdicts}):
        out.print(table)
    _show_stories(loose)
    for verdict, statement in decided:
        refuted = isinstance(statement, Sound) and verdict.answer is Answer.REFUTED
        if refuted and not verdict.as_expected:
            out.print()
            out.print(story(verdict))
    if rows:
        out.print("\n`alignspec explain NAME` tells each row and counterexample in full")
    for verdict in verdicts:
        if verdict.answer in (Answer.UNKNOWN, Answer.VACUOUS):
            out.print()
            out.print(story(verdict))
    _show_count(verdicts)


def _show_stories(loose: Sequence[Decided]) -> None:
    """The counterexamples outside the ledger, the shortest of each scheme."""
    traced = [(v.run.iteration, n) for n, (v, _) in enumerate(loose) if v.run is not None]
    traced += [(len(v.facts), n) for n, (v, s) in enumerate(loose) if _is_tree(v, s)]
    shown: set[str] = set()
    for verdict in [loose[number][0] for _, number in sorted(traced)]:
        if verdict.scheme not in shown:
            shown.add(verdict.scheme)
            out.print()
            out.print(story(verdict))


def _show_unexpected(decided: Sequence[Decided]) -> None:
    """What is not as expected, before everything else: it is what people look for."""
    wrong = [(v, s) for v, s in decided if not v.as_expected]
    if wrong:
        out.print(Text(f"Not as expected: {len(wrong)} of {len(decided)}", "bold red"))
        for verdict, statement in wrong:
            line = Text(f"  {verdict.claim}: expected {verdict.expected}, got ")
            line.append(mark(verdict.answer)).append(f"  {statement.location}", "dim")
            out.print(line)
        out.print()


def _show_count(verdicts: Sequence[Verdict]) -> None:
    wrong = [v.claim for v in verdicts if not v.as_expected]
    solving = sum(v.solving for v in verdicts if not v.recalled)
    recalled = sum(v.recalled for v in verdicts)
    out.print()
    out.print(
        f"{len(verdicts)} {'claim' if len(verdicts) == 1 else 'claims'}, "
        f"{len(verdicts) - len(wrong)} as expected, "
        f"{solving:.1f} s of solving"
        + (f", {recalled} known from before" if recalled else "")
        + (f"; not as expected: {', '.join(wrong)}" if wrong else "")
    )


def _show_what_next(decided: Sequence[Decided], targets: Sequence[str], params: list[str]) -> None:
    """The command that tells the first counterexample that was not expected as a story."""
    for verdict, statement in decided:
        if verdict.answer is Answer.REFUTED and not verdict.as_expected:
            files = [f for f in (t.partition(":")[0] for t in targets) if f.endswith(".py")]
            file = next((f"{f}:" for f in files if statement.location.startswith(f"{f}:")), "")
            if file or not files:
                words = ["alignspec", "explain", f"{file}{verdict.claim}"]
                words += [word for param in params for word in ("--param", param)]
                out.print(Text(f"why: {shlex.join(words)}"), soft_wrap=True)
            return


def is_cell(statement: Statement) -> bool:
    """Whether it belongs in the table of schemes against invariants: a scheme at its defaults."""
    return (
        isinstance(statement, Claim | Grows)
        and not isinstance(statement.scheme, Fold)
        and not statement.at
        and bool(fields_of(statement.scheme.agent.cls))
    )


def _is_tree(verdict: Verdict, statement: Statement) -> bool:
    """Whether the verdict is a tree that breaks a claim about a fold."""
    folded = any(isinstance(process, Fold) for process in statement.subjects)
    return folded and verdict.answer is Answer.REFUTED
