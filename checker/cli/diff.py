"""The command ``diff``: what changed between two documents of ``check --json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from checker.cli.console import print_json
from checker.cli.options import UsageError
from checker.report.changes import changes, markdown
from checker.report.documents.base import SCHEMA, versioned

NEEDED = ("claim", "scheme", "verdict", "expected", "limits")


def diff(base: str, head: str, as_json: bool) -> None:
    """Print what changed, as Markdown or as one document.

    Raises:
        typer.Exit: with status 1 if something did.
        UsageError: for a file that is no such document.
    """
    before, after = read(base, may_be_empty=True), read(head)
    found = changes(before, after)
    if as_json:
        kinds = [
            {"kind": change.kind.name.lower(), "claim": change.name[0], "scheme": change.name[1],
             "base": change.base and change.base["verdict"],
             "head": change.head and change.head["verdict"]}
            for change in found
        ]  # fmt: skip
        print_json(versioned(changes=kinds))
    else:
        print(markdown(found, before, after), end="")
    if found:
        raise typer.Exit(1)


def read(name: str, *, may_be_empty: bool = False) -> dict[str, Any]:
    """A document of ``check --json``; an empty file, where it may be one, decides nothing.

    Raises:
        UsageError: naming the file, what is wrong with it, and how it is written.
    """
    write = "give a file that `alignspec check --json` has written"
    try:
        text = Path(name).read_text("utf-8")
        if may_be_empty and not text.strip():
            return {"schema": SCHEMA, "verdicts": []}
        document: dict[str, Any] = json.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{name}: cannot be read ({type(error).__name__}); {write}") from None
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise UsageError(f"{name}:{line}: no JSON; {write}") from None
    entries = document.get("verdicts") if isinstance(document, dict) else None
    if not isinstance(entries, list) or document.get("schema") != SCHEMA:
        raise UsageError(f"{name}: no document of `check` of schema {SCHEMA}; {write}")
    for number, entry in enumerate(entries):
        missing = [key for key in NEEDED if not isinstance(entry, dict) or key not in entry]
        texts = not missing and all(isinstance(entry[key], str) for key in NEEDED[:-1])
        if missing or not texts:
            lacks = missing[0] if missing else "texts where names belong"
            raise UsageError(f"{name}: verdict {number} has no {lacks}; {write}")
    return document
