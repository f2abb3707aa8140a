"""Drawing a map on several processes: resumable, and never losing what was decided."""

from __future__ import annotations

import heapq
import json
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import attrs

from checker.cli.console import write_whole
from checker.cli.endings import end_with_parent
from checker.cli.targets import claims_of
from checker.parameters.cell_checker import CellChecker
from checker.parameters.partition import DecidedCell, Partition, begin, explore, refine
from checker.report.documents.base import document
from checker.report.documents.partition import read_map
from checker.system.parametric import Cell, ParametricProblem, share
from spec.errors import SpecError
from spec.statements.base import Answer

SLICE = 1.0
"""Seconds that a process works on a cell before it reports."""
SAVED = 5.0
"""Seconds between two savings of a map under way."""
POLLED = 0.2
"""Seconds for which the processes are waited for before the limits are looked at again."""

Explored = tuple[list[DecidedCell], list[Cell]]
"""The boxes that a process decided within a cell, and what of it is still open."""


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

    Args:
        job: the map to draw.
        file: where it is kept, as JSON.
        undecided: the share of the domain that may stay open.
        timeout: seconds to work.
        jobs: how many processes work at once.
        tell: is given the map after every change.

    Raises:
        SpecError: when the file holds something else.
        KeyboardInterrupt: after saving, when the user stops it.
    """
    partition = _continued(begin(job.parametric, job.domain), file)
    before = time.monotonic()
    drawing = _Drawing(job, partition, undecided, before + timeout)
    try:
        for _ in drawing.alone() if jobs <= 1 else drawing.together(jobs):
            tell(partition)
            if time.monotonic() - before > SAVED:
                before = time.monotonic()
                save(partition, file)
    finally:
        save(partition, file)
    return partition


def save(partition: Partition, file: Path) -> None:
    """Write the map in one piece: the old file stays until the new one is whole."""
    write_whole(file, json.dumps(document(partition), separators=(",", ":")))


def load(file: Path) -> Partition:
    """The map that a file holds.

    Raises:
        SpecError: when it holds something else.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        raise SpecError("this is no JSON; delete it, or give another --out", str(file)) from None
    return read_map(data, str(file))


def _continued(fresh: Partition, file: Path) -> Partition:
    """The map in the file if there is one, else a fresh one."""
    if not file.exists():
        return fresh
    old = load(file)
    if old.question != fresh.question or old.domain != fresh.domain:
        raise SpecError(
            "this is a map of another question or of an earlier version of the scheme; delete it, "
            "or give another --out",
            str(file),
        )
    return old


@attrs.frozen
class _Drawing:
    """A map under way, and when to stop. Each step of its iterators changes the map a little."""

    job: Job
    partition: Partition
    undecided: Fraction
    until: float

    @property
    def enough(self) -> bool:
        """Whether so little is undecided, or the time is up."""
        return (
            self.partition.area(Answer.UNKNOWN) <= self.undecided or time.monotonic() > self.until
        )

    def alone(self) -> Iterator[None]:
        """Decide the largest open cell, over and over, in this process."""
        cells, partition = CellChecker(self.job.parametric), self.partition
        while partition.open and not self.enough:
            refine(cells, partition)
            yield

    def together(self, jobs: int) -> Iterator[None]:
        """The same, with the largest open cells given out to processes."""
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts)
        with pool:
            try:
                yield from self._given_out(pool, jobs)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _given_out(self, pool: ProcessPoolExecutor, jobs: int) -> Iterator[None]:
        waiting = [(-self._area(cell), cell) for cell in self.partition.open]
        heapq.heapify(waiting)
        running: dict[Future[Explored], Cell] = {}
        while True:
            enough = self.enough
            while waiting and len(running) < jobs and not enough:
                _, cell = heapq.heappop(waiting)
                with _uninterrupted():  # a process that starts now stays so, and the parent saves
                    running[pool.submit(_explore, self.job, cell)] = cell
            if not running:
                return
            for future in wait(running, POLLED, FIRST_COMPLETED).done:
                rest = self._taken_in(running.pop(future), _result(future))
                for cell in rest:
                    heapq.heappush(waiting, (-self._area(cell), cell))
            yield

    def _taken_in(self, cell: Cell, explored: Explored) -> list[Cell]:
        """Put what was decided of a cell into the map; what of it is still open."""
        boxes, rest = explored
        self.partition.open.remove(cell)
        self.partition.boxes += boxes
        self.partition.open += rest
        return rest

    def _area(self, cell: Cell) -> Fraction:
        return share(cell, self.partition.domain)


def _result(future: Future[Explored]) -> Explored:
    try:
        return future.result()
    except BrokenProcessPool:
        raise SpecError(
            "a process that worked on the map was ended, by the system or by somebody; nothing "
            "that was decided is lost, and the same command goes on",
            "",
        ) from None


@contextmanager
def _uninterrupted() -> Iterator[None]:
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
    end_with_parent()


_cell_checkers: dict[Job, CellChecker] = {}


def _explore(job: Job, cell: Cell) -> Explored:
    if job not in _cell_checkers:
        _cell_checkers[job] = CellChecker(job.parametric)
    return explore(_cell_checkers[job], cell, job.domain, SLICE)
