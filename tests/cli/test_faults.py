"""What ends a command from outside costs no finished verdict, no whole file, and leaves no process.

Nothing here waits for a time: a process under test sends the signal itself, at a place in its work,
and a pipe that all its processes hold says, by its end, that none of them is left.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from checker.cli.console import write_whole
from tests.support import NOISY_MEMORY, ROOT, alignspec

LONG = 120
"""Seconds after which a test fails because something hangs."""


def command(*arguments: str, cache: Path, stdout: int = subprocess.PIPE) -> tuple[int, str, str]:
    """Status, output and errors of the command, once no process of it is left."""
    done = subprocess.run(
        [sys.executable, "-m", "alignspec", *arguments],
        cwd=ROOT,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=LONG,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )
    return done.returncode, done.stdout or "", done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "claims"),
        ("check", NOISY_MEMORY),
        ("check", NOISY_MEMORY, "--json"),
        ("simulate", NOISY_MEMORY),
    ],
)
def test_a_full_disk_is_one_line_and_status_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        status, _, said = command(*arguments, cache=tmp_path, stdout=full.fileno())
    assert status == 2
    assert said.startswith("alignspec: standard output cannot be written (No space left on device)")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("list", "claims"), ("check", NOISY_MEMORY, "--json")])
def test_a_closed_pipe_ends_the_command_without_a_word(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    read, written = os.pipe()
    os.close(read)
    status, _, said = command(*arguments, cache=tmp_path, stdout=written)
    os.close(written)
    assert (status, said) == (141, "")


@pytest.mark.parametrize(
    "option", ["--page", "--sarif", "--junit", "--evidence"], ids=lambda option: option[2:]
)
def test_a_place_that_takes_no_file_is_one_line_and_status_2(option: str, tmp_path: Path) -> None:
    status, _, said = command("check", NOISY_MEMORY, option, "/proc/mine", cache=tmp_path)
    assert status == 2
    assert said.startswith("alignspec: /proc/mine: cannot")
    assert len(said.splitlines()) == 1


def test_a_cache_that_cannot_be_written_costs_nothing() -> None:
    status, _, said = command("check", NOISY_MEMORY, cache=Path("/proc"))
    assert (status, said) == (0, "")


def test_what_is_no_plain_file_is_written_and_not_replaced(tmp_path: Path) -> None:
    pipe, plain, link = tmp_path / "pipe", tmp_path / "plain", tmp_path / "link"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()
    plain.write_text("old")
    link.symlink_to(plain)
    write_whole(link, "new")
    assert link.is_symlink()
    assert plain.read_text() == "new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "pipe", "plain"]


def test_a_file_that_is_not_written_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "kept"
    file.write_text("old")
    (tmp_path / ".kept.part").mkdir()
    with pytest.raises(OSError, match="kept"):
        write_whole(file, "new")
    assert file.read_text() == "old"


DEADLY = """
import multiprocessing, os, signal
from typing import Any
from spec import Agent, Bool, I, Invariant, Loop, Nature, Parameters, Real, between, parameter

class Box(Agent[I]):
    x: Real = between(0, 1, "how full")

class Low(Invariant):
    def holds(self, box: Box[Any]) -> Bool:
        return box.x <= "1/2"

class Two(Parameters):
    a: Real = parameter("1/4", 0, 1, "a")
    b: Real = parameter("1/4", 0, 1, "b")

def empty(p: Two) -> Box[Low]:
    return Box(x=Real(0))

def step(box: Box[I], p: Two, nature: Nature) -> Box[I]:
    ACT
    return Box(x=p.a * p.b)

box = Loop[Two, Box[Low]]("box", parameters=Two, seed=empty, step=step)
"""


def deadly(folder: Path, act: str) -> str:
    """A scheme whose step does something to the processes that trace it."""
    file = folder / "deadly.py"
    file.write_text(DEADLY.replace("ACT", act))
    return str(file)


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("SIGTERM", 143, ""),
        ("SIGINT", 130, "alignspec: interrupted\n"),
        ("SIGKILL", -signal.SIGKILL, ""),
    ],
)
def test_no_process_outlives_the_command(name: str, status: int, said: str, tmp_path: Path) -> None:
    """The step ends the command, and goes on for ever; standard error ends when it does."""
    act = f"os.kill(os.getppid(), signal.{name})\n    while True: pass"
    found = command("check", deadly(tmp_path, act), "--timeout", "100", cache=tmp_path)
    assert (found[0], found[2]) == (status, said)


def test_a_map_whose_process_is_killed_is_kept(tmp_path: Path) -> None:
    act = "multiprocessing.parent_process() and os.kill(os.getpid(), signal.SIGKILL)"
    arguments = (deadly(tmp_path, act), "low", "a", "b", "--out", str(tmp_path / "map"))
    status, _, said = command("map", *arguments, "--jobs", "2", cache=tmp_path)
    assert status == 2
    assert "was ended by SIGKILL" in said
    assert "nothing that was decided is lost" in said
    assert len(said.splitlines()) == 1
    assert json.loads((tmp_path / "map.json").read_text())["open"]


KILLED = """
import os, signal, sys
from fractions import Fraction
from checker.cli.tasks import decide_all, tasks_for
from checker.portfolio.decision import Options

tasks = tasks_for(sys.argv[1:], [], "", True, Options(timeout=60.0))
decide_all(tasks, 1, 4.0, lambda verdict: os.kill(os.getpid(), signal.SIGKILL), True)
"""


def test_a_finished_verdict_outlives_the_command(tmp_path: Path) -> None:
    """The command is killed when it hears of its first verdict."""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    targets = (NOISY_MEMORY, "examples/swapped.py")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *targets], cwd=ROOT, env=environment, timeout=LONG
    )
    assert killed.returncode == -signal.SIGKILL
    _, said, _ = command("check", NOISY_MEMORY, cache=tmp_path)
    assert "1 known from before" in said


TOO_MUCH = """
import json, sys
from checker.cli.tasks import decide_all, tasks_for
from checker.evidence import document
from checker.portfolio.decision import Options

def evidence(verdict, statement):
    raise MemoryError

document.evidence = evidence
tasks = tasks_for(sys.argv[1:], [], "", False, Options(timeout=60.0), evidence=True)
texts = []
(verdict,), _ = decide_all(
    tasks, 1, 4.0, lambda verdict: None, written=lambda number, text: texts.append(text)
)
print(verdict.answer.value, len(texts), "--memory" in json.loads(texts[0])["proof"]["reason"])
"""


def test_a_verdict_stands_whatever_its_evidence_takes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOO_MUCH, NOISY_MEMORY],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG,
    )
    assert done.stdout.split() == ["proved", "1", "True"], done.stderr


@pytest.mark.parametrize("killed", [False, True])
def test_a_verdict_stands_whatever_its_range_takes(
    monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    """And what went wrong is said beside it, ends the command with 1, and is not kept."""

    def fails(*_arguments: object) -> None:
        if killed:
            os.kill(os.getpid(), signal.SIGKILL)
        raise KeyError("missing")

    monkeypatch.setattr("checker.cli.tasks.range_along", fails)
    for _ in range(2):
        done = alignspec("check", "--json", "examples/swapped.py")
        assert done.returncode == 1, done.stderr
        (verdict,) = json.loads(done.stdout)["verdicts"]
        assert verdict["verdict"] == verdict["expected"] == "proved"
        assert ("SIGKILL" if killed else "'missing'") in verdict["facts"][-1]
