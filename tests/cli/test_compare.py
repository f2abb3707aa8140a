"""The compare command answers both ways and refuses wrong calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import alignspec

FILE = """
from typing import Any
from spec import *

class Memory(Agent[I]):
    error: Real = between(0, 1, "probability")

class Within(Invariant):
    error: Real = budget(0, 1, "probability", limit="1/2")
    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error

class Noise(Parameters):
    noise: Real = parameter("1/8", 0, "1/2", "probability")

def blank(p: Noise) -> Memory[Within]:
    return Memory(error=Real(0))

def few(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error / 2 + nature.choose("slip", at_most=p.noise / 4))

def many(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=memory.error / 2 + nature.choose("slip", at_most=p.noise / 2))

fewer = Loop[Noise, Memory[Within]]("fewer", parameters=Noise, seed=blank, step=few)
more = Loop[Noise, Memory[Within]]("more", parameters=Noise, seed=blank, step=many)
"""


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(FILE)
    done = alignspec(
        "compare", "two.py:fewer", "two.py:more", "--over", "noise", "--json", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [answer["verdict"] for answer in told["refines"]] == ["proved", "refuted"]
    assert told["agrees"][0]["verdict"] == "proved"  # both keep 1/2 at every noise
    same = alignspec(
        "compare", "two.py:more", "two.py:more", "--param", "left.noise=0", cwd=tmp_path
    )
    assert "more (left) refines more (right): PROVED" in same.stdout
    assert "more (right) refines more (left): REFUTED" in same.stdout
    assert "cannot make error at iteration 1" in same.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("debate", "debat"), "did you mean debate"),
        (("two.py", "debate"), "name one, as"),
        (("two.py:fewer", "debate", "--over", "slip"), "no real parameter of both"),
        (("two.py:fewer", "two.py:more", "--over", "noise=1..2"), "leaves its domain"),
        (("two.py:fewer", "two.py:more", "--param", "left.nois=1"), "no parameter nois"),
        (("two.py:fewer", "two.py:more", "kind"), "try Within"),
        (("two.py:fewer", "two.py:more", "--relate", "error"), "LEFT=RIGHT"),
        (("premises", "debate"), "no fields"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: tuple[str, ...], told: str) -> None:
    (tmp_path / "two.py").write_text(FILE)
    done = alignspec("compare", *arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stdout
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def _rechecked(folder: Path) -> dict[str, tuple[str, str]]:
    """Of each file its outcome and what it is said to be."""
    found = alignspec("recheck", str(folder), "--json")
    return {
        Path(report["file"]).stem: (report["outcome"], report["why"])
        for report in json.loads(found.stdout)["evidence"]
    }


def test_the_evidence_of_every_answer_is_accepted(tmp_path: Path) -> None:
    """Over all noise ``more`` can do what ``fewer`` does, and not the other way round; at one
    value both keep the claim."""
    (tmp_path / "two.py").write_text(FILE, "utf-8")
    schemes = [f"{tmp_path}/two.py:{name}" for name in ("fewer", "more")]
    folder = tmp_path / "evidence"
    alignspec("compare", *schemes, "--over", "noise=1/16..1/2", "--evidence", str(folder))
    found = _rechecked(folder)
    assert len(found) == 3
    assert {outcome for outcome, _ in found.values()} == {"accepted"}
    alignspec("compare", *schemes, "--evidence", str(folder))
    assert {outcome for outcome, _ in _rechecked(folder).values()} == {"accepted"}
