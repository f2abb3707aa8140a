"""Clauses that no one set shows together are shown one by one."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.differential import kinds, oracle
from benchmarks.differential.language import claim_of
from benchmarks.differential.machines import Choice, Field, Kept, Machine, Step, name, term
from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.evidence.document import evidence
from checker.invariants.clause_by_clause import clause_by_clause
from checker.portfolio.engine import Task
from checker.portfolio.proofs import ClauseByClause
from checker.system.findings import Method
from checker.system.problem import Problem, pose
from recheck.check import Outcome, recheck
from tests.invariants.test_certificate import leads

HERE, THERE = name("here"), name("there")
ONE, ZERO = Fraction(1), Fraction(0)
CHAIN = kinds.KINDS.index(kinds.chain)


def moved(kept: Kept) -> Machine:
    """A chain over three places. That what is lost stays within 1 takes the sum of all, and what
    the claim says, boxes around the first iterations."""
    p = name("p")
    outputs = (
        HERE * (term(1) - p - Fraction(3, 16)) + THERE / 4,
        HERE * p + THERE * Fraction(5, 8),
        name("lost") + HERE * Fraction(3, 32) + THERE / 8,
    )
    choice = Choice("p", term(Fraction(5, 32)), term(Fraction(5, 16)))
    fields = tuple(Field(each) for each in ("here", "there", "lost"))
    return Machine("chain", fields, (ONE, ZERO, ZERO), (Step((choice,), outputs),), (kept,))


def fading(limit: str, least: str = "0") -> Machine:
    """e falls towards 0 and stays above; that it is within its domain takes a box."""
    e, c = name("e"), name("c")
    choice = Choice("n", term(0), c - Fraction(least) if least != "0" else term(Fraction(1, 16)))
    outputs = (e * e / 2 + c * Fraction(3, 8) + name("n"), c * Fraction(7, 8))
    fields = (Field("e", high=Fraction(2)), Field("c"))
    kept = (Kept(term(0) - e, Fraction(limit), True),)
    seed = (Fraction(1, 2), Fraction(5, 8))
    return Machine("fading", fields, seed, (Step((choice,), outputs),), kept)


def approaching() -> Machine:
    """x comes as near to 3/4 as one likes, if c stays where it is."""
    x, c = name("x"), name("c")
    outputs = (x * Fraction(7, 8) + c / 8 + name("n"), c)
    fields = (Field("x"), Field("c"))
    kept = (Kept(x, Fraction(3, 4), True),)
    step = Step((Choice("n", high=term(Fraction(1, 32))),), outputs)
    return Machine("approaching", fields, (Fraction(1, 2), Fraction(1, 2)), (step,), kept)


def posed(machine: Machine) -> Problem:
    return pose(claim_of("a machine", machine))


@pytest.mark.parametrize(
    "machine",
    [
        moved(Kept(THERE, Fraction(9, 20))),
        moved(Kept(term(0) - HERE, ZERO, strict=True)),
        fading("0"),
        approaching(),
    ],
)
def test_each_clause_by_a_set_of_its_own(machine: Machine) -> None:
    task = Task(posed(machine), QueryBudget(5.0))
    found = ClauseByClause().attempt(task)
    assert found is not None
    assert found.form is not None
    assert found.prefix == len(found.walk()) - 1
    leads(found.form, found.walk())


def test_its_evidence_is_accepted(tmp_path: Path) -> None:
    claim = claim_of("a machine", moved(Kept(THERE, Fraction(9, 20))))
    verdict = decide(claim, options=Options(timeout=20))
    assert verdict.method is Method.CLAUSE_BY_CLAUSE
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(evidence(verdict, claim)), "utf-8")
    assert recheck(file, 5.0).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    "machine",
    [
        moved(Kept(THERE, Fraction(2, 5))),  # broken in the third iteration
        fading("0", least="1/2"),  # nature soon has nothing to choose
        fading("-1/100"),  # no clause but the domain's is kept
    ],
)
def test_what_is_not_so_is_not_shown(machine: Machine) -> None:
    assert clause_by_clause(posed(machine), QueryBudget(5.0)) is None


def test_nothing_is_shown_once_the_time_is_over() -> None:
    over = QueryBudget(5.0, deadline=time.monotonic())
    assert clause_by_clause(posed(fading("0")), over) is None


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2000), st.sampled_from([ZERO, Fraction(-1, 100), Fraction(1, 100)]))
def test_sets_are_found_only_where_no_run_breaks_the_claim(number: int, by: Fraction) -> None:
    machine: Any = kinds.drawn(number * (len(kinds.KINDS) + 1) + CHAIN)
    kept = tuple(Kept(k.quantity, k.limit + by, k.strict) for k in machine.kept)
    changed = Machine(machine.kind, machine.agent, machine.seed, machine.steps, kept)
    problem = posed(changed)
    sets = clause_by_clause(problem, QueryBudget(1.0, time.monotonic() + 2))
    if sets is not None:
        assert oracle.told(changed, number, most=20).first_break is None
