"""``diff`` names every change and nothing else, and CI's steps run as they are written."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from checker.report.changes import Kind, changes, markdown
from tests.support import NOISY_MEMORY, ROOT, alignspec

ANSWERS = st.sampled_from(["proved", "refuted", "unknown"])
entries = st.fixed_dictionaries(
    {"verdict": ANSWERS, "expected": ANSWERS, "limits": st.just({}),
     "trace": st.none() | st.fixed_dictionaries({"iteration": st.integers(1, 3)})}
)  # fmt: skip
documents = st.dictionaries(st.sampled_from("abcd"), entries, max_size=4).map(
    lambda named: {"verdicts": [{"claim": n, "scheme": "s", **e} for n, e in named.items()]}
)


def met(entry: dict[str, Any] | None) -> bool | None:
    return None if entry is None else entry["verdict"] == entry["expected"]


@given(documents, documents)
def test_every_difference_is_told_once(base: dict[str, Any], head: dict[str, Any]) -> None:
    old, new = ({e["claim"]: e for e in d["verdicts"]} for d in (base, head))
    found = {change.name[0]: change.kind for change in changes(base, head)}
    for name in old.keys() | new.keys():
        before, after = old.get(name), new.get(name)
        keys = ("verdict", "trace")
        shown = [str([(e or {}).get(k) for k in keys]) for e in (before, after)]
        same = None not in (before, after) and shown[0] == shown[1]
        if name not in found:
            assert same
            assert met(before) == met(after)
        elif found[name] is Kind.BROKEN:
            assert met(after) is False
            assert not same or met(before)
        elif found[name] is Kind.MENDED:
            assert (met(before), met(after)) == (False, True)
        elif found[name] in (Kind.ADDED, Kind.REMOVED):
            assert None in (before, after)
    page = markdown(changes(base, head), base, head)
    assert sum(line.startswith(f"| {n} |") for n in "abcd" for line in page.splitlines()) == len(
        found
    )
    assert not changes(base, copy.deepcopy(base))


def test_a_name_cannot_leave_its_cell() -> None:
    entry = {"claim": "a|b<script>`x`\n|c", "scheme": "[s](u)", "verdict": "refuted",
             "expected": "proved", "limits": {}}  # fmt: skip
    page = markdown(changes({"verdicts": []}, {"verdicts": [entry]}), {"verdicts": []},
                    {"verdicts": [entry]})  # fmt: skip
    (row,) = [line for line in page.splitlines() if "script" in line]
    assert row.startswith(r"| a\|b&lt;script&gt;\`x\` \|c | \[s\](u) | none |")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "bad.json:1: no JSON"),
        ("[]", "bad.json: no document of `check` of schema 2"),
        ('{"schema": 1, "verdicts": []}', "no document of `check` of schema 2"),
        ('{"schema": 2, "verdicts": [{"claim": "a"}]}', "verdict 0 has no scheme"),
        (None, "bad.json: cannot be read (FileNotFoundError)"),
    ],
)
def test_a_bad_document_is_one_line(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "bad.json").write_text(text)
    answer = alignspec("diff", "bad.json", "bad.json", cwd=tmp_path)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1
    assert "check --json" in answer.stderr


TEXT = Path(NOISY_MEMORY).read_text() + (
    "\nfrom spec import Claim\nkept = Claim('kept', memory, MostlyRight(), at={'noise': '1/10'})\n"
)


def test_the_steps_of_the_example_workflow(tmp_path: Path) -> None:
    """A pull request that brings claims passes; one that breaks a claim fails at the last step, and
    the summary names it."""
    repository = tmp_path / "repository"
    repository.mkdir()

    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(["git", *identity, *arguments], cwd=repository, check=True,
                              capture_output=True, text=True).stdout.strip()  # fmt: skip

    git("init", "-q")
    git("commit", "-qm", "nothing", "--allow-empty")
    nothing = git("rev-parse", "HEAD")
    (repository / "claims.py").write_text(TEXT)
    git("add", "claims.py")
    git("commit", "-qm", "base")
    base = git("rev-parse", "HEAD")
    workflow = yaml.safe_load((ROOT / "examples/github-workflow.yml").read_text())
    (job,) = workflow["jobs"].values()
    steps = {step["name"]: step["run"] for step in job["steps"] if "run" in step}
    assert workflow["env"]["CLAIMS"] == "claims.py"
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    command = bin_folder / "alignspec"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m alignspec "$@"\n')
    command.chmod(0o755)
    temporary = tmp_path / "temporary"
    environment = {**os.environ, "CLAIMS": "claims.py", "PYTHONPATH": str(ROOT),
                   "RUNNER_TEMP": str(temporary), "PATH": f"{bin_folder}:{os.environ['PATH']}",
                   "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}  # fmt: skip

    def push(base: str, text: str) -> tuple[list[int], str]:
        """The statuses of the steps, and what the last one prints."""
        (repository / "claims.py").write_text(text)
        temporary.mkdir()
        statuses = []
        for name in list(steps)[1:]:
            shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps[name]]
            done = subprocess.run(shell, cwd=repository, env={**environment, "BASE": base},
                                  capture_output=True, text=True, check=False)  # fmt: skip
            statuses.append(done.returncode)
        git("worktree", "remove", "--force", str(temporary / "base"))
        shutil.rmtree(temporary)
        return statuses, done.stdout

    assert push(nothing, TEXT)[0] == [0, 0, 0]
    assert "0 statements before, 1 now." in (tmp_path / "summary.md").read_text()
    statuses, printed = push(base, TEXT.replace("'1/10'", "'9/50'"))
    assert statuses == [0, 0, 1]
    assert (
        "| kept | memory | PROVED | REFUTED (expected proved) at iteration 15 |"
        in (tmp_path / "summary.md").read_text()
    )
    assert "::error file=claims.py,line=" in printed
    assert json.loads((repository / "alignspec.sarif").read_text())["runs"][0]["results"]


def test_the_pre_commit_hook(tmp_path: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    command, *arguments = hook["entry"].split()
    assert command == "alignspec"
    (tmp_path / "good.py").write_text(TEXT)
    (tmp_path / "bad.py").write_text(TEXT.replace("'1/10'", "'9/50'"))
    assert alignspec(*arguments, "good.py", cwd=tmp_path).returncode == 0
    assert alignspec(*arguments, "good.py", "bad.py", cwd=tmp_path).returncode != 0


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check", NOISY_MEMORY], 0),
        (["check", NOISY_MEMORY, "--param", "noise=9/50"], 1),
        (["check", NOISY_MEMORY, "--param", "noise=2"], 2),
        (["explain", NOISY_MEMORY, "--no-ablate"], 0),
        (["explain", NOISY_MEMORY, "--no-ablate", "--param", "noise=9/50"], 1),
        (["threshold", NOISY_MEMORY, "mostlyright", "noise"], 0),
        (["threshold", NOISY_MEMORY, "mostlyright", "other"], 2),
        (["simulate", NOISY_MEMORY, "--rounds", "2"], 0),
        (["engines"], 0),
        (["list", "imitation"], 0),
        (["nothing"], 2),
    ],
)
def test_the_exit_status_is_the_documented_one(arguments: list[str], status: int) -> None:
    assert alignspec(*arguments).returncode == status
