"""Growth: a rank that passes every bound, and each way of being stuck."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker.report.verdict import plain
from checker.statements.grows import (
    GainsEachRound,
    HeldDown,
    NeverBeyond,
    StuckWhereItBreaks,
)
from checker.statements.registry import judge
from checker.system.verdict import Verdict
from spec import (
    Agent,
    Bool,
    Grows,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    SpecError,
    between,
    budget,
    minimum,
    parameter,
    unbounded,
)
from spec.statements.base import Answer


class Climber(Agent[I]):
    """An agent with a rank and an error."""

    rank: Real = unbounded("rank")
    error: Real = between(0, 1, "error")


class Low(Invariant):
    """Its error is low."""

    error: Real = budget(0, 1, "error", limit="1/5")

    def holds(self, agent: Climber[Any]) -> Bool:
        """The error is within the budget."""
        return agent.error <= self.error


class Climb(Parameters):
    """How a round climbs: by at least and at most so much, towards so much; and how it errs."""

    least: Real = parameter("1/2", -5, 5)
    most: Real = parameter(1, -5, 5)
    pull: Real = parameter(0, 0, 1)
    factor: Real = parameter("1/2", 0, 2)
    noise: Real = parameter("1/100", 0, 1)


def ground(p: Climb) -> Climber[Low]:
    return Climber(rank=Real(1), error=Real(0))


def up(agent: Climber[I], p: Climb, nature: Nature) -> Climber[I]:
    step = nature.choose("step", at_least=p.least, at_most=p.most)
    noise = nature.choose("noise", at_most=p.noise)
    return Climber(
        rank=agent.rank * (1 - p.pull) + step, error=minimum(1, p.factor * agent.error + noise)
    )


climb = Loop[Climb, Climber[Low]]("climb", parameters=Climb, seed=ground, step=up)


def _verdict(**at: Any) -> Verdict:
    return judge(Grows("grows", climb, Low(), field="rank", at=at))


def test_a_least_gain_is_growth_without_bound() -> None:
    verdict = _verdict()
    assert verdict.answer is Answer.PROVED
    assert verdict.facts == (GainsEachRound("rank", Fraction(1, 2)),)
    assert "grows by at least 0.5" in plain(verdict)


@pytest.mark.parametrize("least", ["1/50", "3/7", 2])
@pytest.mark.parametrize("more", [0, "1/3"])
def test_the_least_gain_is_what_nature_cannot_go_below(least: Any, more: Any) -> None:
    least, more = Fraction(least), Fraction(more)
    verdict = _verdict(least=least, most=least + more)
    (fact,) = verdict.facts
    assert isinstance(fact, GainsEachRound)
    assert least / 2 < fact.gain <= least


def test_it_is_stuck_where_the_invariant_breaks() -> None:
    """With factor 1, the error is n / 100 after n rounds: above 1/5 first at the 21st."""
    verdict = _verdict(factor=1, least="1/2", most="1/2")
    assert verdict.answer is Answer.REFUTED
    assert verdict.facts == (StuckWhereItBreaks("rank", Fraction(11), 20),)
    assert "round 21" in plain(verdict)


def test_it_is_stuck_below_a_resting_place() -> None:
    """r -> 3 r / 4 + 1 tends to 4."""
    verdict = _verdict(pull="1/4", least=0, most=1)
    assert verdict.answer is Answer.REFUTED
    assert verdict.facts == (NeverBeyond("rank", Fraction(4)),)
    assert "never exceeds 4" in plain(verdict)


def test_nature_may_hold_it_down() -> None:
    verdict = _verdict(least=0, most=1)
    assert verdict.answer is Answer.REFUTED
    assert verdict.facts == (HeldDown("rank", Fraction(1)),)
    assert "keep rank from ever exceeding 1" in plain(verdict)


def test_a_bounded_field_does_not_grow() -> None:
    with pytest.raises(SpecError, match="no unbounded field"):
        Grows("grows", climb, Low(), field="error")
