"""``check --watch``: files are checked again as they are saved, and only the claims that changed.

Every look is taken by a new process, forked from one that has the engines and none of the user's
modules, so that what a file imports is read anew too. What did not change is known from the
verdicts that are kept (``checker.cli.cache``).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
from rich.text import Text
from watchfiles import PythonFilter
from watchfiles import watch as saved

from checker.cli.console import out
from checker.cli.guarded import guarded, rehearse
from checker.cli.options import UsageError
from checker.cli.tasks import decide_all, tasks_for
from checker.cli.workers import Limits
from checker.counterexamples import drawn_runs  # noqa: F401 - for all processes forked here
from checker.portfolio.decision import Options
from checker.report.verdict import mark, story
from checker.report.words import counted
from checker.system.verdict import Verdict
from spec.errors import SpecError

A_DAY = 86400.0
"""Seconds of one look at most: every statement has its own limit, and there may be many."""

PAUSE = 200
"""Milliseconds for which nothing must happen before the first look."""


@attrs.frozen
class Seen:
    """What one look found: verdicts, and mistakes."""

    verdicts: tuple[Verdict, ...] = ()
    wrong: tuple[str, ...] = ()


@attrs.frozen
class Look:
    """One look at the files, in a process of its own."""

    targets: tuple[str, ...]
    params: tuple[str, ...]
    options: Options
    jobs: int
    memory: float
    over: str
    region: bool
    remember: bool

    def run(self) -> Seen:
        """Read the files, and decide what is not known."""
        try:
            rehearse(self.targets, Limits(self.options.timeout, self.memory))
            tasks = tasks_for(self.targets, self.params, self.over, self.region, self.options)
        except SpecError as error:
            return Seen(wrong=(str(error),))
        found, wrong = decide_all(tasks, self.jobs, self.memory, lambda _: None, self.remember)
        verdicts = tuple(verdict for verdict in found if verdict is not None)
        return Seen(verdicts, tuple(str(error) for error in wrong))


def watch(look: Look) -> None:
    """Look at the files now and whenever one in their folders is saved, until interrupted.

    Raises:
        UsageError: for a target that is no file.
    """
    files = [target.partition(":")[0] for target in look.targets]
    if not files or not all(file.endswith(".py") for file in files):
        raise UsageError("--watch wants files, e.g. alignspec check scheme.py --watch")
    sys.dont_write_bytecode = True  # what a file imports may be saved twice within a second, too
    folders = {Path(file).resolve().parent for file in files}
    try:
        seen: dict[Path, int] = {}  # empty until the folders are watched, so no saving is missed
        for changes in saved(*folders, watch_filter=PythonFilter(), rust_timeout=PAUSE,
                             yield_on_timeout=True):  # fmt: skip
            # a saving that is not told of is seen all the same, and one that is told twice once
            stamps = _stamps({*map(Path, files), *(Path(file) for _, file in changes)})
            if any(seen.get(path) != stamp for path, stamp in stamps.items()):
                seen |= stamps
                _look_and_show(look)
    except KeyboardInterrupt:
        return


def _stamps(files: Iterable[Path]) -> dict[Path, int]:
    """When each file was last written, in nanoseconds; 0 for one that is not there now."""
    return {file.resolve(): _written(file) for file in files}


def _written(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:  # it may go at any moment
        return 0


def _look_and_show(look: Look) -> None:
    """Take a look, and print what it found."""
    began = time.monotonic()
    seen = guarded(look, Limits(A_DAY), "reading the files")
    for line in _lines(seen):
        out.print(line)
    unexpected = sum(not verdict.as_expected for verdict in seen.verdicts)
    anew = sum(not verdict.recalled for verdict in seen.verdicts)
    found, mistakes = counted(len(seen.verdicts), "statement"), counted(len(seen.wrong), "mistake")
    out.print(
        f"{time.strftime('%H:%M:%S')}  {found}, {unexpected} not as expected, {mistakes}; {anew} "
        f"decided anew in {time.monotonic() - began:.1f} s; watching\n"
    )
    out.file.flush()


def _lines(seen: Seen) -> Iterator[object]:
    for verdict in seen.verdicts:
        if verdict.as_expected:
            yield Text(f"{verdict.claim}: ").append(mark(verdict.answer))
    for verdict in seen.verdicts:
        if not verdict.as_expected:
            yield Text(f"expected {verdict.expected}:", "bold red")
            yield story(verdict)
    for error in seen.wrong:
        yield Text(error, "bold red")
