"""Cells of parameters that are decided whole agree with exact runs at their points."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.cli.shipped import shipped_claims
from checker.parameters.cell_checker import CellChecker
from checker.parameters.evidence import ByProof
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import FoundBy
from checker.parameters.partition import explore
from checker.parameters.threshold import threshold
from checker.portfolio.decision import Options, decide
from checker.system.announcements import heard_by
from checker.system.parametric import ParametricProblem, share
from spec import Bool, Claim, I, Loop, Nature, Real, maximum, minimum
from spec.statements.base import Answer
from tests.parameters.memories import (
    SLOW,
    AtMost,
    Memory,
    Noise,
    Split,
    SumWithin,
    claim,
    half,
    majority,
    split,
)


def parametric_problems() -> list[ParametricProblem]:
    the_split = Claim("split", split, SumWithin())
    named = {c.name: c for c in shipped_claims()}
    return [
        ParametricProblem(claim(majority(3), "2/5"), ("noise", "other")),
        ParametricProblem(the_split, ("noise", "other")),
        ParametricProblem(named["debate/benign"], ("flaw_finding", "judge_error")),
        ParametricProblem(named["debate-bare/aligned"], ("judge_rank", "gain")),
    ]


@pytest.mark.parametrize("number", range(4))
def test_every_point_of_a_decided_box_agrees(number: int) -> None:
    """Points of boxes against the deciding engines at those points, which share no cell logic."""
    parametric = parametric_problems()[number]
    boxes, _ = explore(CellChecker(parametric), parametric.domain, parametric.domain, 4.0)
    assert {box.decided.answer for box in boxes} <= {Answer.PROVED, Answer.REFUTED}
    for box in sorted(boxes, key=lambda b: -share(b.cell, parametric.domain))[:12]:
        for part in (Fraction(1, 7), Fraction(6, 7)):
            point = {
                n: a + part * (b - a) for n, (a, b) in zip(parametric.free, box.cell, strict=True)
            }
            found = decide(parametric.claim, point, Options(attack=20, timeout=20))
            assert found.answer in (box.decided.answer, Answer.UNKNOWN), (box, point)
            if found.run is not None and box.decided.iteration is not None:
                assert found.run.iteration <= box.decided.iteration


def test_a_seed_that_depends_on_the_parameter() -> None:
    """The seed is the noise itself: safe to 1/4, and broken at once beyond."""

    def halve(error: Any, p: Any, nature: Any) -> Any:
        return error / 2

    found = claim(halve, "1/4", seed=lambda p: Memory(error=p.noise))
    cell_checker = CellChecker(ParametricProblem(found, ("noise", "other")))
    rest = (Fraction(0), Fraction(1))
    answers = [
        cell_checker.decide(((Fraction(low), Fraction(high)), rest)).answer
        for low, high in (("0", "1/2"), ("0", "1/8"), ("1/8", "1/4"), ("3/8", "1/2"))
    ]
    assert answers == [Answer.UNKNOWN, Answer.PROVED, Answer.PROVED, Answer.REFUTED]


@SLOW
@given(st.sampled_from([-1, 0, 1]), st.integers(0, 8), st.integers(0, 8))
def test_limits_that_are_kept_all_over_a_cell(way: int, one: int, other: int) -> None:
    """The error changes by w noise (noise - a) (noise - b), so the limit is kept where that is at
    most zero."""
    first, second = Fraction(one, 16), Fraction(other, 16)

    def change(noise: Any) -> Any:
        return way * noise * (noise - first) * (noise - second)

    def drift(error: Any, p: Any, nature: Any) -> Any:
        return maximum(0, minimum(1, error + change(p.noise)))

    cell_checker = CellChecker(ParametricProblem(claim(drift, "1/4"), ("noise",)))
    cell = ((Fraction(0), Fraction(1, 2)),)
    kept = cell_checker.by_one_proof(cell).answer
    grows = any(change(Fraction(n, 64)) > 0 for n in range(33))
    assert kept is (Answer.UNKNOWN if grows else Answer.PROVED)


def test_corners_and_middle_do_not_stand_for_the_cell() -> None:
    """The error grows between them alone."""

    def drift(error: Any, p: Any, nature: Any) -> Any:
        noise = p.noise
        return minimum(1, error + noise * (noise - Fraction(1, 4)) ** 2 * (Fraction(1, 2) - noise))

    cell_checker = CellChecker(ParametricProblem(claim(drift, "1/4"), ("noise",)))
    cell = ((Fraction(0), Fraction(1, 2)),)
    assert cell_checker.by_one_proof(cell).answer is Answer.UNKNOWN


@pytest.mark.parametrize(("most", "answer"), [("1/2", Answer.PROVED), ("1/4", Answer.UNKNOWN)])
def test_limits_kept_where_nothing_is_claimed(most: str, answer: Answer) -> None:
    """Of values at which an assumption fails no answer is given."""

    def step(memory: Memory[I], p: Noise, nature: Any) -> Memory[I]:
        return Memory(error=memory.error * p.noise)

    def assumed(p: Noise) -> Bool:
        return p.noise <= Real(most)

    scheme = Loop[Noise, Memory[AtMost]](
        "memory", parameters=Noise, seed=half, step=step, assumptions=[assumed]
    )
    cell_checker = CellChecker(ParametricProblem(Claim("memory", scheme, AtMost()), ("noise",)))
    cell = ((Fraction(0), Fraction(1, 2)),)
    assert cell_checker.by_one_proof(cell).answer is answer


def test_a_threshold_of_one_proof() -> None:
    """No order of the fields makes the loop monotone: the error goes down from above its middle."""

    def turned(error: Any, p: Any, nature: Any) -> Any:
        return minimum(error, Fraction(1, 4) - error) * p.noise + Fraction(1, 8)

    found = threshold(claim(turned, "1/4"), "noise")
    assert found.extent is Extent.ALL
    assert found.method is FoundBy.PROOF


def turn(x: Any, y: Any, push: Any) -> tuple[Any, Any]:
    """A turn about the middle that shrinks, with a push: no box is kept, whatever its sides."""
    a, b = x - Fraction(1, 2), y - Fraction(1, 2)
    shrunk = Fraction(7, 40)
    turned = (shrunk * (3 * a - 4 * b), shrunk * (4 * a + 3 * b))
    return Fraction(1, 2) + turned[0] + push / 32, Fraction(1, 2) + turned[1]


def turning(limit: Fraction, moved: Fraction) -> Claim:
    """Mistakes and treachery turn; the noise pushes them, and moves where they begin."""

    def seed(p: Noise) -> Split[Any]:
        return Split(error=Real("5/8") + moved * p.noise, malign=Real("1/2"))

    def step(agent: Split[I], p: Noise, nature: Nature) -> Split[I]:
        error, malign = turn(agent.error, agent.malign, p.noise)
        return Split(error=error, malign=malign)

    scheme = Loop[Noise, Split[SumWithin]]("turning", parameters=Noise, seed=seed, step=step)
    return Claim("turning", scheme, SumWithin(wrong=Real(limit)))


def breaks(limit: Fraction, moved: Fraction, noise: Fraction) -> bool:
    """Whether the claim breaks within a few turns, after which nothing is as far out again."""
    x, y = Fraction(5, 8) + moved * noise, Fraction(1, 2)
    for _ in range(12):
        if x + y > limit or not (0 <= x <= 1 and 0 <= y <= 1):
            return True
        x, y = turn(x, y, noise)
    return False


@SLOW
@given(st.integers(0, 10), st.sampled_from([Fraction(0), Fraction(-1, 4), Fraction(1, 4)]))
def test_what_engines_show_of_a_cell_is_so_at_its_points(above: int, moved: Fraction) -> None:
    """Against runs in plain fractions: where the seed reads the parameter, too."""
    limit = Fraction(17, 16) + Fraction(above, 40)
    cell_checker = CellChecker(ParametricProblem(turning(limit, moved), ("noise",)))
    span = (Fraction(0), Fraction(1, 2))
    for answer in (cell_checker.decide((span,)).answer, cell_checker.thorough((span,)).answer):
        broken = [breaks(limit, moved, Fraction(n, 32)) for n in range(17)]
        assert answer is not Answer.PROVED or not any(broken)
        assert answer is not Answer.REFUTED or all(broken)


def test_boxes_that_grow_beyond_all_floats() -> None:
    """The error is squared without end where nothing is assumed of it."""

    def square(error: Any, p: Any, nature: Any) -> Any:
        return (100 * error) ** 3 + p.noise

    cell_checker = CellChecker(ParametricProblem(claim(square, "3/4", seed=half), ("noise",)))
    cell = ((Fraction(0), Fraction(1, 2)),)
    assert cell_checker.thorough(cell).answer is Answer.UNKNOWN
    assert cell_checker.decide(cell).answer is Answer.REFUTED


@pytest.mark.parametrize("moved", [Fraction(0), Fraction(1, 4)])
def test_a_cell_that_no_box_shows(moved: Fraction) -> None:
    cell_checker = CellChecker(ParametricProblem(turning(Fraction(3, 2), moved), ("noise",)))
    announced: list[object] = []
    with heard_by(announced.append):
        found = cell_checker.decide(((Fraction(0), Fraction(1, 2)),))
    assert found.answer is Answer.PROVED
    assert isinstance(found.evidence, ByProof)
    assert not announced  # of one cell of many


def test_nothing_is_said_of_a_cell_after_the_deadline() -> None:
    parametric = ParametricProblem(turning(Fraction(3, 2), Fraction(0)), ("noise",))
    cell_checker = CellChecker(parametric, deadline=0.0)
    cell = ((Fraction(0), Fraction(1, 2)),)
    answers = {way(cell).answer for way in (cell_checker.decide, cell_checker.thorough)}
    assert answers == {Answer.UNKNOWN}


def test_engines_that_show_nothing_are_asked_seldomer(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()

    def nothing(*_: Any, **__: Any) -> list[Any]:
        asked.append(number)
        return []

    monkeypatch.setattr("checker.parameters.cell_checker.prove", nothing)
    parametric = ParametricProblem(turning(Fraction(3, 2), Fraction(0)), ("noise",))
    cell_checker = CellChecker(parametric)
    for number in range(1, 17):
        if number == 9:  # elsewhere, with what was learned
            cell_checker = CellChecker.remembering(parametric, cell_checker.memory)
        cell_checker.decide(((Fraction(0), Fraction(number, 32)),))
    assert asked == [1, 3, 7, 16]
