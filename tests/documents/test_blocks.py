"""Every code block of the documents does what it shows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documents.blocks import Block, Kind, blocks_of
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


def test_the_table_of_the_readme(tmp_path: Path) -> None:
    """Its rows, decided anew; the rest of what `make verify` prints is decided elsewhere."""
    (shown,) = [
        block.text
        for block in blocks_of(ROOT / "README.md")
        if block.kind is Kind.NOT_RUN and block.text.startswith("Which schemes")
    ]
    schemes = ("imitation", "imitation-on-policy", "budgeted-amplification", "reward-modeling")
    claims = ("aligned", "benign", "corrigible", "grows")
    names = " ".join(f"{scheme}/{claim}" for scheme in schemes for claim in claims)
    wrong = Session(tmp_path).typed(f"alignspec check {names} --timeout 280", f"{shown}...\n")
    assert not wrong, wrong


NOT_RUN = {
    "README.md": 2,
    "docs/how-to/check-a-real-run.md": 1,
    "docs/how-to/explore.md": 1,
    "docs/how-to/real-runs.md": 1,
    "docs/how-to/use-many-machines.md": 2,
    "docs/reference/mutants.md": 1,
}
"""How many blocks are left alone, and where; each says why in the document."""


def test_few_blocks_are_left_alone() -> None:
    found = {
        name(document): [block.title for block in blocks_of(document) if block.kind is Kind.NOT_RUN]
        for document in DOCUMENTS
    }
    assert {document: len(whys) for document, whys in found.items() if whys} == NOT_RUN


def test_a_session_sees_what_is_wrong(tmp_path: Path) -> None:
    """The checks of this file fail where they must."""
    session = Session(tmp_path)
    printed = "$ printf 'a\\nb\\nc\\n'\n"
    for shown, right in {
        "a\nb\nc\n": True,
        "a\n...\n": True,
        "a\nc\n": False,
        "...\nb\n": False,
    }.items():
        block = Block(Kind.CONSOLE, printed + shown, 1)
        assert (session.follow(block) == "") is right
    assert session.follow(Block(Kind.EXCERPT, "b\nc\n", 1)) == ""
    assert session.follow(Block(Kind.EXCERPT, "a\nc\n", 1)) != ""
    assert session.follow(Block(Kind.SHIPPED, "no such line\n", 1, "examples/candid.py")) != ""
    assert session.follow(Block(Kind.CODE, "assert 1 == 2\n", 1)) == ""
    assert "AssertionError" in session.run_files()
