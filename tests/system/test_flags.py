"""A flag is 0 or 1, and a bound on it leaves no other."""

from __future__ import annotations

from fractions import Fraction

import pytest

from benchmarks.differential.language import claim_of
from benchmarks.differential.machines import Choice, Field, Kept, Machine, Step, either, name, term
from checker.backends.solver import QueryBudget, follows
from checker.portfolio.engine import Task
from checker.portfolio.proofs import InductiveRegion
from checker.system.problem import Problem, pose
from checker.system.region import Region

ZERO, ONE, HALF = Fraction(0), Fraction(1), Fraction(1, 2)


def guarded() -> Problem:
    """A number that rises only where its flag is down, which it never is."""
    e, flag = name("e"), name("f")
    choice = Choice("slip", high=term(Fraction(1, 32)))
    outputs = (either(~flag, e + name("slip"), e / 2 + Fraction(1, 16)), flag | (e <= HALF))
    fields = (Field("e"), Field("f", kind="flag"))
    kept = (Kept(term(0) - e, Fraction(-3, 25)),)
    machine = Machine("guarded", fields, (HALF, True), (Step((choice,), outputs),), kept)
    return pose(claim_of("a machine", machine))


@pytest.mark.parametrize("value", [ZERO, ONE])
def test_the_domain_and_the_bounds_of_a_flag_leave_one_value(value: Fraction) -> None:
    agent = guarded().agent
    flag = agent.symbols[1]
    held = [c.condition for c in Region(((ZERO, ONE), (value, value))).clauses(agent)]
    within = follows([agent.domain, *held], flag == int(value), QueryBudget(5.0))
    assert within.valid
    assert not follows([agent.domain], flag == int(value), QueryBudget(5.0)).valid


def test_a_flag_that_stays_up_is_known_to_be_up() -> None:
    found = InductiveRegion().attempt(Task(guarded(), QueryBudget(5.0)))
    assert found is not None
    assert found.regions["agent"].box[1] == (ONE, ONE)
