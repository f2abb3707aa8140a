"""A certificate may need a prefix, and its region must cover where the prefix ends."""

from __future__ import annotations

from fractions import Fraction

import attrs
import pytest
import z3

from checker.backends.solver import QueryBudget, follows
from checker.invariants.certificate import Certificate, clear_steps, covers, discharge
from checker.portfolio.proving import prove
from checker.system.findings import Blocked, Method
from checker.system.obligations import (
    LIMITS,
    OVERSIGHT,
    SEED,
    Duty,
    entry,
    obligations,
    preservation,
)
from checker.system.problem import Clause, Problem, pose
from checker.system.region import Region
from checker.system.walk import HeldSet
from spec import Claim, minimum
from tests.plain_schemes import FewErrors, SumWithin, learning, splitting
from tests.system import overseen
from tests.turning_schemes import Two, claim_of


def test_the_learner_needs_its_prefix() -> None:
    proof = prove(pose(Claim("learner", learning, FewErrors())), QueryBudget(5.0))
    assert isinstance(proof, Certificate)
    assert proof.prefix >= 4  # capability reaches 1, and the error 5/16, after four iterations


def test_a_region_must_cover_where_the_prefix_ends() -> None:
    """A cap that the entered box exceeds is not entered, though every interval contains it."""
    agent = pose(Claim("split", splitting, SumWithin())).agent
    x, y = agent.symbols
    half = Fraction(1, 2)
    entered = Region(((Fraction(0), half), (Fraction(0), half))).clauses(agent)
    loose, tight = Region(((Fraction(0), half),) * 2, ((x + y, Fraction(1)),)), half
    assert covers(loose.clauses(agent), entered, QueryBudget(5.0))
    cut = Region(((Fraction(0), half),) * 2, ((x + y, tight),))
    assert not covers(cut.clauses(agent), entered, QueryBudget(5.0))


def clauses_of(problem: Problem, held: HeldSet) -> list[Clause]:
    """The conditions of a set of a walk, read back."""
    (position,) = [p for p in problem.traced.positions if p.name == held.position]
    declared = "".join(f"(declare-const {s} {s.sort()})" for s in position.symbols)
    return [
        Clause(text, z3.parse_smt2_string(f"{declared}(assert {text})")[0])
        for text in held.conditions
    ]


def leads(problem: Problem, walk: tuple[HeldSet, ...]) -> None:
    """That a walk is a proof: by the obligations of each of its links, not by how it was made."""
    budget = QueryBudget(5.0)
    sets = [clauses_of(problem, held) for held in walk]
    shown = entry(problem, sets[0])
    for held, here in zip(walk, sets, strict=True):
        (step,) = [s for s in problem.steps if s.source.name == held.position]
        assert (held.into is None) != (held.within is None)
        if held.within is not None:
            assert walk[held.within].position == held.position
            assert covers(sets[held.within], here, budget)
        else:
            assert held.into is not None
            taken = step
            if walk[held.into].position != step.target.name:  # both steps are taken at once
                (taken,) = problem.composed().steps
            assert walk[held.into].position == taken.target.name
            shown += preservation(taken, here, sets[held.into])
        assert covers(problem.clauses[held.position], here, budget)
    for obligation in shown:
        for clause in obligation.conclusions:
            assert follows(obligation.hypotheses, clause.condition, budget).valid, clause.label


@pytest.mark.parametrize(
    "claim",
    [
        Claim("overseen", overseen.overseen, overseen.FewErrors()),
        Claim("learner", learning, FewErrors()),
        Claim("split", splitting, SumWithin()),
    ],
    ids=lambda claim: claim.name,
)
def test_the_walk_of_a_proof_leads_every_run_on(claim: Claim) -> None:
    found = prove(pose(claim), QueryBudget(5.0))
    assert isinstance(found, Certificate)
    assert found.form is not None
    walk = found.walk()
    leads(found.form, walk)
    assert found.prefix == 0 or len(walk) > len(found.form.steps)


