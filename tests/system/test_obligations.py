"""Every obligation of a claim about a loop is generated."""

from __future__ import annotations

from checker.system.obligations import SEED, Duty, Label, obligations
from checker.system.problem import pose
from examples.noisy_memory import MostlyRight, memory
from spec import Claim


def test_every_obligation_of_a_memory_is_generated() -> None:
    problem = pose(Claim("memory", memory, MostlyRight()))
    found = obligations(problem, problem.clauses)
    assert [obligation.label for obligation in found] == [
        SEED,
        Label(Duty.PRESERVATION, "rewrite", 2),
    ]
