"""The command line that all runs share: sizes, seed, log and sabotage."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import attrs

from examples.runs.record import Row, write


@attrs.frozen
class Options:
    """What a run is asked to do."""

    small: bool = False
    seed: int = 0
    sabotage: str = ""
    """The name of what is sabotaged, or nothing."""
    since: int = 0
    """The first iteration at which it is."""

    def sabotaged(self, what: str, iteration: int) -> bool:
        """Whether this is sabotaged at that iteration."""
        return self.sabotage == what and iteration >= self.since


def command(
    name: str,
    about: str | None,
    run: Callable[[Options], Iterable[Row]],
    sabotages: Collection[str] = (),
    arguments: list[str] | None = None,
) -> None:
    """Read the command line, run, and write the log; a bad line ends with status 2."""
    parser = argparse.ArgumentParser(f"python -m examples.runs.{name}", description=about)
    parser.add_argument("--log", type=Path, required=True, metavar="FILE", help="where to write")
    parser.add_argument("--small", action="store_true", help="a version of a few seconds")
    parser.add_argument("--seed", type=int, default=0, help="of all that is drawn (default 0)")
    parser.add_argument(
        "--sabotage",
        default="",
        metavar="WHAT@ITERATION",
        help=f"from that iteration on: {', '.join(sabotages) or 'none here'}",
    )
    given = parser.parse_args(arguments)
    if given.seed < 0:
        parser.error(f"--seed {given.seed}: give a whole number from 0 on")
    if not given.log.parent.is_dir():
        parser.error(f"--log {given.log}: there is no folder {given.log.parent}; make it first")
    what, _, since = given.sabotage.partition("@")
    if what and what not in sabotages:
        parser.error(f"--sabotage {what}: this run knows {', '.join(sabotages) or 'none'}")
    if since and not since.isdecimal():
        parser.error(f"--sabotage {given.sabotage}: after @ stands an iteration, such as {what}@5")
    options = Options(given.small, given.seed, what, int(since or 0))
    write(given.log, _watched(run(options)))


def _watched(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, with the iteration shown on a terminal as they come."""
    for row in rows:
        if sys.stderr.isatty():
            print(f"\riteration {row.iteration} ", end="", file=sys.stderr, flush=True)
        yield row
    if sys.stderr.isatty():
        print("\r" + " " * 20 + "\r", end="", file=sys.stderr, flush=True)
