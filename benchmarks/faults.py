"""Faults injected into a command at work: how many finished verdicts, and whole files, are lost?

    python -m benchmarks.faults [--number N] [--seed S]

Each fault stops a command at a moment drawn at random: SIGKILL, SIGTERM or SIGINT to the command,
SIGKILL to one of its processes, or a limit on the size of files, which is how a full disk looks.
The command is ``check`` with kept verdicts, ``check --evidence`` or ``map``. After each fault:

- no process of the command is left (they all hold one pipe, which must end);
- every verdict that the command said was finished is known to the next call, and is the same;
- every file of evidence, and the map, is whole: it is JSON, and the next call goes on with it.

The exit status is 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import attrs

from tests.cli import fuzzing

ROOT = Path(__file__).resolve().parent.parent
LONG = 120

CLAIMS = """
from examples.noisy_memory import MostlyRight, memory
from spec import Claim

claims = [
    Claim(f"memory/{n}", memory, MostlyRight(), at={"noise": f"{n}/200"}) for n in range(20, 32)
]
"""
"""A file with 12 claims, of which each takes some tenths of a second."""

WORK = """
import sys
from checker.cli.endings import TERMINATED, Terminated, hear_sigterm
from checker.cli.tasks import decide_all, tasks_for
from checker.portfolio.decision import Options

hear_sigterm()
tasks = tasks_for(sys.argv[1:], [], "", False, Options(timeout=20.0))
def done(verdict):
    print(verdict.claim, verdict.answer.value, verdict.recalled, flush=True)
try:
    decide_all(tasks, 2, 4.0, done, True)
except Terminated:
    sys.exit(TERMINATED)
"""
"""``check`` that says of each verdict when it is finished."""

KILL_COMMAND = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "interrupt": signal.SIGINT}
FAULTS = (*KILL_COMMAND, "kill a process", "full disk")


@attrs.define
class Tally:
    """What was injected, and what was lost by it."""

    injected: Counter[str] = attrs.field(factory=Counter)
    finished: int = 0
    files: int = 0
    lost: list[str] = attrs.field(factory=list)


def main() -> None:
    """Inject faults and print what was lost."""
    reader = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    reader.add_argument("--number", type=int, default=30)
    reader.add_argument("--seed", type=int, default=0)
    told = reader.parse_args()
    draw, tally = random.Random(told.seed), Tally()
    for number in range(told.number):
        fault, trial = FAULTS[number % len(FAULTS)], TRIALS[number // len(FAULTS) % len(TRIALS)]
        tally.injected[f"{trial.__name__}: {fault}"] += 1
        with tempfile.TemporaryDirectory() as folder:
            trial(Path(folder), fault, draw.uniform(1.0, 7.0), draw, tally)
        print(f"{number + 1} of {told.number}: {trial.__name__}, {fault}", file=sys.stderr)
    print(f"{sum(tally.injected.values())} faults injected: {dict(tally.injected)}")
    print(f"{tally.finished} verdicts were finished before, {tally.files} files written")
    print(f"{len(tally.lost)} lost", *tally.lost, sep="\n  ")
    sys.exit(bool(tally.lost))


def verdicts(folder: Path, fault: str, after: float, draw: random.Random, tally: Tally) -> None:
    """``check`` with kept verdicts."""
    call = [sys.executable, "-c", WORK, str(_claims(folder))]
    said = _struck(call, folder, fault, after, draw, tally)
    before = dict(line.split()[:2] for line in said.splitlines() if len(line.split()) == 3)
    before = {claim: answer for claim, answer in before.items() if answer != "unknown"}
    tally.finished += len(before)
    again = subprocess.run(
        call,
        cwd=ROOT,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    known = {tuple(line.split()) for line in again.stdout.splitlines()}
    for claim, answer in before.items():
        if (claim, answer, "True") not in known and fault != "full disk":
            tally.lost.append(f"the verdict on {claim}, after {fault}")
        if not {(claim, answer, "True"), (claim, answer, "False")} & known:
            tally.lost.append(f"the answer of {claim} after {fault}: it was {answer}")


def evidence(folder: Path, fault: str, after: float, draw: random.Random, tally: Tally) -> None:
    """``check --evidence``."""
    out = folder / "evidence"
    call = [
        *COMMAND,
        "check",
        str(_claims(folder)),
        "--no-region",
        "--evidence",
        str(out),
        "--jobs",
        "2",
    ]
    _struck(call, folder, fault, after, draw, tally)
    for file in out.glob("*.json") if out.exists() else ():
        tally.files += 1
        _require_whole(file, fault, tally)


def maps(folder: Path, fault: str, after: float, draw: random.Random, tally: Tally) -> None:
    """``map``."""
    scheme = folder / "two.py"
    scheme.write_text(fuzzing.TWO_KNOBS)
    question = ["map", str(scheme), "mostlyright", "noise", "other"]
    call = [*COMMAND, *question, "--out", str(folder / "map"), "--jobs", "2", "--timeout"]
    _struck([*call, "10"], folder, fault, after, draw, tally)
    file = folder / "map.json"
    if not file.exists():
        return
    tally.files += 1
    decided = _require_whole(file, fault, tally)
    subprocess.run([*call, "1"], cwd=ROOT, capture_output=True, check=False)
    more = _require_whole(file, fault, tally)
    if decided and more and len(more["boxes"]) < len(decided["boxes"]):
        tally.lost.append(f"{len(decided['boxes']) - len(more['boxes'])} boxes of a map")


def _claims(folder: Path) -> Path:
    file = folder / "claims.py"
    file.write_text(CLAIMS)
    return file


TRIALS = (verdicts, evidence, maps)
COMMAND = [sys.executable, "-m", "alignspec"]


def _struck(
    call: list[str], folder: Path, fault: str, after: float, draw: random.Random, tally: Tally
) -> str:
    """What a command printed until the fault; its end is waited for, and that of its processes."""
    small = (
        (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 15, 1 << 15)))
        if (fault == "full disk")
        else None
    )
    running = subprocess.Popen(
        call,
        cwd=ROOT,
        env=_environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=small,
    )
    time.sleep(after)
    if fault in KILL_COMMAND:
        running.send_signal(KILL_COMMAND[fault])
    elif fault == "kill a process":
        _kill_one(running.pid, draw)
    try:
        said, errors = running.communicate(timeout=LONG)
    except subprocess.TimeoutExpired:
        tally.lost.append(f"a process outlived {fault}")
        running.kill()
        return ""
    if "Traceback" in errors:
        tally.lost.append(f"a traceback after {fault}: {errors.strip().splitlines()[-1]}")
    return said


def _kill_one(parent: int, draw: random.Random) -> None:
    children = Path(f"/proc/{parent}/task/{parent}/children")
    found = children.read_text().split() if children.exists() else []
    if found:
        try:
            os.kill(int(draw.choice(found)), signal.SIGKILL)
        except ProcessLookupError:
            return


def _require_whole(file: Path, fault: str, tally: Tally) -> dict[str, list[object]]:
    try:
        return json.loads(file.read_text())  # type: ignore[no-any-return]
    except ValueError:
        tally.lost.append(f"{file.name} is half-written after {fault}")
        return {}


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}


if __name__ == "__main__":
    main()
