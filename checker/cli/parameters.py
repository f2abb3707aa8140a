"""The commands about parameters: ``threshold`` and ``map``."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from checker.cli.map_files import WORDS, html, percent, png, title
from checker.cli.map_jobs import Job, draw
from checker.cli.options import AsJson, Jobs, Params, err, out, parameters
from checker.cli.ranges import span_of, split
from checker.cli.targets import claims_of
from checker.parameters.partition import Partition
from checker.parameters.threshold import threshold as find_threshold
from checker.report.threshold import to_json, told
from checker.system.parametric import ParametricProblem
from spec.errors import SpecError
from spec.parameters import parameter_domains
from spec.statements.claim import Claim
from spec.terms import exact

Scheme = Annotated[str, typer.Argument(help="A shipped scheme or file.py:name.")]
Inv = Annotated[str, typer.Argument(help="An invariant that is claimed of it.")]


def the_claim(scheme: str, invariant: str) -> tuple[int, Claim]:
    """The claim that a scheme keeps an invariant, and its number among the target's claims.

    Raises:
        SpecError: when there is none, naming those there are.
    """
    claims = list(enumerate(claims_of(scheme)))
    named = [
        (index, claim)
        for index, claim in claims
        if type(claim.invariant).__name__.lower() == invariant.lower()
    ]
    plain = [(index, claim) for index, claim in named if not claim.at]
    if not named:
        known = ", ".join(dict.fromkeys(type(c.invariant).__name__ for _, c in claims))
        raise SpecError(f'nothing is claimed of {scheme} about "{invariant}"; try {known}', "")
    return (plain or named)[0]


def threshold(
    scheme: Scheme,
    invariant: Inv,
    parameter: Annotated[str, typer.Argument(help="A real parameter of the scheme.")],
    param: Params = None,
    width: Annotated[str, typer.Option(help="How near the two sides are brought.")] = "1e-9",
    as_json: AsJson = False,
    timeout: Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds.")] = 120.0,
) -> None:
    """How far along a parameter an invariant holds forever, certified from both sides."""
    _, claim = the_claim(scheme, invariant)
    wanted = exact(width)
    if wanted <= 0:
        raise SpecError(f"--width {width} is not above 0; try --width 1e-9", "")
    chosen = _chosen(claim, param, (parameter,))
    with err.status("") if err.is_terminal and not as_json else nullcontext() as status:

        def tell(text: str) -> None:
            if status is not None:
                status.update(text)

        found = find_threshold(claim, parameter, chosen, width=wanted, timeout=timeout, tell=tell)
    if as_json:
        print(json.dumps({"schema": 1, "threshold": to_json(found)}, indent=2))
    else:
        out.print(told(found))
    narrow = found.exact is not None or (found.width is not None and found.width <= wanted)
    if found.answer not in ("all", "none") and not narrow:
        raise typer.Exit(1)


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
) -> None:
    """A map of two parameters: proved safe, proved unsafe, undecided. Run again to go on."""
    index, claim = the_claim(scheme, invariant)
    names = (split(x)[0], split(y)[0])
    chosen = _chosen(claim, param, names)
    parametric = ParametricProblem(claim, names, chosen)
    domain = tuple(
        span_of(split(text)[1], declared)
        for text, declared in zip((x, y), parametric.free_parameters, strict=True)
    )
    if not parametric.problem.agent.fields:
        raise SpecError(f"{claim.scheme.name} is uninterpreted and has no map", "")
    tolerated = exact(undecided)
    job = Job(scheme, index, tuple(sorted(chosen.items())), names, domain)
    stem = prefix or "-".join(["map", claim.scheme.name, invariant.lower(), *names])
    files = [Path(f"{stem}.{kind}") for kind in ("json", "png", "html")]
    if not files[0].parent.is_dir():
        raise SpecError("no such folder; make it, or give another --out", str(files[0].parent))
    shown = err.is_terminal and not as_json
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    partition, interrupted = None, False
    with Progress(*columns, console=err, transient=True, disable=not shown) as bar:
        task = bar.add_task("deciding", total=1.0)

        def tell(under_way: Partition) -> None:
            left = under_way.area("undecided")
            bar.update(task, completed=float(1 - left), description=f"{percent(left)} undecided")

        try:
            partition = draw(
                job,
                files[0],
                undecided=tolerated,
                timeout=timeout,
                jobs=jobs or os.cpu_count() or 1,
                tell=tell,
            )
        except KeyboardInterrupt:
            interrupted = True
            partition = Partition.from_json(json.loads(files[0].read_text("utf-8")), str(files[0]))
    png(partition, files[1])
    html(partition, files[2])
    if as_json:
        print(json.dumps(partition.to_json(), indent=2))
    else:
        kinds = [kind for kind in WORDS if partition.area(kind)]  # type: ignore[arg-type]
        areas = ", ".join(f"{WORDS[k]} {percent(partition.area(k))}" for k in kinds)  # type: ignore[arg-type]
        out.print(
            f"{title(partition.question)}: {areas}; {len(partition.boxes)} boxes", highlight=False
        )
        out.print("written: " + ", ".join(str(file) for file in files), highlight=False)
    if interrupted:
        err.print("interrupted; nothing is lost, the same command goes on", highlight=False)
    if interrupted or partition.area("undecided") > tolerated:
        raise typer.Exit(1)


def _chosen(claim: Claim, texts: list[str] | None, free: tuple[str, ...]) -> dict[str, Fraction]:
    """The other parameters' values: the claim's scheme must have them all."""
    chosen = parameters(texts or [])
    known = parameter_domains(claim.scheme.parameters)
    for name in chosen:
        if name not in known:
            raise SpecError(f"no parameter {name}; there is {', '.join(sorted(known))}", "")
        if name in free:
            raise SpecError(f"{name} is varied, so it has no one value; leave out --param", "")
    return chosen
