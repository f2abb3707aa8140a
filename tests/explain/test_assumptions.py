"""Each bound, the coupling and each assumption of a claim is found idle or needed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.explain.assumptions import examine_assumptions
from checker.explain.findings import (
    AssumptionKind,
    AssumptionResult,
    ChoiceBound,
    ClaimOpen,
    Status,
)
from checker.explain.relaxations import End
from checker.portfolio.decision import decide
from checker.report.assumptions import subject
from checker.report.documents import document
from checker.report.words import describe
from spec import Claim, I, Loop, Nature, Real
from spec.statements.base import Answer
from tests.explain.memories import (
    OTHER,
    SLIP,
    UNATTACKED,
    F,
    Memory,
    Noise,
    Seldom,
    anything,
    blank,
    corrected,
    examined,
    memory,
    result_on,
    taught,
)


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from([F(0), F(1, 4), F(1, 2)]),
    st.fractions(F(1, 40), F(9, 10), max_denominator=40),
    st.sampled_from([F(1, 4), F(1, 2), F(2, 3)]),
)
def test_bracket_holds_the_factor_computed_by_hand(
    slope: Fraction, noise: Fraction, limit: Fraction
) -> None:
    # e' = slope e + x from 0, x <= factor noise, stays below its fixed point factor noise / (1 -
    # slope), which it reaches at once or never: it keeps e <= limit exactly up to this factor
    edge = limit * (1 - slope) / noise
    claim = Claim("c", anything, Seldom(error=Real(limit)), at={"slope": slope, "noise": noise})
    answer = decide(claim, options=UNATTACKED).answer
    assert answer is (Answer.PROVED if edge >= 1 else Answer.REFUTED)
    found = result_on(claim, AssumptionKind.BOUND, SLIP)
    assert found.status is Status.NEEDED
    assert found.proved is not None
    assert found.refuted is not None
    assert found.proved <= edge < found.refuted
    assert found.refuted - found.proved <= max(F(1, 8), edge / 8)
    # at the factor 1 it is the claim itself that is refuted
    assert found.broken == (None if found.refuted == 1 else "Seldom")


def test_exact_edge_is_proved() -> None:
    found = result_on(Claim("c", memory, Seldom()), AssumptionKind.BOUND, SLIP)
    assert found.proved == 2
    assert found.refuted is not None
    assert 2 < found.refuted <= F(9, 4)


def test_bound_without_influence_is_idle_even_beyond_its_domain() -> None:
    found = result_on(Claim("c", memory, Seldom()), AssumptionKind.BOUND, OTHER)
    assert found == AssumptionResult(AssumptionKind.BOUND, OTHER, Status.IDLE, proved=F(1024))


def test_bound_without_width_is_idle() -> None:
    claim = Claim("c", memory, Seldom(), at={"noise": 0})
    assert result_on(claim, AssumptionKind.BOUND, SLIP).status is Status.IDLE


def test_lower_bound_is_loosened_downwards() -> None:
    # with at_least = 1/4 - f/8 the error is at most e/2 + f/8, so e <= 1/2 holds up to f = 2
    claim = Claim("c", corrected, Seldom())
    low, high = (
        result_on(claim, AssumptionKind.BOUND, ChoiceBound("gain", "kept", end))
        for end in (End.LOWER, End.UPPER)
    )
    assert low.status is Status.NEEDED
    assert low.proved == 2
    assert low.refuted is not None
    assert 2 < low.refuted <= F(9, 4)
    assert high.status is Status.IDLE


def test_assumptions_on_what_matters_are_needed_and_others_idle() -> None:
    claim = Claim("c", memory, Seldom())
    needed, idle = (
        result_on(claim, AssumptionKind.ASSUMPTION, name) for name in ("quiet", "small")
    )
    assert needed.status is Status.NEEDED
    assert set(needed.point) == {"noise"}
    assert needed.point["noise"] > F(1, 4)  # where it fails, and 2 noise > 1/2 refutes the claim
    assert idle.status is Status.IDLE
    assert set(idle.point) == {"volume"}
    assert idle.point["volume"] > F(1, 2)


@pytest.mark.parametrize(
    ("limit", "at", "answer", "status", "then"),
    [
        # the student is within its limit where it is overseen, and anything where it is not
        ("1/2", {}, Answer.PROVED, Status.NEEDED, Answer.REFUTED),
        # the limit is the whole domain, which no arbitrary student leaves
        (1, {}, Answer.PROVED, Status.IDLE, Answer.PROVED),
        # an expert that can follow less than the student's skill loses it
        ("1/2", {"volume": 0}, Answer.REFUTED, Status.NEEDED, Answer.PROVED),
        # e' = e/2 + 1/2 breaks e <= 1/2 whether or not anyone looks
        ("1/2", {"noise": "1/2"}, Answer.REFUTED, Status.IDLE, Answer.REFUTED),
    ],
)
def test_coupling(limit: Any, at: Any, answer: Answer, status: Status, then: Answer) -> None:
    claim = Claim("c", taught, Seldom(error=Real(limit)), at=at)
    assert decide(claim).answer is answer
    found = result_on(claim, AssumptionKind.COUPLING)
    assert (found.status, found.answer) == (status, then)


def test_arbitrary_student_has_no_bound_to_loosen() -> None:
    results = examined(Claim("c", taught, Seldom())).results
    skill_bound = ChoiceBound("distill", "skill", End.UPPER)
    assert [r.subject for r in results if r.kind is AssumptionKind.BOUND] == [
        ChoiceBound("distill", "slip", End.UPPER),
        skill_bound,
    ]
    # a skill beyond the expert's is a student that nobody oversees
    skill = next(r for r in results if r.subject == skill_bound)
    assert skill.status is Status.NEEDED
    assert skill.proved == 1
    assert skill.refuted is not None
    assert skill.refuted > 1


def test_limit_on_the_expert_that_breaks_is_named() -> None:
    tight = Claim("c", taught, Seldom(), expert_limit=Seldom(error=Real("1/100")))
    assert result_on(tight, AssumptionKind.EXPERT_LIMIT).status is Status.NEEDED
    wide = Claim("c", taught, Seldom(), at={"noise": "1/2"}, expert_limit=Seldom())
    assert result_on(wide, AssumptionKind.EXPERT_LIMIT).status is Status.IDLE


def narrowing(agent: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    first = nature.choose("first", at_most="1/8")
    nature.choose("second", at_most=Real("1/4") - first)
    return Memory(error=agent.error / 2 + first, other=agent.other)


def test_loosening_that_leaves_nature_no_value_is_undecided_or_broken_earlier() -> None:
    scheme = Loop[Noise, Memory[Seldom]]("n", parameters=Noise, seed=blank, step=narrowing)
    first = ChoiceBound("narrowing", "first", End.UPPER)
    found = result_on(Claim("c", scheme, Seldom()), AssumptionKind.BOUND, first)
    assert found.status is not Status.IDLE
    assert found.proved == 2  # first <= 1/4 leaves a value for second, and keeps e <= 1/2


def test_undecided_claims_are_not_examined() -> None:
    claim = Claim("c", memory, Seldom())
    report = examine_assumptions(claim, Answer.UNKNOWN)
    assert report.reason == ClaimOpen(Answer.UNKNOWN)
    assert describe(report.reason) == "the claim is unknown"
    assert not report.results


def test_a_loosened_bound_that_breaks_the_claim_is_found() -> None:
    report = examined(Claim("c", memory, Seldom()))
    assert [result.subject for result in report.breaking] == [SLIP]


@pytest.mark.parametrize(
    ("kind", "what", "name"),
    [
        (AssumptionKind.BOUND, SLIP, "forget: slip, at most"),
        (AssumptionKind.BOUND, ChoiceBound("gain", "kept", End.LOWER), "gain: kept, at least"),
        (AssumptionKind.COUPLING, None, "smart enough"),
        (AssumptionKind.ASSUMPTION, "quiet", "quiet"),
        (AssumptionKind.EXPERT_LIMIT, None, "limit on the expert"),
    ],
)
def test_each_thing_assumed_has_a_name(
    kind: AssumptionKind, what: ChoiceBound | str | None, name: str
) -> None:
    assert subject(AssumptionResult(kind, what, Status.IDLE)) == name


def test_json_holds_exact_numbers_as_text() -> None:
    written = document(examined(Claim("c", memory, Seldom())))
    by_name = {found["what"]: found for found in written["findings"]}
    assert by_name["forget: slip, at most"]["proved_at_factor"] == "2"
    assert by_name["forget: other, at most"]["refuted_at_factor"] is None
    assert written["substance"]["unread_fields"] == ["other"]
