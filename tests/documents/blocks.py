"""The code blocks of a document, and what each of them is.

A fenced block says what it is by its language and its title:

- ``python title="name.py"``, or another language with a title: a file of the reader's, which
  blocks of the same title continue;
- ``python title="folder/name.py"``: an excerpt of that file of the repository;
- ``python``: code by itself, run with everything of its kind before it;
- a block that begins with ``$ ``: commands, each with its output;
- ``text``: an excerpt of what a command before it printed.

A line ``...`` in an output stands for lines left out. A comment ``<!-- not run: why -->`` before a
block leaves it alone; a comment that begins with ``<!-- before:`` holds code that readers need not
see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import attrs
from markdown_it import MarkdownIt

NOT_RUN = re.compile(r"<!-- not run: (?P<why>.+?) -->\s*", re.DOTALL)
BEFORE = re.compile(r"<!-- before:\n(?P<code>.+?)-->\s*", re.DOTALL)
TITLE = re.compile(r'title="(?P<title>[^"]+)"')


class Kind(Enum):
    """What is done with a block."""

    FILE = "written to a file of the reader's"
    SHIPPED = "found in a file of the repository"
    CODE = "run by itself"
    CONSOLE = "run as commands"
    EXCERPT = "found in an output"
    NOT_RUN = "left alone"
    UNSAID = "refused: it does not say what it is"


@attrs.frozen
class Block:
    """One block of a document: where it begins, and its title or the reason why it is not run."""

    kind: Kind
    text: str
    line: int
    title: str = ""


def blocks_of(document: Path) -> Iterator[Block]:
    """The blocks of a document from top to bottom."""
    comment = ""
    for token in MarkdownIt("commonmark").parse(document.read_text("utf-8")):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            comment = token.content
            if before := BEFORE.fullmatch(comment):
                yield Block(Kind.CODE, before["code"], line + 1)
        elif token.type in {"fence", "code_block"}:
            excused = NOT_RUN.fullmatch(comment)
            if excused:
                yield Block(Kind.NOT_RUN, token.content, line, excused["why"])
            elif token.type == "fence" or not is_theory(document):  # where they are formulas
                yield _block(token.info, token.content, line)
            comment = ""
        elif token.type != "inline":
            comment = ""


def is_theory(document: Path) -> bool:
    """Whether a document's indented blocks are formulas."""
    return document.parent.name == "theory"


def _block(info: str, text: str, line: int) -> Block:
    language = info.partition(" ")[0]
    titled = TITLE.search(info)
    title = titled["title"] if titled else ""
    if "/" in title:
        return Block(Kind.SHIPPED, text, line, title)
    if title:
        return Block(Kind.FILE, text, line, title)
    if language == "python":
        return Block(Kind.CODE, text, line)
    if text.startswith("$ "):
        return Block(Kind.CONSOLE, text, line)
    return Block(Kind.EXCERPT if language == "text" else Kind.UNSAID, text, line)
