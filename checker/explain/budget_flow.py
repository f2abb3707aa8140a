"""The budget flow of a proof: how much of each budget every step of the loop takes or returns.

See docs/reference/budget-flow.md. Every bound is a conclusion that the solver proved of one step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from fractions import Fraction

import attrs
import z3

from checker.backends.comparison import comparison_in
from checker.backends.solver import QueryBudget, follows, satisfy
from checker.invariants.certificate import Certificate
from checker.system.findings import Fact, Method
from checker.system.obligations import OVERSIGHT
from checker.system.problem import Problem, Step
from checker.system.verdict import Proof
from spec.invariants import conjuncts
from spec.nodes import id_of, topological
from spec.terms import numeral
from spec.trace import Position

CEILINGS = (Fraction(1), Fraction(100), Fraction(10**4), Fraction(10**6))
"""Bounds that are tried first; a quantity is not bounded where none of them is proved."""
RESOLUTION = 10**6
"""A bound is searched in steps of this part of the least ceiling that is proved: 1e-6 of it."""
SECONDS = 0.5
"""For one query."""


@attrs.frozen
class StepFlow:
    """Proved upper bounds of one quantity before and after a step; None where none was proved.

    ``shares`` says, per choice of nature, how much lower the proved bound is with that choice
    pinned to its better end.
    """

    step: str
    before: Fraction | None
    after: Fraction | None
    shares: Mapping[str, Fraction] = attrs.field(factory=dict)

    @property
    def change(self) -> Fraction | None:
        """How much the step adds to the bound."""
        return None if self.before is None or self.after is None else self.after - self.before


@attrs.frozen
class QuantityFlow:
    """One quantity along the loop, with the proved bound at the agent."""

    quantity: str
    entries: tuple[StepFlow, ...]

    @property
    def slack(self) -> Fraction | None:
        """What the loop leaves unused of the bound at the agent."""
        first, last = self.entries[0].before, self.entries[-1].after
        return None if first is None or last is None else first - last

    @property
    def shares(self) -> dict[str, Fraction]:
        """Each step's part of the increases of the bound; empty if nothing increases."""
        changes = {entry.step: entry.change for entry in self.entries}
        if len(changes) < 2 or any(change is None for change in changes.values()):
            return {}
        rises = {step: max(Fraction(0), c) for step, c in changes.items() if c is not None}
        total = sum(rises.values(), Fraction(0))
        return {step: rise / total for step, rise in rises.items()} if total else {}


class NoFlow(Fact, Enum):
    """Why there is no budget flow to show."""

    UNINTERPRETED = "uninterpreted"
    """Uninterpreted agents have no budgets."""
    NO_NUMBER = "no number"
    """The invariant bounds no quantity by a number."""


@attrs.frozen
class NoSetKept(Fact):
    """The proof names no set that one step keeps, so that there is nothing to bound a step on."""

    proof: Proof


@attrs.frozen
class BudgetFlow:
    """Each bounded quantity along the loop of a proof, or the reason there is none."""

    lines: tuple[QuantityFlow, ...] = ()
    reason: Fact | None = None


def budget_flow(
    problem: Problem, certificate: Certificate | None, budget: QueryBudget
) -> BudgetFlow:
    """The budget flow over the set that the certificate says is kept.

    Proofs about uninterpreted agents have no certificate.
    """
    if certificate is None or not problem.agent.fields:
        return BudgetFlow(reason=NoFlow.UNINTERPRETED)
    if not certificate.regions and certificate.method is not Method.LIMITS:
        proof = Proof(certificate.method, certificate.stated(problem))
        return BudgetFlow(reason=NoSetKept(proof))
    if certificate.regions and len(certificate.regions) < len(problem.traced.positions):
        problem = problem.composed()
    lines = []
    for name, term in _quantities(problem):
        entries = tuple(_step_flow(problem, certificate, s, term, budget) for s in problem.steps)
        lines.append(QuantityFlow(name, entries))
    return BudgetFlow(tuple(lines), None if lines else NoFlow.NO_NUMBER)


