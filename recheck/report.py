"""Many files of evidence at once, each in a process that may fail alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from recheck.check import Outcome, Report, recheck
from recheck.errors import Malformed


def files_in(names: Sequence[str]) -> list[Path]:
    """The files that are named, and those in the folders that are, in order.

    Raises:
        Malformed: where there is none.
    """
    found: list[Path] = []
    for name in map(Path, names):
        inside = sorted(name.glob("*.json")) if name.is_dir() else [name]
        if not inside or not all(file.is_file() for file in inside):
            raise Malformed(f"{name}: no such file, or a folder without evidence")
        found += inside
    return found


def recheck_all(files: Sequence[Path], seconds: float, jobs: int) -> Iterator[Report]:
    """What becomes of each file, in order; one at which a process dies is left undecided.

    Raises:
        Malformed: for a file that is no evidence.
    """
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(recheck, file, seconds) for file in files]
        for file, future in zip(files, waiting, strict=True):
            try:
                yield future.result()
            except BrokenProcessPool:
                yield _alone(file, seconds)


def _alone(file: Path, seconds: float) -> Report:
    with ProcessPoolExecutor(1) as pool:
        try:
            return pool.submit(recheck, file, seconds).result()
        except BrokenProcessPool:
            return Report(str(file), Outcome.UNDECIDED, "the process that checked it died")
