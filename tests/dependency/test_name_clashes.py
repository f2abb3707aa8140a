"""Installed into a project with folders named like ours, neither the project nor we break."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dependency.installed import Installed
from tests.support import NOISY_MEMORY, ROOT

MEMORY = Path(NOISY_MEMORY).read_text()
MODEST = (ROOT / "examples" / "modest.py").read_text()
NAMES = ("spec", "models", "properties", "checker", "tests")


def project(folder: Path, *, regular: bool) -> Path:
    """A project with a folder for each of our names, and a test that imports all of them."""
    for name in NAMES:
        (folder / name).mkdir()
        (folder / name / "own.py").write_text(f"WHO = 'the {name} of the project'\n")
        if regular:
            (folder / name / "__init__.py").write_text(f"HERE = '{name}'\n")
    lines = [f"import {name}.own" for name in NAMES]
    lines += ["def test_all_are_the_projects():"]
    lines += [f"    assert {name}.own.WHO == 'the {name} of the project'" for name in NAMES]
    if regular:
        lines += [f"    assert {name}.HERE == '{name}'" for name in NAMES]
    (folder / "test_own.py").write_text("\n".join(lines) + "\n")
    (folder / "memory.py").write_text(MEMORY.replace("from spec import", "from alignspec import"))
    return folder


@pytest.fixture(params=["installed", "editable"])
def either(request: pytest.FixtureRequest) -> Installed:
    """Either way in which alignspec may have been installed."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Installed)
    return found


@pytest.mark.parametrize("regular", [True, False])
def test_the_projects_own_tests_pass(either: Installed, tmp_path: Path, regular: bool) -> None:
    home = project(tmp_path, regular=regular)
    done = either.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    ("command", "path"), [(("alignspec",), "."), (("python", "-m", "alignspec"), "")]
)
def test_the_command_uses_its_own_packages(
    either: Installed, tmp_path: Path, command: tuple[str, ...], path: str
) -> None:
    home = project(tmp_path, regular=True)
    mine = "from models.own import WHO\nfrom models import HERE\nassert HERE == 'models', HERE\n"
    (home / "memory.py").write_text(mine + (home / "memory.py").read_text())
    done = either.run(*command, "check", "memory.py", cwd=home, PYTHONPATH=path)
    assert done.returncode == 0, done.stderr
    assert "PROVED" in done.stdout


def test_what_ships_is_found_beside_the_projects_folders(
    installed: Installed, tmp_path: Path
) -> None:
    home = project(tmp_path, regular=True)
    done = installed.run("alignspec", "check", "premises", cwd=home, PYTHONPATH=".")
    assert done.returncode == 0, done.stderr
    assert "as expected" in done.stdout


def test_a_clash_is_said_with_a_way_out(installed: Installed, tmp_path: Path) -> None:
    home = project(tmp_path, regular=True)
    (home / "modest.py").write_text("import models.own\n" + MODEST)
    done = installed.run("alignspec", "check", "modest.py", cwd=home)
    assert done.returncode == 2
    assert done.stderr.startswith('alignspec: this project has a package "models"')
    assert "file.py:name, or rename models" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_name_that_the_projects_spec_has_and_ours_has_not(
    installed: Installed, tmp_path: Path
) -> None:
    home = project(tmp_path, regular=True)
    (home / "memory.py").write_text("from spec import HERE\n" + MEMORY)
    done = installed.run("alignspec", "check", "memory.py", cwd=home)
    assert done.returncode == 2
    assert "memory.py:1: ImportError: cannot import name 'HERE' from 'spec'" in done.stderr
    assert 'alignspec has a package "spec" as well' in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_project_that_imported_its_own_spec_first_is_told(
    installed: Installed, tmp_path: Path
) -> None:
    home = project(tmp_path, regular=True)
    code = (
        "import spec.own\ntry:\n    from alignspec import Agent\nexcept ImportError as e: print(e)"
    )
    done = installed.run("python", "-c", code, cwd=home)
    assert 'this project has a package "spec"' in done.stdout, done.stderr
    assert "import what you need from alignspec before it" in done.stdout


def test_alignspec_is_the_language_and_typed(installed: Installed, tmp_path: Path) -> None:
    text = MEMORY.replace("from spec import", "from alignspec import")
    text = text.replace("import between, budget", "import Claim, between, budget, check")
    text += "\n\ndef test_memory() -> None:\n    check(Claim('kept', memory, MostlyRight()))\n"
    (tmp_path / "memory.py").write_text(text)
    run = installed.run("python", "-m", "pytest", "-q", "memory.py", cwd=tmp_path)
    assert "1 passed" in run.stdout, run.stdout
    (tmp_path / "wrong.py").write_text(text.replace("error=Real(0)", "error='no'"))
    typed = installed.run("python", "-m", "mypy", "--strict", "memory.py", "wrong.py", cwd=tmp_path)
    assert 'has incompatible type "str"; expected "Real"' in typed.stdout
    assert "Found 1 error" in typed.stdout, typed.stdout
