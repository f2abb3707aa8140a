"""The notebooks of the documentation, and how their outputs are made.

``python -m tests.documents.notebooks`` runs every notebook and writes its outputs anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests.support import ROOT

NOTEBOOKS = sorted((ROOT / "docs").rglob("*.ipynb"))
LIMIT = 120
"""Seconds that one cell may take."""


def run(file: Path) -> Any:
    """A notebook after all its cells were run, in their order, in a fresh kernel.

    Raises:
        nbclient.exceptions.CellExecutionError: for a cell that fails.
    """
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, timeout=LIMIT, kernel_name="python3").execute(cwd=str(file.parent))
    for cell in code_cells(notebook):
        cell.metadata = {}
        for output in cell.outputs:
            if "text/html" in output.get("data", {}):
                output["data"].pop("text/plain", None)  # an inner form, which nobody need see
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "name": "python3"}}
    return notebook


def code_cells(notebook: Any) -> Iterator[Any]:
    """The cells that are run."""
    return (cell for cell in notebook.cells if cell.cell_type == "code")


def shown(cell: Any) -> list[str]:
    """What the outputs of a cell show, as text without its markup."""
    data = [output["data"] for output in cell.outputs]
    texts = [each.get("text/html", each.get("text/plain", "")) for each in data]
    return [re.sub(r"<[^>]*>", "", text) for text in texts]


if __name__ == "__main__":
    for path in NOTEBOOKS:
        nbformat.write(run(path), path)
