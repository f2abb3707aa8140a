"""A file that is watched is checked again when it is saved, and only the claims that changed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchfiles import Change

from checker.cli import watch
from checker.portfolio.decision import Options
from tests.support import NOISY_MEMORY, alignspec

TEXT = Path(NOISY_MEMORY).read_text() + (
    "\nfrom spec import Claim\n"
    "first = Claim('first', memory, MostlyRight())\n"
    "second = Claim('second', memory, MostlyRight(), at={'noise': '1/10'})\n"
)


class Watching:
    """The command, watching a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from checker.cli import main; main()", "check", file.name,
             "--watch"],
            cwd=file.parent, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.guard = threading.Timer(240, self.process.kill)
        self.guard.start()

    def next(self) -> str:
        """What is printed until it watches again."""
        lines: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            lines.append(line)
            if line.rstrip().endswith("watching"):
                break
        return "".join(lines)

    def save(self, text: str, *expected: int) -> str:
        """Save the file, and wait for a look with these counts: one saving may be seen twice."""
        whole = self.file.with_name("next")
        whole.write_text(text)
        whole.replace(self.file)  # a look never sees half of it
        shown = self.next()
        while shown and counts(shown) != expected:
            shown = self.next()
        assert shown, f"it was ended before it said {expected}"
        return shown


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    file = tmp_path / "two.py"
    file.write_text(TEXT)
    found = Watching(file)
    yield found
    found.guard.cancel()
    found.process.kill()
    found.process.wait()


def counts(shown: str) -> tuple[int, ...]:
    """Statements, those not as expected, wrong ones, those decided anew."""
    numbers = re.findall(r"(\d+) (?:statement|not as|mistake|decided)", shown.splitlines()[-1])
    return tuple(int(number) for number in numbers)


def test_only_what_changed_is_decided_again(watching: Watching) -> None:
    assert counts(watching.next()) == (2, 0, 0, 2)
    watching.save(TEXT + "# a comment\n", 2, 0, 0, 0)
    again = watching.save(TEXT.replace("'1/10'", "'9/50'"), 2, 1, 0, 1)
    assert "second: memory, MostlyRight (error <= 2/5): REFUTED" in again
    watching.save(TEXT.replace("3 * memory.error**2", "memory.error**2"), 2, 0, 0, 2)
    wrong = watching.save(TEXT.replace("memory.error <=", "memory.eror <="), 0, 0, 2, 0)
    assert "did you mean error?" in " ".join(wrong.split())
    watching.save(TEXT.replace("'1/10'", "'1/9'"), 2, 0, 0, 1)
    watching.save("x = )\n", 0, 0, 1, 0)
    watching.save(TEXT, 2, 0, 0, 0)  # known from the first look
    watching.process.send_signal(signal.SIGINT)
    assert watching.process.wait(60) == 0


def test_what_is_watched_is_only_printed() -> None:
    answer = alignspec("check", NOISY_MEMORY, "--watch", "--json", "--sarif", "log.sarif")
    assert answer.returncode == 2
    assert "leave out --sarif, --json" in answer.stderr


def test_only_files_can_be_watched() -> None:
    answer = alignspec("check", "imitation", "--watch")
    assert answer.returncode == 2
    assert "--watch wants files" in answer.stderr


def test_one_saving_is_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, helper = tmp_path / "two.py", tmp_path / "helper.py"
    looks: list[watch.Look] = []

    def told(*folders: Path, **rest: object) -> Iterator[set[tuple[Change, str]]]:
        file.write_text(TEXT)
        yield {(Change.added, str(file))}
        yield {(Change.modified, str(file))}  # the system tells of one saving twice
        yield set()
        os.utime(file, ns=(0, 1))
        yield set()  # it does not tell of this one
        helper.write_text("")
        yield {(Change.added, str(helper))}
        helper.unlink()
        yield {(Change.deleted, str(helper))}

    monkeypatch.setattr(watch, "saved", told)
    monkeypatch.setattr(watch, "_look_and_show", looks.append)
    look = watch.Look((str(file),), (), Options(), 1, 0.0, over="", region=False, remember=True)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    watch.watch(look)
    assert looks == [look] * 4
