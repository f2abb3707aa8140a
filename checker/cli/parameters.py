"""The commands about parameters: ``threshold`` and ``map``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import attrs
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from checker.cli.console import err, out, print_json, status
from checker.cli.evidence import EvidenceFolder
from checker.cli.guarded import rehearse, value_of
from checker.cli.map_files import html, png
from checker.cli.map_jobs import Job, draw, load
from checker.cli.targets import claims_of
from checker.cli.values import chosen_values, span_of, split
from checker.cli.workers import Ended, Limits, Outcome, Workers, carry_out_one
from checker.cli.workplaces import workers_at
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import FoundThreshold
from checker.parameters.partition import Partition
from checker.parameters.threshold import threshold as find_threshold
from checker.report.documents import document, versioned
from checker.report.partition import map_summary, percent
from checker.report.threshold import threshold_story
from checker.statements.settling_threshold import settling_threshold
from checker.system.announcements import announce
from checker.system.parametric import ParametricProblem
from spec.errors import SpecError, alternatives
from spec.statements.base import Answer
from spec.statements.claim import Claim
from spec.terms import exact


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
        known = alternatives((type(c.invariant).__name__ for _, c in claims), invariant)
        raise SpecError(f'nothing is claimed of {scheme} about "{invariant}"; try {known}', "")
    return (plain or named)[0]


@attrs.frozen
class _Asked:
    """A threshold to be found, named so that another process can find its claim again."""

    scheme: str
    invariant: str
    parameter: str
    chosen: Mapping[str, Fraction]
    width: Fraction
    timeout: float
    settles: bool

    def run(self) -> FoundThreshold:
        """Find it, and announce what is being done."""
        _, claim = the_claim(self.scheme, self.invariant)
        find = settling_threshold if self.settles else find_threshold
        return find(
            claim,
            self.parameter,
            self.chosen,
            width=self.width,
            timeout=self.timeout,
            tell=announce,
        )


def threshold(
    scheme: str,
    invariant: str,
    parameter: str,
    params: Sequence[str],
    *,
    width: str,
    as_json: bool,
    timeout: float,
    memory: float,
    evidence: str = "",
    settles: bool = False,
) -> None:
    """Find how far along a parameter an invariant holds forever, or settles, and print it.

    Raises:
        SpecError: for a mistake in the specification, or evidence of what none is written of.
        typer.Exit: with status 1 if the two sides were not brought as near as wanted.
    """
    limits = Limits(timeout, memory)
    rehearse([scheme], limits)
    _, claim = the_claim(scheme, invariant)
    wanted = exact(width)
    if wanted <= 0:
        raise SpecError(f"--width {width} is not above 0; try --width 1e-9", "")
    chosen = chosen_values(claim, params, (parameter,))
    with status(quiet=as_json) as tell:
        asked = _Asked(scheme, invariant, parameter, chosen, wanted, timeout, settles)
        found = _found(carry_out_one(asked, limits, _told(tell)))
        if evidence:
            tell("writing the evidence")
            _write_evidence(evidence, claim, found)
    if as_json:
        print_json(versioned(threshold=document(found)))
    else:
        out.print(threshold_story(found))
    if not _is_settled(found, wanted):
        raise typer.Exit(1)


def _write_evidence(folder: str, claim: Claim, found: FoundThreshold) -> None:
    """Write a proof and a run on either side of a threshold.

    Raises:
        UsageError: if the folder does not take it.
    """
    from checker.evidence.document import evidence, text_of  # loads a second solver
    from checker.evidence.thresholds import found_as_stated

    statement, verdict = found_as_stated(claim, found)
    files = EvidenceFolder(folder, [statement.name])
    files.write(0, text_of(evidence(verdict, statement)))


def _told(tell: Callable[[str], None]) -> Callable[[object], None]:
    """A listener that passes on what is being done."""
    return lambda shown: tell(shown) if isinstance(shown, str) else None


def _found(outcome: Outcome[FoundThreshold]) -> FoundThreshold:
    """What was found, or what was known when the search was ended.

    Raises:
        SpecError: if the specification is wrong, or nothing was known.
    """
    if isinstance(outcome, Ended):
        for shown in outcome.announced:
            if isinstance(shown, FoundThreshold):
                return attrs.evolve(shown, method=shown.method or outcome.stopped)
    return value_of(outcome, "looking for the threshold")


def _is_settled(found: FoundThreshold, wanted: Fraction) -> bool:
    """Whether the threshold is known as near as wanted, or there is none."""
    if found.extent in (Extent.ALL, Extent.NONE) or found.exact is not None:
        return True
    if found.ranges:
        return all(r.width <= wanted for r in found.ranges if r.answer is Answer.UNKNOWN)
    return found.width is not None and found.width <= wanted


def draw_map(
    scheme: str,
    invariant: str,
    axes: tuple[str, str],
    params: Sequence[str],
    *,
    undecided: str,
    prefix: str,
    as_json: bool,
    timeout: float,
    jobs: int,
    scheduler: str = "",
    evidence: str = "",
) -> None:
    """Draw a map of two parameters into files, or go on with one.

    Raises:
        typer.Exit: with status 1 if more is undecided than wanted, or the user interrupts.
    """
    rehearse([scheme], Limits(timeout))
    job = _job(scheme, invariant, axes, params)
    workers = workers_at(scheduler, jobs or os.cpu_count() or 1, [scheme], job)
    tolerated = exact(undecided)
    names = job.free
    stem = prefix or "-".join(["map", job.parametric.claim.scheme.name, invariant.lower(), *names])
    files = [Path(f"{stem}.{kind}") for kind in ("json", "png", "html")]
    if not files[0].parent.is_dir():
        raise SpecError("no such folder; make it, or give another --out", str(files[0].parent))
    partition, interrupted = _drawn(job, files[0], tolerated, timeout, workers, quiet=as_json)
    png(partition, files[1])
    html(partition, files[2])
    if evidence and not interrupted:
        with status(quiet=as_json) as tell:
            _write_evidence_of_map(evidence, job.parametric, partition, tell)
    if as_json:
        print_json(document(partition))
    else:
        _show(partition, files)
    if interrupted:
        err.print("interrupted; nothing is lost, the same command goes on", highlight=False)
    if interrupted or partition.area(Answer.UNKNOWN) > tolerated:
        raise typer.Exit(1)


def _write_evidence_of_map(
    folder: str, parametric: ParametricProblem, partition: Partition, tell: Callable[[str], None]
) -> None:
    """Write what shows each box of a map.

    Raises:
        UsageError: if the folder does not take it.
    """
    from checker.evidence.document import text_of  # loads a second solver
    from checker.evidence.maps import evidence_of_map

    files = EvidenceFolder(
        folder, [f"{parametric.claim.name} over {' and '.join(parametric.free)}"]
    )
    files.write(0, text_of(evidence_of_map(parametric, partition, tell)))


def _job(scheme: str, invariant: str, axes: tuple[str, str], params: Sequence[str]) -> Job:
    index, claim = the_claim(scheme, invariant)
    names = (split(axes[0])[0], split(axes[1])[0])
    chosen = chosen_values(claim, params, names)
    parametric = ParametricProblem(claim, names, chosen)
    x, y = (
        span_of(split(text)[1], domain)
        for text, domain in zip(axes, parametric.free_parameters, strict=True)
    )
    if not parametric.problem.agent.fields:
        raise SpecError(f"{claim.scheme.name} is uninterpreted and has no map", "")
    return Job(scheme, index, tuple(sorted(chosen.items())), names, (x, y))


def _drawn(
    job: Job, file: Path, tolerated: Fraction, timeout: float, workers: Workers, *, quiet: bool
) -> tuple[Partition, bool]:
    """The map, and whether the user interrupted it; then it is as it was saved."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    shown = err.is_terminal and not quiet
    with Progress(*columns, console=err, transient=True, disable=not shown) as bar:
        task = bar.add_task("deciding", total=1.0)

        def tell(under_way: Partition) -> None:
            left = under_way.area(Answer.UNKNOWN)
            bar.update(task, completed=float(1 - left), description=f"{percent(left)} undecided")

        try:
            made = draw(job, file, undecided=tolerated, timeout=timeout, workers=workers, tell=tell)
            return made, False
        except KeyboardInterrupt:
            return load(file), True


def _show(partition: Partition, files: Sequence[Path]) -> None:
    out.print(map_summary(partition), highlight=False)
    out.print("written: " + ", ".join(str(file) for file in files), highlight=False)
