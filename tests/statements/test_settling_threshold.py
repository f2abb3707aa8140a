"""Thresholds of settling agree with closed forms, and with the statement decided on either side."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker import judge
from checker.evidence.document import evidence, text_of
from checker.parameters.exact_threshold import DIGITS
from checker.parameters.extent import Extent
from checker.parameters.found_threshold import Brackets, FoundBy, FoundThreshold
from checker.parameters.obstacles import Obstacle
from checker.report.documents import document
from checker.report.threshold import headline
from checker.statements.settling_threshold import settling_threshold
from recheck.check import Outcome, recheck
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
    Settles,
    SpecError,
    Threshold,
    all_of,
    between,
    budget,
    maximum,
    minimum,
    parameter,
    unbounded,
)
from spec.statements.base import Answer
from tests.statements.memories import FEW, AtMost, F, Memory, Noise, clean, halves, loop, vote


class Under(Invariant):
    """The error is below the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error < self.error


Step = Callable[..., Memory[Any]]


def along_noise(step: Step, invariant: Invariant, **options: Any) -> FoundThreshold:
    return settling_threshold(Claim("c", loop(step), invariant), "noise", **options)


def slipping(slope: Fraction) -> Step:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        slip = nature.choose("slip", at_most=p.noise)
        return Memory(error=minimum(1, slope * memory.error + slip))

    return step


