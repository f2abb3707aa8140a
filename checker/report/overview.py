"""What ships, at a glance: the systems with how many schemes each has, and the groups of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import attrs
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

WIDEST = 46
"""Columns that names may take before they are folded."""


@attrs.frozen
class System:
    """What one file of ``models`` is about, and the schemes written in it."""

    name: str
    about: str
    schemes: tuple[str, ...]


def overview(systems: Sequence[System], groups: Sequence[str], counts: str) -> RenderableType:
    """Every system in a line, then how many rows each group of the ledger has.

    Args:
        systems: the files of schemes.
        groups: of every row, the group that it stands in.
        counts: how many there are of everything, in words.
    """
    rows = Counter(groups)
    stated = ", ".join(f"{group} ({number})" for group, number in rows.items())
    return Group(
        Text(counts, "bold"),
        Text(),
        _lines(
            "Systems, and how many schemes each has",
            {system.name: (str(len(system.schemes)), system.about) for system in systems},
            cut=True,
        ),
        Text("\nRows of the ledger, and how many each group has", "bold"),
        Text(stated),
        Text("\nalignspec list schemes | invariants | rows | claims    all of one kind"),
        Text("alignspec list WORD                                    names with this word"),
        Text("alignspec explain NAME                                 one in full"),
    )


def details(parts: Mapping[str, Mapping[str, str]]) -> RenderableType:
    """The things of each kind, a line each: its name and what it says."""
    told = {kind: {name: (text,) for name, text in parts[kind].items()} for kind in parts}
    return Group(
        *(
            _lines(f"{kind.capitalize()} ({len(rows)})", rows, cut=False)
            for kind, rows in told.items()
            if rows
        )
    )


def _lines(title: str, rows: Mapping[str, tuple[str, ...]], *, cut: bool) -> Group:
    """A table without lines: names, numbers, and a text that is folded or cut at the edge."""
    table = Table(box=None, show_header=False, expand=True, padding=(0, 1), pad_edge=False)
    table.add_column(no_wrap=True, min_width=min(WIDEST, max(map(len, rows))))
    for _ in next(iter(rows.values()))[:-1]:
        table.add_column(min_width=2, justify="right")
    table.add_column(ratio=1, no_wrap=cut, overflow="ellipsis" if cut else "fold")
    for name, texts in rows.items():
        table.add_row(Text(name), *(Text(text) for text in texts))
    return Group(Text(title, "bold"), table)
