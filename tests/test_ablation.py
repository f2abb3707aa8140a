"""What a claim assumes: each bound, the coupling and the assumptions, idle or needed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.backends.solver import QueryBudget
from checker.explain.assumptions import Ablation, Finding, ablate
from checker.explain.nonvacuity import nonvacuity_of, unread_fields
from checker.portfolio.decision import Options, decide
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    parameter,
)

F = Fraction
UNATTACKED = Options(attack=0)  # Hypothesis does not nest


class Memory(Agent[I]):
    error: Real = between(0, 1, "what is claimed of")
    other: Real = between(0, 1, "what nothing depends on")


class Seldom(Invariant):
    error: Real = budget(0, 1, "bound on the error", limit="1/2")

    def holds(self, agent: Memory[Any] | Overseer[Any]) -> Bool:
        return agent.error <= self.error


class Noise(Parameters):
    slope: Real = parameter("1/2", 0, 1, "what is kept of the error")
    noise: Real = parameter("1/8", 0, 1, "what is added to it")
    volume: Real = parameter("1/8", 0, 1, "bound on what does not matter")


def blank(p: Noise) -> Memory[Seldom]:
    return Memory(error=Real(0), other=Real(0))


def forget(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    other = nature.choose("other", at_most=p.volume)
    return Memory(
        error=p.slope * memory.error + nature.choose("slip", at_most=p.noise), other=other
    )


def quiet(p: Noise) -> Bool:
    """The noise is at most a quarter."""
    return p.noise <= Real("1/4")


def small(p: Noise) -> Bool:
    """The volume is at most a half."""
    return p.volume <= Real("1/2")


memory = Loop[Noise, Memory[Seldom]](
    "memory", parameters=Noise, seed=blank, step=forget, assumptions=[quiet, small]
)
anything = Loop[Noise, Memory[Seldom]]("anything", parameters=Noise, seed=blank, step=forget)


def examined(claim: Claim) -> Ablation:
    verdict = decide(claim, options=UNATTACKED).verdict
    return ablate(claim, verdict, budget=QueryBudget(5.0))


def named(claim: Claim, what: str) -> Finding:
    (found,) = [f for f in examined(claim).findings if f.what == what]
    return found


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
    verdict = decide(claim, options=UNATTACKED).verdict
    assert verdict == ("proved" if edge >= 1 else "refuted")
    found = named(claim, "forget: slip, at most")
    assert found.status == "needed"
    assert found.proved is not None
    assert found.refuted is not None
    assert found.proved <= edge < found.refuted
    assert found.refuted - found.proved <= max(F(1, 8), edge / 8)
    # at the factor 1 it is the claim itself that is refuted
    assert found.broken == ("" if found.refuted == 1 else "Seldom")


def test_exact_edge_is_proved() -> None:
    found = named(Claim("c", memory, Seldom()), "forget: slip, at most")
    assert found.proved == 2
    assert found.refuted is not None
    assert 2 < found.refuted <= F(9, 4)


def test_bound_without_influence_is_idle_even_beyond_its_domain() -> None:
    found = named(Claim("c", memory, Seldom()), "forget: other, at most")
    assert found == Finding("bound", "forget: other, at most", "idle", proved=F(1024))


def test_bound_without_width_is_idle() -> None:
    claim = Claim("c", memory, Seldom(), at={"noise": 0})
    assert named(claim, "forget: slip, at most").status == "idle"


def gain(agent: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    kept = nature.choose("kept", at_least="1/8", at_most="1/4")
    return Memory(error=agent.error / 2 + Real("1/4") - kept, other=agent.other)


corrected = Loop[Noise, Memory[Seldom]]("corrected", parameters=Noise, seed=blank, step=gain)


def test_lower_bound_is_loosened_downwards() -> None:
    # with at_least = 1/4 - f/8 the error is at most e/2 + f/8, so e <= 1/2 holds up to f = 2
    claim = Claim("c", corrected, Seldom())
    low, high = (named(claim, f"gain: kept, at {side}") for side in ("least", "most"))
    assert low.status == "needed"
    assert low.proved == 2
    assert low.refuted is not None
    assert 2 < low.refuted <= F(9, 4)
    assert high.status == "idle"


def test_assumptions_on_what_matters_are_needed_and_others_idle() -> None:
    claim = Claim("c", memory, Seldom())
    needed, idle = named(claim, "quiet"), named(claim, "small")
    assert needed.status == "needed"
    assert set(needed.point) == {"noise"}
    assert needed.point["noise"] > F(1, 4)  # where it fails, and 2 noise > 1/2 refutes the claim
    assert idle.status == "idle"
    assert set(idle.point) == {"volume"}
    assert idle.point["volume"] > F(1, 2)


class Overseer(Expert[I]):
    error: Real = between(0, 1, "its error")
    other: Real = between(0, 1, "the skill that oversight takes")


def consult(agent: Memory[I], p: Noise, nature: Nature) -> Overseer[I]:
    return Overseer(error=agent.error / 2, other=p.volume)


def train(expert: Overseer[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(
        error=expert.error + nature.choose("slip", at_most=p.noise),
        other=nature.choose("skill", at_most="1/8"),
    )


def can_follow(expert: Overseer[I], student: Memory[I], p: Noise) -> Bool:
    return expert.other >= student.other


taught = Scheme[Noise, Memory[Seldom], Overseer[Seldom]](
    "taught",
    parameters=Noise,
    seed=blank,
    amplify=consult,
    distill=train,
    smart_enough=can_follow,
)


@pytest.mark.parametrize(
    ("limit", "at", "verdict", "status", "then"),
    [
        # the student is within its limit where it is overseen, and anything where it is not
        ("1/2", {}, "proved", "needed", "refuted"),
        # the limit is the whole domain, which no arbitrary student leaves
        (1, {}, "proved", "idle", "proved"),
        # an expert that can follow less than the student's skill loses it
        ("1/2", {"volume": 0}, "refuted", "needed", "proved"),
        # e' = e/2 + 1/2 breaks e <= 1/2 whether or not anyone looks
        ("1/2", {"noise": "1/2"}, "refuted", "idle", "refuted"),
    ],
)
def test_coupling(limit: Any, at: Any, verdict: str, status: str, then: str) -> None:
    claim = Claim("c", taught, Seldom(error=Real(limit)), at=at)
    assert decide(claim).verdict == verdict
    found = named(claim, "smart enough")
    assert (found.status, found.verdict) == (status, then)


def test_arbitrary_student_has_no_bound_to_loosen() -> None:
    found = examined(Claim("c", taught, Seldom())).findings
    assert [f.what for f in found if f.kind == "bound"] == [
        "distill: slip, at most",
        "distill: skill, at most",
    ]
    # a skill beyond the expert's is a student that nobody oversees
    skill = next(f for f in found if f.what == "distill: skill, at most")
    assert skill.status == "needed"
    assert skill.proved == 1
    assert skill.refuted is not None
    assert skill.refuted > 1


def test_limit_on_the_expert_that_breaks_is_named() -> None:
    tight = Claim("c", taught, Seldom(), expert_limit=Seldom(error=Real("1/100")))
    assert named(tight, "limit on the expert").status == "needed"
    wide = Claim("c", taught, Seldom(), at={"noise": "1/2"}, expert_limit=Seldom())
    assert named(wide, "limit on the expert").status == "idle"


def narrowing(agent: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    first = nature.choose("first", at_most="1/8")
    nature.choose("second", at_most=Real("1/4") - first)
    return Memory(error=agent.error / 2 + first, other=agent.other)


def test_loosening_that_leaves_nature_no_value_is_said_to_be_undecided_or_broken_earlier() -> None:
    scheme = Loop[Noise, Memory[Seldom]]("n", parameters=Noise, seed=blank, step=narrowing)
    found = named(Claim("c", scheme, Seldom()), "narrowing: first, at most")
    assert found.status != "idle"
    assert found.proved == 2  # first <= 1/4 leaves a value for second, and keeps e <= 1/2


def test_undecided_claims_are_not_examined() -> None:
    claim = Claim("c", memory, Seldom())
    assert ablate(claim, "unknown").reason == "the claim is unknown"
    assert not ablate(claim, "unknown").findings


def test_fields_that_are_only_written_or_passed_on_are_unread() -> None:
    claim = Claim("c", memory, Seldom())
    assert unread_fields(claim, pose(claim)) == ("other",)  # written, never read
    passed = Claim("c", corrected, Seldom())
    assert unread_fields(passed, pose(passed)) == ("other",)  # passed on
    overseen = Claim("c", taught, Seldom())
    assert unread_fields(overseen, pose(overseen)) == ()  # oversight reads the expert's


def stay(agent: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return agent


def test_field_of_the_claim_is_read_though_it_is_only_passed_on() -> None:
    scheme = Loop[Noise, Memory[Seldom]]("s", parameters=Noise, seed=blank, step=stay)
    claim = Claim("c", scheme, Seldom())
    assert unread_fields(claim, pose(claim)) == ("other",)


class Able(Agent[I]):
    capability: Real = between(0, 10, "rank")


class Bounded(Invariant):
    top: Real = budget(0, 10, "most", limit=10)

    def holds(self, agent: Able[Any]) -> Bool:
        return agent.capability <= self.top


def novice(p: Noise) -> Able[Bounded]:
    return Able(capability=Real(1))


def study(agent: Able[I], p: Noise, nature: Nature) -> Able[I]:
    kept = agent.capability / 2
    return Able(capability=kept + nature.choose("learned", at_least=p.slope, at_most=2 * p.slope))


@pytest.mark.parametrize(
    ("slope", "rises", "end"),
    [(F(1, 2), True, "upper"), (F(1, 4), False, "upper"), (F(0), False, "upper")],
)
def test_capability_rises_or_does_not(slope: Fraction, rises: bool, end: str) -> None:
    # upper ends: c' = c/2 + 2 slope from 1, which rises if and only if 2 slope > 1/2
    scheme = Loop[Noise, Able[Bounded]]("able", parameters=Noise, seed=novice, step=study)
    claim = Claim("c", scheme, Bounded(), at={"slope": slope})
    found = nonvacuity_of(claim, pose(claim))
    assert (found.rises, found.end) == (rises, end)
    assert found.moved == (("study: learned",) if slope else ())


def test_a_loosened_bound_that_breaks_the_claim_is_found() -> None:
    found = examined(Claim("c", memory, Seldom()))
    assert [f.what for f in found.breaking] == ["forget: slip, at most"]


def test_json_holds_exact_numbers_as_text() -> None:
    document = examined(Claim("c", memory, Seldom())).to_json()
    by_name = {f["what"]: f for f in document["findings"]}
    assert by_name["forget: slip, at most"]["proved_at_factor"] == "2"
    assert by_name["forget: other, at most"]["refuted_at_factor"] is None
    assert document["substance"]["unread_fields"] == ["other"]
