"""Seeds that are sets: a claim about one is a claim about each of its points."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checker import Options, decide
from checker.backends.solver import QueryBudget
from checker.counterexamples.simulation import Nature as Drawn
from checker.counterexamples.simulation import simulate
from checker.counterexamples.worst_run import follow_worst_run
from checker.evidence.document import evidence, text_of
from checker.invariants.monotone import order_of, worst_seed
from checker.statements.registry import judge
from checker.system.findings import Method
from checker.system.problem import pose
from checker.system.seeds import begun
from checker.system.verdict import Shortest, Verdict
from recheck.check import Outcome, recheck
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
    maximum,
    minimum,
    unbounded,
)
from spec.statements.base import Answer
from spec.statements.comparison import Agrees
from spec.statements.dynamics import Closed, Settles
from tests.plain_schemes import NoParameters

HALF = Fraction(1, 2)


class Two(Agent[I]):
    x: Real = between(0, 1)
    y: Real = between(0, 1)


class Rank(Agent[I]):
    r: Real = unbounded("a rank", at_least=-1)


def limited(limit: Fraction) -> Invariant:
    class Limited(Invariant):
        def holds(self, agent: Two[Any]) -> Bool:
            return agent.x <= limit

    return Limited()


Seed = Callable[[NoParameters, Nature], Two[Invariant]]
Step = Callable[[Two[Any], NoParameters, Nature], Two[Any]]


def loop(seed: Seed, step: Step) -> Process:
    return Loop[NoParameters, Two[Invariant]]("set", parameters=NoParameters, seed=seed, step=step)


def still(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
    return s


def square(low: Fraction, width: Fraction) -> Seed:
    """x anywhere in an interval, y anything up to x."""

    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        x = nature.choose("x", at_least=low, at_most=low + width)
        return Two(x=x, y=nature.choose("y", at_most=x))

    return seed


def verdict_of(seed: Seed, step: Step, limit: Fraction) -> Verdict:
    claim = Claim("c", loop(seed, step), limited(limit))
    return decide(claim, options=Options(timeout=8.0, query=1.0))


def answer_of(seed: Seed) -> Answer | None:
    """The answer on a claim that holds of every seed there is; None where it is a mistake."""
    try:
        return verdict_of(seed, still, HALF).answer
    except SpecError:
        return None


quarters = st.fractions(0, HALF, max_denominator=8)
weights = st.tuples(*[st.fractions(-1, 1, max_denominator=4)] * 4)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(quarters, quarters, weights, st.fractions(0, 1, max_denominator=6))
def test_every_point_of_the_set_is_meant(
    low: Fraction, width: Fraction, weight: Any, limit: Fraction
) -> None:
    a, b, c, d = weight

    def formula(x: Any, y: Any, least: Any, most: Any) -> tuple[Any, Any]:
        return (
            most(0, least(1, a * x + b * y * y + abs(c) / 4)),
            most(0, least(1, c * y + d * x + HALF * x)),
        )

    def step(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
        x, y = formula(s.x, s.y, minimum, maximum)
        return Two(x=x, y=y)

    shares = [Fraction(n, 4) for n in range(5)]
    states = {
        (low + u * width, v * (low + u * width)) for u, v in itertools.product(shares, shares)
    }
    first = None
    for iteration in range(6):
        if any(x > limit for x, _ in states):
            first = iteration
            break
        states = {formula(x, y, min, max) for x, y in states}
    verdict = verdict_of(square(low, width), step, limit)
    if first is not None:
        assert verdict.answer is Answer.REFUTED
        assert verdict.run is not None
        if verdict.run.iteration > first:
            result: Any = verdict.result
            assert result.shortest is Shortest.SHORTEST_FOUND
    if verdict.answer is Answer.REFUTED:
        run = verdict.run
        assert run is not None
        x, y = run.seed_chosen["x"].low, run.seed_chosen["y"].low
        assert low <= x <= low + width
        assert 0 <= y <= x
        assert (x, y) == (run.seed["x"].low, run.seed["y"].low)
        for _ in range(run.iteration):
            x, y = formula(x, y, min, max)
        assert x > limit


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(quarters, quarters, weights, st.fractions(0, 1, max_denominator=6))
def test_the_evidence_of_a_verdict_about_a_set_is_accepted(
    tmp_path: Path, low: Fraction, width: Fraction, weight: Any, limit: Fraction
) -> None:
    a, b, c, d = weight

    def step(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
        slip = nature.choose("slip", at_most=s.y / 8)
        x = maximum(0, minimum(1, a * s.x + b * s.y * s.y + abs(c) / 4))
        y = maximum(0, minimum(1, c * s.y + d * s.x + HALF * s.x))
        return Two(x=minimum(1, x + slip), y=y)

    claim = Claim("c", loop(square(low, width), step), limited(limit))
    verdict = judge(claim, options=Options(timeout=8.0, query=1.0))
    file = tmp_path / "evidence.json"
    file.write_text(text_of(evidence(verdict, claim)), "utf-8")
    decided = verdict.answer in (Answer.PROVED, Answer.REFUTED)
    assert recheck(file, 5.0).outcome is (Outcome.ACCEPTED if decided else Outcome.UNDECIDED)


def test_a_break_within_the_set_is_found() -> None:
    """x(1 - x) is greatest in the middle, and at no corner above 1/5."""

    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        x = nature.choose("x", at_most=1)
        return Two(x=x * (1 - x), y=Real(0))

    verdict = verdict_of(seed, still, Fraction(1, 5))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.iteration == 0
    assert verdict_of(seed, still, Fraction(1, 4)).answer is Answer.PROVED


def test_a_thin_break_is_left_to_the_solver() -> None:
    """Only seeds within a millionth of 1/3 break the claim."""

    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        x = nature.choose("x", at_most=1)
        far = maximum(x - "1/3", "1/3" - x)
        return Two(x=maximum(0, 1 - 1_000_000 * far), y=Real(0))

    verdict = verdict_of(seed, still, HALF)
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert abs(verdict.run.seed_chosen["x"].low - Fraction(1, 3)) <= Fraction(1, 10**6)


def test_nothing_to_choose_from_proves_nothing() -> None:
    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        return Two(x=nature.choose("x", at_least=HALF, at_most="1/4"), y=Real(0))

    with pytest.raises(SpecError, match='no value for "x"'):
        verdict_of(seed, still, HALF)


def test_a_set_that_is_empty_only_here_and_there_is_not_proved() -> None:
    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        x = nature.choose("x", at_most="1/2")
        return Two(x=x, y=nature.choose("y", at_least="1/3", at_most=x))

    assert answer_of(seed) is not Answer.PROVED


def test_a_seed_that_divides_by_zero_somewhere_is_not_proved() -> None:
    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        x = nature.choose("x", at_most="1/2")
        return Two(x=x, y=0 / (x - "1/3"))

    assert answer_of(seed) is not Answer.PROVED


def test_a_seed_that_leaves_its_domain_is_refuted() -> None:
    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        return Two(x=nature.choose("x", at_most=2) / 2, y=nature.choose("y", at_most=2))

    verdict = verdict_of(seed, still, Fraction(1))
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.left_domain


def test_the_worst_seed_of_a_monotone_loop() -> None:
    """Above 1/3 the slow drift breaks the claim, after more iterations than a search looks at."""

    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        return Two(x=nature.choose("x", at_most="1/2"), y=Real(0))

    def drift(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
        return Two(x=minimum(1, s.x * (1 + s.x / 100_000)), y=s.y)

    verdict = verdict_of(seed, drift, Fraction(3, 5))
    assert verdict.answer is Answer.REFUTED
    assert verdict.method is Method.WORST_RUN
    assert verdict.run is not None
    assert verdict.run.seed_chosen["x"].low == HALF
    problem = pose(Claim("c", loop(seed, drift), limited(Fraction(3, 5))))
    order = order_of(problem, QueryBudget(5.0))
    assert order is not None
    start = worst_seed(problem, order, QueryBudget(5.0))
    assert start is not None
    assert [str(term) for term in start.seed] == ["1/2", "0"]


def test_no_corner_is_the_worst_of_a_seed_that_bends() -> None:
    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        x = nature.choose("x", at_most=1)
        return Two(x=x * (1 - x), y=Real(0))

    problem = pose(Claim("c", loop(seed, still), limited(HALF)))
    order = order_of(problem, QueryBudget(5.0))
    assert order is not None
    assert worst_seed(problem, order, QueryBudget(5.0)) is None


def test_any_agent_of_the_domain() -> None:
    def seed(p: NoParameters, nature: Nature) -> Two[Invariant]:
        return nature.anything(Two)

    verdict = verdict_of(seed, still, HALF)
    assert verdict.answer is Answer.REFUTED
    assert verdict.run is not None
    assert verdict.run.seed["x"].low > HALF


def test_a_rank_without_a_ceiling() -> None:
    """A rank that starts anywhere above 0 and never falls stays above 0, however high it is; that
    it stays below a million is refuted by a seed."""

    class Above(Invariant):
        def holds(self, agent: Rank[Any]) -> Bool:
            return agent.r >= 0

    class Below(Invariant):
        def holds(self, agent: Rank[Any]) -> Bool:
            return agent.r <= 10**6

    def seed(p: NoParameters, nature: Nature) -> Rank[Invariant]:
        start: Rank[Invariant] = nature.anything(Rank)
        return Rank(r=maximum(start.r, 0))

    def rise(s: Rank[I], p: NoParameters, nature: Nature) -> Rank[I]:
        return Rank(r=2 * s.r + nature.choose("more", at_most=1))

    ranks = Loop[NoParameters, Rank[Invariant]](
        "ranks", parameters=NoParameters, seed=seed, step=rise
    )
    assert decide(Claim("c", ranks, Above())).answer is Answer.PROVED
    assert decide(Claim("c", ranks, Below())).answer is Answer.REFUTED


def test_the_worst_run_begins_where_the_ends_of_a_choice_meet() -> None:
    """No ball tells that a third is not above a third."""

    def grow(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
        return Two(x=minimum(1, s.x * "1001/1000"), y=s.y)

    claim = Claim("c", loop(square(Fraction(1, 3), Fraction(0)), grow), limited(HALF))
    problem = pose(claim).composed()
    order = order_of(problem, QueryBudget(5.0))
    assert order is not None
    start = worst_seed(problem, order, QueryBudget(5.0))
    assert start is not None
    run = follow_worst_run(start, order, 1_000)
    assert run is not None
    assert Fraction(1001, 1000) ** (run.iteration - 1) <= Fraction(3, 2)
    assert Fraction(1001, 1000) ** run.iteration > Fraction(3, 2)
    assert run.seed_chosen["x"].low == run.seed_chosen["x"].high == Fraction(1, 3)


def test_a_simulation_begins_where_it_is_told() -> None:
    problem = pose(Claim("c", loop(square(Fraction(0), HALF), still), limited(Fraction(1))))
    for nature, x in ((Drawn.LEAST, Fraction(0)), (Drawn.GREATEST, HALF)):
        assert simulate({"c": problem}, nature, 2).run.seed["x"].low == x
    by_hand = simulate({"c": problem}, Drawn.LEAST, 2, by_hand={"x": Fraction(1, 3)})
    assert by_hand.run.seed["x"].low == Fraction(1, 3)
    with pytest.raises(SpecError, match="in the seed"):
        simulate({"c": problem}, Drawn.LEAST, 2, by_hand={"x": Fraction(2, 3)})
    drawn = {simulate({"c": problem}, Drawn.RANDOM, 1, draw).run.seed["x"].low for draw in range(8)}
    assert len(drawn) > 1


def test_what_is_said_of_one_seed_only_is_refused() -> None:
    process = loop(square(Fraction(0), HALF), still)
    with pytest.raises(SpecError, match="seed that is a set"):
        judge(Agrees("a", process, process, invariant=limited(HALF)))


def test_statements_from_anywhere_do_not_look_at_the_seed() -> None:
    process = loop(square(Fraction(1, 4), HALF), lambda s, p, nature: Two(x=s.x / 2, y=s.y))
    half = limited(HALF)
    assert judge(Closed("c", process, half)).answer is Answer.PROVED
    assert judge(Settles("s", process, half)).answer is Answer.PROVED


def test_one_point_of_a_set_is_a_problem_of_its_own() -> None:
    problem = pose(Claim("c", loop(square(Fraction(1, 4), HALF), still), limited(HALF)))
    start = begun(problem, (HALF, HALF))
    assert [str(term) for term in start.seed] == ["1/2", "1/4"]
    assert not start.seed_choices
