"""Is a scheme an instance of iterated amplification? Its contracts, one by one."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs

from checker.backends.solver import QueryBudget, satisfy
from checker.contracts.contracts import findings
from checker.contracts.findings import Contract, Finding, Fulfilment
from checker.contracts.step_terms import step_terms
from checker.portfolio.decision import Options
from checker.system.findings import Fact, Method
from checker.system.verdict import (
    Proof,
    Refutation,
    Result,
    Unknown,
    Vacuous,
    Verdict,
    undecided,
)
from spec.statements.instance import Instance


@attrs.frozen
class Tally(Fact):
    """How many contracts hold, and which fail.

    ``free`` counts the parameters for all values of which the contracts were asked about.
    """

    holding: int
    failing: tuple[Contract, ...]
    free: int


@attrs.frozen
class NoExpert(Fact):
    """The scheme has one step, which leads from agent to agent."""

    step: str


@attrs.frozen
class LeftOpen(Fact):
    """The contracts that were neither proved nor refuted."""

    contracts: tuple[Contract, ...]


@attrs.frozen
class OwnValuesExcluded(Fact):
    """The parameters' own values do not meet the scheme's assumptions."""


def decide_instance(
    statement: Instance, overriding: Mapping[str, Fraction], options: Options
) -> Verdict:
    """Whether a scheme meets every contract, as it is factored.

    Raises:
        SpecError: for a mistake in the specification.
    """
    blank = undecided(statement, {**statement.chosen, **overriding})
    if len(statement.scheme.stages) == 1:
        bare = NoExpert(statement.scheme.stages[0].name)
        return attrs.evolve(blank, result=Refutation(Method.CONTRACTS), facts=(bare,))
    budget = QueryBudget(options.query, time.monotonic() + options.timeout)
    posed = step_terms(statement, overriding)
    blank = attrs.evolve(blank, parameters=posed.values)
    if satisfy([*posed.given, *posed.at_own_values], budget).unsat:
        vacuous = Vacuous(OwnValuesExcluded(), Method.CONTRACTS)
        return attrs.evolve(blank, result=vacuous, queries=budget.queries)
    found = findings(statement, posed, budget)
    return attrs.evolve(
        blank,
        result=_result(found),
        facts=_facts(found, len(posed.free)),
        queries=budget.queries,
        solving=budget.seconds,
    )


def _result(found: Sequence[Finding]) -> Result:
    """Refuted if a contract fails, proved if all hold."""
    if any(finding.fails for finding in found):
        return Refutation(Method.CONTRACTS)
    left_open = tuple(finding.contract for finding in found if finding.undecided)
    if left_open:
        return Unknown(Method.CONTRACTS, LeftOpen(left_open))
    return Proof(Method.CONTRACTS)


def _facts(found: Sequence[Finding], free: int) -> tuple[Fact, ...]:
    """How many contracts hold or fail, then all of them, those that fail first."""
    tally = Tally(
        sum(finding.holds for finding in found),
        tuple(finding.contract for finding in found if finding.fails),
        free,
    )
    order = (Fulfilment.FAILS, Fulfilment.UNDECIDED, Fulfilment.HOLDS)
    return (tally, *sorted(found, key=lambda finding: order.index(finding.fulfilment)))
