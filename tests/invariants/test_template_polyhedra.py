"""Templates prove what has no affine preimage."""

from __future__ import annotations

import itertools
import time
from typing import Any

from checker import decide
from checker.backends.solver import QueryBudget
from checker.invariants.certificate import discharge
from checker.invariants.interval_analysis import RegionSynthesizer
from checker.invariants.preimages import polyhedron
from checker.invariants.template_polyhedra import Polyhedra
from checker.system.problem import pose
from spec import Claim, Real
from spec.statements.base import Answer
from tests.turning_schemes import Two, claim_of, shared_budget


def test_a_template_follows_a_turn_that_is_not_affine() -> None:
    """A turning step with a product in it has no affine preimage; the guessed polygon will do."""

    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least="-1/50", at_most="1/50")
        return [
            (s.x * "3/5" - s.y * "4/5") * "9/10" + s.x * s.y / 50 + n,
            (s.x * "4/5" + s.y * "3/5") * "9/10",
        ]

    problem = pose(claim_of(Two, ["1", "0"], step, lambda agent: agent.x <= "101/100"))
    assert polyhedron(problem, QueryBudget(5.0)) is None
    agent = problem.agent
    regions = list(itertools.islice(Polyhedra(problem).candidates(QueryBudget(5.0)), 4))
    held = [{agent.name: (*problem.domain(agent), *r.clauses(agent))} for r in regions]
    assert any(isinstance(discharge(problem, h, QueryBudget(5.0)), tuple) for h in held)


def test_no_template_is_guessed_once_the_time_is_over() -> None:
    problem = pose(
        claim_of(
            Two,
            ["1", "0"],
            lambda s, nature: [s.x / 2 - s.y / 4, s.x / 4 + s.y / 2],
            lambda agent: agent.x <= 2,
        )
    )
    assert next(Polyhedra(problem).candidates(QueryBudget(5.0)), None) is not None
    over = QueryBudget(5.0, deadline=time.monotonic())
    assert list(Polyhedra(problem).candidates(over)) == []
    regions, (start,) = RegionSynthesizer(problem), RegionSynthesizer(problem).chain(0)
    assert regions.inflate(start, 1e-2) is not None
    assert regions.inflate(start, 1e-2, budget=over) is None


def test_a_product_of_two_shares_of_one_budget_is_bounded_exactly() -> None:
    """x + y <= 1/2 for ever, so x y <= 1/16; the direction x + y occurs in no invariant."""

    def claim(limit: str) -> Claim:
        return claim_of(Two, ["0", "0"], shared_budget, lambda agent: agent.x * agent.y <= limit)

    assert decide(claim("1/16")).answer is Answer.PROVED
    assert decide(claim("1/17")).answer is Answer.REFUTED
