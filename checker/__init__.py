"""The checker: it decides statements, with proofs and replayed runs. ARCHITECTURE.md is the map.

The names below are imported when they are first asked for, so that the command line can answer a
bad call before the solver is loaded.
"""

from __future__ import annotations

import importlib
from pkgutil import extend_path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.assertion import check
    from checker.parameters.partition import draw_map
    from checker.parameters.threshold import threshold
    from checker.portfolio.decision import Options, decide
    from checker.statements.registry import judge
    from checker.system.verdict import EnginesDisagree, Verdict

__path__ = extend_path(__path__, __name__)  # a project may have a folder of this name

_HOMES = {
    "EnginesDisagree": "checker.system.verdict",
    "Options": "checker.portfolio.decision",
    "Verdict": "checker.system.verdict",
    "check": "checker.assertion",
    "decide": "checker.portfolio.decision",
    "draw_map": "checker.parameters.partition",
    "judge": "checker.statements.registry",
    "threshold": "checker.parameters.threshold",
}

__all__ = [
    "EnginesDisagree",
    "Options",
    "Verdict",
    "check",
    "decide",
    "draw_map",
    "judge",
    "threshold",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    importlib.import_module("checker.report.notebook")  # so that a notebook shows what they give
    return getattr(importlib.import_module(_HOMES[name]), name)