def _quantities(problem: Problem) -> list[tuple[str, z3.ArithRef]]:
    """The terms over the agent that the claimed invariant bounds from above by a number."""
    agent = problem.agent
    found: dict[str, z3.ArithRef] = {}
    conditions = [c.term for _, c in conjuncts(problem.limit, agent.record)]
    for node in topological(conditions):
        said = comparison_in(node)
        if said and not said.strict and z3.is_rational_value(z3.simplify(said.high)):
            found[str(said.low).replace(f"{agent.name}.", "")] = said.low
    return list(found.items())


def _step_flow(
    problem: Problem, certificate: Certificate, step: Step, term: z3.ArithRef, budget: QueryBudget
) -> StepFlow:
    """What one step does to a quantity of the agent."""
    held = _held(problem, certificate, step.source)
    before = _restated(term, problem.agent, step.source, step.source.symbols)
    most_before = None if before is None else greatest(held, before, budget)
    after = _restated(term, problem.agent, step.target, step.stage.outputs)
    if after is None:
        return StepFlow(step.name, most_before, None)
    stepping = [*held, step.stage.bounds]
    oversight_holds = step.stage.oversight_holds
    if oversight_holds is not None and OVERSIGHT in certificate.discharged:
        stepping.append(oversight_holds)
    most = greatest(stepping, after, budget)
    shares = {} if most is None else _shares(step, stepping, after, most, budget)
    return StepFlow(step.name, most_before, most, shares)


def _shares(
    step: Step,
    hypotheses: Sequence[z3.BoolRef],
    after: z3.ArithRef,
    most: Fraction,
    budget: QueryBudget,
) -> dict[str, Fraction]:
    """Per choice, how much lower the bound is with the choice pinned to its better end."""
    shares: dict[str, Fraction] = {}
    for choice in step.stage.choices:
        ends = [
            greatest([*hypotheses, choice.symbol == end], after, budget)
            for end in (choice.low, choice.high)
        ]
        known = [end for end in ends if end is not None]
        if known and min(known) < most:
            shares[choice.name] = most - min(known)
    return shares


def _held(problem: Problem, certificate: Certificate, position: Position) -> list[z3.BoolRef]:
    """The set that is kept at a position."""
    if not certificate.regions:
        return [clause.condition for clause in problem.clauses[position.name]]
    clauses = (*problem.domain(position), *certificate.regions[position.name].clauses(position))
    return [clause.condition for clause in clauses]


def _restated(
    term: z3.ArithRef, agent: Position, position: Position, values: Sequence[z3.ExprRef]
) -> z3.ArithRef | None:
    """A quantity of the agent, with this position's values substituted for the agent's fields.

    None where the position has no field of a name that the quantity reads.
    """
    named = {field.name: value for field, value in zip(position.fields, values, strict=True)}
    read = {id_of(node) for node in topological([term])}
    pairs = []
    for field, symbol in zip(agent.fields, agent.symbols, strict=True):
        if id_of(symbol) in read:
            if field.name not in named:
                return None
            pairs.append((symbol, named[field.name]))
    return z3.substitute(term, *pairs)


def greatest(
    hypotheses: Sequence[z3.BoolRef], term: z3.ArithRef, budget: QueryBudget
) -> Fraction | None:
    """A proved upper bound of the term, near its greatest value; None if none was proved.

    The search guesses; a value is returned only after the solver has proved it.
    """

    def proved(bound: Fraction) -> bool:
        return follows(hypotheses, term <= numeral(bound), budget, SECONDS).valid

    ceiling = next((bound for bound in CEILINGS if proved(bound)), None)
    if ceiling is None:
        return None
    seen = satisfy(hypotheses, budget, SECONDS)
    if seen.unsat:  # contradictory hypotheses would prove any bound
        return None
    grain = ceiling / RESOLUTION
    low, high = (-RESOLUTION, 0) if proved(Fraction(0)) else (0, RESOLUTION)
    while high - low > 1:
        middle = (low + high) // 2
        if proved(middle * grain):
            high = middle
        else:
            low = middle
    return high * grain
