"""The bounds of the budget ledger hold, come near and are given step by step."""

from __future__ import annotations

from fractions import Fraction

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.solver import Entailment, QueryBudget, Validity
from checker.explain.budget_flow import QuantityFlow, StepFlow, budget_flow, greatest
from checker.invariants.certificate import Certificate
from checker.portfolio.proving import prove
from checker.system.problem import pose
from models.imitation import imitation
from spec import Claim
from spec.alignment import Benign

F = Fraction
UNIT = st.fractions(0, 1, max_denominator=40)


@settings(max_examples=12, deadline=None)
@given(UNIT, UNIT, UNIT, st.lists(st.tuples(UNIT, UNIT), min_size=8, max_size=8))
def test_bound_of_an_affine_step_is_over_every_sample_and_near_the_corner(
    slope: Fraction, noise: Fraction, top: Fraction, samples: list[tuple[Fraction, Fraction]]
) -> None:
    x, c = z3.Reals("x c")
    within = [x >= 0, x <= z3.Q(*top.as_integer_ratio()), c >= 0, c <= 1]
    term = x * z3.Q(*slope.as_integer_ratio()) + c * z3.Q(*noise.as_integer_ratio())
    bound = greatest(within, term, QueryBudget(5.0))
    assert bound is not None
    assert all(a * top * slope + b * noise <= bound for a, b in samples)
    corner = slope * top + noise
    assert corner <= bound <= corner + F(1, 10**4)


def test_contradictory_hypotheses_bound_nothing() -> None:
    x = z3.Real("x")
    assert greatest([x < 0, x > 0], x, QueryBudget(5.0)) is None


def test_negative_maximum() -> None:
    x = z3.Real("x")
    assert greatest([x <= z3.Q(-1, 4)], x, QueryBudget(5.0)) == F(-1, 4)


def test_amplify_that_does_nothing_takes_no_share() -> None:
    line = QuantityFlow(
        "malign",
        (
            StepFlow("amplify", F(1, 10), F(1, 10)),
            StepFlow("distill", F(1, 10), F(3, 20)),
        ),
    )
    assert line.shares == {"amplify": 0, "distill": 1}
    assert line.slack == F(-1, 20)


def test_unproved_bounds_give_no_shares() -> None:
    line = QuantityFlow("q", (StepFlow("amplify", F(1), None), StepFlow("distill", None, F(1, 2))))
    assert line.shares == {}
    assert line.slack == F(1, 2)


def test_every_printed_bound_is_proved_and_is_refused_when_the_solver_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    x = z3.Real("x")
    within = [x >= 0, x <= 1]
    monkeypatch.setattr(
        "checker.explain.budget_flow.follows", lambda *_: Entailment(Validity.UNKNOWN)
    )
    assert greatest(within, x, QueryBudget(5.0)) is None


def test_runs_of_a_proved_loop_stay_under_its_ledger() -> None:
    at = {"checked": "19/20", "correction": "4/5"}
    claim = Claim("benign", imitation, Benign(), at=at)
    problem = pose(claim)
    found = prove(problem, QueryBudget(5.0), terse=False)
    assert isinstance(found, Certificate)
    assert not found.prefix
    (line,) = [
        x for x in budget_flow(problem, found, QueryBudget(5.0)).lines if x.quantity == "malign"
    ]
    index = [field.name for field in problem.agent.fields].index("malign")
    for tops in range(8):
        state = list(problem.seed)
        for step, entry in list(zip(problem.steps, line.entries, strict=True)) * 2:
            pairs = list(zip(step.source.symbols, state, strict=True))
            for number, choice in enumerate(step.stage.choices):
                end = choice.high if tops >> number % 3 & 1 else choice.low
                pairs.append((choice.symbol, z3.simplify(z3.substitute(end, *pairs))))
            state = [z3.simplify(z3.substitute(term, *pairs)) for term in step.stage.outputs]
            assert entry.after is not None
            assert z3.is_true(z3.simplify(state[index] <= z3.Q(*entry.after.as_integer_ratio())))
