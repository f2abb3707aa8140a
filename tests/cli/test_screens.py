"""What is printed: clean at the ends of its lines, titled at one go, once, and with a way on."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.support import NOISY_MEMORY, ROOT, alignspec

STARTERS = ROOT / "checker" / "cli" / "templates"


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    """A folder with a loop whose first claim fails and a tree whose second is expected to."""
    text = (STARTERS / "loop" / "starter.py").read_text()
    (tmp_path / "loop.py").write_text(text.replace('parameter("1/4"', 'parameter("1/10"'))
    (tmp_path / "tree.py").write_text((STARTERS / "tree" / "starter.py").read_text())
    return tmp_path


def test_no_line_that_is_piped_ends_in_a_space(failing: Path) -> None:
    for command in (["list"], ["list", "debate"], ["engines"], ["check", "loop.py", "tree.py"]):
        shown = alignspec(*command, cwd=failing).stdout
        assert "  " in shown
        assert not re.search(r" $", shown, re.MULTILINE), command


def test_the_title_of_a_narrow_table_is_on_one_line() -> None:
    shown = alignspec("check", NOISY_MEMORY).stdout
    assert shown.startswith("Which schemes keep which invariants, forever\n┏")
    assert "Budgets: what holds at each place, for ever\n" in explained(NOISY_MEMORY)


def explained(*target: str, cwd: Path = ROOT) -> str:
    return alignspec("explain", *target, cwd=cwd).stdout


def test_a_claim_that_fails_says_how_it_is_explained(failing: Path) -> None:
    shown = alignspec("check", "loop.py", cwd=failing).stdout
    assert shown.endswith("\nwhy: alignspec explain loop.py:starter/accurate\n")
    told = explained("loop.py:starter/accurate", "--no-ablate", cwd=failing)
    assert "The story\n" in told
    shown = alignspec("check", "tree.py", "--param", "checked=0", cwd=failing).stdout
    assert shown.endswith("tree.py:starter/accurate --param checked=0\n")
    assert "why: " not in alignspec("check", "tree.py", cwd=failing).stdout


def test_what_is_printed_as_a_name_is_one(failing: Path) -> None:
    by_variable = explained("loop.py:lost", "--no-ablate", cwd=failing)
    by_name = explained("loop.py:starter/audited-too-little", "--no-ablate", cwd=failing)
    assert "REFUTED" in by_name
    assert by_name == by_variable
    wrong = alignspec("explain", "loop.py:starter/audited", cwd=failing)
    assert "no starter/audited in the file" in wrong.stderr


def test_numbers_of_a_tree_are_decimals(failing: Path) -> None:
    assert "node: error = 0.055\n" in alignspec("check", "tree.py", cwd=failing).stdout


def test_a_story_counts_and_stops_as_people_do(failing: Path) -> None:
    told = explained("loop.py:lost", "--no-ablate", cwd=failing)
    assert "Round 4 goes on in the same way." in told
    assert "..." in told
    assert "...." not in told


def test_one_mistake_of_the_call_is_said_once() -> None:
    wrong = alignspec("check", "reward-modeling", "--param", "checked=2").stderr.splitlines()
    assert "alignspec: checked = 2 is outside its domain [0, 1]" in wrong
    assert len(set(wrong)) == len(wrong)


def test_the_version() -> None:
    shown = alignspec("--version")
    assert (shown.returncode, shown.stdout) == (0, f"alignspec {version('alignspec')}\n")


def test_a_command_that_there_is_not() -> None:
    wrong = alignspec("frobnicate").stderr
    assert wrong == "alignspec: No such command 'frobnicate'; see `alignspec --help`\n"
