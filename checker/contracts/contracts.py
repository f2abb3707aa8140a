"""The contracts that make a factorisation one of iterated amplification, each as a few queries.

A contract is about all agents, or all experts, of the domain, all choices of nature and all values
of the free parameters; only "consults" and parts of the last say that something exists, and are
asked at the parameters' own values. docs/reference/instances.md states the contracts and what each
rules out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from checker.backends.solver import QueryBudget
from checker.contracts.amplification import consults, costs, program, raises
from checker.contracts.distillation import lands, returns, sees
from checker.contracts.findings import Finding
from checker.contracts.improvement import improves
from checker.contracts.inquiry import ExactPoint, Inquiry
from checker.contracts.step_terms import LoopTerms
from spec.statements.instance import Instance


def findings(statement: Instance, posed: LoopTerms, budget: QueryBudget) -> list[Finding]:
    """What became of each contract of a statement, in the order of ``Contract``."""
    return [finding for finding, _ in settled(statement, posed, budget)]


def settled(
    statement: Instance, posed: LoopTerms, budget: QueryBudget
) -> Iterator[tuple[Finding, Sequence[ExactPoint]]]:
    """What became of each contract, and the points that answered questions on the way."""
    capability, cost = statement.capability, statement.cost
    channel, metric = statement.channel, statement.metric
    assert channel is not None
    contracts: list[Callable[[Inquiry], Finding]] = [
        lambda inquiry: program(inquiry, cost),
        lambda inquiry: consults(inquiry, capability, cost),
        lambda inquiry: raises(inquiry, capability),
        lambda inquiry: improves(inquiry, capability),
        lambda inquiry: costs(inquiry, cost),
        lambda inquiry: sees(inquiry, cost, channel.name),
        lambda inquiry: returns(inquiry, cost),
        lambda inquiry: lands(inquiry, (capability, cost), metric),
    ]
    for contract in contracts:
        inquiry = Inquiry(posed, budget)
        yield contract(inquiry), inquiry.points
