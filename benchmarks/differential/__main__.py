"""Decide many random schemes and compare each verdict with the oracle.

    python -m benchmarks.differential [--first N] [--count N] [--timeout S] [--json FILE]
                                     [--thresholds | --maps | --evidence] [--scheduler ADDRESS]

With ``--thresholds`` one number of each scheme stands open, and its threshold is held against the
oracle at values on both sides of its ends; with ``--maps`` two do, and it is at points of boxes.
With ``--evidence`` the evidence for each verdict is put to the rechecker.

Schemes are numbered; the same number is the same scheme on every machine. They are decided in
chunks, each in a process of its own, and with ``--json`` a later run takes up where the last one
ended. The exit status is 1 if a verdict and the oracle contradict each other, or one crashed.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs
from rich.console import Console
from rich.table import Table

from benchmarks.differential.areas import AreaOutcome, judged_areas
from benchmarks.differential.edges import EdgeOutcome, judged_edges
from benchmarks.differential.evidence import EvidenceOutcome, judged_evidence
from benchmarks.differential.judge import Outcome, judged
from benchmarks.spread import add_scheduler, carried_out
from checker.cli.workers import Done, Limits

AnyOutcome = Outcome | EdgeOutcome | AreaOutcome | EvidenceOutcome
Kept = TypeVar("Kept", Outcome, EdgeOutcome, AreaOutcome, EvidenceOutcome)

JUDGES: Mapping[str | None, Callable[[Sequence[int], float], Sequence[AnyOutcome]]] = {
    None: judged,
    "thresholds": judged_edges,
    "maps": judged_areas,
    "evidence": judged_evidence,
}
"""Who decides what is asked of the schemes: verdicts for None."""
OUTCOMES: Mapping[str | None, type[AnyOutcome]] = {
    None: Outcome,
    "thresholds": EdgeOutcome,
    "maps": AreaOutcome,
    "evidence": EvidenceOutcome,
}
CHUNK = 50
"""Schemes that one process decides: the solver keeps what it was told."""
SLOWEST = 20
"""Times the limit of a verdict that a scheme may take on a worker, with the oracle."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the schemes asked for, print the table."""
    parser = argparse.ArgumentParser(description="random schemes against an independent oracle")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--timeout", type=float, default=5.0)
    for asked in filter(None, JUDGES):
        parser.add_argument(f"--{asked}", dest="asked", action="store_const", const=asked)
    parser.add_argument("--json", type=Path)
    add_scheduler(parser)
    options = parser.parse_args(arguments)
    outcomes = read(options.json, OUTCOMES[options.asked])
    chunks = chunks_of(options, {outcome.number for outcome in outcomes})
    for more in _judged_on(chunks, options.scheduler) if options.scheduler else _judged(chunks):
        outcomes = sorted([*outcomes, *more], key=lambda outcome: outcome.number)
        write(options.json, outcomes)
    report(outcomes)
    return 1 if any(outcome.problem for outcome in outcomes) else 0


@attrs.frozen
class Chunk:
    """Schemes that one process decides."""

    numbers: tuple[int, ...]
    timeout: float
    asked: str | None = None

    def run(self) -> Sequence[AnyOutcome]:
        """Decide them."""
        return JUDGES[self.asked](self.numbers, self.timeout)


def chunks_of(options: argparse.Namespace, known: set[int]) -> list[Chunk]:
    """The schemes that were asked for, without those that are known."""
    asked = range(options.first, options.first + options.count)
    new = [number for number in asked if number not in known]
    return [
        Chunk(tuple(new[at : at + CHUNK]), options.timeout, options.asked)
        for at in range(0, len(new), CHUNK)
    ]


