"""The contracts that make a factorisation one of iterated amplification, each as a few queries.

A contract is about all agents, or all experts, of the domain, all choices of nature and all values
of the free parameters; only "consults" and parts of the last say that something exists, and are
asked at the parameters' own values. docs/reference/instances.md states the contracts and what each
rules out.
"""

from __future__ import annotations

from checker.backends.solver import QueryBudget
from checker.contracts.amplification import consults, costs, program, raises
from checker.contracts.distillation import lands, returns, sees
from checker.contracts.findings import Finding
from checker.contracts.improvement import improves
from checker.contracts.inquiry import Inquiry
from checker.contracts.step_terms import LoopTerms
from spec.statements.instance import Instance


def findings(statement: Instance, posed: LoopTerms, budget: QueryBudget) -> list[Finding]:
    """What became of each contract of a statement, in the order of ``Contract``."""
    inquiry = Inquiry(posed, budget)
    capability, cost = statement.capability, statement.cost
    assert statement.channel is not None
    return [
        program(inquiry, cost),
        consults(inquiry, capability, cost),
        raises(inquiry, capability),
        improves(inquiry, capability),
        costs(inquiry, cost),
        sees(inquiry, cost, statement.channel.name),
        returns(inquiry, cost),
        lands(inquiry, (capability, cost), statement.metric),
    ]
