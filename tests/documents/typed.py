"""Commands as a reader types them in a folder, and what they print on both streams."""

from __future__ import annotations

import multiprocessing
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

LIMIT = 600
"""Seconds that a command may take."""

SHELL = re.compile(r"[|&;<>$`*?\n]")
"""Characters that need a shell."""


def printed_by(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    """What a command prints, typed in a folder."""
    if command.startswith("alignspec ") and not SHELL.search(command):
        return _forked(shlex.split(command)[1:], folder, environment)
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    return done.stdout


def _forked(arguments: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    """What ``alignspec`` prints, in a fresh process that has its libraries loaded already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.documents.prepared"])
    output = folder / ".printed"
    process = context.Process(target=_alignspec, args=(arguments, folder, environment, output))
    process.start()
    process.join(LIMIT)
    assert process.exitcode is not None, f"alignspec {arguments} took more than {LIMIT} s"
    return output.read_text("utf-8")


def _alignspec(
    arguments: list[str], folder: Path, environment: Mapping[str, str], output: Path
) -> None:
    """The life of such a process."""
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(file, stream)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    os.chdir(folder)
    os.environ.update(environment)
    sys.argv = ["alignspec", *arguments]
    from checker.cli import main

    try:
        main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
