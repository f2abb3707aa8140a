"""Explaining one claim: its verdict, the ledger of its proof, and what it assumes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import attrs

from checker.backends.solver import QueryBudget
from checker.cli.targets import resolve
from checker.cli.tasks import Task, carry_out, carry_out_with_proof
from checker.explain.assumptions import Ablation, ablate
from checker.explain.budget_flow import BudgetFlow, budget_flow
from checker.system.problem import pose
from checker.system.verdict import Verdict
from spec.statements.claim import Claim
from spec.trees import Fold


@attrs.frozen
class Explained:
    """Everything that ``explain`` tells of one claim."""

    verdict: Verdict
    budget_flow: BudgetFlow | None = None
    ablation: Ablation | None = None

    def to_json(self) -> dict[str, Any]:
        """The verdict's document with the ledger and the ablation in it."""
        document = self.verdict.to_json()
        if self.budget_flow is not None:
            document["ledger"] = self.budget_flow.to_json()
        if self.ablation is not None:
            document["ablation"] = self.ablation.to_json()
        return document


def carry_out_whole(
    task: Task, ablated: bool, timeout: float, tell: Callable[[str], None]
) -> Explained:
    """Decide a claim, then say where its budgets go and, if wanted, which assumptions matter.

    ``timeout`` is in seconds, for each of the three. ``tell`` hears of each part as it is done.
    """
    claim = resolve(task.target)[task.index]
    if not isinstance(claim, Claim) or isinstance(claim.scheme, Fold):
        verdict = carry_out(claim, task)
        tell(f"decided {verdict.claim}")
        return Explained(verdict)
    verdict, certificate = carry_out_with_proof(claim, task)
    tell(f"decided {verdict.claim}")
    found = None
    if verdict.verdict == "proved":
        budget = QueryBudget(5.0, time.monotonic() + timeout)
        found = BudgetFlow(reason="uninterpreted agents have no budgets")
        if certificate is not None:
            found = budget_flow(pose(claim, task.overriding), certificate, budget)
            tell(f"ledger of {verdict.claim}")
    if not ablated:
        return Explained(verdict, found)
    budget = QueryBudget(5.0, time.monotonic() + timeout)
    return Explained(verdict, found, ablate(claim, verdict.verdict, task.overriding, budget, tell))
