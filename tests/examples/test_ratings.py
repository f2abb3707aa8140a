"""Ratings and epidemics: what is decided of steps that are no polynomials, held against floats."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import pytest

from checker import Options, decide
from checker.evidence.document import evidence
from checker.parameters.threshold import threshold
from checker.statements.registry import judge
from examples.ratings import (
    Contact,
    FewAtOnce,
    Games,
    NeverFarBehind,
    NotMisled,
    Player,
    belief,
    epidemic,
    even,
    ratings,
)
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Real,
    SpecError,
    Threshold,
    between,
    exp,
    log,
    when,
)
from spec.statements.base import Answer
from tests.plain_schemes import NoParameters

OPTIONS = Options(timeout=30.0)


def rated(behind: float, score: float) -> float:
    return behind - 32 * (score - 1 / (1 + 10 ** (behind / 400)))


def test_the_rating_of_one_who_wins_a_tenth() -> None:
    """Who wins a share s is rated 400 log10(1/s - 1) behind in the long run: 381.7 for a tenth."""
    claim = Claim("c", ratings, NeverFarBehind())
    assert decide(claim, options=OPTIONS).answer is Answer.PROVED


def test_the_rating_of_one_who_wins_one_in_fifty() -> None:
    verdict = decide(Claim("c", ratings, NeverFarBehind(), at={"least": "1/50"}), options=OPTIONS)
    assert verdict.answer is Answer.REFUTED
    run = verdict.run
    assert run is not None
    behind = 0.0
    for number in range(1, run.iteration + 1):
        assert behind <= 500
        behind = rated(behind, 0.02)
        told = next((step for step in run.steps if step.iteration == number), None)
        if told is not None:
            after = told.after["behind"]
            assert float(after.low) - 1e-6 <= behind <= float(after.high) + 1e-6
            assert after.high - after.low < Fraction(1, 10**20)
    assert behind > 500


@pytest.mark.parametrize("rate", ["3/2", "4"])
def test_an_epidemic_from_any_start(rate: str) -> None:
    verdict = decide(Claim("c", epidemic, FewAtOnce(), at={"rate": rate}), options=OPTIONS)
    worst = 0.0
    for share in range(1, 101):
        ill = share / 1000
        clean = 1 - ill
        for _ in range(60):
            worst = max(worst, ill)
            clean, ill = (
                clean * math.exp(-float(Fraction(rate)) * ill),
                clean * (1 - math.exp(-float(Fraction(rate)) * ill)),
            )
    assert verdict.answer is (Answer.PROVED if worst <= 0.4 else Answer.REFUTED)


def test_no_threshold_is_called_exact() -> None:
    """It is 1 / (1 + 10^(5/4)), which is no fraction: 3/56 is within a thousandth of it."""
    claim = Threshold("t", ratings, NeverFarBehind(), parameter="least", value="3/56")
    assert judge(claim, options=Options(timeout=5.0)).answer is not Answer.PROVED


def test_no_evidence_is_written() -> None:
    claim = Claim("c", ratings, NeverFarBehind())
    assert evidence(decide(claim, options=OPTIONS), claim)["system"] is None


class Half(Invariant):
    def holds(self, agent: One[Any]) -> Bool:
        return agent.x <= "1/2"


class One(Agent[I]):
    x: Real = between(0, 1)


def loop_of(step: Any) -> Any:
    def seed(p: NoParameters) -> One[Half]:
        return One(x=Real("1/2"))

    return Loop[NoParameters, One[Half]]("one", parameters=NoParameters, seed=seed, step=step)


def test_a_logarithm_must_be_defined_wherever_it_is_taken() -> None:
    def bare(s: One[I], p: NoParameters, nature: Nature) -> One[I]:
        return One(x=s.x / 2 + 0 * log(s.x - nature.choose("n", at_most="1/4")))

    def guarded(s: One[I], p: NoParameters, nature: Nature) -> One[I]:
        rest = s.x - nature.choose("n", at_most="1/4")
        return One(x=s.x / 2 + 0 * when(rest > 0, log(rest), 0))

    assert decide(Claim("g", loop_of(guarded), Half()), options=OPTIONS).answer is Answer.PROVED
    with pytest.raises(SpecError, match="logarithm of a positive number"):
        decide(Claim("b", loop_of(bare), Half()), options=OPTIONS)


def test_a_seed_may_be_on_a_curve() -> None:
    def step(s: One[I], p: NoParameters, nature: Nature) -> One[I]:
        return s

    def seed_at(factor: str) -> Any:
        def seed(p: NoParameters) -> One[Half]:
            return One(x=exp(-1) * factor)

        return seed

    for factor, answer in (("1.35", Answer.PROVED), ("1.36", Answer.REFUTED)):
        one = Loop[NoParameters, One[Half]](
            "one", parameters=NoParameters, seed=seed_at(factor), step=step
        )
        assert decide(Claim("c", one, Half()), options=OPTIONS).answer is answer


def test_assumptions_are_exact() -> None:
    def steep(p: Games) -> Bool:
        return exp(p.least) <= 2

    loop = Loop[Games, Player[NeverFarBehind]](
        "r",
        parameters=Games,
        seed=even,
        step=lambda player, p, nature: player,
        assumptions=[steep],
    )
    with pytest.raises(SpecError, match="decided exactly"):
        decide(Claim("c", loop, NeverFarBehind()))


def test_the_parameters_are_those_of_the_sources() -> None:
    """The promised scores of Elo's table: 76 % with 200 points more, 91 % with 400."""
    for points, share in ((200, 0.76), (400, 0.91)):
        assert abs(1 / (1 + 10 ** (-points / 400)) - share) < 0.005
        assert abs((rated(-points, 1.0) + points) / -32 - (1 - share)) < 0.005
    assert list(itertools.islice(Contact.__annotations__, 1)) == ["rate"]


@pytest.mark.parametrize(
    ("least", "answer"),
    [("1/10", Answer.PROVED), ("0", Answer.PROVED), ("-1/1000", Answer.REFUTED)],
)
def test_evidence_misleads_exactly_where_it_may_be_negative(least: str, answer: Answer) -> None:
    """The seed is at its limit, and at least 0 the worst run rests there."""
    assert decide(Claim("c", belief, NotMisled(), at={"least": least})).answer is answer


def test_where_both_sides_are_shown_everywhere_a_threshold_is_exact() -> None:
    found = threshold(Claim("c", belief, NotMisled()), "least")
    (safe,) = [each for each in found.ranges if each.answer is Answer.PROVED]
    assert (safe.low.fraction, safe.low_included) == (Fraction(0), True)
    assert {each.answer for each in found.ranges} == {Answer.PROVED, Answer.REFUTED}
