"""One piece of work of a command, in a process of its own: its value, or one clear line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from checker.cli.loader import load
from checker.cli.workers import Done, Limits, Outcome, Work, Wrong, carry_out_one
from checker.report.words import ending
from spec.errors import SpecError

T = TypeVar("T")


def guarded(
    work: Work[T], limits: Limits, doing: str, heard: Callable[[object], None] = lambda shown: None
) -> T:
    """The value of work done in a process of its own.

    Args:
        work: what is to be done.
        limits: what it may take.
        doing: what that is, in words.
        heard: is told what is announced meanwhile.

    Raises:
        SpecError: if the specification is wrong, or the work was ended, saying why.
        EnginesDisagree: if two engines contradict each other.
    """
    return value_of(carry_out_one(work, limits, heard), doing)


def value_of(outcome: Outcome[T], doing: str) -> T:
    """The value of work that was done.

    Raises:
        SpecError: if the specification is wrong, or the work was ended, saying why.
        EnginesDisagree: if two engines contradict each other.
    """
    if isinstance(outcome, Done):
        return outcome.value
    if isinstance(outcome, Wrong):
        raise outcome.error
    raise SpecError(f"{doing}: {ending(outcome.stopped)}", outcome.stopped.at)


@attrs.frozen
class _Reading:
    """A user's file, read to see whether it can be."""

    path: str

    def run(self) -> None:
        """Execute the file."""
        load(self.path)


def rehearse(targets: Sequence[str], limits: Limits) -> None:
    """Read the users' files among the targets in processes of their own, before this one does.

    Raises:
        SpecError: for a file that is wrong, that is not read within the limits, or that ends the
            process that reads it.
    """
    for path in dict.fromkeys(target.partition(":")[0] for target in targets):
        if path.endswith(".py"):
            guarded(_Reading(path), limits, f"reading {path}")
