"""The table of kept mutants, by row of the ledger, as docs/reference/mutants.md has it.

python -m tests.mutation.table           print the page
python -m tests.mutation.table --update  write it
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from checker.cli.shipped import shipped_rows, shipped_statements
from spec.statements.base import Statement
from tests.mutation import kept
from tests.mutation.mutants import Mutant

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mutants.md"
BEGIN = "<!-- the table, written by python -m tests.mutation.table --update -->"

WORDS = {
    "ParameterMoved": "a parameter",
    "LimitMoved": "a limit",
    "EndMoved": "the end",
    "EndFlipped": "whether the end is in",
    "ShareMoved": "the share",
    "PremiseMoved": "a premise",
    "CallsMiscounted": "the calls",
    "ChannelReplaced": "the channel",
    "DistanceAllowed": "the distance",
    "SchemeReplaced": "the scheme",
    "OfAnother": "the scheme it is said of",
    "NumberMoved": "a number of the formula",
    "StepWeakened": "a number in a bound",
    "OutputMoved": "what a step makes",
}
"""What each kind of mutant changes."""


def _kinds(statements: list[Statement], known: dict[str, kept.Kept]) -> str:
    kinds = Counter(type(known[s.name].mutant).__name__ for s in statements if s.name in known)
    return ", ".join(f"{WORDS[name]} ({count})" for name, count in kinds.most_common())


def _example(mutant: Mutant) -> str:
    values = {name: getattr(mutant, name) for name in mutant.__annotations__ if name != "scheme"}
    shown = [f"{name} {_shown(value)}" for name, value in values.items() if value != {}]
    return ", ".join(shown) or "moved by one"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} = {number}" for name, number in value.items())
    return str(value)


def lines() -> Iterator[str]:
    """The table's lines."""
    known = kept.read()
    yield "| row | statements | answered the other way when this is changed | the soonest decided |"
    yield "|---|---|---|---|"
    placed: set[str] = set()
    groups = [(row.name, list(row.statements)) for row in shipped_rows()]
    placed = {s.name for _, statements in groups for s in statements}
    groups.append(("in no row", [s for s in shipped_statements() if s.name not in placed]))
    for name, statements in groups:
        found = sorted((known[s.name].seconds, s.name) for s in statements if s.name in known)
        first = f"`{found[0][1]}`: {_example(known[found[0][1]].mutant)}" if found else ""
        kinds = _kinds(statements, known)
        yield f"| {name} | {len(found)} of {len(statements)} | {kinds} | {first} |"


def main() -> None:
    """Print the table, or put it into the page."""
    text = "\n".join(lines()) + "\n"
    if "--update" in sys.argv:
        before = PAGE.read_text().split(BEGIN)[0]
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}")
    else:
        print(text)


if __name__ == "__main__":
    main()
