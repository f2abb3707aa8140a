"""The engines for people: what each can show, what it needs and what it costs."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

from rich.console import Group
from rich.table import Table

from checker.portfolio.engine import Cost, Engine, Need, Shows
from checker.report.titled import titled

SHOWS = {Shows.PROOF: "a proof", Shows.RUN: "a run"}
NEEDS = {
    Need.CHOICES: "choices of nature",
    Need.ONE_STEP: "whole iterations as one step",
    Need.MONOTONE: "a monotone step with a greatest choice",
    Need.AFFINE: "piecewise affine steps",
    Need.POLYNOMIAL: "piecewise polynomial steps",
    Need.FEW_FIELDS: "few fields",
    Need.MODES: "flags or small counts beside other fields",
    Need.FINITE: "finitely many states",
}
COSTS = {
    Cost.MILLISECONDS: "milliseconds",
    Cost.SECONDS: "seconds",
    Cost.TENS_OF_SECONDS: "tens of seconds",
}


def engine_table(engines: Sequence[Engine]) -> Group:
    """One row for each engine, in order."""
    table = Table()
    for column in ("engine", "shows", "what it does, and needs"):
        table.add_column(column, no_wrap=column == "engine")
    for engine in engines:
        needs = ", ".join(NEEDS[need] for need in engine.needs)
        about = about_engine(engine) + (f"\nNeeds {needs}." if needs else "")
        shows = f"{SHOWS[engine.shows]},\n{COSTS[engine.cost]}"
        table.add_row(engine.name, shows, about, end_section=True)
    return titled("Engines, in the order in which they are tried", table)


def about_engine(engine: Engine) -> str:
    """What an engine does: the first paragraph of its docstring."""
    return " ".join((inspect.getdoc(engine) or "").split("\n\n")[0].split())
