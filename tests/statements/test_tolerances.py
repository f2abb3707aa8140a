"""Two steps share a tolerance in proportion to the slopes of a linear loop."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest

from checker import judge
from checker.evidence.tolerances import halves_of
from checker.parameters.found_threshold import BothSides, ShownBy
from checker.parameters.threshold import threshold
from checker.report.words import describe
from checker.statements.tolerances import Tolerance, enclosed
from checker.system.verdict import Verdict
from spec import Claim, Real, Tolerances
from spec.statements.base import Answer
from tests.statements.memories import AtMost, F, Halves, Memory, clean, halved

NEARLY_ALL = F(9, 10)


def shared(
    amplifier: Callable[[Real], Real],
    distiller: Callable[[Real], Real],
    share: F = NEARLY_ALL,
    seed: Callable[[Halves], Memory[AtMost]] = clean,
) -> Tolerances:
    return Tolerances(
        "t",
        halved(amplifier, distiller, seed),
        AtMost(),
        amplify="slip",
        distill="blur",
        perfect_amplify={"slip": 0},
        perfect_distill={"blur": 0},
        share=share,
    )


def tolerances(verdict: Verdict) -> list[Tolerance]:
    return [fact for fact in verdict.facts if isinstance(fact, Tolerance)]


@pytest.mark.parametrize(("first", "second"), [(1, 3), (5, 1)])
def test_shares_of_a_linear_loop_are_in_proportion_to_its_slopes(first: int, second: int) -> None:
    """The fixed point is 2 (first slip + second blur): each tolerance is 1 / (4 slope)."""
    share, least = F(max(first, second), first + second), F(1, 10**12)
    for wanted, expected in (
        (share - least, Answer.PROVED),
        (share, Answer.PROVED),
        (share + least, Answer.REFUTED),
    ):
        statement = shared(lambda slip: first * slip, lambda blur: second * blur, wanted)
        assert judge(statement).answer is expected


def test_a_tolerance_without_a_short_name_is_enclosed() -> None:
    """3 slip^2 may be 1/4: slip is the root of 1/12, 0.2886..."""
    low, high = tolerances(judge(shared(lambda slip: 3 * slip**2, lambda blur: blur)))[0].ends
    assert low < high < low + F(1, 10**9)
    assert low**2 < F(1, 12) < high**2


def test_a_tolerance_is_where_a_claim_first_breaks() -> None:
    """4/3 slip (1 - slip) may be 1/4: up to slip = 1/4, and again from 3/4 on."""
    verdict = judge(shared(lambda slip: F(4, 3) * slip * (1 - slip), lambda blur: blur))
    assert [each.ends for each in tolerances(verdict)] == [(F(1, 4), F(1, 4))] * 2
    assert "amplification alone bears slip up to 0.25" in [describe(each) for each in verdict.facts]


@pytest.mark.parametrize(
    "amplifier",
    [
        pytest.param(lambda slip: slip / 100, id="never-breaks"),
        pytest.param(lambda slip: 1 - slip, id="breaks-for-lesser-values"),
        pytest.param(lambda slip: slip + F(1, 2), id="always-breaks"),
        pytest.param(lambda slip: slip + F(1, 4), id="holds-at-the-least-alone"),
        pytest.param(lambda slip: 1 - F(15, 4) * slip * (1 - slip), id="holds-between"),
    ],
)
def test_what_has_no_tolerance_is_open(amplifier: Callable[[Real], Real]) -> None:
    verdict = judge(shared(amplifier, lambda blur: blur))
    assert verdict.answer is Answer.UNKNOWN
    assert not tolerances(verdict)


def _seed(p: Halves) -> Memory[AtMost]:
    return Memory(error=4 * (p.slip - F(1, 4)) * (p.slip - F(1, 2)))


def test_a_tolerance_ends_where_a_claim_may_first_break() -> None:
    """From seeds below 0 nothing is claimed: from 1/4 to 1/2; it breaks from 3/4 on."""
    statement = shared(lambda slip: 0 * slip, lambda blur: blur, seed=_seed)
    verdict = judge(attrs.evolve(statement, perfect_amplify={"slip": "1/4"}))
    assert tolerances(verdict)[0].ends == (F(1, 4), F(3, 4))


def test_what_no_cell_covers_below_a_bracket_may_be_unsafe() -> None:
    claim = Claim("t", halved(lambda slip: slip, lambda blur: blur), AtMost(), at={"blur": 0})
    bracket = attrs.evolve(threshold(claim, "slip"), exact=None, safe=F(1, 5), unsafe=F(1, 4))
    left = F(1, 100)
    shown = BothSides(True, ShownBy.CELLS, left)
    assert enclosed(attrs.evolve(bracket, shown=shown)) == (F(1, 5) - left, F(1, 4))
    for unfit in (
        BothSides(True, ShownBy.CELLS, left, apart=True),
        BothSides(True, ShownBy.CELLS, left, gaps=True),
    ):
        assert enclosed(attrs.evolve(bracket, shown=unfit)) is None


def test_the_evidence_decides_as_the_tolerances_do() -> None:
    """A proof ends, and a run begins, so near the tolerance that the share is as it was."""
    statement = shared(lambda slip: slip, lambda blur: 3 * blur, F(3, 4) - F(1, 10**5))
    found = halves_of(judge(statement), statement)
    assert found is not None
    (one, other) = found["halves"]
    assert F(1, 4) * (1 - F(1, 10**5)) < F(one["holds"]["high"]) <= F(1, 4) < F(one["fails"]["at"])
    assert F(other["fails"]["at"]) < F(1, 12) * (1 + F(1, 10**5))
    nearest = shared(lambda slip: slip, lambda blur: 3 * blur, F(3, 4))
    assert halves_of(judge(nearest), nearest) is None  # a run further on leaves the share open
