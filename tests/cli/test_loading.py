"""What a command imports, and how often a file is executed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checker.cli.loader import held, load
from tests.support import NOISY_MEMORY, ROOT, alignspec

HEAVY = ("z3", "hypothesis", "matplotlib", "numpy", "flint", "rich", "spec", "models", "properties")


def imported_by(*arguments: str) -> set[str]:
    """The packages among HEAVY that a command has imported when it ends."""
    code = (
        "import sys\n"
        "from checker.cli import main\n"
        "try:\n    main()\n"
        "finally:\n"
        f"    found = [m for m in {HEAVY!r} if m in sys.modules]\n"
        "    print('imported:', *found, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("imported:")]
    assert len(lines) == 1, done.stderr
    return set(lines[0].split()[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("check", "--help"),
        ("check", "--bogus"),
        ("check", "--timeout", "soon"),
        ("check", "no_such_file.py"),
        ("check", "imitation", "--param", "noise"),
        ("frobnicate",),
    ],
)
def test_help_and_bad_command_lines_import_no_engine(arguments: tuple[str, ...]) -> None:
    assert imported_by(*arguments) == set()


def test_checking_a_file_imports_no_shipped_model() -> None:
    found = imported_by("check", NOISY_MEMORY)
    assert "z3" in found
    assert found.isdisjoint({"models", "properties", "matplotlib"})


COUNTED = """
from pathlib import Path

from spec import Claim
from examples.noisy_memory import memory, MostlyRight

with (Path(__file__).parent / "executed").open("a") as log:
    log.write("once\\n")

claims = [
    Claim(f"memory/{n}", memory, MostlyRight(), at={"noise": f"{n}/100"}) for n in range(1, 6)
]
"""


def test_a_file_is_executed_once_on_trial_and_once_for_all_claims(tmp_path: Path) -> None:
    file = tmp_path / "counted.py"
    file.write_text(COUNTED, "utf-8")
    done = alignspec("check", str(file), "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "executed").read_text("utf-8") == "once\nonce\n"


def test_a_file_that_changes_is_executed_again(tmp_path: Path) -> None:
    file = tmp_path / "changing.py"
    file.write_text("value = 1\n", "utf-8")
    first = load(str(file))
    assert first.value == 1
    assert load(str(file)) is first
    file.write_text("value = 22\n", "utf-8")
    os.utime(file, ns=(1, 1))
    assert load(str(file)).value == 22
    with held():
        file.write_text("value = 333\n", "utf-8")
        assert load(str(file)).value == 22
    assert load(str(file)).value == 333


def test_two_savings_within_a_second_are_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    file = tmp_path / "quick.py"
    for part, value in enumerate((1, 2)):
        file.write_text(f"value = {value}\n", "utf-8")
        os.utime(file, ns=(0, 10**9 + part))
        assert load(str(file)).value == value


def test_hypothesis_is_imported_only_where_something_is_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert "hypothesis" in imported_by("check", NOISY_MEMORY)
    assert "hypothesis" not in imported_by("check", NOISY_MEMORY)  # known from before
    assert "hypothesis" not in imported_by("list", "memory")
    assert "hypothesis" not in imported_by("engines")