def test_a_walk_goes_through_the_chain_into_the_set_that_is_kept_or_back() -> None:
    problem = pose(Claim("overseen", overseen.overseen, overseen.FewErrors()))
    zero, half = Fraction(0), Fraction(1, 2)
    box = ((zero, half), (zero, half))
    chain = (box, box, box)
    found = Certificate(Method.REGION, chain=chain, form=problem)
    walk = found.walk()
    assert [held.position for held in walk] == ["agent", "expert", "agent", "agent", "expert"]
    assert [held.into for held in walk] == [1, 2, None, 4, 3]
    assert [held.within for held in walk] == [None, None, 3, None, None]
    relying = attrs.evolve(found, discharged=(OVERSIGHT,)).walk()
    assert [held.position for held in relying] == ["agent", "expert", "agent", "agent"]
    assert [held.into for held in relying] == [1, 2, None, 3]
    back = attrs.evolve(found, returns=0).walk()
    assert [(held.into, held.within) for held in back] == [(1, None), (2, None), (None, 0)]
    later = attrs.evolve(found, chain=(*chain, box, box), returns=1).walk()
    assert (later[-1].position, later[-1].within) == ("agent", 2)
    assert attrs.evolve(found, chain=()).walk() == tuple(
        attrs.evolve(held, into=1 - n) for n, held in enumerate(walk[3:])
    )
    assert attrs.evolve(found, method=Method.K_INDUCTION).walk() == ()
    assert attrs.evolve(found, form=None).walk() == ()


def test_boxes_are_followed_as_far_as_each_leads_into_the_next() -> None:
    """x halves and y adds up to 1/4 to what x was: from (1, 0)."""

    def step(s: object, nature: object) -> list[object]:
        return [s.x / 2, s.x / 2 + nature.choose("n", at_most="1/4")]  # type: ignore[attr-defined]

    problem = pose(claim_of(Two, ["1", "0"], step, lambda agent: agent.y <= "3/4"))
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    point = ((Fraction(1), Fraction(1)), (Fraction(0), Fraction(0)))
    first = ((half, half), (half, 3 * quarter))
    second = ((quarter, quarter), (quarter, half))
    narrow = ((half, half), (half, half))
    wide = ((half, half), (Fraction(0), Fraction(1)))
    for boxes, clear in (
        ([point, first, second], 3),
        ([point], 1),
        ([first, second], 0),
        ([point, narrow, second], 1),
        ([point, second, second], 1),
        ([point, first, first], 2),
        ([point, wide, second], 1),
    ):
        assert clear_steps(problem, boxes, QueryBudget(5.0)) == clear, boxes
    assert SEED in [each.label for each in obligations(problem, problem.clauses)]


def creeping(by: str) -> Problem:
    """x starts at 0 and grows by so much until it is 1; it must stay within 1/2."""

    def step(s: object, nature: object) -> list[object]:
        return [minimum(1, s.x + by), s.y]  # type: ignore[attr-defined]

    return pose(claim_of(Two, ["0", "0"], step, lambda agent: agent.x <= "1/2"))


def most(problem: Problem, bound: str) -> dict[str, tuple[Clause, ...]]:
    """The domain where x is at most a bound."""
    agent = problem.agent
    within = Clause("x", agent.symbols[0] <= z3.RealVal(bound))
    return {agent.name: (*problem.domain(agent), within)}


def test_a_set_that_is_kept_shows_nothing_unless_it_is_within_the_limits() -> None:
    problem = creeping("0")
    assert not isinstance(discharge(problem, most(problem, "1/2"), QueryBudget(5.0)), Blocked)
    shown = discharge(problem, most(problem, "3/4"), QueryBudget(5.0))
    assert isinstance(shown, Blocked)
    assert shown.obligation == LIMITS


@pytest.mark.parametrize("seeded", [True, False])
def test_a_set_must_be_kept_whether_or_not_the_seed_is_in_it(seeded: bool) -> None:
    problem = creeping("1/8")
    shown = discharge(problem, most(problem, "1/2"), QueryBudget(5.0), seeded=seeded)
    assert isinstance(shown, Blocked)
    assert shown.obligation.duty is Duty.PRESERVATION


def test_sets_for_whole_iterations_lead_on_and_the_last_into_itself() -> None:
    problem = creeping("0")
    sets = tuple(most(problem, bound)[problem.agent.name] for bound in ("1/8", "1/4", "1/2"))
    found = Certificate(Method.CLAUSE_BY_CLAUSE, sets=sets, form=problem)
    walk = found.walk()
    assert [held.into for held in walk] == [1, 2, 2]
    leads(problem, walk)
