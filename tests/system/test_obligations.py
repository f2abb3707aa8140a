"""Every obligation of a claim about a loop is generated, and says what it is to say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import z3

from checker.backends.solver import QueryBudget
from checker.invariants.certificate import discharge
from checker.system.findings import Blocked
from checker.system.obligations import (
    ALIGNED_START,
    LIMITS,
    OVERSIGHT,
    PREMISES,
    SEED,
    SMART_ENOUGH,
    Duty,
    Held,
    Label,
    Obligation,
    obligations,
)
from checker.system.problem import Clause, Problem, pose
from examples.noisy_memory import MostlyRight, memory
from spec import Claim
from tests.system.overseen import FewErrors, overseen


def test_every_obligation_of_a_memory_is_generated() -> None:
    problem = pose(Claim("memory", memory, MostlyRight()))
    found = obligations(problem, problem.clauses)
    assert [obligation.label for obligation in found] == [
        SEED,
        Label(Duty.PRESERVATION, "rewrite", 2),
    ]


def posed() -> tuple[Problem, z3.ExprRef, z3.ExprRef, z3.ExprRef, z3.ExprRef]:
    """The problem; error and rank of the agent and of the expert."""
    problem = pose(Claim("overseen", overseen, FewErrors()))
    (agent, expert) = problem.traced.positions
    return (problem, *agent.symbols, *expert.symbols)


def held_sets(error: str = "1/4", judged: str = "1/4", rank: int = 0) -> Held:
    """The agent's error is at most one number and the expert's another; both ranks are known."""
    _, e, r, f, q = posed()
    return {
        "agent": [Clause("e", e <= error), Clause("e0", e >= 0), Clause("r", r == rank)],
        "expert": [Clause("f", f <= judged), Clause("f0", f >= 0), Clause("q", q == rank + 1)],
    }


def says(obligation: Obligation) -> z3.BoolRef:
    conclusions = [clause.condition for clause in obligation.conclusions]
    return z3.Implies(z3.And(*obligation.hypotheses), z3.And(*conclusions))


def same(one: z3.BoolRef, other: z3.BoolRef) -> bool:
    solver = z3.Solver()
    solver.add(one != other)
    return bool(solver.check() == z3.unsat)


def chosen(problem: Problem, step: int) -> dict[str, z3.ArithRef]:
    return {choice.name: choice.symbol for choice in problem.steps[step].stage.choices}


def written_by_hand(problem: Problem, held: Held) -> list[tuple[Label, str, z3.BoolRef]]:
    """The obligations in the order of the docstring, each as one formula."""
    _, e, r, f, q = posed()
    here = z3.And(*[clause.condition for clause in held["agent"]])
    there = z3.And(*[clause.condition for clause in held["expert"]])
    first = problem.seed_choices[0].symbol
    made = [(e, first), (r, z3.RealVal(0))]
    amplified = [(f, e / (2 - r / 4)), (q, r + 1)]
    given, outputs = chosen(problem, 1), problem.steps[1].stage.outputs
    slip, more = given["slip"], given["more"]
    wild = (given["arbitrary error"], given["arbitrary rank"])
    bounded = z3.And(slip >= 0, slip <= q / 100, more >= 0, more <= slip)
    tame = z3.And(wild[0] >= 0, wild[0] <= 1, wild[1] >= 0, wild[1] <= 4)
    judges = z3.And(q >= q - 1, f <= "1/2")
    distilled = [(e, outputs[0]), (r, outputs[1])]
    both = z3.And(bounded, tame)
    distills = Label(Duty.WELL_DEFINED, "distill", 3)
    low_first = z3.BoolVal(True)
    return [
        (SEED, ALIGNED_START, low_first),
        (
            SEED,
            ALIGNED_START,
            z3.Implies(z3.And(first >= 0, first <= "1/10"), z3.substitute(here, *made)),
        ),
        (
            Label(Duty.PRESERVATION, "amplify", 2),
            PREMISES["amplify"],
            z3.Implies(here, z3.substitute(there, *amplified)),
        ),
        (
            Label(Duty.WELL_DEFINED, "amplify", 2),
            PREMISES["amplify"],
            z3.Implies(here, 2 - r / 4 != 0),
        ),
        (
            OVERSIGHT,
            SMART_ENOUGH,
            z3.Implies(
                z3.And(here, z3.substitute(both, *amplified)), z3.substitute(judges, *amplified)
            ),
        ),
        (
            Label(Duty.PRESERVATION, "distill", 3),
            PREMISES["distill"],
            z3.Implies(z3.And(there, both, judges), z3.substitute(here, *distilled)),
        ),
        (distills, PREMISES["distill"], z3.Implies(there, q / 100 >= 0)),
        (
            distills,
            PREMISES["distill"],
            z3.Implies(z3.And(there, slip >= 0, slip <= q / 100), slip >= 0),
        ),
        (distills, PREMISES["distill"], z3.BoolVal(True)),
        (distills, PREMISES["distill"], z3.BoolVal(True)),
    ]


# at the second sets nearly every obligation fails, so that one that says too little is noticed
@pytest.mark.parametrize("bounds", [("1/4", "1/4", 0), ("1/20", "-1", -5), ("3", "2", 8)])
def test_the_obligations_are_those_of_the_docstring(bounds: tuple[str, str, int]) -> None:
    problem, held = posed()[0], held_sets(*bounds)
    found, expected = obligations(problem, held), written_by_hand(problem, held)
    assert [(each.label, each.premise) for each in found] == [each[:2] for each in expected]
    for each, (label, _, formula) in zip(found, expected, strict=True):
        assert same(says(each), formula), label


def test_a_choice_without_a_value_is_an_obligation_that_fails() -> None:
    """At a negative rank nothing can be chosen of the slip, and only there."""
    problem = posed()[0]
    for rank, open_ in ((0, True), (-2, False)):
        found = obligations(problem, held_sets(rank=rank))
        (slip,) = [
            each
            for each in found
            for clause in each.conclusions
            if clause.label == 'nature has a value for "slip"'
        ]
        assert same(says(slip), z3.BoolVal(True)) == open_


def test_without_oversight_distillation_must_preserve_whatever_the_expert() -> None:
    problem, held = posed()[0], held_sets()
    found = obligations(problem, held, oversight=False)
    assert OVERSIGHT not in [each.label for each in found]
    (kept,) = [each for each in found if each.label == Label(Duty.PRESERVATION, "distill", 3)]
    there = [clause.condition for clause in held["expert"]]
    assert same(z3.And(*kept.hypotheses), z3.And(*there, problem.steps[1].stage.bounds))


def labels(found: Sequence[Label] | Blocked) -> Sequence[Label]:
    assert not isinstance(found, Blocked), found
    return found


def blocked(**bounds: object) -> Label:
    found = discharge(posed()[0], held_sets(**bounds), QueryBudget(5.0))  # type: ignore[arg-type]
    assert isinstance(found, Blocked)
    return found.obligation


def test_what_is_inductive_is_discharged_and_everything_else_is_blocked_by_name() -> None:
    problem = posed()[0]
    assert labels(discharge(problem, held_sets("1/4", "1/8"), QueryBudget(5.0))) == (
        SEED,
        Label(Duty.PRESERVATION, "amplify", 2),
        Label(Duty.WELL_DEFINED, "amplify", 2),
        OVERSIGHT,
        Label(Duty.PRESERVATION, "distill", 3),
        Label(Duty.WELL_DEFINED, "distill", 3),
        LIMITS,
    )
    assert (SEED.number, OVERSIGHT.number, LIMITS.number) == (1, 2, 4)  # as design counts them
    assert blocked(error="1/20") == SEED
    assert blocked(judged="1/10") == Label(Duty.PRESERVATION, "amplify", 2)
    assert blocked(judged="6/25") == Label(Duty.PRESERVATION, "distill", 3)
    assert blocked(error="1", judged="1/2") == LIMITS


def test_the_seed_need_not_be_in_a_set_that_a_prefix_enters() -> None:
    problem, held = posed()[0], held_sets("1/20", "1/40")
    assert blocked(error="1/20", judged="1/40") == SEED
    assert SEED not in labels(discharge(problem, held, QueryBudget(5.0), seeded=False))
