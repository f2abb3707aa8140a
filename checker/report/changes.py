"""What changed between two documents of ``check --json``, as Markdown for a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

import attrs

from checker.report.words import counted

Entry = Mapping[str, Any]
"""One verdict of a document."""

Name = tuple[str, str]
"""The statement's name, and its schemes'."""


class Kind(Enum):
    """What became of a statement, the gravest first."""

    BROKEN = "No longer as expected"
    MENDED = "As expected again"
    CHANGED = "Another verdict, as expected in both"
    BOUNDS = "Another range, certificate or counterexample"
    ADDED = "New"
    REMOVED = "Gone"


@attrs.frozen
class Change:
    """What became of one statement; an entry is None where the document has none of it."""

    kind: Kind
    name: Name
    base: Entry | None
    head: Entry | None


def changes(base: Entry, head: Entry) -> list[Change]:
    """The statements that are not the same in both documents, the gravest first."""
    old, new = _by_name(base), _by_name(head)
    found = []
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name), new.get(name)
        kind = _kind(before, after)
        if kind is not None:
            found.append(Change(kind, name, before, after))
    order = list(Kind)
    return sorted(found, key=lambda change: order.index(change.kind))


def _by_name(document: Entry) -> dict[Name, Entry]:
    return {(entry["claim"], entry["scheme"]): entry for entry in document["verdicts"]}


def _kind(base: Entry | None, head: Entry | None) -> Kind | None:
    if base is None:
        assert head is not None
        return Kind.ADDED if _expected(head) else Kind.BROKEN
    if head is None:
        return Kind.REMOVED
    if _expected(base) is not _expected(head):
        return Kind.MENDED if _expected(head) else Kind.BROKEN
    if base["verdict"] != head["verdict"]:
        return Kind.CHANGED if _expected(head) else Kind.BROKEN
    return Kind.BOUNDS if _shown(base) != _shown(head) else None


def _expected(entry: Entry) -> bool:
    return bool(entry["verdict"] == entry["expected"])


def _shown(entry: Entry) -> tuple[Any, ...]:
    """What else of a verdict people read: its range, how soon it breaks, its budgets."""
    trace, certificate = entry.get("trace") or {}, entry.get("certificate") or {}
    return entry.get("region"), trace.get("iteration"), certificate.get("budgets"), entry["limits"]


def markdown(found: Sequence[Change], base: Entry, head: Entry) -> str:
    """The changes as a page: a line that sums up, then a table for each kind."""
    return "\n".join(_lines(found, len(base["verdicts"]), len(head["verdicts"]))) + "\n"


def _lines(found: Sequence[Change], before: int, after: int) -> Iterator[str]:
    broken = sum(change.kind is Kind.BROKEN for change in found)
    if not found:
        yield f"## alignspec: nothing changed in {counted(after, 'statement')}"
        return
    worse = f", {broken} no longer as expected" if broken else ""
    yield f"## alignspec: {len(found)} changed{worse}"
    yield ""
    yield f"{counted(before, 'statement')} before, {after} now."
    for kind in Kind:
        rows = [change for change in found if change.kind is kind]
        if not rows:
            continue
        yield from ("", f"### {kind.value} ({len(rows)})", "")
        yield from ("| statement | scheme | before | now |", "| --- | --- | --- | --- |")
        for change in rows:
            cells = (*change.name, _said(change.base), _said(change.head))
            yield f"| {' | '.join(_cell(text) for text in cells)} |"


def _said(entry: Entry | None) -> str:
    """A verdict in a few words."""
    if entry is None:
        return "none"
    words = [entry["verdict"].upper()]
    if not _expected(entry):
        words.append(f"(expected {entry['expected']})")
    region, iteration, _, _ = _shown(entry)
    if iteration is not None:
        words.append(f"at iteration {iteration}")
    far = _range(region) if region else ""
    return "; ".join(filter(None, (" ".join(words), far)))


def _range(region: Mapping[str, Any]) -> str:
    exact = region.get("exact")
    if exact:
        value = exact.get("rational") or exact.get("value")
        return f"{region['parameter']} turns at {value}"
    ends = (("holds to", region.get("proved_to")), ("breaks from", region.get("refuted_from")))
    said = ", ".join(f"{word} {value}" for word, value in ends if value is not None)
    return f"{region['parameter']} {said}" if said else ""


def _cell(text: str) -> str:
    """A text inside a table of Markdown, where it may mean nothing but itself."""
    plain = html.escape(" ".join(text.split()), quote=False)
    return re.sub(r"([\\`*_{}\[\]#|!~])", r"\\\1", plain)
