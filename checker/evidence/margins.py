"""What shows where a claim stays away from its own limits: a proof with a margin on one side, on
the other a strategy that comes nearer to a limit in every iteration, by a share of what is left."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction
from typing import Any

import attrs
import z3

from checker.backends.solver import QueryBudget, follows
from checker.counterexamples.fixed_strategy import fix_choices
from checker.evidence.certificates import proved_section
from checker.parameters.extent import Edge
from checker.portfolio.decision import Options
from checker.statements.posing import claim_of
from checker.statements.threshold import StaysAway
from checker.system.problem import Clause, ClauseKind, Problem, pose
from checker.system.verdict import Verdict
from spec.invariants import conjuncts
from spec.parameters import parameter_domains
from spec.statements.threshold import Threshold
from spec.terms import numeral

QUICK = Options(timeout=20.0, query=2.0, attack=0)
DISTANCE = Fraction(2, 5 * 10**6)
"""From the edge to the proof and to the strategy, as a share of it, or of 1 where it is less."""
MARGINS = tuple(Fraction(1, 2**power) for power in (12, 20, 4))
SHARES = tuple(Fraction(1, 2**power) for power in (24, 32, 4))
"""Few, since each may take long: near the edge both are small, and small ones are soonest shown."""
MOST_CHOICES = 4
"""Of an iteration of which every corner is tried as a strategy."""


def margins_of(verdict: Verdict, statement: Threshold) -> tuple[Fraction, dict[str, Any]] | None:
    """The safe end of the domain, and a proof with a margin and a strategy near the edge; None
    where either is missing."""
    found = next((fact for fact in verdict.facts if isinstance(fact, StaysAway)), None)
    if found is None or found.rising is None:
        return None
    domain = parameter_domains(statement.scheme.parameters)[statement.parameter]
    inside, outside = _around(found.edge, 1 if found.rising else -1)
    if (
        inside is None
        or not domain.low <= min(inside, outside) < max(inside, outside) <= domain.high
    ):
        return None
    holds = _holding(_posed(verdict, statement, inside))
    near = None if holds is None else _nearing(_posed(verdict, statement, outside))
    if holds is None or near is None:
        return None
    ends = {"low": str(inside), "high": str(inside)}
    proof = {"holds": {**ends, **holds}, "fails": {"at": str(outside), "near": near}}
    return (domain.low if found.rising else domain.high), proof


def _around(edge: Edge, sign: int) -> tuple[Fraction | None, Fraction]:
    """A value at which it holds and one at which it does not, with the edge in between."""
    if edge.number is None:
        return None, Fraction(0)
    number = edge.number.refined()
    step = sign * DISTANCE * max(Fraction(1), abs(number.low))
    return number.low - step, number.high + step


def _posed(verdict: Verdict, statement: Threshold, at: Fraction) -> Problem:
    others = {n: v for n, v in verdict.parameters.items() if n != statement.parameter}
    return pose(claim_of(statement), {**others, statement.parameter: at})


def _slacks(problem: Problem) -> list[z3.ArithRef] | None:
    """By how much each comparison of the claim holds; None where it is made of more."""
    found = []
    for _, condition in conjuncts(problem.limit, problem.agent.record):
        term = condition.term
        if z3.is_le(term) or z3.is_lt(term):
            found.append(term.arg(1) - term.arg(0))
        elif z3.is_ge(term) or z3.is_gt(term):
            found.append(term.arg(0) - term.arg(1))
        else:
            return None
    return found


def _holding(problem: Problem) -> dict[str, Any] | None:
    """A proof of the claim with a margin."""
    slacks, agent = _slacks(problem), problem.agent.name
    for margin in MARGINS if slacks else ():
        kept = [c for c in problem.clauses[agent] if c.kind is not ClauseKind.INVARIANT]
        for slack in slacks or ():
            condition = slack >= numeral(margin)
            kept.append(Clause("a margin", condition, ClauseKind.INVARIANT))
        clauses = {**problem.clauses, agent: tuple(kept)}
        proved = proved_section(attrs.evolve(problem, clauses=clauses), QUICK)
        if proved is not None:
            return {"margin": str(margin), **proved}
    return None


def _nearing(problem: Problem) -> dict[str, Any] | None:
    """A constant strategy that makes the slack of a comparison less by a share."""
    composed, slacks = problem.composed(), _slacks(problem)
    (step,) = composed.steps
    if slacks is None or len(step.stage.choices) > MOST_CHOICES:
        return None
    budget = QueryBudget(QUICK.query, time.monotonic() + QUICK.timeout)
    for units in itertools.product((Fraction(1), Fraction(0)), repeat=len(step.stage.choices)):
        for comparison, slack in enumerate(slacks):
            share = _share(fix_choices(composed, list(units), strict=True), slack, budget)
            if share is not None:
                told = [str(unit) for unit in units]
                return {"units": told, "comparison": comparison, "share": str(share)}
    return None


def _share(composed: Problem, slack: z3.ArithRef, budget: QueryBudget) -> Fraction | None:
    """A share by which the slack is proved to be less after an iteration."""
    (step,) = composed.steps
    pairs = list(zip(step.source.symbols, step.stage.outputs, strict=True))
    after = z3.substitute(slack, *pairs)
    known = [clause.condition for clause in composed.clauses[composed.agent.name]]
    for share in SHARES:
        if follows([*known, step.stage.bounds], after <= numeral(1 - share) * slack, budget).valid:
            return share
    return None
