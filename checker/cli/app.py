"""The commands. Exit status: 0 all as expected, 1 something is not, 2 the call or file is wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from checker.cli import compare as comparing
from checker.cli import parameters as regions
from checker.cli.explaining import carry_out_whole
from checker.cli.options import AsJson, Jobs, Params, Timeout, err, out, parameters, progress
from checker.cli.targets import (
    resolve,
    rows_of,
    shipped_invariants,
    shipped_rows,
    shipped_schemes,
    shipped_statements,
)
from checker.cli.tasks import Task, carry_out_all
from checker.portfolio.decision import EnginesDisagree, Options
from checker.report.assumptions import ablation_story
from checker.report.budget_flow import budget_flow_story
from checker.report.counterexample import narrate
from checker.report.ledger import ledger_json, ledger_page, ledger_tables, row_head, row_tail
from checker.report.verdict import listing, matrix, story
from checker.system.verdict import Verdict
from spec.errors import SpecError
from spec.fields import fields_of
from spec.parameters import parameter_domains
from spec.statements.base import Statement
from spec.statements.claim import Claim
from spec.statements.dynamics import Closed
from spec.statements.ledger import Row
from spec.trees import Fold

app = typer.Typer(
    help="Which training schemes keep which alignment invariants, forever?",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Schemes, invariants and claims that ship."""
    schemes = {scheme.name: scheme.about for scheme in shipped_schemes()}
    invariants = {i.__name__: (i.__doc__ or "").split("\n")[0] for i in shipped_invariants()}
    claims = {statement.name: statement.says for statement in shipped_statements()}
    budget_flow = {row.name: row.quote for row in shipped_rows()}
    parts = {"schemes": schemes, "invariants": invariants, "ledger": budget_flow, "claims": claims}
    if as_json:
        print(json.dumps({"schema": 1, **parts}, indent=2))
        return
    for title, rows in parts.items():
        table = Table(title=title.capitalize(), title_justify="left", show_header=False)
        for name, text in rows.items():
            table.add_row(name, text)
        out.print(table)


@app.command()
def check(
    targets: Annotated[
        list[str] | None,
        typer.Argument(help="Shipped names, files, or file.py:name. Default: every claim."),
    ] = None,
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
    jobs: Jobs = 0,
    over: Annotated[
        str, typer.Option("--over", help="Report how far the claims hold along this parameter.")
    ] = "",
    region: Annotated[
        bool, typer.Option(help="Report the decided range of each claim's own parameter.")
    ] = True,
    page: Annotated[
        str, typer.Option("--page", help="Write the ledger to this file, as Markdown.")
    ] = "",
) -> None:
    """Decide claims: tables, then the shortest counterexamples."""
    _require_writable(page)
    tasks = _tasks(targets or [], param or [], over, region, Options(timeout=timeout))
    with progress(len(tasks), "deciding", quiet=as_json) as tell:
        verdicts = carry_out_all(tasks, jobs or os.cpu_count() or 1, _decided(tell))
    statements = [resolve(task.target)[task.index] for task in tasks]
    by_name = {verdict.claim: verdict for verdict in verdicts}
    rows = [row for row in rows_of(targets or []) if all(s.name in by_name for s in row.statements)]
    if page:
        Path(page).write_text(ledger_page(rows, by_name), "utf-8")
    if as_json:
        document = {
            "schema": 1,
            "verdicts": [v.to_json() for v in verdicts],
            "ledger": ledger_json(rows, by_name),
        }
        print(json.dumps(document, indent=2))
    else:
        _show(verdicts, statements, rows)
    if not all(verdict.as_expected for verdict in verdicts):
        raise typer.Exit(1)


@app.command()
def explain(
    scheme: Annotated[str, typer.Argument(help="A shipped scheme or file.py:name.")],
    invariant: Annotated[str, typer.Argument(help="An invariant that it carries.")] = "",
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
    ablation: Annotated[
        bool, typer.Option("--ablate/--no-ablate", help="Say which assumptions matter.")
    ] = True,
) -> None:
    """A counterexample as a story, or the budget ledger of a proof; and what is assumed for it."""
    tasks = _tasks([scheme], param or [], "", True, Options(timeout=timeout, state=True))
    claims = [resolve(task.target)[task.index] for task in tasks]
    chosen = [
        task
        for task, claim in zip(tasks, claims, strict=True)
        if _is_meant(claim, scheme, invariant)
    ]
    if not chosen:
        told = (type(c.invariant).__name__ for c in claims if isinstance(c, Claim))
        known = ", ".join(sorted(set(told)))
        raise SpecError(f'nothing is claimed of {scheme} about "{invariant}"; try {known}', "")
    with progress(None, "deciding", quiet=as_json) as tell:
        explained = [carry_out_whole(task, ablation, timeout, tell) for task in chosen]
    if as_json:
        documents = [found.to_json() for found in explained]
        print(json.dumps({"schema": 1, "verdicts": documents}, indent=2))
    else:
        row = next((row for row in rows_of([scheme]) if row.name == scheme.lower()), None)
        if row is not None:
            out.print(row_head(row))
        for found, task in zip(explained, chosen, strict=True):
            statement = resolve(task.target)[task.index]
            narrated = isinstance(statement, Claim | Closed) and found.verdict.trace is not None
            out.print(story(found.verdict, whole=True, steps=not narrated))
            if isinstance(statement, Claim | Closed):
                for line in narrate(statement.scheme, statement.invariant, found.verdict):
                    out.print(line)
            if found.budget_flow is not None:
                out.print(budget_flow_story(found.budget_flow))
            if found.ablation is not None:
                out.print(ablation_story(found.ablation))
            out.print()
        if row is not None:
            out.print(row_tail(row))
    if not all(found.verdict.as_expected for found in explained):
        raise typer.Exit(1)


