"""Documents of the engines."""

from __future__ import annotations

from typing import Any

from checker.portfolio.engine import Engine
from checker.report.documents.base import document
from checker.report.engines import COSTS, NEEDS, SHOWS, about_engine


@document.register
def _(engine: Engine) -> dict[str, Any]:
    return {
        "name": engine.name,
        "shows": SHOWS[engine.shows],
        "cost": COSTS[engine.cost],
        "needs": [NEEDS[need] for need in engine.needs],
        "about": about_engine(engine),
    }
