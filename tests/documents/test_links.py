"""The site has every page, and no link of a document leads nowhere; anchors are `make docs`'s."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tests.support import ROOT

PAGES = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [*sorted(ROOT.glob("*.md")), ROOT / "benchmarks" / "README.md", *PAGES]


def links(text: str) -> list[str]:
    """What a document links to, images too."""
    inline = [token for token in MarkdownIt().parse(text) if token.type == "inline"]
    found = [each for token in inline for each in token.children or []]
    return [str(each.attrGet("href") or each.attrGet("src")) for each in found if each.attrs]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document.read_text("utf-8")):
        place = link.partition("#")[0]
        if place and not re.match(r"[a-z]+:", place):
            assert (document.parent / place).exists(), link


def test_the_site_lists_every_page() -> None:
    listed = re.findall(r"^ +- ([\w/.-]+\.(?:md|ipynb))$", (ROOT / "mkdocs.yml").read_text(), re.M)
    made = {"reference/docstrings/models/index.md"}  # by docs/hooks.py
    pages = {str(page.relative_to(ROOT / "docs")) for page in PAGES}
    pages |= {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.ipynb")}
    assert pages | made == set(listed)
