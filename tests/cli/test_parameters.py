"""The map and threshold commands answer, write their files and refuse wrong calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support import NOISY_MEMORY, alignspec


def test_the_map_command(tmp_path: Path) -> None:
    done = alignspec(
        *("map", "debate", "benign", "flaw_finding", "judge_error=0..1/2"),
        *("--undecided", "0.05", "--out", "m", "--jobs", "1"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert {file.name for file in tmp_path.iterdir()} == {"m.json", "m.png", "m.html"}
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "m.html").read_text()
    assert "http" not in page.replace("http-equiv", "")  # it needs no other file
    data = json.loads(page.split("const data = ")[1].split(";\n")[0])
    boxes = json.loads((tmp_path / "m.json").read_text())["boxes"]
    assert len(data["boxes"]) >= len(boxes) > 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("map", "debate", "benign", "flaw_finding", "depth"), "--param depth=2"),
        (("map", "debate", "benign", "flaw_finding", "flaw_finding"), "twice"),
        (("map", "debate", "benign", "flaw_finding=1..0", "judge_error"), "empty"),
        (("map", "debate", "benign", "flaw_finding=1", "judge_error"), "LOW..HIGH"),
        (("map", "debate", "kind", "flaw_finding", "judge_error"), "Aligned, Benign"),
        (("map", "debate", "benign", "slip", "judge_error", "--out", "no/m"), "no such folder"),
        (("threshold", "debate", "benign", "depth"), "--param depth=2"),
        (("threshold", "debate", "benign", "slip", "--width", "0"), "not above 0"),
        (("threshold", "debate", "benign", "slip", "--param", "slip=1/9"), "varied"),
        (("threshold", NOISY_MEMORY, "mostlyright", "noize"), "noise"),
    ],
)
def test_wrong_calls(tmp_path: Path, arguments: tuple[str, ...], message: str) -> None:
    done = alignspec(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_threshold_command(tmp_path: Path) -> None:
    done = alignspec("threshold", NOISY_MEMORY, "mostlyright", "noise", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["threshold"]
    assert found["exact"]["rational"] == "6/37"
    assert found["included"] is True
    assert found["counterexample"]["iteration"] > 100
    shown = alignspec("threshold", NOISY_MEMORY, "mostlyright", "noise", cwd=tmp_path)
    assert "noise <= 6/37" in shown.stdout


def test_the_evidence_of_where_runs_settle(tmp_path: Path) -> None:
    asked = ("threshold", "expert-iteration", "nearoptimal", "value_error", "--settles")
    done = alignspec(*asked, "--evidence", "shown", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    judged = alignspec("recheck", "shown", "--json", cwd=tmp_path)
    (report,) = json.loads(judged.stdout)["evidence"]
    assert report["outcome"] == "accepted"
    assert report["why"].startswith("it settles from 0 to ")


def test_the_evidence_of_a_map(tmp_path: Path) -> None:
    asked = ("map", "debate", "benign", "flaw_finding", "judge_error=0..1/2", "--undecided", "0.05")
    for jobs in ("1", "2"):
        files = ("--out", f"m{jobs}", "--evidence", f"shown{jobs}")
        done = alignspec(*asked, *files, "--jobs", jobs, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    (one,), (other,) = ([*(tmp_path / f"shown{jobs}").iterdir()] for jobs in (1, 2))
    assert one.name == "debate--benign--over--flaw_finding--and--judge_error.json"
    assert one.read_bytes() == other.read_bytes()
    judged = alignspec("recheck", "shown1", "--json", cwd=tmp_path)
    (report,) = json.loads(judged.stdout)["evidence"]
    assert report["outcome"] == "accepted"
    boxes = json.loads((tmp_path / "m1.json").read_text())["boxes"]
    assert report["why"].startswith(f"{len(boxes)} boxes: ")
    again = alignspec(*asked, "--out", "m1", "--evidence", "more", "--jobs", "1", cwd=tmp_path)
    assert again.returncode == 0  # of a map that was drawn before
    assert (tmp_path / "more" / one.name).read_bytes() == one.read_bytes()
