"""Evidence written by ``check`` and judged by ``recheck``, as a person would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import checker.report.documents
from benchmarks.tampering import forge
from recheck.check import Outcome
from recheck.check import recheck as recheck_file
from recheck.evidence import SCHEMA, hashes
from tests.support import alignspec

REPORT = Path(checker.report.documents.__file__).with_name("schema.json")
TARGETS = ("corrigible-attractor", "process-and-outcome/process", "process-and-outcome/ten-steps")
"""Proofs, runs, runs that stay outside, shrinking boxes, thresholds."""
REFUTED = "process-and-outcome/ten-steps"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evidence")
    alignspec("check", *TARGETS, "--no-region", "--jobs", "2", "--evidence", str(folder))
    return folder


def test_each_verdict_has_a_file_of_the_published_form(written: Path) -> None:
    files = sorted(written.iterdir())
    assert len(files) > 8
    for file in files:
        SCHEMA.validate(json.loads(file.read_text("utf-8")))


def test_the_bytes_do_not_depend_on_the_number_of_processes(written: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    alignspec("check", *TARGETS[1:], "--no-region", "--jobs", "1", "--evidence", str(folder))
    for file in folder.iterdir():
        assert file.read_bytes() == (written / file.name).read_bytes()


def test_what_was_written_is_accepted_and_is_about_the_target(written: Path) -> None:
    against = [text for target in TARGETS for text in ("--against", target)]
    found = alignspec("recheck", str(written), *against, "--json")
    document = json.loads(found.stdout)
    jsonschema.validate(document, json.loads(REPORT.read_text("utf-8")))
    reports = document["evidence"]
    assert not [report for report in reports if report["outcome"] != "accepted"]
    assert found.returncode == 0
    assert sum(report["outcome"] == "accepted" for report in reports) > 6


def test_evidence_for_something_else_is_rejected(written: Path) -> None:
    file = written / "process-and-outcome--ten-steps.json"
    other = alignspec("recheck", str(file), "--against", TARGETS[0])
    assert other.returncode == 1
    assert "about no statement of the target" in other.stdout


def test_evidence_at_other_parameters_is_rejected(tmp_path: Path) -> None:
    target, folder = REFUTED, tmp_path / "evidence"
    changed = ("--param", "steps=11")
    alignspec("check", target, *changed, "--no-region", "--evidence", str(folder))
    (file,) = map(str, folder.iterdir())
    assert "the system is not that" in alignspec("recheck", file, "--against", target).stdout
    assert alignspec("recheck", file, "--against", target, *changed).returncode == 0


def test_evidence_cannot_stand_in_for_a_statement_without(written: Path, tmp_path: Path) -> None:
    """A proof of a claim, renamed to a statement whose kind has no evidence yet."""
    document = json.loads((written / "corrigible-attractor--no-taint.json").read_text("utf-8"))
    document["statement"]["name"] = "corrigible-attractor/edge"  # a Threshold
    document["hashes"] = hashes(document)
    file = tmp_path / "forged.json"
    file.write_text(json.dumps(document), "utf-8")
    assert recheck_file(file, 5.0).outcome is Outcome.ACCEPTED
    found = alignspec("recheck", str(file), "--against", TARGETS[0])
    assert found.returncode == 1
    assert "is not that of" in found.stdout


@pytest.mark.parametrize("content", ["", '{"format": "alignspec-evidence"}'])
def test_what_is_no_evidence_is_one_line(content: str, tmp_path: Path) -> None:
    file = tmp_path / "other.json"
    file.write_text(content, "utf-8")
    found = alignspec("recheck", str(file))
    assert found.returncode == 2
    assert len(found.stderr.splitlines()) == 1
    assert str(file) in found.stderr


def test_a_folder_that_takes_no_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    found = alignspec("check", REFUTED, "--evidence", str(tmp_path / "file"))
    assert found.returncode == 2
    assert len(found.stderr.splitlines()) == 1
    assert str(tmp_path / "file") in found.stderr


def _whole(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def test_a_kill_in_the_middle_leaves_whole_files(tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    main = "from checker.cli import main; main()"
    call = [sys.executable, "-c", main, "check", *TARGETS, "--no-region", "--jobs", "1"]
    process = subprocess.Popen(
        [*call, "--evidence", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    while process.poll() is None and not (folder.is_dir() and any(folder.glob("*.json"))):
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    files = list(folder.glob("*.json"))
    assert files
    assert all(_whole(file)["hashes"] for file in files)


def test_a_proof_by_a_quadratic_set_is_accepted(tmp_path: Path) -> None:
    target = "examples/round_sets.py:in_a_disc"
    folder = tmp_path / "evidence"
    alignspec("check", target, "--evidence", str(folder))
    found = alignspec("recheck", str(folder), "--against", target)
    assert (found.returncode, found.stderr) == (0, "")
    assert "1 accepted" in found.stdout


def test_a_threshold_that_was_asked_for_is_accepted(tmp_path: Path) -> None:
    """The known one of the noisy majority: 6/37, at which the claim still holds."""
    asked = ("threshold", "noisy-majority", "ErrorWithin", "noise")
    alignspec(*asked, "--evidence", str(tmp_path / "evidence"))
    found = alignspec("recheck", str(tmp_path / "evidence"), "--json")
    (report,) = json.loads(found.stdout)["evidence"]
    assert report["outcome"] == "accepted"
    assert report["why"].startswith("it holds from 0 to 6/37 and breaks at ")


@pytest.mark.parametrize("target", ["what-is-not/amplification-alone", "soundness/clone"])
def test_what_was_asked_is_that_of_the_target(target: str, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    alignspec("check", target, "--evidence", str(folder))
    (file,) = folder.iterdir()
    assert alignspec("recheck", str(file), "--against", target).returncode == 0
    document = json.loads(file.read_text("utf-8"))
    part = "statement" if target.startswith("what") else "step"
    if part == "statement":
        document["statement"]["contracts"]["calls"] += 1
    else:
        document["step"]["given"].append("true")
    forge(document, keep_queries=False)
    file.write_text(json.dumps(document), "utf-8")
    assert alignspec("recheck", str(file)).returncode == 0
    found = alignspec("recheck", str(file), "--against", target, "--json")
    assert f"the {part} is not that of" in json.loads(found.stdout)["evidence"][0]["why"]


def test_all_states_of_a_fold_are_accepted_and_not_all_but_one(tmp_path: Path) -> None:
    target, folder = "one-wrong-leaf/majorities", tmp_path / "evidence"
    alignspec("check", target, "--evidence", str(folder))
    (file,) = folder.iterdir()
    assert alignspec("recheck", str(file), "--against", target).returncode == 0
    document = json.loads(file.read_text("utf-8"))
    (every,) = document["proof"]["every"]
    states = [f"(and {state}" for state in every.removesuffix(")").split(" (and ")[1:]]
    assert len(states) == 6
    for left_out in states:
        document["proof"]["every"] = [f"(or false {' '.join({*states} - {left_out})})"]
        forge(document, keep_queries=False)
        file.write_text(json.dumps(document), "utf-8")
        assert recheck_file(file, 5.0).outcome is Outcome.REJECTED
