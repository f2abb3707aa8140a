"""Tables with a title that is folded at the edge of the screen, and not at that of the table."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text


def titled(title: str, table: Table) -> Group:
    """A table below its title."""
    return Group(Text(title, "table.title"), table)
