"""What commands print with: the two consoles, and progress on a terminal."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from checker.report.hanging import hanging
from checker.system.verdict import EnginesDisagree
from spec.errors import SpecError


class _Console(Console):
    """A console whose closed pipe is an error like any other.

    Indented lines stay indented where they are folded; what is written to a file or a pipe has no
    spaces at the ends of its lines.
    """

    def print(self, *objects: Any, **how: Any) -> None:
        """Print as rich does."""
        shown = [hanging(each) for each in objects]
        if self.is_terminal:
            super().print(*shown, **how)
            return
        with self.capture() as printed:
            super().print(*shown, **how)
        self.file.write(re.sub(r" +$", "", printed.get(), flags=re.MULTILINE))
        self.file.flush()

    def on_broken_pipe(self) -> None:
        """Leave it to the command line to end.

        Raises:
            BrokenPipeError: always.
        """
        raise BrokenPipeError


out = _Console(width=None if sys.stdout.isatty() else 100)
err = _Console(stderr=True)


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document."""
    print(json.dumps(document, indent=2))


def complain(errors: Sequence[SpecError | EnginesDisagree]) -> None:
    """Say what is wrong, a line each.

    Raises:
        typer.Exit: with status 2 if a specification is, with status 1 if engines disagree.
    """
    for line in dict.fromkeys(map(_line, errors)):  # a mistake of the call is every statement's
        print(line, file=sys.stderr)
    if errors:
        raise typer.Exit(2 if any(isinstance(error, SpecError) for error in errors) else 1)


def _line(error: SpecError | EnginesDisagree) -> str:
    inside = "" if isinstance(error, SpecError) else "internal error, engines disagree: "
    return "alignspec: " + " ".join(f"{inside}{error}".split())


def write_whole(file: Path, content: str | bytes) -> None:
    """Write a file in one piece: what is there stays until the new content is complete.

    What is no plain file, such as a pipe or a device, is written as it is.

    Raises:
        OSError: naming the file, if it cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        whole = file.resolve()  # a link stays one
        if whole.exists() and not whole.is_file():
            whole.write_bytes(data)
            return
        fresh = whole.with_name(f".{whole.name}.part")
        try:
            fresh.write_bytes(data)
            fresh.replace(whole)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from None


@contextmanager
def progress(total: int | None, doing: str, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar on a terminal; the function that is given says what was just done.

    With a total, the time that is left is reckoned; without one, the parts are only counted.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        *([TextColumn("left"), TimeRemainingColumn()] if total else []),
    )
    shown = err.is_terminal and not quiet
    with Progress(*columns, console=err, transient=True, disable=not shown) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda text: bar.update(task, advance=1, description=text)


@contextmanager
def status(quiet: bool) -> Iterator[Callable[[str], None]]:
    """A line on a terminal; the function that is given says what is being done."""
    with err.status("") if err.is_terminal and not quiet else nullcontext() as line:

        def tell(text: str) -> None:
            if line is not None:
                line.update(text)

        yield tell
