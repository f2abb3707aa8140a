"""Other counterexamples are counterexamples, and differ as they are said to."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from checker.explain.other_runs import kind_of, other_runs
from checker.portfolio.decision import Options, decide
from checker.system.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    minimum,
    parameter,
)


class Memory(Agent[I]):
    error: Real = between(0, 1, "wrong")
    lag: Real = between(0, 10, "late")


class Good(Invariant):
    error: Real = budget(0, 1, "", limit="2/5")
    lag: Real = budget(0, 10, "", limit=3)

    def holds(self, m: Memory[Any]) -> Bool:
        return (m.error <= self.error) & (m.lag <= self.lag)


class Bounds(Parameters):
    slip: Real = parameter("1/10", 0, "1/2", "of writing")
    fade: Real = parameter("1/10", 0, "1/2", "of keeping")
    delay: Real = parameter("1/10", 0, 1, "of a round")


def blank(p: Bounds) -> Memory[Good]:
    return Memory(error=Real(0), lag=Real(0))


def rewrite(m: Memory[I], p: Bounds, nature: Nature) -> Memory[I]:
    """Error halves, and two things of nature's add to it; lag adds up, and half of it goes."""
    slip = nature.choose("slip", at_most=p.slip)
    fade = nature.choose("fade", at_most=p.fade)
    late = nature.choose("delay", at_most=p.delay)
    return Memory(error=minimum(m.error / 2 + slip + fade, 1), lag=minimum(m.lag / 2 + late, 10))


loop = Loop[Bounds, Memory[Good]]("two-ways", parameters=Bounds, seed=blank, step=rewrite)
WAYS = [
    # bounds, and the sets of choices of a simple run that can break the claim: an error adds up to
    # twice its bound in the limit, as lag does
    ({"slip": "1/4", "fade": "1/4"}, {("slip",), ("fade",)}),
    ({"slip": "1/8", "fade": "1/8"}, {("slip", "fade")}),
    ({"slip": "1/4", "fade": "1/10"}, {("slip",)}),
]


@pytest.mark.parametrize(("bounds", "ways"), WAYS)
def test_all_the_ways_to_break_it_are_found_and_no_other(
    bounds: dict[str, str], ways: set[tuple[str, ...]]
) -> None:
    claim = Claim("two", loop, Good(), at=bounds)
    verdict = decide(claim, {}, Options(attack=0))
    assert verdict.run is not None
    problem = pose(claim)
    others = other_runs(problem, verdict.run, 9, 60.0)
    runs = [verdict.run, *(found.run for found in others.found if found.run is not None)]
    assert {made(run) for run in runs} >= ways
    kinds = [kind_of(run) for run in runs]
    assert len(set(kinds)) == len(kinds)
    for run in runs:
        assert run.broken == "Good"
        last = run.steps[-1].after
        assert last["error"].low > Fraction(2, 5) or last["lag"].low > 3
    if ways == {("slip", "fade")}:
        assert others.found == ()


def made(run: Any) -> tuple[str, ...]:
    names = {name for step in run.steps for name in step.made}
    return tuple(name for name in ("slip", "fade", "delay") if name in names)


def test_another_condition_comes_before_another_choice() -> None:
    class Tight(Good):
        late: Real = budget(0, 10, "", limit="1/2")

        def holds(self, m: Memory[Any]) -> Bool:
            return m.lag <= self.late

    claim = Claim("tight", loop, Tight(), at={"slip": "1/2", "fade": "1/2", "delay": "3/10"})
    verdict = decide(claim, {}, Options(attack=0))
    assert verdict.run is not None
    others = other_runs(pose(claim), verdict.run, 2, 60.0)
    (other,) = [found.run for found in others.found]
    assert other is not None
    assert {verdict.run.broken, other.broken} == {"Good", "Tight"}
