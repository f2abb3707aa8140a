"""Certificates and runs as parts of a file of evidence."""

from __future__ import annotations

from typing import Any

import attrs

from checker.system.replay import Run
from checker.system.verdict import Stated
from checker.system.walk import HeldSet


def certificate_section(stated: Stated) -> dict[str, Any]:
    """What a proof rests on: a walk, or the depth of a k-induction."""
    if stated.depth:
        return {"depth": stated.depth}
    return {"walk": [held_section(held) for held in stated.walk]}


def held_section(held: HeldSet) -> dict[str, Any]:
    """One set of a walk."""
    return {**attrs.asdict(held), "conditions": list(held.conditions)}


def run_section(run: Run) -> dict[str, Any]:
    """Where a run ends, and nature's strategy until then."""
    return {
        "position": run.position,
        "start": {name: str(value.low) for name, value in run.seed.items()},
        "plan": [[count, [str(unit) for unit in units]] for count, units in run.plan],
    }
