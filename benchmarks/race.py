"""Does the invariant hold forever? Every question to every contestant, one time limit for all.

    python -m benchmarks.race [--limit S] [--jobs N] [--only PATTERN] [--scheduler ADDRESS]
                              [--json FILE] [--markdown FILE] [--plot FILE]

Each answer is given in a process of its own that is killed at the limit. With --json, results are
written as they come, and a later run with the same settings keeps them.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import attrs
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.arena import BY_NAME, FAILED, QUESTIONS, START, put
from benchmarks.contestants import CONTESTANTS, applicable
from benchmarks.question import Question
from benchmarks.report import Result, plot, print_tables, write_markdown, wrong
from benchmarks.spread import add_scheduler, carried_out
from checker.cli.workers import Done, Limits

ENDING = 30.0
"""Seconds for ending the process of a contestant."""

PACKAGES = (
    "z3-solver",
    "cvc5",
    "hypothesis",
    "crosshair-tool",
    "stormpy",
    "python-flint",
    "numpy",
)


def settings_of(limit: float, jobs: int) -> dict[str, Any]:
    """What must be the same for a result to be kept: the limit, the machine, and all code."""
    root = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for folder in ("spec", "models", "checker", "benchmarks"):
        for file in sorted((root / folder).rglob("*.py")):
            if file.name != "report.py" or folder != "benchmarks":
                digest.update(file.read_bytes())
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    return {
        "limit": limit,
        "jobs": jobs,
        "cores": os.cpu_count(),
        "versions": versions,
        "code": digest.hexdigest(),
    }


def kept(file: Path | None, settings: dict[str, Any]) -> list[Result]:
    """The results of an earlier run with the same settings."""
    if file is None or not file.exists():
        return []
    document = json.loads(file.read_text())
    if document["settings"] != settings:
        return []
    return [Result.from_json(item) for item in document["results"]]


def keep(file: Path | None, settings: dict[str, Any], results: Sequence[Result]) -> None:
    """Write the results, by way of another file, so that no interruption leaves half of them."""
    if file is None:
        return
    document = {"settings": settings, "results": [result.to_json() for result in results]}
    other = file.with_suffix(".part")
    other.write_text(json.dumps(document, indent=1) + "\n")
    other.replace(file)


def pairs(questions: Sequence[Question], only: str) -> list[tuple[Question, str]]:
    """Who is asked what. ``only`` is a regular expression searched for in
    "contestant: family: question"."""
    return [
        (question, contestant)
        for question in questions
        for contestant in CONTESTANTS
        if applicable(contestant, question)
        and re.search(only, f"{contestant}: {question.family}: {question.name}")
    ]


@attrs.frozen
class Contest:
    """One question to one contestant, both by name, so that any machine can put it."""

    question: str
    contestant: str
    limit: float

    def run(self) -> Result:
        """Put it."""
        return put(BY_NAME[self.question], self.contestant, self.limit)


def elsewhere(
    asked: Sequence[tuple[Question, str]], limit: float, scheduler: str, jobs: int
) -> Iterator[Result]:
    """The results as they come from the workers of a cluster.

    Raises:
        RuntimeError: if one of them gave none.
    """
    contests = [Contest(question.name, contestant, limit) for question, contestant in asked]
    limits = Limits(START + limit + ENDING)
    for number, outcome in carried_out(contests, limits, scheduler, jobs):
        if not isinstance(outcome, Done):
            raise RuntimeError(f"{contests[number]} was not finished: {outcome}")
        yield outcome.value


def run(
    questions: Sequence[Question],
    limit: float,
    jobs: int = 1,
    file: Path | None = None,
    only: str = "",
    contest: Callable[[Question, str, float], Result] | None = None,
    scheduler: str = "",
) -> tuple[list[Result], dict[str, Any]]:
    """All results in the order of the questions, and the settings they were got with."""
    settings, wanted = settings_of(limit, jobs), pairs(questions, only)
    done = {(r.question, r.contestant): r for r in kept(file, settings)}
    missing = [(q, c) for q, c in wanted if (q.name, c) not in done]
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        Progress(*columns, console=Console(stderr=True)) as progress,
        ThreadPoolExecutor(jobs) as pool,
    ):
        task = progress.add_task("", total=len(wanted), completed=len(wanted) - len(missing))
        try:
            if scheduler:
                results = elsewhere(missing, limit, scheduler, jobs)
            else:
                futures = [pool.submit(contest or put, q, c, limit) for q, c in missing]
                results = (future.result() for future in as_completed(futures))
            for result in results:
                done[result.question, result.contestant] = result
                keep(file, settings, list(done.values()))
                text = f"{result.contestant}: {result.question}: {result.cell}"
                progress.update(task, advance=1, description=text)
        except BaseException:
            pool.shutdown(cancel_futures=True)  # or an interruption would wait for them all
            raise
    return [done[question.name, contestant] for question, contestant in wanted], settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the race. Status 1: alignspec gave a wrong answer, or failed with an exception."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.race", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for each answer")
    parser.add_argument("--jobs", type=int, default=1, help="answers at the same time")
    parser.add_argument("--only", default="", help='searched in "contestant: family: question"')
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the results here")
    add_scheduler(parser)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables here")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the cactus plot here")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    asked = dict(pairs(QUESTIONS, options.only))
    breaks = {question.name: question.theory() for question in asked}
    results, settings = run(
        QUESTIONS,
        options.limit,
        options.jobs,
        options.json,
        only=options.only,
        scheduler=options.scheduler,
    )
    print_tables(QUESTIONS, results, settings)
    if options.markdown is not None:
        write_markdown(options.markdown, QUESTIONS, results, settings, breaks)
    if options.plot is not None:
        plot(options.plot, results, settings)
    print(f"{time.perf_counter() - started:.0f} s in all")
    for result in wrong(results):
        print(f"WRONG: {result.contestant} on {result.question}: {result.cell} {result.note}")
    failed = [r for r in results if r.contestant == "alignspec" and r.note.startswith(FAILED)]
    for result in failed:
        print(f"FAILED: alignspec on {result.question}: {result.note}")
    return int(bool(failed) or any(result.contestant == "alignspec" for result in wrong(results)))


if __name__ == "__main__":
    # by its own name, under which other machines find what it sends them
    from benchmarks import race

    sys.exit(race.main())
