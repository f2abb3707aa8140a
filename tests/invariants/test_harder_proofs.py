"""The sets that the harder proofs find hold every run in plain Fractions."""

from __future__ import annotations

import random
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker.backends.solver import QueryBudget
from checker.invariants.certificate import Certificate
from checker.portfolio.engine import Task
from checker.portfolio.proofs import BoxUnion, InductivePolyhedron
from checker.system.obligations import LIMITS
from checker.system.problem import Problem, pose
from tests.turning_schemes import (
    Map,
    State,
    Two,
    claim_of,
    coefficient,
    inside,
    language_step,
    maps,
    plain_step,
    reached,
    satisfies,
    spiral,
)


def prove_harder(problem: Problem, budget: QueryBudget) -> Certificate | None:
    """What the engines for loops that no box suits find: a polyhedron, else a union of boxes."""
    task = Task(problem, budget)
    return InductivePolyhedron().attempt(task) or BoxUnion().attempt(task)


@settings(max_examples=24, deadline=None, suppress_health_check=list(HealthCheck))
@given(maps, st.tuples(coefficient, coefficient), st.randoms(use_true_random=False))
def test_what_the_harder_proofs_prove_holds_every_run(
    both: Map, seed: tuple[Fraction, Fraction], chance: random.Random
) -> None:
    """The set that was proved holds every state that is reached, and is safe there."""
    limit = Fraction(3, 2)
    problem = pose(claim_of(Two, seed, language_step(both), lambda agent: agent.x <= limit))
    proof = prove_harder(problem, QueryBudget(1.0).within(6.0))
    if proof is None:
        return
    runs = [s for level in reached(both, seed, 3) for s in level]
    state: State = seed
    for _ in range(9):  # digits double at every iteration of a product
        share = [Fraction(chance.randint(-4, 4), 4) for _ in range(2)]
        state = plain_step(both, state, share)
        runs.append(state)
    for state in runs:
        assert state[0] <= limit
        if proof.boxes:
            assert any(inside(box, state) for box in proof.boxes["agent"])
        else:
            assert satisfies(proof.regions["agent"], problem, state)


def test_a_proof_of_whole_iterations_is_a_certificate() -> None:
    proof = prove_harder(pose(spiral(Fraction(9, 10), "101/100")), QueryBudget(5.0))
    assert isinstance(proof, Certificate)
    assert proof.discharged[-1] == LIMITS
