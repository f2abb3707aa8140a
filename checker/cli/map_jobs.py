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
from checker.parameters.cell_checker import Decider
from checker.parameters.partition import Atlas, Box, begin, explore
from checker.system.parametric import Cell, Family, share
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
    def family(self) -> Family:
        """The claim with its two free parameters."""
        return Family(claims_of(self.target)[self.index], self.free, dict(self.overriding))


def draw(
    job: Job,
    file: Path,
    *,
    undecided: Fraction,
    timeout: float,
    jobs: int,
    tell: Callable[[Atlas], None],
) -> Atlas:
    """Refine a map until so little of it is undecided, or the time is up.

    What was decided is saved every few seconds and at the end, however it ends, and a file of the
    same question is continued.

    Raises:
        SpecError: when the file holds something else.
        KeyboardInterrupt: after saving, when the user stops it.
    """
    atlas = _continued(begin(job.family, job.domain), file)
    before = time.monotonic()
    try:
        ways = _alone if jobs <= 1 else _together
        for _ in ways(job, atlas, undecided, before + timeout, jobs):
            tell(atlas)
            if time.monotonic() - before > SAVED:
                before = time.monotonic()
                save(atlas, file)
    finally:
        save(atlas, file)
    return atlas


def save(atlas: Atlas, file: Path) -> None:
    """Write the map in one piece: the old file stays until the new one is whole."""
    text = json.dumps(atlas.to_json(), separators=(",", ":"))
    fresh = file.with_name(file.name + ".part")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, file)


def _continued(fresh: Atlas, file: Path) -> Atlas:
    if not file.exists():
        return fresh
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        raise SpecError("this is no JSON; delete it, or give another --out", str(file)) from None
    old = Atlas.from_json(data, str(file))
    if dict(old.question) != dict(fresh.question) or old.domain != fresh.domain:
        raise SpecError(
            "this is a map of another question or of an earlier version of the scheme; delete it, "
            "or give another --out",
            str(file),
        )
    return old


def _alone(job: Job, atlas: Atlas, undecided: Fraction, until: float, jobs: int) -> Iterator[None]:
    decider = Decider(job.family)
    while atlas.open and atlas.area("undecided") > undecided and time.monotonic() < until:
        atlas.open.sort(key=lambda cell: share(cell, atlas.domain))
        boxes, rest = explore(decider, atlas.open.pop(), job.domain, 0.0)
        atlas.boxes += boxes
        atlas.open += rest
        yield


def _together(
    job: Job, atlas: Atlas, undecided: Fraction, until: float, jobs: int
) -> Iterator[None]:
    """The same, with the largest open cells given out to processes."""
    waiting = [(-share(cell, atlas.domain), cell) for cell in atlas.open]
    heapq.heapify(waiting)
    running: dict[Future[tuple[list[Box], list[Cell]]], Cell] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_ignore_interrupts) as pool:
        try:
            while True:
                enough = atlas.area("undecided") <= undecided or time.monotonic() > until
                while waiting and len(running) < jobs and not enough:
                    _, cell = heapq.heappop(waiting)
                    with _deaf():  # a process that starts now stays so, and the parent saves
                        running[pool.submit(_explore, job, cell)] = cell
                if not running:
                    return
                for future in wait(running, 0.2, FIRST_COMPLETED).done:
                    boxes, rest = future.result()
                    atlas.open.remove(running.pop(future))
                    atlas.boxes += boxes
                    atlas.open += rest
                    for cell in rest:
                        heapq.heappush(waiting, (-share(cell, atlas.domain), cell))
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


_deciders: dict[Job, Decider] = {}


def _explore(job: Job, cell: Cell) -> tuple[list[Box], list[Cell]]:
    if job not in _deciders:
        _deciders[job] = Decider(job.family)
    return explore(_deciders[job], cell, job.domain, SLICE)
