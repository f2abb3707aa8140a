"""The golden file: every verdict, method and trace of ``alignspec check --json``, but for times;
and the page of the ledger, which shows them.

python -m tests.golden.golden           compare what is decided now with both
python -m tests.golden.golden --update  write both anew
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support import ROOT, alignspec

FILE = Path(__file__).parent / "check.json.gz"
PAGE = ROOT / "docs" / "reference" / "ledger.md"
TIMES = ("seconds", "solver_seconds", "queries")


def decided(page: Path) -> dict[str, Any]:
    """What the command says now of all that ships, without times and counts of queries; it writes
    the page."""
    done = alignspec("check", "--json", "--no-cache", "--page", str(page))
    document: dict[str, Any] = json.loads(done.stdout)
    for verdict in document["verdicts"]:
        for name in TIMES:
            del verdict[name]
    return document


def kept() -> dict[str, Any]:
    """What the file says."""
    document: dict[str, Any] = json.loads(gzip.decompress(FILE.read_bytes()))
    return document


def differences(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """Where two documents differ, one line each.

    The order of lines in a story or a counter-model is that in which the solver found its parts,
    which depends on what the same process was asked before.
    """
    if place.endswith((".facts", ".model")) and before and after:
        before, after = sorted(before), sorted(after)
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted(before.keys() | after.keys()):
            yield from differences(before.get(name), after.get(name), f"{place}.{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, two) in enumerate(zip(before, after, strict=True)):
            name = one.get("claim", one.get("row", number)) if isinstance(one, dict) else number
            yield from differences(one, two, f"{place}[{name}]")
    elif before != after:
        yield f"{place}: {before!r} became {after!r}"


def main() -> None:
    """Compare, or write anew."""
    with TemporaryDirectory() as folder:
        written = Path(folder) / PAGE.name
        now = decided(written)
        page = written.read_text("utf-8")
    if "--update" in sys.argv:
        text = json.dumps(now, indent=1)
        FILE.write_bytes(gzip.compress(text.encode(), mtime=0))
        PAGE.write_text(page, "utf-8")
        print(f"{len(now['verdicts'])} verdicts written")
        return
    found = list(differences(kept(), now))
    before = PAGE.read_text("utf-8")
    found += unified_diff(before.splitlines(), page.splitlines(), PAGE.name, lineterm="", n=0)
    for line in found:
        print(line)
    print(f"{len(now['verdicts'])} verdicts, {len(found)} differences")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
