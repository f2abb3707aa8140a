"""A file of tests has a process of its own: what goes wrong in it costs no other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONFTEST = """
from tests.processes import FileProcesses


def pytest_configure(config):
    config.pluginmanager.register(FileProcesses())
"""
CRASHES = """
import os


def test_before(): pass
def test_dies(): os.abort()
def test_after(): pass
"""
LEAVES_SOMETHING = """
import os

import pytest


@pytest.fixture(scope="module")
def once():
    assert "SEEN" not in os.environ
    os.environ["SEEN"] = str(os.getpid())


def test_sets(once): pass
def test_sees(once): assert os.environ["SEEN"] == str(os.getpid())
"""
FINDS_NOTHING = """
import os


def test_sees_nothing(): assert "SEEN" not in os.environ
"""


def outcome(folder: Path, **files: str) -> str:
    """The last line of a run of pytest over some files."""
    (folder / "conftest.py").write_text(CONFTEST)
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", ".", "."]
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_crash_is_a_failure_of_one_test(tmp_path: Path) -> None:
    assert "1 failed, 2 passed" in outcome(tmp_path, crashes=CRASHES)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_file_keeps_its_fixtures_and_no_other_sees_what_it_left(tmp_path: Path) -> None:
    told = outcome(tmp_path, a_leaves=LEAVES_SOMETHING, b_finds=FINDS_NOTHING)
    assert "3 passed" in told
