"""Documents of simulations."""

from __future__ import annotations

from typing import Any

from checker.counterexamples.simulation import Simulation
from checker.report.documents.base import document, enclosures, trace_step


@document.register
def _(simulation: Simulation) -> dict[str, Any]:
    run = simulation.run
    return {
        "rounds": run.iteration,
        "left_domain": run.broken,
        "breaks": dict(simulation.breaks),
        "seed": enclosures(run.seed),
        **({"seed_chosen": enclosures(run.seed_chosen)} if run.seed_chosen else {}),
        "steps": [trace_step(step) for step in run.steps],
    }
