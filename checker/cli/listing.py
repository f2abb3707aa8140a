"""The commands ``list`` and ``engines``: what ships, and how claims are decided."""

from __future__ import annotations

from checker.cli.console import out, print_json
from checker.cli.shipped import (
    shipped_invariants,
    shipped_rows,
    shipped_schemes,
    shipped_statements,
    shipped_systems,
)
from checker.portfolio.engine import Engine
from checker.portfolio.schedule import SCHEDULE
from checker.report.documents import document, versioned
from checker.report.engines import engine_table
from checker.report.overview import details, overview
from spec.errors import SpecError, alternatives

KINDS = ("schemes", "invariants", "rows", "claims")


def list_shipped(wanted: str, as_json: bool) -> None:
    """Print an overview of what ships; all of one kind, or what has a word in its name.

    Raises:
        SpecError: when nothing has.
    """
    parts = {
        "schemes": {scheme.name: scheme.about for scheme in shipped_schemes()},
        "invariants": {i.__name__: (i.__doc__ or "").split("\n")[0] for i in shipped_invariants()},
        "rows": {row.name: row.quote for row in shipped_rows()},
        "claims": {statement.name: statement.says for statement in shipped_statements()},
    }
    shown = {kind: _meant(kind, named, wanted.lower()) for kind, named in parts.items()}
    if not any(shown.values()):
        known = alternatives(
            (*KINDS, *(name for named in parts.values() for name in named)), wanted
        )
        meant = known.rpartition("; ")[2] if "; " in known else "see `alignspec list`"
        raise SpecError(
            f'no scheme, invariant, row or claim has "{wanted}" in its name; {meant}', ""
        )
    if as_json:
        named = {"ledger" if kind == "rows" else kind: texts for kind, texts in shown.items()}
        print_json(versioned(**named))
    elif wanted:
        out.print(details(shown))
    else:
        groups = [row.group for row in shipped_rows()]
        counts = ", ".join(f"{len(named)} {kind}" for kind, named in parts.items())
        out.print(overview(shipped_systems(), groups, f"{counts} ship with alignspec"))


def _meant(kind: str, named: dict[str, str], wanted: str) -> dict[str, str]:
    if wanted in KINDS:
        return named if kind == wanted else {}
    return {name: text for name, text in named.items() if wanted in name.lower()}


def list_engines(as_json: bool) -> None:
    """Print the engines in the order in which they are first tried."""
    engines: dict[str, Engine] = {}
    for engine in SCHEDULE:
        engines.setdefault(engine.name, engine)
    if as_json:
        print_json(versioned(engines=[document(engine) for engine in engines.values()]))
    else:
        out.print(engine_table(list(engines.values())))
