"""Questions of a sweep on this machine or on a dask cluster: the answers are the same."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from checker.cli.options import require_scheduler
from checker.cli.workers import Limits, Outcome, Work
from checker.cli.workplaces import workers_at

T = TypeVar("T")

ROOT = str(Path(__file__).resolve().parent.parent)
"""Where the workers find this package: on every machine under the same path."""


def add_scheduler(parser: argparse.ArgumentParser) -> None:
    """The option that all sweeps have."""
    parser.add_argument(
        "--scheduler",
        default="",
        metavar="ADDRESS",
        help='of a dask scheduler, whose workers answer; "local" for --jobs of this machine',
    )


def carried_out(
    works: Sequence[Work[T]], limits: Limits, scheduler: str, jobs: int = 1
) -> Iterator[tuple[int, Outcome[T]]]:
    """Do pieces of work; their numbers and outcomes as they come.

    Raises:
        UsageError: if the scheduler does not answer, or dask is not installed.
    """
    require_scheduler(scheduler, 0)
    workers = workers_at(scheduler, jobs, path=(ROOT,))
    return workers.carry_out((work, limits) for work in works)
