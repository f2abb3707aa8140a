"""Drawing a map on several processes: resumable, and never losing what was decided.

A map is drawn in portions, each a pure function of its cell and of what worked around it: some
decisions, made in a process of its own. Portions are put into the map in one order, the largest
cell first, whoever comes first, so that a map is the same however many processes work on it.
"""

from __future__ import annotations

import heapq
import json
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import attrs

from checker.cli.console import write_whole
from checker.cli.guarded import rehearse
from checker.cli.targets import claims_of
from checker.cli.workers import Done, Ended, Given, Limits, Outcome, Workers, Wrong
from checker.parameters.cell_checker import CellChecker, Memory
from checker.parameters.partition import DecidedCell, Partition, begin, explore
from checker.report.documents.base import document
from checker.report.documents.partition import read_map
from checker.report.words import ending
from checker.system.findings import Cause
from checker.system.parametric import Cell, ParametricProblem, share
from spec.errors import SpecError

DECISIONS = 16
"""Cells that are decided or cut in a portion."""
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
        """The claim with its two free parameters, traced once in a process."""
        return _posed(self)

    def prepare(self, limits: Limits) -> None:
        """Read and trace the claim, so that processes that are forked from this one need not."""
        rehearse([self.target], limits)
        _ = self.parametric.problem


@cache
def _posed(job: Job) -> ParametricProblem:
    claim = claims_of(job.target)[job.index]
    return ParametricProblem(claim, job.free, dict(job.overriding))


@attrs.frozen
class Explored:
    """What became of a cell: the boxes in it that were decided, what of it is still open, and what
    is worth trying there."""

    boxes: tuple[DecidedCell, ...]
    rest: tuple[Cell, ...]
    memory: Memory


@attrs.frozen
class Portion:
    """Some decisions about a cell and its parts.

    Args:
        job: the map.
        cell: the cell.
        memory: what worked in the portion that this cell was left over from.
        seconds: after which no further decision is begun.
    """

    job: Job
    cell: Cell
    memory: Memory
    seconds: float

    def run(self) -> Explored:
        """Make them."""
        checker = CellChecker.remembering(self.job.parametric, self.memory)
        boxes, rest = explore(checker, self.cell, self.job.domain, self.seconds, DECISIONS)
        return Explored(tuple(boxes), tuple(rest), checker.memory)


def draw(
    job: Job,
    file: Path,
    *,
    undecided: Fraction,
    timeout: float,
    workers: Workers,
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
        workers: who does it.
        tell: is given the map after every change.

    Raises:
        SpecError: when the file holds something else.
        KeyboardInterrupt: after saving, when the user stops it.
    """
    partition = _continued(begin(job.parametric, job.domain), file)
    before = time.monotonic()
    drawing = _Drawing(job, partition, undecided, before + timeout)
    try:
        for _ in drawing.portions(workers):
            tell(partition)
            if time.monotonic() - before > SAVED:
                before = time.monotonic()
                save(partition, file)
    finally:
        drawing.put_in_what_is_left()
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


@attrs.define
class _Queue:
    """Cells by their share of the domain, the largest first; of several, that from below and left.

    The order depends on nothing else, so that all who work on a map keep the same one.
    """

    domain: Cell
    heap: list[tuple[Fraction, Cell]] = attrs.field(factory=list)

    def add(self, cell: Cell) -> None:
        """One more cell."""
        heapq.heappush(self.heap, (-share(cell, self.domain), cell))

    def first(self) -> Cell:
        """The largest."""
        return self.heap[0][1]

    def pop(self) -> Cell:
        """Take the largest out."""
        return heapq.heappop(self.heap)[1]


class _Drawing:
    """A map under way.

    Args:
        job: the map to draw.
        partition: what of it is decided; it is changed.
        undecided: the share that may stay open.
        until: when to stop, by ``time.monotonic``.
    """

    def __init__(self, job: Job, partition: Partition, undecided: Fraction, until: float) -> None:
        self.job = job
        self.partition = partition
        self.undecided = undecided
        self.until = until
        self.open = _Queue(partition.domain)
        """The cells that are open in the map."""
        self.waiting = _Queue(partition.domain)
        """The cells that nobody has looked at: of the map, and of portions not yet put in."""
        self.explored: dict[Cell, Explored] = {}
        """The portions that are not yet put in."""
        self.left = Fraction(0)
        """The share that is open."""
        for cell in partition.open:
            self._add(cell)
            self.waiting.add(cell)

    def portions(self, workers: Workers) -> Iterator[None]:
        """Have portions done until it is enough, the map as it is after each."""
        memories = {cell: Memory() for cell in self.partition.open}
        given: list[Cell] = []
        for number, outcome in workers.carry_out(self._give(memories, given)):
            cell = given[number]
            explored = _explored(outcome)
            if explored is not None:
                self.explored[cell] = explored
                for part in explored.rest:
                    memories[part] = explored.memory
                    self.waiting.add(part)
                self._put_in()
            yield
            if time.monotonic() > self.until and self.left > self.undecided:
                return

    def put_in_what_is_left(self) -> None:
        """Put in whatever was decided, in any order, unless the map is as it should be."""
        while self.left > self.undecided:
            known = [cell for cell in self.partition.open if cell in self.explored]
            if not known:
                return
            for cell in known:
                self._take_in(cell)

    def _give(
        self, memories: dict[Cell, Memory], given: list[Cell]
    ) -> Iterator[Given[Explored] | None]:
        """The portions to be done, as long as there is need of them."""
        while True:
            seconds = self.until - time.monotonic()
            if self.left <= self.undecided or seconds <= 0 or not self.waiting.heap:
                yield None
                continue
            cell = self.waiting.pop()
            given.append(cell)
            yield Portion(self.job, cell, memories[cell], seconds), Limits(max(seconds, 1.0))

    def _put_in(self) -> None:
        """Put in the portions whose turn it is."""
        while self.left > self.undecided and self.open.heap:
            cell = self.open.first()
            if cell not in self.explored:
                return
            self.open.pop()
            self._take_in(cell)

    def _take_in(self, cell: Cell) -> None:
        """Put in one portion."""
        explored = self.explored.pop(cell)
        self.partition.open.remove(cell)
        self.left -= share(cell, self.partition.domain)
        self.partition.boxes += explored.boxes
        self.partition.open += explored.rest
        for part in explored.rest:
            self._add(part)

    def _add(self, cell: Cell) -> None:
        self.open.add(cell)
        self.left += share(cell, self.partition.domain)


def _explored(outcome: Outcome[Explored]) -> Explored | None:
    """A portion; None for one that was ended at the limit.

    Raises:
        SpecError: for a mistake in the specification, or when a process was ended.
    """
    if isinstance(outcome, Done):
        return outcome.value
    if isinstance(outcome, Wrong):
        raise outcome.error
    if isinstance(outcome, Ended) and outcome.stopped.cause is Cause.TIME:
        return None
    raise SpecError(
        f"a process that worked on the map: {ending(outcome.stopped)}; nothing that was decided is "
        "lost, and the same command goes on",
        outcome.stopped.at,
    )
