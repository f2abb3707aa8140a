"""What ``alignspec new`` makes checks, type-checks and passes at once, and breaks as it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from checker.cli.options import UsageError
from checker.cli.starter import TEMPLATES, create
from tests.dependency.installed import Installed
from tests.support import ROOT, alignspec


def steps_of(workflow: Path) -> dict[str, str]:
    """The shell steps of the one job of a workflow, by name."""
    (job,) = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
    return {step["name"]: step["run"] for step in job["steps"] if "run" in step}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_starter_passes_all_that_its_workflow_runs_and_breaks_as_it_says(
    installed: Installed, tmp_path: Path, template: str
) -> None:
    made = installed.run("alignspec", "new", "two-words", "--template", template, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    home = tmp_path / "two-words"
    assert "starter" not in "".join(p.read_text() for p in home.rglob("*") if p.is_file())
    steps = steps_of(home / ".github/workflows/alignspec.yml")
    assert list(steps) == ["Install", "Types", "Claims", "Tests"]
    for name in ("Types", "Claims", "Tests"):
        done = installed.run(*shlex.split(steps[name]), cwd=home)
        assert done.returncode == 0, (name, done.stdout, done.stderr)
    text = (home / "two_words.py").read_text()
    (broken,) = re.findall(r"`alignspec (check two_words\.py --param \S+?)`", text)
    second = installed.run("alignspec", *broken.split(), cwd=home)
    assert second.returncode == 1, second.stderr
    assert "expected proved" in second.stdout


def test_a_starter_type_checks_beside_a_clone(editable: Installed, tmp_path: Path) -> None:
    create("mine", "loop", tmp_path)
    typed = editable.run("python", "-m", "mypy", cwd=tmp_path / "mine")
    assert typed.returncode == 0, typed.stdout


def test_a_starter_that_is_broken_fails_its_own_tests(installed: Installed, tmp_path: Path) -> None:
    made = create("mine", "loop", tmp_path)
    assert "mine/mine.py" in made
    scheme = tmp_path / "mine" / "mine.py"
    scheme.write_text(scheme.read_text().replace('parameter("1/4"', 'parameter("1/10"'))
    failed = installed.run("python", "-m", "pytest", cwd=tmp_path / "mine")
    assert failed.returncode == 1
    assert "mine/accurate: expected proved, got refuted" in failed.stdout
    scheme.write_text(scheme.read_text().replace("classifier.error", "classifier"))
    assert installed.run("python", "-m", "mypy", cwd=tmp_path / "mine").returncode == 1


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "kept.txt").write_text("kept")
    with pytest.raises(UsageError, match="mine is there already"):
        create("mine", "loop", tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    with pytest.raises(UsageError, match="dangling is there already"):
        create("dangling", "loop", tmp_path)
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["kept.txt"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dangling", "mine"]


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("My Scheme", "e.g. my-scheme"),
        ("../up", "e.g. up"),
        ("1st", "e.g. scheme-1st"),
        ("a--b", "e.g. a-b"),
        ("class", "e.g. my-class"),
        ("json", "e.g. my-json"),
        ("spec", "e.g. my-spec"),
        ("pytest", "e.g. my-pytest"),
        ("kept", "e.g. my-kept"),
        ("retrain", "e.g. my-retrain"),
        ("", "no name for a scheme"),
    ],
)
def test_a_bad_name_is_refused_with_a_good_one(tmp_path: Path, name: str, mend: str) -> None:
    with pytest.raises(UsageError, match=re.escape(mend)):
        create(name, "loop", tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_document_of_a_new_starter(tmp_path: Path) -> None:
    answer = alignspec("new", "mine", "--template", "tree", "--json", cwd=tmp_path)
    document = json.loads(answer.stdout)
    schema = json.loads((ROOT / "checker/report/documents/schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(document)
    assert all((tmp_path / file).is_file() for file in document["files"])
    wrong = alignspec("new", "other", "--template", "forest", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "--template is one of amplify, loop, tree, world" in wrong.stderr
