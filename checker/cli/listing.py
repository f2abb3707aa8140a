"""The commands ``list`` and ``engines``: what ships, and how claims are decided."""

from __future__ import annotations

from rich.table import Table

from checker.cli.console import out, print_json
from checker.cli.shipped import (
    shipped_invariants,
    shipped_rows,
    shipped_schemes,
    shipped_statements,
)
from checker.portfolio.engine import Engine
from checker.portfolio.schedule import SCHEDULE
from checker.report.documents import document, versioned
from checker.report.engines import engine_table


def list_shipped(as_json: bool) -> None:
    """Print the schemes, invariants, rows and claims that ship."""
    parts = {
        "schemes": {scheme.name: scheme.about for scheme in shipped_schemes()},
        "invariants": {i.__name__: (i.__doc__ or "").split("\n")[0] for i in shipped_invariants()},
        "ledger": {row.name: row.quote for row in shipped_rows()},
        "claims": {statement.name: statement.says for statement in shipped_statements()},
    }
    if as_json:
        print_json(versioned(**parts))
        return
    for title, rows in parts.items():
        table = Table(title=title.capitalize(), title_justify="left", show_header=False)
        for name, text in rows.items():
            table.add_row(name, text)
        out.print(table)


def list_engines(as_json: bool) -> None:
    """Print the engines in the order in which they are first tried."""
    engines: dict[str, Engine] = {}
    for engine in SCHEDULE:
        engines.setdefault(engine.name, engine)
    if as_json:
        print_json(versioned(engines=[document(engine) for engine in engines.values()]))
    else:
        out.print(engine_table(list(engines.values())))
