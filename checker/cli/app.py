"""The commands. Exit status: 0 all as expected, 1 something is not, 2 the call or file is wrong.

A command's engines are imported when it runs, so that help and bad command lines answer at once.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from checker.cli import endings
from checker.cli.garbage import collect_seldom
from checker.cli.options import (
    SHIPPED,
    AsJson,
    Engines,
    Inv,
    Jobs,
    Memory,
    Params,
    Scheduler,
    Scheme,
    Timeout,
    UsageError,
    require_ending,
    require_files,
    require_folder,
    require_log,
    require_none,
    require_one_of,
    require_pairs,
    require_scheduler,
)

app = typer.Typer(
    help="Which training schemes keep which alignment invariants, forever?",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"alignspec {version('alignspec')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command("list")
def list_(
    what: Annotated[
        str, typer.Argument(help="schemes, invariants, rows, claims, or a word of a name.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """What ships: an overview, all of one kind, or what has a word in its name."""
    from checker.cli.listing import list_shipped

    list_shipped(what, as_json)


@app.command()
def engines(as_json: AsJson = False) -> None:
    """The engines that decide claims, in the order in which they are tried."""
    from checker.cli.listing import list_engines

    list_engines(as_json)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Of the scheme; the folder that is made.")],
    template: Annotated[
        str, typer.Option("--template", help="What to begin from: amplify, loop, tree or world.")
    ] = "amplify",
    as_json: AsJson = False,
) -> None:
    """A folder with a scheme, its claims, a test and a CI workflow, to begin from."""
    from checker.cli import starter

    starter.new(name, template, as_json)


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
    scheduler: Scheduler = "",
    over: Annotated[
        str, typer.Option("--over", help="Report how far the claims hold along this parameter.")
    ] = "",
    region: Annotated[
        bool, typer.Option(help="Report the decided range of each claim's own parameter.")
    ] = True,
    page: Annotated[
        str, typer.Option("--page", help="Write the ledger to this file, as Markdown.")
    ] = "",
    evidence: Annotated[
        str,
        typer.Option("--evidence", help="Write the evidence for each verdict to this folder."),
    ] = "",
    engine: Engines = None,
    memory: Memory = 4.0,
    cache: Annotated[
        bool, typer.Option(help="Keep verdicts, and look up those of unchanged claims.")
    ] = True,
    output_format: Annotated[
        str, typer.Option("--output-format", help="text, json or github (lines for an action).")
    ] = "text",
    sarif: Annotated[str, typer.Option("--sarif", help="Write a SARIF log to this file.")] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Check the files again whenever they are saved.")
    ] = False,
    junit: Annotated[str, typer.Option("--junit", help="Write a JUnit report to it.")] = "",
) -> None:
    """Decide claims: tables, then the shortest counterexamples."""
    files, pairs = require_files(targets), require_pairs(param)
    require_scheduler(scheduler, jobs)
    require_one_of(output_format, "--output-format", ("text", "json", "github"))
    for file, option in ((page, "--page"), (sarif, "--sarif"), (junit, "--junit")):
        require_folder(file, option)
    from checker.cli import check as command
    from checker.cli.outputs import Format, Outputs
    from checker.portfolio.decision import Options

    options = Options(timeout=timeout, engines=tuple(engine or ()))
    outputs = Outputs(Format("json" if as_json else output_format), sarif, junit)
    if watch:
        from checker.cli.watch import Look
        from checker.cli.watch import watch as look_again

        written = {"--page": page, "--evidence": evidence, "--sarif": sarif, "--junit": junit}
        written["--scheduler"] = scheduler
        require_none({**written, "--json": as_json}, "--watch prints what it finds")
        look_again(
            Look(tuple(files), tuple(pairs), options, jobs or 2, memory, over, region, cache)
        )
        return
    command.check(
        files,
        pairs,
        options,
        jobs=jobs,
        over=over,
        region=region,
        memory=memory,
        page=page,
        remember=cache,
        evidence=evidence,
        scheduler=scheduler,
        outputs=outputs,
    )


@app.command()
def explain(
    scheme: Scheme,
    invariant: Annotated[str, typer.Argument(help="An invariant that it carries.")] = "",
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
    ablation: Annotated[
        bool, typer.Option("--ablate/--no-ablate", help="Say which assumptions matter.")
    ] = True,
    runs: Annotated[
        int, typer.Option("--runs", min=1, help="So many different counterexamples.")
    ] = 1,
    html: Annotated[str, typer.Option("--html", help="Write it to this file as a page, too.")] = "",
    engine: Engines = None,
    memory: Memory = 4.0,
) -> None:
    """A counterexample as a story, or the budget flow of a proof; and what is assumed for it."""
    (target,), pairs = require_files([scheme]), require_pairs(param)
    require_folder(html, "--html")
    from checker.cli import explain as command
    from checker.portfolio.decision import Options

    options = Options(timeout=timeout, state=True, engines=tuple(engine or ()))
    command.explain(
        target,
        invariant,
        pairs,
        options,
        as_json=as_json,
        assumptions=ablation,
        memory=memory,
        html=html,
        runs=runs,
    )


@app.command()
def threshold(
    scheme: Scheme,
    invariant: Inv,
    parameter: Annotated[str, typer.Argument(help="A real parameter of the scheme.")],
    param: Params = None,
    width: Annotated[str, typer.Option(help="How near the two sides are brought.")] = "1e-9",
    as_json: AsJson = False,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds.")] = 120.0,
    memory: Memory = 4.0,
    evidence: Annotated[
        str, typer.Option(help="Write a proof and a run on either side to this folder.")
    ] = "",
    settles: Annotated[
        bool,
        typer.Option("--settles", help="From some iteration on, from every agent; not the seed's."),
    ] = False,
) -> None:
    """How far along a parameter an invariant holds forever, certified from both sides."""
    (target,), pairs = require_files([scheme]), require_pairs(param)
    from checker.cli import parameters as command

    command.threshold(
        target,
        invariant,
        parameter,
        pairs,
        width=width,
        as_json=as_json,
        timeout=timeout,
        memory=memory,
        evidence=evidence,
        settles=settles,
    )


@app.command("map")
def map_(
    scheme: Scheme,
    invariant: Inv,
    x: Annotated[str, typer.Argument(help="A real parameter, or NAME=LOW..HIGH.")],
    y: Annotated[str, typer.Argument(help="Another, or NAME=LOW..HIGH.")],
    param: Params = None,
    undecided: Annotated[str, typer.Option(help="Stop when so little is undecided.")] = "0.01",
    prefix: Annotated[str, typer.Option("--out", help="Files PREFIX.json, .png and .html.")] = "",
    as_json: AsJson = False,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds.")] = 120.0,
    jobs: Jobs = 0,
    scheduler: Scheduler = "",
    evidence: Annotated[
        str, typer.Option(help="Write the evidence for each box to this folder.")
    ] = "",
) -> None:
    """A map of two parameters: proved safe, proved unsafe, undecided. Run again to go on."""
    (target,), pairs = require_files([scheme]), require_pairs(param)
    require_scheduler(scheduler, jobs)
    from checker.cli import parameters as command

    command.draw_map(
        target,
        invariant,
        (x, y),
        pairs,
        undecided=undecided,
        prefix=prefix,
        as_json=as_json,
        timeout=timeout,
        jobs=jobs,
        scheduler=scheduler,
        evidence=evidence,
    )


@app.command()
def compare(
    left: Scheme,
    right: Annotated[str, typer.Argument(help="Another, to compare it with.")],
    invariant: Annotated[str, typer.Argument(help="Do they keep it at the same values?")] = "",
    over: Annotated[
        list[str] | None,
        typer.Option("--over", help="A shared parameter left free: NAME or NAME=LOW..HIGH."),
    ] = None,
    relate: Annotated[
        list[str] | None,
        typer.Option("--relate", help="Fields compared otherwise: LEFT=RIGHT or LEFT<=RIGHT."),
    ] = None,
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
    memory: Memory = 4.0,
    evidence: Annotated[
        str, typer.Option(help="Write the evidence for each answer to this folder.")
    ] = "",
) -> None:
    """Does one scheme refine the other, with a witness or a run that it cannot follow?

    --param left.NAME=VALUE and right.NAME=VALUE set a parameter on one side only.
    """
    (one, two), pairs = require_files([left, right]), require_pairs(param)
    from checker.cli import compare as command

    command.compare(
        one,
        two,
        invariant,
        over=over or [],
        relate=relate or [],
        params=pairs,
        as_json=as_json,
        timeout=timeout,
        memory=memory,
        evidence=evidence,
    )


@app.command()
def simulate(
    scheme: Scheme,
    nature: Annotated[
        str, typer.Option(help="How nature chooses: random, least, greatest or worst.")
    ] = "random",
    choose: Annotated[
        list[str] | None,
        typer.Option("--choose", help='"CHOICE OF NATURE=VALUE", kept throughout. Repeatable.'),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Iterations of a run.")] = 12,
    runs: Annotated[int, typer.Option(min=1, help="How many runs.")] = 1,
    draw: Annotated[int, typer.Option("--draw", help="The number of the first random run.")] = 0,
    plot: Annotated[str, typer.Option("--plot", help="Write a picture to this PNG file.")] = "",
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
    memory: Memory = 4.0,
) -> None:
    """Runs of a scheme: what it does, round by round. Proves nothing."""
    (target,), pairs = require_files([scheme]), require_pairs(param)
    by_hand = require_pairs(choose, "--choose", "imitation error=0")
    require_folder(plot, "--plot")
    require_one_of(nature, "--nature", ("random", "least", "greatest", "worst"))
    from checker.cli import simulate as command
    from checker.counterexamples.simulation import Nature

    command.show(
        target,
        pairs,
        by_hand,
        Nature(nature),
        rounds=rounds,
        runs=runs,
        draw=draw,
        plot=plot,
        as_json=as_json,
        timeout=timeout,
        memory=memory,
    )


@app.command()
def conform(
    scheme: Scheme,
    log: Annotated[str, typer.Argument(help="A log of the run: CSV, or JSON lines.")],
    mapping: Annotated[
        str, typer.Option("--mapping", help="A TOML file that says what the columns are.")
    ] = "",
    confidence: Annotated[
        str, typer.Option("--confidence", help="With which all intervals hold together.")
    ] = "0.99",
    exactly: Annotated[
        bool, typer.Option("--exact", help="Values that are no counts are exact.")
    ] = False,
    within: Annotated[
        str, typer.Option("--within", help="Values that are no counts may be off by so much.")
    ] = "",
    at_most: Annotated[
        list[str] | None,
        typer.Option("--at-most", help="A field of which the scheme bounds the run's from above."),
    ] = None,
    at_least: Annotated[
        list[str] | None, typer.Option("--at-least", help="A field that it bounds from below.")
    ] = None,
    equal: Annotated[
        list[str] | None, typer.Option("--equal", help="A field that it says exactly.")
    ] = None,
    gaps: Annotated[
        bool, typer.Option("--allow-gaps", help="Iterations may be missing from the log.")
    ] = False,
    fit_until: Annotated[
        int | None,
        typer.Option("--fit-until", min=0, help="Forecast from the log up to this iteration."),
    ] = None,
    fit: Annotated[
        list[str] | None, typer.Option("--fit", help="A parameter to fit for the forecast.")
    ] = None,
    picture: Annotated[
        str, typer.Option("--picture", help="Write a picture to this PNG or HTML file.")
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", help="Judge again whenever the log grows; ends with Ctrl-C.")
    ] = False,
    run: Annotated[bool, typer.Option("--run", help="Show the run that explains the log.")] = False,
    param: Params = None,
    as_json: AsJson = False,
    timeout: Timeout = 60.0,
    memory: Memory = 4.0,
) -> None:
    """Does a scheme allow a measured run? Which assumption breaks first, and what still holds?"""
    (target,), pairs = require_files([scheme]), require_pairs(param)
    require_log(log)
    require_folder(picture, "--picture")
    require_ending(picture, "--picture", (".png", ".html"))
    from checker.cli import conform as command

    command.conform(
        target,
        log,
        pairs,
        command.options_of(
            mapping=mapping,
            confidence=confidence,
            exactly=exactly,
            within=within,
            told=command.senses_told(at_most, at_least, equal),
            gaps=gaps,
            growing=follow,
            fit_until=fit_until,
            fit=fit or [],
            seconds=timeout,
        ),
        command.Shown(as_json=as_json, picture=picture, run=run, follow=follow),
        memory=memory,
    )


@app.command()
def recheck(
    files: Annotated[list[str], typer.Argument(help="Files of evidence, or folders of them.")],
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--against",
            help="The target that the evidence must be about: a file, a shipped name, or "
            '"shipped" for all that ships. Repeatable.',
        ),
    ] = None,
    param: Params = None,
    as_json: AsJson = False,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds for one query.")
    ] = 5.0,
    jobs: Jobs = 0,
) -> None:
    """Check evidence with another solver and none of the code that found it."""
    targets = [target for target in against or () if target != SHIPPED]
    require_files(targets)
    pairs = require_pairs(param)
    if pairs and not against:
        raise UsageError("--param says at which values a target is meant; give --against as well")
    from checker.cli import recheck as command

    command.recheck(files, against or [], pairs, timeout=timeout, jobs=jobs, as_json=as_json)


@app.command()
def export(
    scheme: Scheme,
    invariant: Annotated[str, typer.Argument(help="An invariant that is claimed of it.")] = "",
    output_format: Annotated[
        str,
        typer.Option(
            "--format", help="smtlib (the steps), chc (Horn clauses), jani or itf (a run)."
        ),
    ] = "chc",
    file: Annotated[str, typer.Option("--out", help="The file; standard output for none.")] = "",
    param: Params = None,
    timeout: Timeout = 60.0,
    memory: Memory = 4.0,
) -> None:
    """A claim for other tools: steps in SMT-LIB, Horn clauses, a model in JANI, a run in ITF."""
    (target,), pairs = require_files([scheme]), require_pairs(param)
    require_one_of(output_format, "--format", ("smtlib", "chc", "jani", "itf"))
    require_folder(file, "--out")
    from checker.cli import export as command

    command.export(
        target, invariant, pairs, output_format, file=file, timeout=timeout, memory=memory
    )


@app.command()
def report(
    targets: Annotated[
        list[str] | None,
        typer.Argument(help="Shipped names, files, or file.py:name. Default: every claim."),
    ] = None,
    out: Annotated[str, typer.Option("--out", help="The file.")] = "alignspec-report.html",
    evidence: Annotated[
        str, typer.Option("--evidence", help="Write the evidence to this folder; link to it.")
    ] = "",
    maps: Annotated[
        list[str] | None,
        typer.Option("--map", help="A map to show: a JSON file of `alignspec map`. Repeatable."),
    ] = None,
    param: Params = None,
    timeout: Timeout = 60.0,
    jobs: Jobs = 0,
    memory: Memory = 4.0,
) -> None:
    """Decide claims, and write one HTML page that needs no other file."""
    files, pairs = require_files(targets), require_pairs(param)
    require_folder(out, "--out")
    from checker.cli import report as command
    from checker.portfolio.decision import Options

    command.report(
        files,
        pairs,
        Options(timeout=timeout),
        file=Path(out),
        jobs=jobs,
        memory=memory,
        evidence=evidence,
        maps=maps or [],
    )


@app.command()
def explore(
    scheme: Scheme,
    beside: Annotated[str, typer.Option("--beside", help="Another scheme, shown beside it.")] = "",
    param: Params = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="On this machine; 0 for any that is free.")
    ] = 8017,
    show: Annotated[bool, typer.Option("--open/--no-open", help="Open it in a browser.")] = True,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds for one verdict.")
    ] = 10.0,
    memory: Memory = 4.0,
) -> None:
    """A page on this machine: a slider for each parameter, verdicts as they are moved."""
    targets = require_files([scheme, *([beside] if beside else [])])
    pairs = require_pairs(param)
    from checker.cli import explore as command

    command.explore(targets, pairs, port=port, show=show, timeout=timeout, memory=memory)


@app.command()
def diff(
    base: Annotated[str, typer.Argument(help="What `check --json` printed before.")],
    head: Annotated[str, typer.Argument(help="What it prints now.")],
    as_json: AsJson = False,
) -> None:
    """What changed between two documents of `check --json`, as Markdown. 1 if something did."""
    from checker.cli import diff as command

    command.diff(base, head, as_json=as_json)


def main() -> None:
    """Run the command line."""
    collect_seldom()
    endings.hear_sigterm()
    try:
        # the status that typer.Exit carries
        status = endings.flushed(lambda: app(standalone_mode=False) or 0)
        if status == endings.INTERRUPTED:
            print("alignspec: interrupted", file=sys.stderr)
        sys.exit(status)
    except UsageError as error:
        _fail(f"alignspec: {error}")
    except endings.Terminated:
        endings.silence()
        sys.exit(endings.TERMINATED)
    except BrokenPipeError:
        endings.silence()
        sys.exit(endings.CLOSED_PIPE)
    except OSError as error:
        endings.silence()
        _fail(f"alignspec: {endings.not_written(error)}")
    except Exception as error:
        _report(error)
        raise


def _report(error: Exception) -> None:
    """End with one line for a mistake of the caller, or for engines that disagree.

    The classes are looked up, not imported: one that was never loaded cannot have been raised.
    """
    if isinstance(error, _loaded("spec.errors", "SpecError")):
        _fail(f"alignspec: {error}")
    if isinstance(error, _loaded("checker.system.verdict", "EnginesDisagree")):
        print(f"alignspec: internal error, engines disagree: {error}", file=sys.stderr)
        sys.exit(1)
    if type(error).__module__.startswith(("click", "typer")):
        message = getattr(error, "message", "") or str(error)
        close = getattr(error, "possibilities", None) or []
        meant = f" Did you mean {' or '.join(sorted(close))}?" if close else ""
        if meant or message.endswith("?"):
            _fail(f"alignspec: {message}{meant}")
        _fail(f"alignspec: {message.rstrip('.')}; see `alignspec --help`")


def _loaded(module: str, name: str) -> tuple[type[BaseException], ...]:
    found = getattr(sys.modules.get(module), name, None)
    return () if found is None else (found,)


def _fail(message: str) -> None:
    print(" ".join(message.split()), file=sys.stderr)
    sys.exit(2)
