"""Drawing a map on several processes: resumable, and never losing what was decided."""

from __future__ import annotations

import heapq
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import attrs

from checker.cli.targets import claims_of
from checker.parameters.cell_checker import CellChecker
from checker.parameters.partition import DecidedCell, Partition, begin, explore
from checker.system.parametric import Cell, ParametricProblem, share
from spec.errors import SpecError

SLICE = 1.0
"""Seconds that a process works on a cell before it reports."""
SAVED = 5.0
"""Seconds between two savings of a map under way."""


@attrs.frozen
class Job:
    """A map, named so that another process can find its claim again."""

    target: str
    index: int
    overriding: tuple[tuple[str, Fraction], ...]
    free: tuple[str, str]
    domain: Cell

    @property
    def parametric(self) -> ParametricProblem:
        """The claim with its two free parameters."""
        return ParametricProblem(
            claims_of(self.target)[self.index], self.free, dict(self.overriding)
        )


def draw(
    job: Job,
    file: Path,
    *,
    undecided: Fraction,
    timeout: float,
    jobs: int,
    tell: Callable[[Partition], None],
) -> Partition:
    """Refine a map until so little of it is undecided, or the time is up.

    What was decided is saved every few seconds and at the end, however it ends, and a file of the
    same question is continued.

    Raises:
        SpecError: when the file holds something else.
        KeyboardInterrupt: after saving, when the user stops it.
    """
    partition = _continued(begin(job.parametric, job.domain), file)
    before = time.monotonic()
    try:
        ways = _alone if jobs <= 1 else _together
        for _ in ways(job, partition, undecided, before + timeout, jobs):
            tell(partition)
            if time.monotonic() - before > SAVED:
                before = time.monotonic()
                save(partition, file)
    finally:
        save(partition, file)
    return partition


def save(partition: Partition, file: Path) -> None:
    """Write the map in one piece: the old file stays until the new one is whole."""
    text = json.dumps(partition.to_json(), separators=(",", ":"))
    fresh = file.with_name(file.name + ".part")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, file)


def _continued(fresh: Partition, file: Path) -> Partition:
    if not file.exists():
        return fresh
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        raise SpecError("this is no JSON; delete it, or give another --out", str(file)) from None
    old = Partition.from_json(data, str(file))
    if dict(old.question) != dict(fresh.question) or old.domain != fresh.domain:
        raise SpecError(
            "this is a map of another question or of an earlier version of the scheme; delete it, "
            "or give another --out",
            str(file),
        )
    return old


def _alone(
    job: Job, partition: Partition, undecided: Fraction, until: float, jobs: int
) -> Iterator[None]:
    cell_checker = CellChecker(job.parametric)
    while partition.open and partition.area("undecided") > undecided and time.monotonic() < until:
        partition.open.sort(key=lambda cell: share(cell, partition.domain))
        boxes, rest = explore(cell_checker, partition.open.pop(), job.domain, 0.0)
        partition.boxes += boxes
        partition.open += rest
        yield


def _together(
    job: Job, partition: Partition, undecided: Fraction, until: float, jobs: int
) -> Iterator[None]:
    """The same, with the largest open cells given out to processes."""
    waiting = [(-share(cell, partition.domain), cell) for cell in partition.open]
    heapq.heapify(waiting)
    running: dict[Future[tuple[list[DecidedCell], list[Cell]]], Cell] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts) as pool:
        try:
            while True:
                enough = partition.area("undecided") <= undecided or time.monotonic() > until
                while waiting and len(running) < jobs and not enough:
                    _, cell = heapq.heappop(waiting)
                    with _deaf():  # a process that starts now stays so, and the parent saves
                        running[pool.submit(_explore, job, cell)] = cell
                if not running:
                    return
                for future in wait(running, 0.2, FIRST_COMPLETED).done:
                    boxes, rest = future.result()
                    partition.open.remove(running.pop(future))
                    partition.boxes += boxes
                    partition.open += rest
                    for cell in rest:
                        heapq.heappush(waiting, (-share(cell, partition.domain), cell))
                yield
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Without interruptions, where this thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent saves and ends


_cell_checkers: dict[Job, CellChecker] = {}


def _explore(job: Job, cell: Cell) -> tuple[list[DecidedCell], list[Cell]]:
    if job not in _cell_checkers:
        _cell_checkers[job] = CellChecker(job.parametric)
    return explore(_cell_checkers[job], cell, job.domain, SLICE)
