"""What the commands share: options, consoles, progress, and how parameters are read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from spec.errors import SpecError
from spec.terms import exact

out = Console(width=None if sys.stdout.isatty() else 100)
err = Console(stderr=True)

Params = Annotated[
    list[str] | None, typer.Option("--param", help="NAME=VALUE, exact: 1/6 or 0.05. Repeatable.")
]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds for one claim.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0 for one per core.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def parameters(texts: Sequence[str]) -> dict[str, Fraction]:
    """Exact parameter values from NAME=VALUE texts.

    Raises:
        SpecError: for a text that is not of that form.
    """
    return dict(_parameter(text) for text in texts)


def _parameter(text: str) -> tuple[str, Fraction]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise SpecError(f'--param wants NAME=VALUE, not "{text}"; e.g. --param noise=1/6', "")
    try:
        return name.strip(), exact(value)
    except SpecError as error:
        raise SpecError(f"--param {name}: {error.message}", "") from None


@contextmanager
def progress(total: int | None, doing: str, quiet: bool) -> Iterator[Callable[[str], None]]:
    """A progress bar on a terminal; the function that is given says what was just done.

    Without a total the parts are only counted.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shown = err.is_terminal and not quiet
    with Progress(*columns, console=err, transient=True, disable=not shown) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda text: bar.update(task, advance=1, description=text)