def _is_meant(statement: Statement, target: str, invariant: str) -> bool:
    """Whether `explain TARGET INVARIANT` asks for a statement: of a scheme, its main claims."""
    of_scheme = any(target == process.name for process in statement.subjects)
    if not isinstance(statement, Claim):
        return not invariant and not of_scheme
    named = invariant.lower() in ("", type(statement.invariant).__name__.lower())
    return named and not (of_scheme and statement.at)


app.command()(regions.threshold)
app.command("map")(regions.map_)
app.command("compare")(comparing.compare)


def _tasks(
    targets: Sequence[str], params: Sequence[str], over: str, region: bool, options: Options
) -> list[Task]:
    named = [(target, claim) for target in targets for claim in _numbered(target)]
    if not targets:
        named = [(s.name, (resolve(s.name).index(s), s)) for s in shipped_statements()]
    overriding = parameters(params)
    claims = [claim for _, (_, claim) in named]
    for name in [*overriding, *([over] if over else [])]:
        known = {n for claim in claims for n in _parameters(claim)}
        if name not in known:
            raise SpecError(f"no parameter {name}; there is {', '.join(sorted(known))}", "")
    tasks = []
    for target, (index, claim) in named:
        own = _parameters(claim)
        chosen = {name: value for name, value in overriding.items() if name in own}
        tasks.append(Task(target, index, chosen, over, options, region))
    return tasks


def _parameters(statement: Statement) -> set[str]:
    """The parameters of all the schemes that a statement is about."""
    return {n for process in statement.subjects for n in parameter_domains(process.parameters)}


def _numbered(target: str) -> list[tuple[int, Statement]]:
    return list(enumerate(resolve(target)))


def _decided(tell: Callable[[str], None]) -> Callable[[Verdict], None]:
    return lambda verdict: tell(f"decided {verdict.claim}")


def _show(
    verdicts: Sequence[Verdict], statements: Sequence[Statement], rows: Sequence[Row]
) -> None:
    in_rows = {statement.name for row in rows for statement in row.statements}
    both = list(zip(verdicts, statements, strict=True))
    loose = [(v, s) for v, s in both if s.name not in in_rows]
    cells = [v for v, s in loose if _is_cell(s)]
    others = [v for v, s in loose if not _is_cell(s)]
    if cells:
        out.print(matrix(cells))
    if others:
        out.print(listing(others))
    for table in ledger_tables(rows, {v.claim: v for v in verdicts}):
        out.print(table)
    told: set[str] = set()
    traced = [(v.trace.run.iteration, n) for n, (v, s) in enumerate(loose) if v.trace is not None]
    traced += [(len(v.facts), n) for n, (v, s) in enumerate(loose) if _is_tree(v, s)]
    for verdict in [loose[number][0] for _, number in sorted(traced)]:
        if verdict.scheme not in told:
            told.add(verdict.scheme)
            out.print()
            out.print(story(verdict))
    if rows:
        out.print("\n`alignspec explain NAME` tells each row and counterexample in full")
    for verdict in verdicts:
        if verdict.verdict in ("unknown", "vacuous"):
            out.print()
            out.print(story(verdict))
    wrong = [v.claim for v in verdicts if not v.as_expected]
    solving = sum(v.solving for v in verdicts)
    out.print()
    out.print(
        f"{len(verdicts)} {'claim' if len(verdicts) == 1 else 'claims'}, "
        f"{len(verdicts) - len(wrong)} as expected, "
        f"{solving:.1f} s of solving" + (f"; not as expected: {', '.join(wrong)}" if wrong else "")
    )


def _require_writable(page: str) -> None:
    if page and not Path(page).resolve().parent.is_dir():
        raise SpecError("no such folder; make it, or give another --page", page)


def _is_cell(statement: Statement) -> bool:
    """Whether it belongs in the table of schemes against invariants: a scheme at its defaults."""
    return (
        isinstance(statement, Claim)
        and not isinstance(statement.scheme, Fold)
        and not statement.at
        and bool(fields_of(statement.scheme.agent.cls))
    )


def _is_tree(verdict: Verdict, statement: Statement) -> bool:
    """Whether the verdict is a tree that breaks a claim about a fold."""
    folded = any(isinstance(process, Fold) for process in statement.subjects)
    return folded and verdict.verdict == "refuted"


def main() -> None:
    """Run the command line."""
    try:
        sys.exit(app(standalone_mode=False) or 0)  # the status that typer.Exit carries
    except SpecError as error:
        _fail(f"alignspec: {error}")
    except EnginesDisagree as error:
        err.print(f"alignspec: internal error, engines disagree: {error}", style="bold red")
        sys.exit(1)
    except KeyboardInterrupt:
        _fail("alignspec: interrupted")
    except Exception as error:
        if type(error).__module__.startswith(("click", "typer")):
            message = getattr(error, "message", "") or str(error)
            _fail(f"alignspec: {message}; see `alignspec --help`")
        raise


def _fail(message: str) -> None:
    print(" ".join(message.split()), file=sys.stderr)
    sys.exit(2)
