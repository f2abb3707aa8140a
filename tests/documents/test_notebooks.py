"""The notebooks run, and show what they were committed with."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.documents.notebooks import NOTEBOOKS, code_cells, run, shown


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_shows_what_it_was_committed_with(file: Path) -> None:
    committed = [shown(cell) for cell in code_cells(nbformat.read(file, as_version=4))]
    assert [shown(cell) for cell in code_cells(run(file))] == committed
    assert any(committed)


def test_there_is_one() -> None:
    assert NOTEBOOKS
