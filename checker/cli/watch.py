"""``check --watch``: files are checked again as they are saved, and only the claims that changed.

Every look is taken by a new process, forked from one that has the engines and none of the user's
modules, so that what a file imports is read anew too. A claim's verdict is remembered under a hash
of all that it depends on: the traced steps, bounds, clauses and assumptions.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
from rich.text import Text
from watchfiles import PythonFilter
from watchfiles import watch as saved

from checker.cli.console import out
from checker.cli.guarded import guarded, rehearse
from checker.cli.options import UsageError
from checker.cli.tasks import Task, tasks_for, verdict_of
from checker.cli.workers import Done, Ended, Limits, Wrong, carry_out
from checker.parameters.partition import fingerprint
from checker.portfolio.decision import Options
from checker.report.verdict import mark, story
from checker.system.problem import pose
from checker.system.verdict import Verdict
from spec.errors import SpecError
from spec.parameters import parameter_domains
from spec.statements.claim import Claim
from spec.trees import Fold

A_DAY = 86400.0
"""Seconds of one look at most: every statement has its own limit, and there may be many."""

PAUSE = 200
"""Milliseconds for which nothing must happen before the first look."""

Remembered = Mapping[str, Verdict]
"""Verdicts by a hash of all that they depend on."""


@attrs.frozen
class Seen:
    """What one look found: verdicts with their hashes, how many are new, and mistakes."""

    verdicts: tuple[tuple[str, Verdict], ...] = ()
    anew: int = 0
    wrong: tuple[str, ...] = ()


@attrs.frozen
class Look:
    """One look at the files, in a process of its own."""

    targets: tuple[str, ...]
    params: tuple[str, ...]
    options: Options
    jobs: int
    memory: float
    known: Remembered = attrs.field(factory=dict)

    def run(self) -> Seen:
        """Read the files, and decide what is not known."""
        limits = Limits(self.options.timeout, self.memory)
        try:
            rehearse(self.targets, limits)
            tasks = tasks_for(self.targets, self.params, "", True, self.options)
        except SpecError as error:
            return Seen(wrong=(str(error),))
        works = [_Deciding(task, self.known) for task in tasks]
        found: dict[int, tuple[str, Verdict]] = {}
        wrong: dict[int, str] = {}
        for number, outcome in carry_out(works, limits, self.jobs):
            if isinstance(outcome, Wrong):
                wrong[number] = str(outcome.error)
            elif isinstance(outcome, Done):
                found[number] = outcome.value
            elif isinstance(outcome, Ended):
                found[number] = "", verdict_of(tasks[number], outcome)
        anew = sum(key not in self.known for key, _ in found.values())
        verdicts = tuple(found[number] for number in sorted(found))
        return Seen(verdicts, anew, tuple(wrong[number] for number in sorted(wrong)))


@attrs.frozen
class _Deciding:
    """A statement that is decided unless its verdict is known."""

    task: Task
    known: Remembered

    def run(self) -> tuple[str, Verdict]:
        """The hash of what it depends on ("" where none is made), and its verdict."""
        key = key_of(self.task)
        found = self.known.get(key) if key else None
        return key, self.task.run() if found is None else found


def key_of(task: Task) -> str:
    """A hash of all that a claim's verdict depends on; "" for a statement of another kind."""
    claim = task.statement
    if not isinstance(claim, Claim) or isinstance(claim.scheme, Fold):
        return ""
    free = claim.over and str(parameter_domains(claim.scheme.parameters).get(claim.over))
    if free:  # how far it holds depends on the formulas in the parameter, and not on one value
        return ""
    said = (claim.name, str(claim.expected), claim.says, claim.scheme.name, str(claim.invariant))
    return f"{said} {fingerprint(pose(claim, task.overriding))}"


def watch(look: Look) -> None:
    """Look at the files now and whenever one in their folders is saved, until interrupted.

    Raises:
        UsageError: for a target that is no file.
    """
    files = [target.partition(":")[0] for target in look.targets]
    if not files or not all(file.endswith(".py") for file in files):
        raise UsageError("--watch wants files, e.g. alignspec check scheme.py --watch")
    folders = {Path(file).resolve().parent for file in files}
    try:
        first = True  # the first look is taken once the folders are watched, so none is missed
        for changes in saved(*folders, watch_filter=PythonFilter(), rust_timeout=PAUSE,
                             yield_on_timeout=True):  # fmt: skip
            if changes or first:
                look = _look_and_show(look)
            first = False
    except KeyboardInterrupt:
        return


def _look_and_show(look: Look) -> Look:
    """Take a look, print what it found, and remember it."""
    began = time.monotonic()
    seen = guarded(look, Limits(A_DAY), "reading the files")
    for line in _lines(seen):
        out.print(line)
    unexpected = sum(not verdict.as_expected for _, verdict in seen.verdicts)
    out.print(
        f"{len(seen.verdicts)} statements, {unexpected} not as expected, {len(seen.wrong)} wrong; "
        f"{seen.anew} decided anew in {time.monotonic() - began:.1f} s; watching"
    )
    out.file.flush()
    return attrs.evolve(look, known={key: verdict for key, verdict in seen.verdicts if key})


def _lines(seen: Seen) -> Iterator[object]:
    for _, verdict in seen.verdicts:
        if verdict.as_expected:
            yield Text(f"{verdict.claim}: ").append(mark(verdict.answer))
    for _, verdict in seen.verdicts:
        if not verdict.as_expected:
            yield Text(f"expected {verdict.expected}:", "bold red")
            yield story(verdict)
    for error in seen.wrong:
        yield Text(error, "bold red")
