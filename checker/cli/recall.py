"""What is known of statements from before: told from the texts of files, else from their terms.

Nothing needs to be traced where the files are as they were (``checker.cli.sources``). Where one is
not, or is not closed, the statements are traced, and what their terms give tells
(``checker.cli.fingerprint``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from checker.cli.cache import found_under, keep
from checker.cli.fingerprint import fingerprint
from checker.cli.sources import Sources
from checker.cli.verdict_text import NoText
from checker.cli.workers import Done, Limits, carry_out
from checker.system.verdict import Verdict
from spec.errors import SpecError

if TYPE_CHECKING:
    from checker.cli.tasks import Task


@attrs.frozen
class Recall:
    """The work of looking verdicts up by their terms: the keys, and the verdicts that are kept."""

    tasks: tuple[Task, ...]

    def run(self) -> tuple[tuple[str | None, Verdict | None], ...]:
        """For each task its key, if it has one, and its verdict, if that is kept."""
        keys = [_by_terms(task) for task in self.tasks]
        return tuple(zip(keys, found_under(keys), strict=True))


@attrs.frozen
class Memory:
    """What is known of tasks, by number, and the keys under which more is kept."""

    found: Mapping[int, Verdict] = attrs.field(factory=dict)
    by_terms: Mapping[int, str | None] = attrs.field(factory=dict)
    by_text: Mapping[int, str | None] = attrs.field(factory=dict)

    def keep(self, number: int, verdict: Verdict) -> None:
        """Keep what was decided of a task."""
        keep([((self.by_terms.get(number), self.by_text.get(number)), verdict)])


def recalled(tasks: Sequence[Task], limits: Limits, jobs: int) -> Memory:
    """Look the tasks' verdicts up; those that must be traced for it in processes of their own.

    Where such a process is ended, its tasks have no key by their terms.
    """
    sources = Sources.loaded()
    texts = [_by_text(task, sources) for task in tasks]
    found = {n: verdict for n, verdict in enumerate(found_under(texts)) if verdict is not None}
    rest = [number for number in range(len(tasks)) if number not in found]
    terms: dict[int, str | None] = {}
    traced: dict[int, Verdict] = {}
    parts = [rest[start::jobs] for start in range(min(jobs, len(rest)))]
    works = [Recall(tuple(tasks[number] for number in part)) for part in parts]
    for place, outcome in carry_out(works, limits, jobs):
        if isinstance(outcome, Done):
            for number, (key, verdict) in zip(parts[place], outcome.value, strict=True):
                terms[number] = key
                if verdict is not None:
                    traced[number] = verdict
    closed = bool(rest) and sources is not None and sources.closed
    by_text = {number: texts[number] for number in rest} if closed else {}
    keep(((by_text.get(number),), verdict) for number, verdict in traced.items())
    known = {n: attrs.evolve(v, recalled=True) for n, v in {**found, **traced}.items()}
    return Memory(known, terms, by_text)


def _by_text(task: Task, sources: Sources | None) -> str | None:
    return None if sources is None else sources.key(task.statement, _question(task))


def _by_terms(task: Task) -> str | None:
    """None where the specification is wrong, or is no plain data."""
    try:
        return fingerprint(task.statement, _question(task))
    except (SpecError, NoText):
        return None


def _question(task: Task) -> dict[str, Any]:
    return {
        "overriding": dict(task.overriding),
        "over": task.over,
        "regions": task.regions,
        "options": attrs.asdict(task.options),
    }
