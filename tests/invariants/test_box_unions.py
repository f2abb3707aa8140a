"""Unions of boxes keep exact samples, and none of their boxes can be left out."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import z3

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.invariants.box_unions import Leak, discharge_union, hull, inductive_union
from checker.report.certificate import bounds_at, method_of
from checker.system.findings import Method
from checker.system.obligations import LIMITS, SEED
from checker.system.problem import pose
from checker.system.region import Box
from spec import Agent, Claim, I, Real, between, when
from spec.statements.base import Answer
from tests.turning_schemes import One, State, Two, claim_of, inside


def logistic_gap(width: str = "1/200") -> Claim:
    """x' = 3.2 x (1 - x) + n hops between two bands, and never enters the gap between them."""

    def step(s: Any, nature: Any) -> list[Real]:
        return [Real("16/5") * s.x * (1 - s.x) + nature.choose("n", at_most=width)]

    return claim_of(One, ["1/2"], step, lambda agent: (agent.x <= "11/20") | (agent.x >= "3/5"))


def logistic(state: State, share: Fraction) -> State:
    (x,) = state
    return (Fraction(16, 5) * x * (1 - x) + share / 200,)


def henon() -> Claim:
    """A chaotic attractor: x' = 1 - 6/5 x^2 + y, y' = 3/10 x."""

    def step(s: Any, nature: Any) -> list[Real]:
        return [1 - s.x * s.x * "6/5" + s.y, s.x * "3/10"]

    return claim_of(Two, ["0", "0"], step, lambda agent: agent.x >= "-3/2")


def henon_map(state: State, share: Fraction) -> State:
    x, y = state
    return (1 - Fraction(6, 5) * x * x + y, Fraction(3, 10) * x)


UNIONS = [(logistic_gap, logistic), (henon, henon_map)]


@pytest.mark.parametrize(("claim", "move"), UNIONS, ids=["two bands", "chaos"])
def test_a_union_of_boxes_is_kept_by_exact_samples(
    claim: Callable[[], Claim], move: Callable[[State, Fraction], State]
) -> None:
    problem = pose(claim())
    found = inductive_union(problem, QueryBudget(5.0))
    assert found is not None
    union, _ = found
    assert len(union) > 1
    chance = random.Random(4)
    for box in union:
        for _ in range(40):
            shares = [Fraction(chance.choice([0, 1, chance.randint(0, 64) / 64])) for _ in box]
            state = tuple(
                low + share * (high - low) for (low, high), share in zip(box, shares, strict=True)
            )
            after = move(state, Fraction(chance.randint(0, 8), 8))
            assert any(inside(other, after) for other in union)


@pytest.mark.parametrize(("claim", "move"), UNIONS, ids=["two bands", "chaos"])
def test_a_union_without_a_box_that_is_visited_is_not_inductive(
    claim: Callable[[], Claim], move: Callable[[State, Fraction], State]
) -> None:
    problem = pose(claim())
    found = inductive_union(problem, QueryBudget(5.0))
    assert found is not None
    union, _ = found
    state: State = tuple(Fraction(str(t)) for t in map(z3.simplify, problem.seed))
    needed = set()
    for _ in range(12):
        homes = [i for i, box in enumerate(union) if inside(box, state)]
        needed |= set(homes) if len(homes) == 1 else set()
        state = move(state, Fraction(1, 2))
    assert len(needed) > 1
    for dropped in sorted(needed):
        fewer = tuple(box for i, box in enumerate(union) if i != dropped)
        assert isinstance(discharge_union(problem, fewer, QueryBudget(5.0)), Leak)


def test_what_is_thought_to_be_reached_is_not_believed() -> None:
    problem = pose(logistic_gap())
    found = inductive_union(problem, QueryBudget(5.0))
    assert found is not None
    union, _ = found
    everywhere = [list(range(len(union)))] * len(union)
    assert not isinstance(discharge_union(problem, union, QueryBudget(5.0), everywhere), Leak)
    stays = [[i] for i in range(len(union))]  # false: the bands are visited in turn
    assert isinstance(discharge_union(problem, union, QueryBudget(5.0), stays), Leak)


def test_a_union_must_meet_the_clauses_and_hold_the_seed() -> None:
    problem = pose(logistic_gap())
    whole: tuple[Box, ...] = (((Fraction(0), Fraction(1)),),)
    leak = discharge_union(problem, whole, QueryBudget(5.0))
    assert isinstance(leak, Leak)
    assert leak.obligation == LIMITS
    elsewhere: tuple[Box, ...] = (((Fraction(0), Fraction(1, 10)),),)
    leak = discharge_union(problem, elsewhere, QueryBudget(5.0))
    assert isinstance(leak, Leak)
    assert leak.obligation == SEED


def test_a_gap_is_proved_or_refuted_as_its_noise_is() -> None:
    verdict = decide(logistic_gap())
    assert verdict.answer is Answer.PROVED
    assert verdict.method is Method.BOX_UNION
    assert method_of(verdict.result) == "union of 2 boxes"
    assert verdict.certificate is not None
    assert len(verdict.certificate.boxes["agent"]) == 2
    (told,) = bounds_at(verdict.certificate, "agent")
    assert " or " in told
    assert decide(logistic_gap("1/10")).answer is Answer.REFUTED


def test_a_threshold_controller_is_proved_by_cells() -> None:
    def step(s: Any, nature: Any) -> list[Real]:
        pull = when(s.x > 0, Real("-1/10"), Real("1/10"))
        return [s.x + s.y / 10, s.y * "9/10" + pull]

    claim = claim_of(Two, ["1", "0"], step, lambda agent: agent.x <= "5/4")
    verdict = decide(claim, options=Options(engines=("box-unions",)))
    assert verdict.answer is Answer.PROVED
    assert verdict.method is Method.BOX_UNION
    assert method_of(verdict.result).startswith("union of")
    assert verdict.certificate is not None
    assert bounds_at(verdict.certificate, "agent")[0].startswith("one of ")


def test_the_hull_is_the_least_box_around_a_union() -> None:
    boxes = [((Fraction(0), Fraction(1)),), ((Fraction(3), Fraction(4)),)]
    assert hull(boxes) == ((Fraction(0), Fraction(4)),)


def test_a_coupled_domain_is_proved_of_a_union_too() -> None:
    """The second field must stay below 1 - x; a union of boxes alone does not say so."""

    class Shared(Agent[I]):
        x: Real = between(0, 1)
        y: Real = between(0, 1, coupled=lambda a: 1 - a.x)

    def step(s: Any, nature: Any) -> list[Real]:
        return [s.x / 2 + s.y / 4, s.y / 2]

    problem = pose(claim_of(Shared, ["1/2", "1/2"], step, lambda agent: agent.x <= "3/4"))
    square: tuple[Box, ...] = (((Fraction(0), Fraction(3, 4)), (Fraction(0), Fraction(1, 2))),)
    assert isinstance(discharge_union(problem, square, QueryBudget(5.0)), tuple)

    def careless(s: Any, nature: Any) -> list[Real]:
        return [s.x, when(s.x + s.y > "9/10", Real("1/2"), s.y)]

    problem = pose(claim_of(Shared, ["1/2", "1/2"], careless, lambda agent: agent.x <= "3/4"))
    leak = discharge_union(problem, square, QueryBudget(5.0))
    assert isinstance(leak, Leak)
    assert leak.clause == "domain of the agent"
