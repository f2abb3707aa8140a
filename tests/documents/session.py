"""A reader who does, in a folder of their own, what a document says, from top to bottom."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

from tests.documents.blocks import Block, Kind
from tests.documents.typed import printed_by
from tests.support import ROOT

BY_THEMSELVES = "page.py"
"""The file to which code without a title goes."""

TIMES = (
    (re.compile(r"\b[\d.]+ m?s of solving"), "SOME TIME of solving"),
    (re.compile(r"│ *[\d.]+ m?s *│"), "│ SOME TIME │"),
    (re.compile(r"\bpassed in [\d.]+s"), "passed in SOME TIME"),
)
"""How long something took is the one thing that is not compared."""

BESIDE = ("examples", "benchmarks")
"""Folders of the repository that commands name."""


@attrs.define
class Session:
    """A folder, and what has been printed in it so far."""

    folder: Path
    outputs: list[str] = attrs.field(factory=list)
    written: list[str] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        for name in BESIDE:
            (self.folder / name).symlink_to(ROOT / name)

    def follow(self, block: Block) -> str:
        """Do what a block says; what is wrong with it, or nothing."""
        match block.kind:
            case Kind.FILE | Kind.CODE:
                self._write(block)
            case Kind.SHIPPED:
                shipped = (ROOT / block.title).read_text("utf-8")
                return "" if block.text in shipped else f"{block.title} does not have these lines"
            case Kind.CONSOLE:
                wrong = [self.typed(*entered) for entered in commands(block.text)]
                return "\n".join(filter(None, wrong))
            case Kind.EXCERPT:
                printed = any(_pattern(block.text).search(text) for text in self.outputs)
                return "" if printed else "no command before it printed this"
            case Kind.UNSAID:
                return "it does not say what it is; tests/documents/blocks.py says how"
        return ""

    def run_files(self) -> str:
        """Run the Python files that were written, in their order; what is wrong, or nothing."""
        names = [name for name in self.written if name.endswith(".py")]
        if not names:
            return ""
        program = "import runpy, sys\nsys.path.insert(0, '')\n"
        program += "".join(f"runpy.run_path({name!r})\n" for name in names)
        (self.folder / ".all.py").write_text(f"{program}print('all ran')\n", "utf-8")
        printed = self._printed("python .all.py")
        return "" if printed.endswith("all ran\n") else printed

    def _printed(self, command: str) -> str:
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return printed_by(command, self.folder, environment)

    def _write(self, block: Block) -> None:
        place = block.title or BY_THEMSELVES
        file = self.folder / place
        before = file.read_text("utf-8") + "\n\n" if place in self.written else ""
        file.write_text(before + block.text, "utf-8")
        if place not in self.written:
            self.written.append(place)

    def typed(self, command: str, shown: str) -> str:
        """Type a command; how what it prints differs from what is shown, or nothing."""
        printed = self._printed(command)
        self.outputs.append(_masked(printed))
        if _pattern(shown).fullmatch(_masked(printed)):
            return ""
        difference = difflib.unified_diff(
            shown.splitlines(), printed.splitlines(), "shown", "printed", lineterm="", n=1
        )
        return "\n".join([f"$ {command}", *difference])


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with the output that is shown of it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        first = re.match(r"(?:.*\\\n)*.*\n?", part)
        assert first is not None
        yield first[0].strip(), part[first.end() :]


def _masked(text: str) -> str:
    for time, name in TIMES:
        text = time.sub(name, text)
    return "".join(f"{line.rstrip()}\n" for line in text.strip("\n").splitlines())


def _pattern(shown: str) -> re.Pattern[str]:
    """What an output shown stands for: a line of dots, for one line or more."""
    lines = _masked(shown).splitlines()
    parts = [r"(?:.*\n)+" if each.strip() == "..." else re.escape(f"{each}\n") for each in lines]
    return re.compile("^" + "".join(parts), re.MULTILINE)