@FEW
@given(st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_an_affine_loop_turns_where_its_worst_fixed_point_is_at_the_limit(
    slope: int, limit: int, strict: bool
) -> None:
    a, most = F(slope, 10), F(limit, 10)
    turns = most * (1 - a)  # noise / (1 - a) = most: approached from above, never reached
    if not 0 < turns < F(1, 2):
        return
    invariant = Under(error=Real(most)) if strict else AtMost(error=Real(most))
    found = along_noise(slipping(a), invariant)
    assert found.method is FoundBy.WORST_RUN
    assert found.exact is not None
    assert (found.exact.fraction, found.included, found.rising) == (turns, False, True)
    for value, answer in ((turns * F(99, 100), Answer.PROVED), (turns, Answer.REFUTED)):
        scheme = loop(slipping(a))
        verdict = judge(Settles("s", scheme, invariant, at={"noise": value}))
        assert verdict.answer in (answer, Answer.UNKNOWN)
        assert verdict.answer is answer or value == turns


def test_a_limit_that_is_reached_belongs_to_it() -> None:
    def mends(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=maximum(p.noise, memory.error - F(1, 10)))

    found = along_noise(mends, AtMost(error=Real("1/4")))
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (F(1, 4), True)
    strict = along_noise(mends, Under(error=Real("1/4")))
    assert strict.exact is not None
    assert (strict.exact.fraction, strict.included) == (F(1, 4), False)


def test_an_algebraic_end_is_named_by_its_polynomial() -> None:
    def squares(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=minimum(1, memory.error**2 / 2 + p.noise**2))

    found = along_noise(squares, AtMost(error=Real("1/4")))  # 1/32 + p^2 = 1/4
    assert found.exact is not None
    assert found.exact.coefficients == (-7, 0, 32)
    assert found.included is False


def test_greater_values_may_be_the_better_ones() -> None:
    def corrected(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=memory.error * (1 - p.noise) + F(1, 10))

    def capped(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=minimum(1, memory.error * (1 - p.noise) + F(1, 10)))

    found = along_noise(capped, AtMost())  # 1/10 / noise = 1/2
    assert found.exact is not None
    assert (found.exact.fraction, found.included, found.rising) == (F(1, 5), False, False)
    assert found.method is FoundBy.WORST_RUN
    leaves = along_noise(corrected, AtMost(), width=F(1, 100))
    assert leaves.method == Brackets(Obstacle.NOT_MONOTONE)  # at noise 0 it leaves the domain


@pytest.mark.parametrize(
    ("limit", "extent"), [("1", Extent.ALL), ("0", Extent.NONE)], ids=["all", "none"]
)
def test_it_may_hold_everywhere_or_nowhere(limit: str, extent: Extent) -> None:
    found = along_noise(slipping(F(1, 2)), AtMost(error=Real(limit)))
    assert found.extent is extent
    assert ("settles" in headline(found)) is True


def test_by_amplification_and_distillation() -> None:
    scheme = halves(1, 0)  # error / 2 + slip: 2 slip = 1/2
    found = settling_threshold(Claim("h", scheme, AtMost()), "slip")
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (F(1, 4), False)


def test_a_loop_that_turns_the_order_round_is_bracketed() -> None:
    def swings(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        slip = nature.choose("slip", at_most=p.noise)
        return Memory(error=F(1, 2) - memory.error / 4 + slip / 2)

    found = along_noise(swings, AtMost(error=Real("1/2")), width=F(1, 50), timeout=60)
    assert isinstance(found.method, Brackets)
    # the greatest of what is kept: h = 1/2 - l/4 + u/2 and l = 1/2 - h/4, so 15/16 h = 3/8 + u/2
    turns = F(15, 16) - F(3, 4)
    if found.extent is Extent.EDGE:
        assert found.safe is not None
        assert found.unsafe is not None
        assert found.safe <= turns <= found.unsafe


class Rank(Agent[I]):
    rank: Real = unbounded("rank", at_least=0)


class Low(Invariant):
    """The rank is low."""

    rank: Real = budget(0, 10, "rank", limit=1)

    def holds(self, agent: Rank[Any]) -> Bool:
        return agent.rank <= self.rank


class Loss(Parameters):
    loss: Real = parameter("1/2", 0, 1, "share that is lost")


def test_a_domain_without_an_end_has_no_worst_agent() -> None:
    def start(p: Loss) -> Rank[Low]:
        return Rank(rank=Real(0))

    def step(agent: Rank[I], p: Loss, nature: Nature) -> Rank[I]:
        return Rank(rank=agent.rank * (1 - p.loss))

    scheme = Loop[Loss, Rank[Low]]("rank", parameters=Loss, seed=start, step=step)
    found = settling_threshold(Claim("r", scheme, Low()), "loss", timeout=20)
    assert found.method == Brackets(Obstacle.NO_WORST_AGENT)
    assert found.extent in (Extent.UNKNOWN, Extent.EDGE)


def both_ways(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    """It settles below one half where the noise is less than 1/8 from 1/4."""
    push = (p.noise - "1/4") ** 2 + "15/64"
    return Memory(error=minimum(1, memory.error / 2 + nature.choose("push", at_most=push)))


def few(p: Noise) -> Bool:
    return p.noise <= "1/4"


def test_settling_between_two_values_has_both_ends() -> None:
    found = along_noise(both_ways, AtMost(), timeout=60)
    assert found.method is FoundBy.CONDITIONS
    ends = [(e.low.fraction, e.low_included, e.high.fraction, e.answer) for e in found.ranges]
    assert ends == [
        (0, True, F(1, 8), Answer.REFUTED),
        (F(1, 8), False, F(3, 8), Answer.PROVED),
        (F(3, 8), True, F(1, 2), Answer.REFUTED),
    ]


def test_settling_means_nothing_where_an_assumption_fails() -> None:
    scheme = Loop[Noise, Memory[AtMost]](
        "assumed", parameters=Noise, seed=clean, step=both_ways, assumptions=[few]
    )
    found = settling_threshold(Claim("c", scheme, AtMost()), "noise", timeout=60)
    assert found.method is FoundBy.CONDITIONS
    assert [each.answer for each in found.ranges] == [
        Answer.REFUTED,
        Answer.PROVED,
        Answer.VACUOUS,
    ]
    assert [each.high.fraction for each in found.ranges] == [F(1, 8), F(1, 4), F(1, 2)]


class Part(Agent[I]):
    """What is hidden is a part of what is wrong."""

    wrong: Real = between(0, 1, "probability of a wrong answer")
    hidden: Real = between(
        0, 1, "probability of one that is hidden", coupled=lambda part: part.wrong
    )


class HiddenOrAll(Invariant):
    hidden: Real = budget(0, 1, "probability of a hidden mistake", limit="1/4")
    wrong: Real = budget(0, 1, "probability of a mistake", limit=1)

    def holds(self, part: Part[Any]) -> Bool:
        return all_of(part.hidden <= self.hidden, part.wrong <= self.wrong)


class Hidden(Invariant):
    hidden: Real = budget(0, 1, "probability of a hidden mistake", limit="1/4")

    def holds(self, part: Part[Any]) -> Bool:
        return part.hidden <= self.hidden


def hiding(part: Part[I], p: Noise, nature: Nature) -> Part[I]:
    slip = nature.choose("slip", at_most=p.noise)
    hidden = minimum(1, part.hidden / 2 + slip)
    return Part(wrong=minimum(1, maximum(hidden, part.wrong / 4 + p.noise)), hidden=hidden)


def along_hiding(invariant: Invariant) -> FoundThreshold:
    def start(p: Noise) -> Part[Hidden]:
        return Part(wrong=Real(0), hidden=Real(0))

    scheme = Loop[Noise, Part[Hidden]]("hiding", parameters=Noise, seed=start, step=hiding)
    return settling_threshold(Claim("hiding", scheme, invariant), "noise")


def test_a_worst_agent_is_in_the_domain_whatever_else_it_is() -> None:
    """Only what is hidden is compared, and nothing hides but in what is wrong: 2 noise = 1/4."""
    found = along_hiding(Hidden())
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (F(1, 8), False)


@FEW
@given(st.integers(1, 9), st.integers(1, 9))
def test_a_claim_of_two_inequalities_fails_where_one_does(hidden: int, wrong: int) -> None:
    """Hidden mistakes tend to 2 noise, all of them to the greater of that and 4/3 noise."""
    limits = F(hidden, 20), F(wrong, 20)
    found = along_hiding(HiddenOrAll(hidden=Real(limits[0]), wrong=Real(limits[1])))
    assert found.exact is not None
    assert found.exact.fraction == min(limits) / 2
    assert found.included is not True


def ninth(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=minimum(1, memory.error / 2 + 300 * p.noise**9))


def test_a_limit_at_which_the_worst_run_rests_names_the_end() -> None:
    """At 1/4 = 300 noise^9, though no polynomial of degree 8 names it."""
    found = along_noise(ninth, AtMost())
    assert found.method is FoundBy.WORST_RUN
    assert found.exact is not None
    assert found.exact.coefficients == (-1, *[0] * 8, 1200)


class WorseAtMost(Invariant):
    """The error, and 1/3 more than an eighth of it, are at most the limit."""

    worse: Real = budget(0, 1, "probability of a wrong answer, or next to it", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return maximum(memory.error, memory.error / 8 + F(1, 3)) <= self.worse


def test_an_end_without_a_name_is_still_between_two_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, where the claim compares another number than the field itself. More digits would
    not name it either."""
    monkeypatch.setattr("checker.parameters.exact_threshold.DIGITS", DIGITS[:5])
    found = along_noise(ninth, WorseAtMost())
    assert found.method is FoundBy.WORST_RUN
    assert found.exact is None
    assert found.safe is not None
    assert found.unsafe is not None
    assert 1200 * found.safe**9 < 1 < 1200 * found.unsafe**9
    assert found.unsafe - found.safe < F(1, 10**15)


@settings(FEW, max_examples=3)
@given(st.integers(1, 10**70))
def test_long_ends_are_named_by_what_they_come_of(more: int) -> None:
    """Of an assumption, and of a limit; a name of 140 digits is none that 96 digits would give."""
    limit = F(1, 4) + F(more, 8 * (10**70 + 33))
    found = along_noise(slipping(F(1, 2)), AtMost(error=Real(limit)))
    assert found.exact is not None
    assert (found.exact.fraction, found.included) == (limit / 2, False)

    def at_least(p: Noise) -> Bool:
        return p.noise >= limit - F(1, 5)

    scheme = Loop[Noise, Memory[AtMost]](
        "assumed", parameters=Noise, seed=clean, step=slipping(F(1, 2)), assumptions=[at_least]
    )
    found = settling_threshold(Claim("c", scheme, AtMost(error=Real(limit))), "noise")
    ends = [(each.low.fraction, each.low_included, each.answer) for each in found.ranges]
    assert ends == [
        (0, True, Answer.VACUOUS),
        (limit - F(1, 5), True, Answer.PROVED),
        (limit / 2, True, Answer.REFUTED),
    ]
    assert "; means nothing for noise < " in headline(found)


def test_values_at_which_nothing_is_meant_are_on_neither_side() -> None:
    """Decided value by value, as the order turns round, with an assumption that fails at 1/2."""

    def swings(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=F(1, 2) - memory.error / 4 + p.noise / 2)

    scheme = Loop[Noise, Memory[AtMost]](
        "swings", parameters=Noise, seed=clean, step=swings, assumptions=[few]
    )
    found = settling_threshold(Claim("c", scheme, AtMost()), "noise", width=F(1, 4), timeout=30)
    assert isinstance(found.method, Brackets)
    assert found.unsafe is None


def test_what_settles_nowhere_that_it_means_something_is_said_to_settle_nowhere() -> None:
    """Whatever it was, the error is 1/4 or more after a step."""

    def swings(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        slip = nature.choose("slip", at_most=p.noise)
        return Memory(error=F(1, 2) - memory.error / 4 + slip / 2)

    scheme = Loop[Noise, Memory[AtMost]](
        "swings", parameters=Noise, seed=clean, step=swings, assumptions=[few]
    )
    found = settling_threshold(Claim("c", scheme, AtMost(error=Real("1/5"))), "noise", timeout=30)
    assert found.extent is Extent.NONE
    ends = [(each.low.fraction, each.low_included, each.answer) for each in found.ranges]
    assert ends == [(0, True, Answer.REFUTED), (F(1, 4), False, Answer.VACUOUS)]


def test_what_settles_wherever_it_means_something_is_said_to_settle() -> None:
    scheme = Loop[Noise, Memory[AtMost]](
        "assumed", parameters=Noise, seed=clean, step=slipping(F(1, 4)), assumptions=[few]
    )
    found = settling_threshold(Claim("c", scheme, AtMost()), "noise")
    assert headline(found) == (
        "settles from every agent exactly for noise <= 1/4 = 0.25; "
        "means nothing for noise > 1/4 = 0.25"
    )


def test_what_is_asked_of_the_seed_differs() -> None:
    never = along_noise(vote, AtMost())  # from error 1 it stays there, whatever the noise
    assert never.extent is Extent.NONE
    assert judge(Claim("c", loop(vote), AtMost())).answer is Answer.PROVED


def test_a_stated_threshold_of_settling_is_judged() -> None:
    def stated(value: str, included: bool) -> Answer:
        return judge(
            Threshold(
                "t",
                loop(slipping(F(1, 2))),
                AtMost(),
                parameter="noise",
                value=value,
                included=included,
                settles=True,
            )
        ).answer

    assert stated("1/4", included=False) is Answer.PROVED
    assert stated("1/4", included=True) is Answer.REFUTED
    assert stated("1/5", included=False) is Answer.REFUTED


def mending(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=maximum(p.noise, memory.error - F(1, 10)))


def squaring(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=minimum(1, memory.error**2 / 2 + p.noise**2))


def correcting(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=minimum(1, memory.error * (1 - p.noise) + F(1, 10)))


@pytest.mark.parametrize(
    ("step", "limit", "value", "included", "answer"),
    [
        (slipping(F(9, 10)), "1/2", "1/20", False, Answer.PROVED),
        (slipping(F(1, 2)), "1/2", "1/5", False, Answer.REFUTED),
        (slipping(F(9, 10)), "1/2", "1/20", True, Answer.REFUTED),
        (mending, "1/4", "1/4", True, Answer.PROVED),
        (squaring, "1/4", [-7, 0, 32], False, Answer.PROVED),
        (correcting, "1/2", "1/5", False, Answer.PROVED),
    ],
)
def test_the_evidence_of_a_threshold_of_settling_is_accepted_for_its_whole_side(
    step: Step, limit: str, value: Any, included: bool, answer: Answer, tmp_path: Path
) -> None:
    invariant = AtMost(error=Real(limit))
    statement = Threshold(
        "t",
        loop(step),
        invariant,
        parameter="noise",
        value=value,
        included=included,
        settles=True,
    )
    verdict = judge(statement)
    assert verdict.answer is answer
    document = evidence(verdict, statement)
    holds = document["proof"]["holds"]
    assert {holds["low"], holds["high"]} & {"0", "1/2"}  # an end of the domain
    file = tmp_path / "evidence.json"
    file.write_text(text_of(document), "utf-8")
    found = recheck(file, 5.0)
    assert found.outcome is Outcome.ACCEPTED, found.why


def test_no_evidence_is_written_that_does_not_show_the_verdict(tmp_path: Path) -> None:
    """The worst run comes as near to the limit as floats can tell, so none is proved to stay
    outside at the value itself; one beyond it would not show that it does not settle there."""
    statement = Threshold(
        "t",
        loop(slipping(F(1, 2))),
        AtMost(),
        parameter="noise",
        value="1/4",
        included=True,
        settles=True,
    )
    file = tmp_path / "evidence.json"
    file.write_text(text_of(evidence(judge(statement), statement)), "utf-8")
    assert recheck(file, 5.0).outcome is not Outcome.REJECTED


def test_rounding_does_not_keep_runs_from_settling() -> None:
    """The lower ends of the boxes come to a point from below, and are rounded down there."""

    def both(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        share = nature.choose("share", at_least=p.noise, at_most=F(1, 2))
        return Memory(error=minimum(1, memory.error * (1 - share) + F(1, 10)))

    at = {"noise": F(200_000_001, 10**9)}
    assert judge(Settles("s", loop(both), AtMost(), at=at)).answer is Answer.PROVED


def test_away_and_settles_are_two_questions() -> None:
    with pytest.raises(SpecError, match="not both"):
        Threshold(
            "t",
            loop(slipping(F(1, 2))),
            AtMost(),
            parameter="noise",
            value=0,
            away=True,
            settles=True,
        )


def test_the_document_says_what_was_asked() -> None:
    found = along_noise(slipping(F(1, 2)), AtMost())
    assert document(found)["eventually"] is True
    assert document(found)["says"].startswith("settles from every agent exactly for noise < 1/4")
