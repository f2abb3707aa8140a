"""The engines together decide schemes that look unsafe, and say why where they do not."""

from __future__ import annotations

from typing import Any

import pytest

from checker import EnginesDisagree, Options, check, decide
from checker.counterexamples.random_search import falsify
from checker.portfolio import decision
from checker.portfolio.proofs import KInduction
from checker.report.words import describe, shortest
from checker.system.findings import Undecided
from checker.system.problem import pose
from checker.system.verdict import Refutation, Shortest
from examples.noisy_memory import MostlyRight, memory
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Process,
    Real,
    SpecError,
    between,
    when,
)
from spec.statements.base import Answer
from tests.plain_schemes import (
    FewErrors,
    Half,
    LowT,
    NoParameters,
    SumTighter,
    SumWithin,
    Tiny,
    learning,
    splitting,
    swap,
    tiny_loop,
)


@pytest.mark.parametrize(
    ("scheme", "invariant"),
    [(swap, LowT()), (learning, FewErrors()), (splitting, SumWithin())],
    ids=["no post-fixpoint above the seed", "only after a prefix", "no greatest choice"],
)
def test_schemes_that_look_unsafe_are_proved(scheme: Process, invariant: Invariant) -> None:
    verdict = decide(Claim("looks unsafe", scheme, invariant))
    assert verdict.answer is Answer.PROVED, verdict.reason


def test_the_budget_that_is_split_is_refuted_just_below_its_supremum() -> None:
    verdict = decide(Claim("tighter", splitting, SumTighter()))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    # x + y is at most (1 - 2^-n) / 2 after n iterations, and exceeds 499/1000 first at n = 9.
    assert verdict.run.iteration == 9
    assert isinstance(verdict.result, Refutation)
    assert verdict.result.shortest is Shortest.CLEAR_BEFORE
    assert shortest(verdict.result.shortest, verdict.run.iteration).startswith("proved")


def test_an_empty_choice_proves_nothing() -> None:
    """at_most below at_least would leave no run at all, and so prove anything."""

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_least="1/2", at_most="1/4" + s.x)
        return Tiny(x=n)

    with pytest.raises(SpecError, match='no value for "n"'):
        decide(Claim("empty", tiny_loop(step), Half()))


def test_a_division_that_may_be_by_zero_proves_nothing() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most="1/4")
        return Tiny(x=when(n > 0, n / (n + n), Real(0)) * s.x / (s.x + 1))

    assert decide(Claim("guarded", tiny_loop(step), Half())).answer is Answer.PROVED

    def careless(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most="1/4")
        return Tiny(x=s.x * (1 / (s.x - n)))

    with pytest.raises(SpecError, match="divides by zero"):
        decide(Claim("careless", tiny_loop(careless), Half()))


def test_leaving_a_domain_is_refuted() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=s.x - "1/8")

    verdict = decide(Claim("below", tiny_loop(step), Half()))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.broken == "domain of the agent"


def test_engines_that_disagree_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refuted = falsify(pose(Claim("m", memory, MostlyRight(), at={"noise": "9/50"})), 60)
    assert refuted is not None
    monkeypatch.setattr(decision, "attack", lambda *_: refuted[0])
    with pytest.raises(EnginesDisagree, match="iteration 15"):
        decide(Claim("memory", memory, MostlyRight()))


def test_check_raises_with_the_trace() -> None:
    with pytest.raises(AssertionError, match=r"expected proved, got refuted[\s\S]*15 rewrite"):
        check(Claim("memory", memory, MostlyRight(), at={"noise": "9/50"}))


def test_unknown_says_why() -> None:
    """Hénon's quadratic map that keeps areas turns round and round along curves that no tool here
    describes."""

    class Disc(Agent[I]):
        x: Real = between(-2, 2)
        y: Real = between(-2, 2)

    class Near(Invariant):
        def holds(self, agent: Disc[Any]) -> Bool:
            return agent.x <= "1/5"

    def seed(p: NoParameters) -> Disc[Near]:
        return Disc(x=Real("1/10"), y=Real(0))

    def turn(s: Disc[I], p: NoParameters, nature: Nature) -> Disc[I]:
        bent = s.y - s.x**2
        return Disc(x=s.x * "3/5" - bent * "4/5", y=s.x * "4/5" + bent * "3/5")

    rotation = Loop[NoParameters, Disc[Near]](
        "rotation", parameters=NoParameters, seed=seed, step=turn
    )
    verdict = decide(Claim("rotation", rotation, Near()), options=Options(timeout=8.0))
    assert verdict.answer is Answer.UNKNOWN
    assert isinstance(verdict.reason, Undecided)
    assert verdict.reason.blocked is not None
    text = describe(verdict.reason)
    assert "clear to iteration" in text
    assert "blocked" in text


def test_a_break_that_floats_see_is_followed_before_the_slow_proofs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of many coupled agents, k-induction alone takes longer than the worst run."""

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=s.x * s.x + nature.choose("n", at_most="100001/400000"))

    def too_early(self: KInduction, task: object) -> None:
        raise AssertionError("k-induction was tried")

    monkeypatch.setattr(KInduction, "attempt", too_early)
    verdict = decide(Claim("just beyond", tiny_loop(step), Half()))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.iteration > 900
