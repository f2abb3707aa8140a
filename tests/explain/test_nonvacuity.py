"""A claim says something where its fields are read and capability rises."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker.explain.nonvacuity import ChoiceMade, nonvacuity_of, unread_fields
from checker.explain.relaxations import End
from checker.system.problem import pose
from spec import Agent, Bool, Claim, I, Invariant, Loop, Nature, Real, between, budget
from tests.explain.memories import F, Memory, Noise, Seldom, blank, corrected, memory, taught


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
    [(F(1, 2), True, End.UPPER), (F(1, 4), False, End.UPPER), (F(0), False, End.UPPER)],
)
def test_capability_rises_or_does_not(slope: Fraction, rises: bool, end: End) -> None:
    # upper ends: c' = c/2 + 2 slope from 1, which rises if and only if 2 slope > 1/2
    scheme = Loop[Noise, Able[Bounded]]("able", parameters=Noise, seed=novice, step=study)
    claim = Claim("c", scheme, Bounded(), at={"slope": slope})
    found = nonvacuity_of(claim, pose(claim))
    assert (found.rises, found.end) == (rises, end)
    assert found.made == ((ChoiceMade("study", "learned"),) if slope else ())
