"""Processes at their limits: what goes wrong with one piece of work costs it alone."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import attrs
import pytest

from checker.cli.workers import GIB, Done, Ended, Limits, Wrong, carry_out, carry_out_one
from checker.system.announcements import announce
from checker.system.findings import Cause, Trying
from spec.errors import SpecError
from tests.support import alignspec

LIMITS = Limits(seconds=3, gib=2)


@attrs.frozen
class Act:
    """A piece of work that ends in one way."""

    how: str

    def run(self) -> Any:
        """End so."""
        announce(Trying(self.how))
        if self.how == "hangs":
            while True:
                pass
        if self.how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.how == "exits":
            os._exit(7)
        if self.how == "greedy":
            return len(bytearray(4 * GIB))
        if self.how == "specification":
            raise SpecError("a mistake; mend it", "file.py:1")
        if self.how == "error":
            raise KeyError("missing")
        if self.how == "recursion":
            return self.run()
        if self.how == "no data":
            return lambda: None
        return self.how


CAUSES = {
    "hangs": Cause.TIME,
    "killed": Cause.CRASH,
    "exits": Cause.EXIT,
    "greedy": Cause.MEMORY,
    "error": Cause.ERROR,
    "recursion": Cause.ERROR,
    "no data": Cause.ERROR,
}


@pytest.mark.parametrize("at_once", [1, 3])
def test_what_goes_wrong_costs_one_piece_of_work_alone(at_once: int) -> None:
    hows = [how for bad in [*CAUSES, "specification"] for how in (bad, "fine")]
    outcomes = dict(carry_out([Act(how) for how in hows], LIMITS, at_once))
    assert sorted(outcomes) == list(range(len(hows)))
    for number, how in enumerate(hows):
        outcome = outcomes[number]
        if how == "fine":
            assert outcome == Done("fine")
        elif how == "specification":
            assert isinstance(outcome, Wrong)
            assert str(outcome.error) == "file.py:1: a mistake; mend it"
        else:
            assert isinstance(outcome, Ended)
            assert outcome.stopped.cause is CAUSES[how], how


def test_what_was_announced_outlives_the_process() -> None:
    for how in ("hangs", "killed"):
        outcome = carry_out_one(Act(how), LIMITS)
        assert isinstance(outcome, Ended)
        assert outcome.announced == (Trying(how),)


def test_a_process_that_is_late_in_the_users_code_says_where() -> None:
    outcome = carry_out_one(Act("hangs"), LIMITS)
    assert isinstance(outcome, Ended)
    assert outcome.stopped.at.startswith("tests/cli/test_workers.py:")


SCHEMES = """
from typing import Any
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Parameters, Real
from spec import between, budget, parameter

print("read")

class Memory(Agent[I]):
    error: Real = between(0, 1, "how often it is wrong")

class Right(Invariant):
    error: Real = budget(0, 1, "wrong", limit="2/5")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error

class Nothing(Parameters):
    noise: Real = parameter("1/5", 0, 1, "noise")

def blank(p: Nothing) -> Memory[Right]:
    return Memory(error=Real(0))

def halves(memory: Memory[I], p: Nothing, nature: Nature) -> Memory[I]:
    print("traced")
    return Memory(error=memory.error / 2)

def hangs(memory: Memory[I], p: Nothing, nature: Nature) -> Memory[I]:
    while True:
        pass

def divides(memory: Memory[I], p: Nothing, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error / (p.noise - "1/5"))

fine, late, wrong = (
    Loop[Nothing, Memory[Right]](step.__name__, parameters=Nothing, seed=blank, step=step)
    for step in (halves, hangs, divides)
)
"""


@pytest.fixture
def schemes(tmp_path: Path) -> Path:
    file = tmp_path / "schemes.py"
    file.write_text(SCHEMES)
    return file


def test_a_claim_that_hangs_costs_no_other_verdict(schemes: Path) -> None:
    done = alignspec("check", "--json", "--timeout", "2", f"{schemes}:fine", f"{schemes}:late")
    assert done.returncode == 1
    found = {v["claim"]: v for v in json.loads(done.stdout)["verdicts"]}
    assert found["halves/right"]["verdict"] == "proved"
    assert found["hangs/right"]["verdict"] == "unknown"
    line = SCHEMES[: SCHEMES.index("while True")].count("\n") + 1
    assert f"schemes.py:{line}" in found["hangs/right"]["reason"] or (
        f"schemes.py:{line + 1}" in found["hangs/right"]["reason"]
    )


def test_a_claim_that_is_wrong_costs_no_other_verdict(schemes: Path) -> None:
    done = alignspec("check", "--json", f"{schemes}:fine", f"{schemes}:wrong")
    assert done.returncode == 2
    document = json.loads(done.stdout)
    assert [v["verdict"] for v in document["verdicts"]] == ["proved"]
    assert "divides by zero" in document["errors"][0]["error"]
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("alignspec: ")
    assert "divides by zero" in last


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("while True:\n    pass\n", "bad.py:"),
        ("import os\nos._exit(7)\n", "status 7"),
        ("import sys\nsys.exit(7)\n", "exits while it is read"),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("x = 2 ** (10 ** 10)\n", "limit of 1 s"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "bad.py"
    file.write_text(text)
    done = alignspec("check", "--timeout", "1", str(file))
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert said in done.stderr
