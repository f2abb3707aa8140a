"""Indented lines that stay indented where they are folded, so that the eye finds the next one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
from rich.console import Console, ConsoleOptions, Group
from rich.text import Text

HANG = 2
"""Columns by which what is folded stands further in."""


@attrs.frozen
class Hanging:
    """A text whose indented lines are folded below themselves, and not at the edge."""

    text: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Its lines."""
        for line in self.text.split("\n", allow_blank=True):
            yield from _folded(line, console, options.max_width)


def hanging(shown: Any) -> Any:
    """What is to be printed, with the texts in it hanging."""
    if isinstance(shown, Text):
        return Hanging(shown)
    if isinstance(shown, Group):
        return Group(*map(hanging, shown.renderables), fit=shown.fit)
    return shown


def _folded(line: Text, console: Console, width: int) -> Iterator[Text]:
    indent = len(line.plain) - len(line.plain.lstrip(" "))
    room = width - indent - HANG
    if line.cell_len <= width or not indent or room <= HANG:
        yield line
        return
    for number, part in enumerate(line[indent:].wrap(console, room)):
        part.rstrip()
        yield Text(" " * (indent + HANG * (number > 0))).append_text(part)
