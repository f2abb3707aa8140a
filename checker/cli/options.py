"""The options that commands share, and the checks of a command line that need no engine.

Nothing here imports the language or an engine, so that help and bad command lines answer at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

Params = Annotated[
    list[str] | None, typer.Option("--param", help="NAME=VALUE, exact: 1/6 or 0.05. Repeatable.")
]
Timeout = Annotated[float, typer.Option("--timeout", min=0.1, help="Seconds for one claim.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0 for one per core.")]
Memory = Annotated[
    float,
    typer.Option("--memory", min=0.0, help="GiB for each process; 0 for as much as there is."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Engines = Annotated[
    list[str] | None,
    typer.Option("--engine", help="Try this engine only (see `alignspec engines`). Repeatable."),
]
Scheduler = Annotated[
    str,
    typer.Option(
        "--scheduler",
        help='Work on a dask cluster: the address of its scheduler, or "local" for --jobs workers '
        "on this machine.",
    ),
]
Scheme = Annotated[str, typer.Argument(help="A shipped scheme or file.py:name.")]
Inv = Annotated[str, typer.Argument(help="An invariant that is claimed of it.")]


LOCAL = "local"
"""What ``--scheduler`` takes for a cluster on this machine."""
SHIPPED = "shipped"
"""What ``recheck --against`` takes for everything that ships."""


class UsageError(Exception):
    """A command line that means nothing: what is wrong, and how to fix it."""


def require_pairs(
    texts: Sequence[str] | None, option: str = "--param", example: str = "noise=1/6"
) -> list[str]:
    """The texts that an option gave, if each has the form NAME=VALUE.

    Raises:
        UsageError: for one that has not.
    """
    for text in texts or ():
        name, equals, _ = text.partition("=")
        if not equals or not name:
            raise UsageError(f'{option} wants NAME=VALUE, not "{text}"; e.g. {option} "{example}"')
    return list(texts or ())


def require_files(targets: Sequence[str] | None) -> list[str]:
    """The targets, if those that name files name files that exist.

    Raises:
        UsageError: for a file that does not exist.
    """
    for target in targets or ():
        path = target.partition(":")[0]
        if path.endswith(".py") and not Path(path).is_file():
            raise UsageError(f"{path}: no such file; give the path of a Python file with a scheme")
    return list(targets or ())


def require_folder(file: str, option: str) -> None:
    """That a file to be written has a folder to stand in.

    Raises:
        UsageError: naming the option that gives the file, if it has none.
    """
    if file and not Path(file).resolve().parent.is_dir():
        raise UsageError(f"{file}: no such folder; make it, or give another {option}")


def require_scheduler(address: str, jobs: int) -> None:
    """That there is the library that speaks with a scheduler, if one is named.

    Raises:
        UsageError: saying how to get it, or that the cluster's processes are not ours to count.
    """
    if not address:
        return
    if find_spec("distributed") is None:
        raise UsageError(
            "--scheduler needs dask.distributed; install it with `pip install 'alignspec[cluster]'`"
        )
    if address != LOCAL and jobs:
        raise UsageError(
            f"the workers of {address} say how much they do at once; leave out --jobs, or give "
            "--scheduler local"
        )


def require_none(given: Mapping[str, object], why: str) -> None:
    """That none of some options is given.

    Raises:
        UsageError: naming those that are.
    """
    named = [option for option, value in given.items() if value]
    if named:
        raise UsageError(f"{why}; leave out {', '.join(named)}")


def require_one_of(text: str, option: str, known: Sequence[str]) -> None:
    """That an option is one of the words that it may be.

    Raises:
        UsageError: naming them, if it is none.
    """
    if text not in known:
        close = get_close_matches(text.lower(), known, 1)
        meant = f"; did you mean {close[0]}?" if close else ""
        raise UsageError(f'{option} is one of {", ".join(known)}, not "{text}"{meant}')


def require_log(file: str) -> None:
    """That there is a log.

    Raises:
        UsageError: if there is none.
    """
    if not Path(file).is_file():
        raise UsageError(f"{file}: no such file; give a log in CSV or JSON lines")


def require_ending(file: str, option: str, endings: Sequence[str]) -> None:
    """That a file that an option gives, if it does, ends in one of several ways.

    Raises:
        UsageError: naming them, if it does not.
    """
    if file and not file.endswith(tuple(endings)):
        raise UsageError(f"{option} {file} ends in none of {', '.join(endings)}; choose one")
