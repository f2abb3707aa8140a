"""Bad input: random command lines, scheme files, logs, evidence, maps and kept verdicts.

Whatever is typed or written, a command ends with status 0, 1 or 2; with 2 there is one line that
begins with "alignspec: ", and there is never a traceback.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import attrs
from hypothesis import strategies as st

from checker import decide
from checker.cli import main
from checker.cli.targets import claims_of
from checker.cli.verdict_text import NoText, read, write
from tests.support import NOISY_MEMORY

SECONDS = "1"
"""The time limit of each statement; a command may take MOST seconds in all."""
MOST = 60.0

Draw = st.DrawFn


@attrs.frozen
class Ended:
    """How a command ended."""

    arguments: tuple[str, ...]
    status: object
    said: str
    seconds: float
    printed: str

    def fault(self) -> str:
        """What is wrong with that, in words ("" for nothing)."""
        lines = self.said.strip().splitlines()
        if "Traceback" in self.said:
            return f"a traceback: {lines[-1]}"
        if self.status not in (0, 1, 2):
            return f"status {self.status}"
        if self.status == 2 and not (lines and lines[-1].startswith("alignspec: ")):
            return f"status 2 with {lines}"
        if self.seconds > MOST:
            return f"{self.seconds:.0f} s"
        return ""


def typed(*arguments: str) -> Ended:
    """Run a command line in this process; its statements have processes of their own as always."""
    out, said = io.StringIO(), io.StringIO()
    before, status = time.monotonic(), object()
    typing = patch.object(sys, "argv", ["alignspec", *arguments])
    with typing, redirect_stdout(out), redirect_stderr(said):
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
    return Ended(arguments, status, said.getvalue(), time.monotonic() - before, out.getvalue())


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
numbers = st.one_of(
    st.sampled_from(
        ["1/6", "0", "-1", "1/0", "1e999999999", "nan", "inf", "0.1.2", "1_0", "٣", ""]
    ),
    st.sampled_from(["1..0", "0..1", "..", "1/2/3", "9" * 400, "1e-400", " 1 / 2 ", "0x10", "1e"]),
    st.fractions().map(str),
    words,
)
targets = st.one_of(
    st.sampled_from([NOISY_MEMORY, f"{NOISY_MEMORY}:memory", f"{NOISY_MEMORY}:none", "nothing"]),
    st.sampled_from([f"{NOISY_MEMORY}:", ":", ".py", "/", "a/b.py", "~", "examples"]),
    words,
)
OPTIONS = {
    "--param": numbers.map("noise={}".format) | words,
    "--timeout": st.just(SECONDS) | numbers,
    "--jobs": st.just("1") | numbers,
    "--memory": numbers,
    "--over": st.just("noise") | words,
    "--engine": words | st.sampled_from(["k-induction", "monotone comparison"]),
    "--width": numbers,
    "--undecided": numbers,
    "--rounds": numbers.filter(lambda text: len(text) < 4),
    "--runs": numbers.filter(lambda text: len(text) < 3),
    "--draw": numbers,
    "--nature": words | st.sampled_from(["random", "worst", "least"]),
    "--choose": numbers.map("slip={}".format) | words,
    "--output-format": words | st.sampled_from(["text", "github", "JSON"]),
    "--confidence": numbers,
    "--within": numbers,
    "--fit": words,
    "--relate": words | st.just("error=error"),
    "--against": targets,
    "--template": words,
    "--json": st.just(""),
    "--exact": st.just(""),
    "--no-cache": st.just(""),
}
COMMANDS = ["check", "explain", "threshold", "map", "compare", "simulate", "conform", "recheck"]
COMMANDS += ["diff", "list", "engines", "new", "", "bogus"]


@st.composite
def command_lines(draw: Draw) -> tuple[str, ...]:
    """A command with arguments and options, a few of them right."""
    command = draw(st.sampled_from(COMMANDS))
    # the names of what is there are often needed for anything to be looked at
    positional = draw(
        st.lists(targets | st.sampled_from(["mostlyright", "noise", "noise=0..1/4"]), max_size=4)
    )
    if command in ("check", "recheck") and not positional:
        positional = ["nothing"]  # not all that ships
    if command == "new":
        positional = [word for word in positional if not re.fullmatch(r"[a-z0-9-]+", word)]
    options = []
    for name in draw(st.lists(st.sampled_from(sorted(OPTIONS)), max_size=3)):
        options += [name, *filter(None, [draw(OPTIONS[name])])]
    arguments = [*positional, *options] if draw(st.booleans()) else [*options, *positional]
    limit = ["--timeout", SECONDS] if command in COMMANDS[:7] else []
    return (command, *arguments, *limit)


def damaged(text: bytes) -> st.SearchStrategy[bytes]:
    """Bytes that were written well, with a few places changed."""
    spots = st.tuples(
        st.integers(0, len(text)), st.integers(0, 12), st.binary(max_size=6) | numbers.map(_bytes)
    )

    def change(changes: list[tuple[int, int, bytes]]) -> bytes:
        made = text
        for start, length, put in changes:
            made = made[:start] + put + made[start + length :]
        return made

    return st.lists(spots, min_size=1, max_size=3).map(change)


def _bytes(text: str) -> bytes:
    return text.encode()


SCHEME = Path(NOISY_MEMORY).read_text()


@st.composite
def schemes(draw: Draw) -> bytes:
    """A scheme file with a word or two replaced by another of its words, or lines left out."""
    parts = re.split(r"(\W+)", SCHEME)
    for place in draw(st.lists(st.integers(0, len(parts) - 1), min_size=1, max_size=2)):
        others = (
            st.sampled_from(parts) | numbers | st.sampled_from(["None", "0.5", "[]", "()", "-"])
        )
        parts[place] = draw(others)
    lines = "".join(parts).splitlines(keepends=True)
    if draw(st.booleans()) and lines:
        del lines[draw(st.integers(0, len(lines) - 1))]
    return "".join(lines).encode()


LOGS = {
    "log.csv": b"iteration,error\n0,0\n1,0.16\n2,0.2\n3,0.21\n",
    "log.jsonl": b'{"iteration": 0, "error": 0}\n{"iteration": 1, "error": 0.16}\n',
    "counts.csv": b"iteration,error_wrong,error_of\n0,0,100\n1,16,100\n2,20,100\n",
}
TWO_KNOBS = SCHEME.replace(
    '"probability that a written answer is flipped")',
    '"probability that a written answer is flipped")\n    other: Real = parameter(0, 0, 1)',
)


def _in_file(name: str, content: bytes, call: Callable[[str], tuple[str, ...]]) -> Ended:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_bytes(content)
        return typed(*call(str(file)))


def try_command_line(arguments: tuple[str, ...]) -> str:
    """The fault of a command line."""
    ended = typed(*arguments)
    return ended.fault() and f"{arguments}: {ended.fault()}"


def try_scheme(content: bytes) -> str:
    """The fault of ``check`` on a scheme file."""
    call = ("--timeout", SECONDS, "--no-cache", "--jobs", "1")
    ended = _in_file("scheme.py", content, lambda file: ("check", file, *call))
    return ended.fault() and f"{content!r}: {ended.fault()}"


def try_log(name: str, content: bytes) -> str:
    """The fault of ``conform`` on a log."""
    call = ("conform", NOISY_MEMORY)
    ended = _in_file(name, content, lambda file: (*call, file, "--exact", "--timeout", SECONDS))
    return ended.fault() and f"{name}, {content!r}: {ended.fault()}"


def try_evidence(content: bytes) -> str:
    """The fault of ``recheck`` on a file."""
    call = ("--timeout", SECONDS, "--jobs", "1")
    ended = _in_file("evidence.json", content, lambda file: ("recheck", file, *call))
    return ended.fault() and f"{content!r}: {ended.fault()}"


def try_document(content: bytes) -> str:
    """The fault of ``diff`` on a damaged document."""
    ended = _in_file("base.json", content, lambda file: ("diff", file, file))
    return ended.fault() and f"{content!r}: {ended.fault()}"


def try_map(content: bytes) -> str:
    """The fault of ``map`` on a damaged file to go on with."""
    call = ("mostlyright", "noise", "other", "--timeout", SECONDS, "--jobs", "1", "--out")
    with tempfile.TemporaryDirectory() as folder:
        scheme, prefix = Path(folder) / "two.py", Path(folder) / "map"
        scheme.write_text(TWO_KNOBS)
        prefix.with_suffix(".json").write_bytes(content)
        ended = typed("map", str(scheme), *call, str(prefix))
    return ended.fault() and f"{content!r}: {ended.fault()}"


def try_kept(text: str) -> str:
    """The fault of reading a kept verdict."""
    try:
        read(text)
    except NoText:
        return ""
    except Exception as error:
        return f"{text!r}: {error!r}"
    return ""


def written_well(folder: Path) -> dict[str, bytes]:
    """A file of each kind, as the commands write it."""
    scheme, call = folder / "two.py", ("--timeout", SECONDS, "--jobs", "1")
    scheme.write_text(TWO_KNOBS)
    typed("check", NOISY_MEMORY, "--evidence", str(folder / "evidence"))
    typed("map", str(scheme), "mostlyright", "noise", "other", *call, "--out", str(folder / "map"))
    (evidence,) = (folder / "evidence").glob("*.json")
    return {
        "evidence": evidence.read_bytes(),
        "document": typed("check", NOISY_MEMORY, "--json").printed.encode(),
        "map": (folder / "map.json").read_bytes(),
        "kept": write(decide(claims_of(NOISY_MEMORY)[0])).encode(),
    }
