"""What the tests of several packages share: the command line, exact values and parameters."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import z3
from hypothesis import strategies as st

from checker.cli import main
from spec import Parameters, Real
from spec.parameters import parameter_domains
from spec.terms import real_term

ROOT = Path(__file__).resolve().parent.parent
NOISY_MEMORY = str(ROOT / "examples" / "noisy_memory.py")

unit = st.sampled_from([Fraction(0), Fraction(1)]) | st.fractions(0, 1, max_denominator=64)


THREADED = ("conform", "--scheduler")
"""What begins threads, which a fork of a process that has begun them too does not survive."""


def alignspec(
    *arguments: str, cwd: Path = ROOT, python: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as it is typed in a folder; with options of Python's.

    The process is a fork of this one where that is possible: it need not import everything anew.
    """
    if python or not hasattr(os, "fork") or any(word in THREADED for word in arguments):
        return subprocess.run(
            [sys.executable, *python, "-c", "from checker.cli import main; main()", *arguments],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    _import_what_commands_need()
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_typed, args=(arguments, cwd, out.fileno(), err.fileno()))
        process.start()
        process.join(600)
        process.kill()  # if it has not ended
        process.join()
        said = [(file.seek(0), file.read())[1] for file in (out, err)]
    return subprocess.CompletedProcess(arguments, process.exitcode or 0, *said)


@cache
def _import_what_commands_need() -> None:
    from checker.cli import check, explain, parameters, shipped

    assert all((check, explain, parameters, shipped.shipped_statements()))


def _typed(arguments: tuple[str, ...], folder: Path, out: int, err: int) -> None:
    os.chdir(folder)
    for theirs, ours in ((os.open(os.devnull, os.O_RDONLY), 0), (out, 1), (err, 2)):
        os.dup2(theirs, ours)
    sys.argv = ["alignspec", *arguments]
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    main()


@contextmanager
def chromium(wide: int = 1000, high: int = 900) -> Iterator[Any]:
    """A headless Chromium, which keeps what its console says."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", f"--window-size={wide},{high}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options) as browser:
        yield browser


def value_of(term: z3.ExprRef) -> Fraction:
    """The exact number that a constant term comes to."""
    value = z3.simplify(term)
    assert z3.is_rational_value(value), value
    return Fraction(value.as_fraction())


def number(value: Real) -> Fraction:
    """The exact number that a constant Real denotes."""
    return value_of(real_term(value))


def parameters_at(cls: type[Parameters], **chosen: Fraction | int) -> Any:
    """The parameters at numbers: the defaults, but for those chosen."""
    values = {name: domain.default for name, domain in parameter_domains(cls).items()}
    values |= {name: Fraction(value) for name, value in chosen.items()}
    numbers: dict[str, Any] = {
        name: int(values[name]) if domain.structural else Real(values[name])
        for name, domain in parameter_domains(cls).items()
    }
    return cls(**numbers)
