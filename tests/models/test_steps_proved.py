"""Every step that ships has a soundness statement, or the docs say why it has none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from checker.cli.shipped import shipped_schemes, shipped_statements
from spec import Process, Sound
from spec.statements.base import Answer
from spec.trees import Fold

PAGE = Path(__file__).parents[2] / "docs" / "theory" / "worlds.md"


def _proved() -> set[Any]:
    return {
        stage.function
        for statement in shipped_statements()
        if isinstance(statement, Sound) and statement.expected is Answer.PROVED
        for stage in statement.scheme.stages
        if stage.name == statement.step
    }


def _listed() -> set[str]:
    section = PAGE.read_text().split("### Steps without a soundness statement")[1]
    rows = [line for line in section.split("\n## ")[0].splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall("`([^`]+)`", row.split(" | ")[0])}


def test_every_step_is_proved_of_worlds_or_listed() -> None:
    proved = _proved()

    def lacks(scheme: Process) -> bool:
        return any(stage.function not in proved for stage in scheme.stages)

    lacking = {s.name for s in shipped_schemes() if not isinstance(s, Fold) and lacks(s)}
    assert lacking == _listed()
