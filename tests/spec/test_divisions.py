"""A divisor that may be zero is an obligation, wherever the division is written."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import decide
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Process,
    Real,
    SpecError,
    Unvetted,
    all_of,
    between,
    budget,
    maximum,
    minimum,
    when,
)
from spec.statements.base import Answer
from tests.spec.knobs import ZERO, Knobs, Small, keep, loop, traced
from tests.spec.traps import marked_line, marked_place
from tests.support import ROOT


def test_a_divisor_that_may_be_zero_is_an_obligation_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        share = agent.error / agent.malign  # trap
        return Small(error=when(agent.malign >= "1/2", share, 0), malign=agent.malign)

    (side,) = traced(step).stages[0].sides
    location = marked_place(step, __file__)
    assert side.label == f"no division by zero at {location}"
    # It is asked only where the quotient is read: malign = 0 takes the other branch.
    assert z3.is_true(z3.simplify(z3.substitute(side.condition, (z3.Real("agent.malign"), ZERO))))


class Ratio(Invariant):
    ratio: Real = budget(0, 10, limit=1)

    def holds(self, agent: Any) -> Bool:
        return Bool(agent.error / (1 - agent.malign) <= self.ratio)  # trap


def drifting(error: str, malign: Fraction) -> Process:
    """Malign rises by the same amount in every round; error is what it is."""

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=Real(error), malign=minimum(1, agent.malign + malign))

    return loop(step=step)


@given(st.integers(1, 9), st.integers(0, 3))
@settings(derandomize=True, database=None, deadline=None, max_examples=12)
def test_an_invariant_that_divides_by_zero_is_broken_there(rounds: int, more: int) -> None:
    """With no error the ratio is 0 for ever, until its denominator is: then it is no number."""
    broken = decide(Claim("ratio", drifting("0", Fraction(1, rounds)), Ratio())).run
    assert broken is not None
    assert broken.iteration == rounds
    assert broken.broken is not None
    assert broken.broken.startswith("Ratio: no division by zero at ")
    assert broken.broken.endswith(f"test_divisions.py:{marked_line(Ratio.holds)}")
    # A run whose ratio is too large one round before breaks there, for what the invariant says.
    earlier = decide(Claim("ratio", drifting("1", Fraction(1, rounds + 1)), Ratio())).run
    assert earlier is not None
    assert (earlier.iteration, earlier.broken) == (1, "Ratio")


def test_an_invariant_that_divides_is_proved_where_its_denominator_stays_positive() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(
            error=agent.error / 2 + nature.choose("error", at_most=p.noise),
            malign=agent.malign / 2 + nature.choose("malign", at_most="1/4"),
        )

    verdict = decide(Claim("ratio", loop(step=step), Ratio()))
    assert verdict.answer is Answer.PROVED  # error tends to 1/5 and malign to 1/2 at the worst

    # As good a bound on the ratio, but malign may reach 1.
    def reckless(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=Real(0), malign=nature.choose("malign", at_most=1))

    verdict = decide(Claim("ratio", loop(step=reckless), Ratio()))
    assert verdict.answer is Answer.REFUTED


def test_a_guarded_division_in_an_invariant_may_stand() -> None:
    class Guarded(Invariant):
        def holds(self, agent: Any) -> Bool:
            share = when(agent.malign <= 0, 0, agent.error / agent.malign)
            return Bool(share <= 1)

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        malign = nature.choose("malign", at_most=1)
        return Small(error=nature.choose("error", at_most=malign), malign=malign)

    assert decide(Claim("guarded", loop(step=step), Guarded())).answer is Answer.PROVED


def test_a_coupled_bound_that_divides_by_zero_is_broken_there() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: (1 - agent.error) / agent.error)

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real("1/2"), malign=Real(0))

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Coupled(error=maximum(0, agent.error - "1/4"), malign=agent.malign)

    divided = Loop[Knobs, Coupled[Unvetted]]("divided", parameters=Knobs, seed=seed, step=step)
    found = decide(Claim("divided", divided, Unvetted())).run
    assert found is not None
    assert found.iteration == 2
    assert found.broken is not None
    assert "no division by zero" in found.broken


def test_a_denominator_of_one_sign_is_asked_to_be_of_that_sign() -> None:
    """So that monotone comparison can read it; where both signs occur it stays a disequality."""

    class Signs(Invariant):
        def holds(self, agent: Any) -> Bool:
            up, down = 1 / (1 - agent.malign), 1 / (agent.malign - 1)
            either = 1 / (agent.malign - agent.error)
            return all_of(up <= 100, down <= 100, either <= 100)

    clauses = pose(Claim("signs", loop(), Signs())).claimed(traced(keep).stages[0].source)
    kinds = [c.condition.decl().kind() for c in clauses if "no division" in c.label]
    assert sorted(kinds) == sorted([z3.Z3_OP_GT, z3.Z3_OP_LT, z3.Z3_OP_DISTINCT])


def test_a_run_that_divides_by_zero_is_an_error_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=agent.error / agent.malign, malign=agent.malign)  # trap

    with pytest.raises(SpecError) as caught:
        decide(Claim("divided", loop(step=step), Unvetted()))
    assert f"no division by zero at {marked_place(step, __file__)}" in str(caught.value)
    assert "guard the denominator with when(...)" in str(caught.value)
