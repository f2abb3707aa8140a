"""Unrolled runs find the breaks that only a solver finds, and replay."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker import Options, decide
from checker.backends.solver import QueryBudget, Satisfiability
from checker.portfolio import searches
from checker.portfolio.engine import Task
from checker.system.findings import Method
from checker.system.problem import Problem, pose
from checker.system.replay import replay
from checker.system.unrolling import break_at, units_of
from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Invariant,
    Nature,
    Process,
    Real,
    Scheme,
    between,
    when,
)
from spec.statements.base import Answer
from tests.plain_schemes import Half, NoParameters, SumTighter, Tiny, splitting, tiny_loop


def test_a_narrow_break_is_found_by_the_solver() -> None:
    """Only a choice of exactly 1/3 breaks it, which no search over corners would meet, nor one over
    the numbers that a choice is compared with: it is computed with first."""

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most=1)
        return Tiny(x=when(n + n == "2/3", Real(1), Real(0)))

    verdict = decide(Claim("needle", tiny_loop(step), Half()))
    assert verdict.answer is Answer.REFUTED
    assert verdict.method is Method.BOUNDED_MODEL_CHECKING


def test_unrolled_counterexamples_replay() -> None:
    problem: Problem = pose(Claim("tighter", splitting, SumTighter()))
    assert break_at(problem, 8, QueryBudget(5.0)) is Satisfiability.UNSAT
    values = break_at(problem, 9, QueryBudget(5.0))
    assert not isinstance(values, Satisfiability)
    run = replay(problem, units_of(problem, values.choices), 9)
    assert run is not None
    assert run.iteration == 9
    assert run.broken == "SumTighter"


class Small(Agent[I]):
    x: Real = between(0, 1)


class Reply(Expert[I]):
    x: Real = between(0, 1)


class HalfOrLess(Invariant):
    def holds(self, agent: Any) -> Bool:
        ok: Bool = agent.x <= "1/2"
        return ok


def test_a_break_at_the_expert_is_refuted_by_bounded_model_checking() -> None:
    """Only a choice of exactly 1/3 breaks the expert's bound, and distillation hides it."""

    def seed(p: NoParameters) -> Small[HalfOrLess]:
        return Small(x=Real(0))

    def amplify(s: Small[I], p: NoParameters, nature: Nature) -> Reply[I]:
        n = nature.choose("n", at_most=1)
        return Reply(x=when(n == "1/3", Real(1), s.x))

    def distill(e: Reply[I], p: NoParameters, nature: Nature) -> Small[I]:
        m = nature.choose("m", at_most="1/4")
        return Small(x=m)

    scheme: Process = Scheme[NoParameters, Small[HalfOrLess], Reply[HalfOrLess]](
        "needle", parameters=NoParameters, seed=seed, amplify=amplify, distill=distill
    )
    claim = Claim("needle", scheme, HalfOrLess(), expert_limit=HalfOrLess())
    verdict = decide(claim, options=Options(timeout=30.0))
    assert verdict.answer is Answer.REFUTED, verdict.reason
    assert verdict.method is Method.BOUNDED_MODEL_CHECKING
    assert verdict.run is not None
    run = verdict.run
    assert (run.iteration, run.position, run.broken) == (1, "expert", "HalfOrLess")
    assert run.steps[0].chosen["n"].low == Fraction(1, 3)


class TenSteps(Invariant):
    """One is reached in ten steps, each of which needs a choice of exactly 1/3."""

    def holds(self, agent: Any) -> Bool:
        ok: Bool = agent.x < 1
        return ok


def test_a_longer_run_is_found_when_nothing_else_decides() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most=1)
        return Tiny(x=when(n + n == "2/3", s.x + "1/10", Real(0)))

    claim = Claim("ten steps", tiny_loop(step), TenSteps())
    verdict = decide(claim, options=Options(engines=("bounded-model-checking",)))
    assert verdict.answer is Answer.REFUTED
    assert verdict.method is Method.BOUNDED_MODEL_CHECKING
    assert verdict.run is not None
    assert verdict.run.iteration == 10


def test_lengths_that_the_solver_leaves_open_end_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def unknown(problem: Problem, length: int, budget: QueryBudget) -> Satisfiability:
        asked.append(length)
        return Satisfiability.UNKNOWN

    monkeypatch.setattr(searches, "break_at", unknown)
    problem = pose(Claim("tighter", splitting, SumTighter()))
    task = Task(problem, QueryBudget(5.0))
    assert searches.BoundedModelChecking().attempt(task) is None
    assert asked == [1, 2, 3, 4]
    asked.clear()
    assert searches.BoundedModelChecking(longest=2, seconds=0.0).attempt(task) is None
    assert asked == []
    assert searches.DeepBoundedModelChecking().attempt(task) is None
    assert asked == [5, 6]
