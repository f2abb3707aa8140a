"""Pages of the site that are no file of ``docs/``, and how formulas are set.

The links of the documentation are relative, so that they lead somewhere in a clone. The site has
no clone beside it. Every file or folder of the repository that some page links to is therefore
shown by a page below ``beside/``, and the links are led there. Each module of ``models/`` has a
page made from its docstrings.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from formulas import Formulas
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
MODELS = "reference/docstrings/models"
LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s#:]+)(?P<anchor>#[^)\s]*)?(?=\))")
LANGUAGES = {".py": "python", ".yml": "yaml", ".toml": "toml", ".json": "json", ".csv": "text"}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Have formulas set as mathematics is."""
    config.markdown_extensions.append(Formulas())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add a page for everything beside the documentation that a page links to, and for models."""
    for page in _model_pages(config):
        files.append(page)
    waiting = {to for page in DOCS.rglob("*.md") for to in _beside(page)}
    shown: set[Path] = set()
    while waiting:
        path = waiting.pop()
        shown.add(path)
        files.append(_generated(path, config))
        if path.suffix == ".md":
            waiting |= {to for to in _beside(path) if to not in shown}
    return files


def _model_pages(config: MkDocsConfig) -> Iterator[File]:
    """A page for each module of the shipped schemes, and one that lists them."""
    index = ["# The shipped schemes, from their docstrings", ""]
    modules = sorted(path for path in (ROOT / "models").rglob("*.py") if path.stem != "__init__")
    for path in modules:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        first = (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").split("\n\n")[0]
        index.append(f"- [`{name}`]({name}.md): {' '.join(first.split())}")
        text = f"# `{name}`\n\n::: {name}\n    options: {{ show_root_heading: false }}\n"
        yield File.generated(config, f"{MODELS}/{name}.md", content=text)
    yield File.generated(config, f"{MODELS}/index.md", content="\n".join([*index, ""]))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links of one page to the pages of the site."""
    source = _source(page.file.src_uri)
    if source is None:
        return markdown

    def led(link: re.Match[str]) -> str:
        target = _target(source, link)
        if target is None:
            return link[0]
        start = PurePosixPath(page.file.src_uri).parent
        return os.path.relpath(_place(target), start) + (link["anchor"] or "")

    return LINK.sub(led, markdown)


def _beside(page: Path) -> Iterator[Path]:
    """What one document links to that is in the repository and not in the documentation."""
    for link in LINK.finditer(page.read_text("utf-8")):
        target = _target(page, link)
        if target is not None and not target.is_relative_to(DOCS):
            yield target


def _target(page: Path, link: re.Match[str]) -> Path | None:
    """The file or folder of the repository that a link of a document leads to."""
    target = (page.parent / unquote(link["path"])).resolve()
    return target if target.is_relative_to(ROOT) and target.exists() else None


def _place(path: Path) -> str:
    """Where the site has a file or folder of the repository."""
    if path.is_dir():
        index = path / ("index.md" if (path / "index.md").exists() else "README.md")
        return _place(index) if index.exists() else f"beside/{path.relative_to(ROOT)}/index.md"
    if path.is_relative_to(DOCS):
        return str(path.relative_to(DOCS))
    own = f"beside/{path.relative_to(ROOT)}"
    return own if path.suffix in {".md", ".png"} else f"{own}.md"


def _source(place: str) -> Path | None:
    """The document whose links are relative; None for a page made here."""
    inside = place.removeprefix("beside/")
    source = (DOCS if inside == place else ROOT) / inside
    return source if source.is_file() else None


def _generated(path: Path, config: MkDocsConfig) -> File:
    place = _place(path)
    if path.is_dir() and path / "README.md" == ROOT / place.removeprefix("beside/"):
        path = path / "README.md"
    if path.suffix in {".md", ".png"}:
        return File.generated(config, place, abs_src_path=str(path))
    name = path.relative_to(ROOT)
    if path.is_dir():
        inside = [f"- `{each.name}`" for each in _listed(path.iterdir())]
        return File.generated(config, place, content="\n".join([f"# {name}/", "", *inside, ""]))
    language = LANGUAGES.get(path.suffix, "text")
    text = path.read_text("utf-8").rstrip("\n")
    content = f"# {name}\n\n~~~~~~{language}\n{text}\n~~~~~~\n"
    return File.generated(config, place, content=content)


def _listed(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if not path.name.startswith(("_", ".")))
