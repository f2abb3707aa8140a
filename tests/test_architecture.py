"""ARCHITECTURE.md names every module of the checker, and every module says its one idea."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support import ROOT

MAP = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
FOLDERS = sorted(p.name for p in (ROOT / "checker").iterdir() if (p / "__init__.py").exists())


def row(folder: str) -> str:
    """The row of the map about a folder."""
    rows = [line for line in MAP.splitlines() if line.startswith(f"| `{folder}` |")]
    assert len(rows) == 1, folder
    return rows[0]


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_map_names_the_modules_of_a_folder_and_no_others(folder: str) -> None:
    modules = {p.stem for p in (ROOT / "checker" / folder).glob("*.py")} - {"__init__"}
    named = set(re.findall(r"`([a-z_]+)`", row(folder))) - {folder}
    same_name = {folder} & modules  # such as contracts.contracts
    assert named | same_name == modules


def test_the_floors_are_those_of_the_contract() -> None:
    contract = (ROOT / "pyproject.toml").read_text("utf-8")
    layers = contract.partition('layers = [\n    "cli"')[2].partition("]")[0]
    floors = ["cli", *re.findall(r"\"([a-z]+)\"", layers)]
    shown = [line.split("`")[1] for line in MAP.splitlines() if re.match(r"\| `[a-z]+` \|", line)]
    assert shown == floors[::-1]


def test_every_module_begins_with_its_one_idea() -> None:
    for path in sorted((ROOT / "checker").rglob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        first = text.partition("\n\n")[0]
        assert first.endswith((".", "?")), path