def _judged(chunks: Sequence[Chunk]) -> Iterator[Sequence[AnyOutcome]]:
    """Their outcomes, one chunk after the other, each in a process started anew."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for chunk in chunks:
            yield pool.apply(chunk.run)


def _judged_on(chunks: Sequence[Chunk], scheduler: str) -> Iterator[Sequence[AnyOutcome]]:
    """Their outcomes as they come from the workers of a cluster.

    Raises:
        RuntimeError: if one of the chunks was not finished.
    """
    most = max((SLOWEST * len(chunk.numbers) * chunk.timeout for chunk in chunks), default=0.0)
    for number, outcome in carried_out(chunks, Limits(most), scheduler):
        if not isinstance(outcome, Done):
            raise RuntimeError(f"{chunks[number]} was not finished: {outcome}")
        yield outcome.value


def read(path: Path | None, of: type[AnyOutcome]) -> list[AnyOutcome]:
    """The outcomes that a file holds."""
    if path is None or not path.exists():
        return []
    return [of(**entry) for entry in json.loads(path.read_text())]


def write(path: Path | None, outcomes: Sequence[AnyOutcome]) -> None:
    """Write the outcomes beside the file, then in its place."""
    if path is not None:
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps([attrs.asdict(outcome) for outcome in outcomes]))
        beside.replace(path)


def report(outcomes: Sequence[AnyOutcome]) -> None:
    """The table by kind, then every disagreement and crash."""
    tabulate([outcome for outcome in outcomes if isinstance(outcome, Outcome)], columns)
    tabulate([o for o in outcomes if isinstance(o, EdgeOutcome)], columns_of_edges)
    tabulate([o for o in outcomes if isinstance(o, AreaOutcome)], columns_of_areas)
    tabulate([o for o in outcomes if isinstance(o, EvidenceOutcome)], columns_of_evidence)
    for outcome in outcomes:
        if outcome.problem:
            Console().print(f"{outcome.number} ({outcome.kind}): {outcome.problem}", markup=False)


def tabulate(outcomes: Sequence[Kept], columns: Callable[[Sequence[Kept]], dict[str, Any]]) -> None:
    """One line for each kind, and one for all, if there are any."""
    if not outcomes:
        return
    table = Table("kind", "schemes", *columns([]))
    for kind in (*sorted({outcome.kind for outcome in outcomes}), "all"):
        rows = [outcome for outcome in outcomes if kind in (outcome.kind, "all")]
        table.add_row(kind, str(len(rows)), *map(str, columns(rows).values()))
    Console().print(table)


def columns(rows: Sequence[Outcome]) -> dict[str, Any]:
    """What became of some schemes."""
    answers = Counter(outcome.answer for outcome in rows)
    return {
        "proved": answers["proved"],
        "refuted": answers["refuted"],
        "unknown": shared(answers["unknown"], rows),
        "late": sum(outcome.late for outcome in rows),
        "longer": sum(outcome.longer for outcome in rows),
        "wrong": sum(bool(outcome.problem) for outcome in rows),
    }


def columns_of_edges(rows: Sequence[EdgeOutcome]) -> dict[str, Any]:
    """What became of some thresholds; *checked* are the values of which the oracle spoke."""
    known = Counter(outcome.known for outcome in rows)
    return {
        "one end": known["exact"],
        "several": known["ranges"],
        "near": known["near"],
        "none": known["all"] + known["none"],
        "open": shared(known["bracket"] + known["unknown"], rows),
        "checked": sum(outcome.told for outcome in rows),
        "wrong": sum(bool(outcome.problem) for outcome in rows),
    }


def columns_of_areas(rows: Sequence[AreaOutcome]) -> dict[str, Any]:
    """What became of some maps; *checked* are the points of which the oracle spoke."""
    return {
        "proved": averaged([outcome.proved for outcome in rows]),
        "refuted": averaged([outcome.refuted for outcome in rows]),
        "open": averaged([outcome.open for outcome in rows]),
        "checked": sum(outcome.told for outcome in rows),
        "wrong": sum(bool(outcome.problem) for outcome in rows),
    }


def columns_of_evidence(rows: Sequence[EvidenceOutcome]) -> dict[str, Any]:
    """What became of the evidence of some schemes."""
    checked = Counter(outcome.checked for outcome in rows)
    return {
        "decided": len(rows) - checked[""],
        "accepted": checked["accepted"],
        "undecided": checked["undecided"],
        "wrong": sum(bool(outcome.problem) for outcome in rows),
    }


def averaged(percents: Sequence[float]) -> str:
    """The mean of some shares."""
    return f"{sum(percents) / max(1, len(percents)):.1f}%"


def shared(part: int, rows: Sequence[object]) -> str:
    """A number with its share of all."""
    return f"{part} ({part / max(1, len(rows)):.1%})"


if __name__ == "__main__":
    # by its own name, under which other machines find what it sends them
    from benchmarks.differential import __main__ as importable

    raise SystemExit(importable.main())
