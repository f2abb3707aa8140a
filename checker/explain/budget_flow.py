"""The budget ledger of a proof: how much of each budget every step of the loop takes or returns.

See docs/ledger.md. Every bound is a conclusion that the solver proved of one step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import QueryBudget, follows, satisfy
from checker.invariants.certificate import Certificate
from checker.system.problem import Problem, Step
from spec.invariants import conjuncts
from spec.terms import numeral
from spec.trace import Position, topological

GRAINS = 10**6
"""Bounds are searched in millionths of the first power of a hundred that is proved."""
GREATEST = (Fraction(1), Fraction(100), Fraction(10**4), Fraction(10**6))
SECONDS = 0.5


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


@attrs.frozen
class BudgetFlow:
    """The lines of a proof, or the reason there are none."""

    lines: tuple[QuantityFlow, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """The ledger as plain JSON, exact numbers as strings."""
        return {
            "reason": self.reason,
            "lines": [
                {
                    "quantity": line.quantity,
                    "slack": _text(line.slack),
                    "shares": {name: str(v) for name, v in line.shares.items()},
                    "steps": [
                        {
                            "step": e.step,
                            "before": _text(e.before),
                            "after": _text(e.after),
                            "change": _text(e.change),
                            "choices": {name: str(v) for name, v in e.shares.items()},
                        }
                        for e in line.entries
                    ],
                }
                for line in self.lines
            ],
        }


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def budget_flow(problem: Problem, certificate: Certificate, budget: QueryBudget) -> BudgetFlow:
    """The ledger over the certificate's set."""
    if not problem.agent.fields:
        return BudgetFlow(reason="uninterpreted agents have no budgets")
    if not certificate.regions and certificate.method != "the limits are inductive":
        return BudgetFlow(
            reason=f"a proof by {certificate.method} names no set that one step keeps"
        )
    if certificate.regions and len(certificate.regions) < len(problem.traced.positions):
        problem = problem.composed()
    lines = []
    for name, term in _quantities(problem):
        entries = tuple(_entry(problem, certificate, s, term, budget) for s in problem.steps)
        lines.append(QuantityFlow(name, entries))
    return BudgetFlow(tuple(lines), "" if lines else "the invariant bounds no quantity by a number")


def _quantities(problem: Problem) -> list[tuple[str, z3.ArithRef]]:
    """The terms over the agent that the claimed invariant bounds from above by a number."""
    agent = problem.agent
    found: dict[str, z3.ArithRef] = {}
    conditions = [c.term for _, c in conjuncts(problem.limit, agent.record)]
    for node in topological(conditions):
        if z3.is_le(node) or z3.is_ge(node):
            small, large = node.children() if z3.is_le(node) else reversed(node.children())
            if z3.is_rational_value(z3.simplify(large)):
                found[str(small).replace(f"{agent.name}.", "")] = small
    return list(found.items())


def _entry(
    problem: Problem, certificate: Certificate, step: Step, term: z3.ArithRef, budget: QueryBudget
) -> StepFlow:
    before = _moved(term, problem.agent, step.source, step.source.symbols)
    after = _moved(term, problem.agent, step.target, step.stage.outputs)
    here = _held(problem, certificate, step.source)
    oversight_holds = step.stage.oversight_holds
    assumed = oversight_holds is not None and "(ii) smart enough" in certificate.discharged
    moved = [
        *here,
        step.stage.bounds,
        *([oversight_holds] if assumed and oversight_holds is not None else []),
    ]
    least = None if before is None else greatest(here, before, budget)
    most = None if after is None else greatest(moved, after, budget)
    shares: dict[str, Fraction] = {}
    if after is not None and most is not None:
        for choice in step.stage.choices:
            ends = [
                greatest([*moved, choice.symbol == end], after, budget)
                for end in (choice.low, choice.high)
            ]
            known = [end for end in ends if end is not None]
            if known and min(known) < most:
                shares[choice.name] = most - min(known)
    return StepFlow(step.name, least, most, shares)


def _held(problem: Problem, certificate: Certificate, position: Position) -> list[z3.BoolRef]:
    if not certificate.regions:
        return [clause.condition for clause in problem.clauses[position.name]]
    clauses = (*problem.domain(position), *certificate.regions[position.name].clauses(position))
    return [clause.condition for clause in clauses]


def _moved(
    term: z3.ArithRef, agent: Position, there: Position, values: Sequence[z3.ExprRef]
) -> z3.ArithRef | None:
    """The agent's quantity said of another place, or None where a field that it reads is absent."""
    named = {field.name: value for field, value in zip(there.fields, values, strict=True)}
    read = {node.get_id() for node in topological([term])}
    pairs = []
    for field, symbol in zip(agent.fields, agent.symbols, strict=True):
        if symbol.get_id() in read:
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
        return follows(hypotheses, term <= numeral(bound), budget, SECONDS).proved

    high = next((bound for bound in GREATEST if proved(bound)), None)
    if high is None:
        return None
    seen = satisfy(hypotheses, budget, SECONDS)
    if seen.answer == "proved":  # contradictory hypotheses would prove any bound
        return None
    grain = high / GRAINS
    low, top = (-1 if proved(Fraction(0)) else 0), GRAINS
    if low < 0:
        low, top = -GRAINS, 0
    while top - low > 1:
        middle = (low + top) // 2
        if proved(middle * grain):
            top = middle
        else:
            low = middle
    return top * grain
