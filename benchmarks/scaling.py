"""What a cluster of this machine adds to work, and what it gains: 1, 2, ... workers.

    python -m benchmarks.scaling [--workers N ...] [--pieces N] [--seconds S]

The pieces only wait, so that the number of cores does not matter: what is measured is how work is
given out, and what that costs.
"""

from __future__ import annotations

import argparse
import time

import attrs

from benchmarks.spread import carried_out
from checker.cli.workers import Limits


@attrs.frozen
class Waits:
    """Work that takes so many seconds and no processor."""

    seconds: float

    def run(self) -> float:
        """Wait."""
        time.sleep(self.seconds)
        return self.seconds


def measured(workers: int, pieces: int, seconds: float) -> tuple[float, float]:
    """Seconds until the first piece was done, and from there to the last."""
    begun = time.perf_counter()
    works = [Waits(seconds)] * pieces
    times = [time.perf_counter() for _ in carried_out(works, Limits(60), "local", workers)]
    return times[0] - begun, times[-1] - times[0]


def main() -> None:
    """Measure, a line for each number of workers."""
    parser = argparse.ArgumentParser(description="a cluster of this machine, by its workers")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--pieces", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    for workers in given.workers:
        first, others = measured(workers, given.pieces, given.seconds)
        print(f"{workers} workers: the first after {first:.1f} s, the others within {others:.1f} s")


if __name__ == "__main__":
    # by its own name, under which other machines find what it sends them
    from benchmarks import scaling

    scaling.main()
