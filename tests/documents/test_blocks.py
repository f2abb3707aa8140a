"""Every code block of the documents does what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.blocks import blocks_of
from tests.documents.session import Session
from tests.support import ROOT

FOLDERS = ("tutorial", "how-to", "reference", "theory")
PAGES = [page for folder in FOLDERS for page in sorted((ROOT / "docs" / folder).rglob("*.md"))]
DOCUMENTS = [ROOT / "README.md", *(page for page in PAGES if any(blocks_of(page)))]


def name(document: Path) -> str:
    """A document as it is named in the repository."""
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_blocks_do_what_they_show(document: Path, tmp_path: Path) -> None:
    session = Session(tmp_path)
    wrong = []
    for block in blocks_of(document):
        found = session.follow(block)
        if found:
            wrong.append(f"{name(document)}:{block.line}: {found}")
    wrong += filter(None, [session.run_files()])
    assert not wrong, "\n".join(wrong)
