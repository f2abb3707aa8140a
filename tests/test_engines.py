"""The engines against known results, brute force and each other."""

from __future__ import annotations

import itertools
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checker.portfolio.decision
from checker import EnginesDisagree, Options, check, decide
from checker.backends.solver import QueryBudget
from checker.counterexamples.random_search import draw, falsify
from checker.invariants.certificate import Certificate, covers, prove
from checker.invariants.k_induction import induct
from checker.system.obligations import obligations
from checker.system.problem import Problem, pose
from checker.system.region import Region
from checker.system.replay import replay
from checker.system.unrolling import break_at, units_of
from examples.noisy_memory import Memory, MostlyRight, memory
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    SpecError,
    between,
    maximum,
    minimum,
    when,
)


class NoParameters(Parameters):
    """None."""


# --- three schemes that once looked right -------------------------------------------------------


class Pair(Agent[I]):
    a: Real = between(0, 1)
    b: Real = between(0, 1)
    t: Real = between(0, 1)


class LowT(Invariant):
    def holds(self, agent: Pair[Any]) -> Bool:
        return agent.t <= "1/2"


def _pair(p: NoParameters) -> Pair[LowT]:
    return Pair(a=Real(1), b=Real(0), t=Real(0))


def _swap(s: Pair[I], p: NoParameters, nature: Nature) -> Pair[I]:
    return Pair(a=s.b, b=s.a, t=minimum(s.a, s.b))


swap = Loop[NoParameters, Pair[LowT]]("swap", parameters=NoParameters, seed=_pair, step=_swap)


class Learner(Agent[I]):
    capability: Real = between(0, 1)
    error: Real = between(0, 1)


class FewErrors(Invariant):
    def holds(self, agent: Learner[Any]) -> Bool:
        return agent.error <= "5/16"


def _novice(p: NoParameters) -> Learner[FewErrors]:
    return Learner(capability=Real(0), error=Real(0))


def _learn(s: Learner[I], p: NoParameters, nature: Nature) -> Learner[I]:
    return Learner(
        capability=minimum(1, s.capability + "1/4"), error=s.error + (1 - s.capability) / 8
    )


learning = Loop[NoParameters, Learner[FewErrors]](
    "learning", parameters=NoParameters, seed=_novice, step=_learn
)


class Split(Agent[I]):
    x: Real = between(0, 1)
    y: Real = between(0, 1)


class SumWithin(Invariant):
    def holds(self, agent: Split[Any]) -> Bool:
        return agent.x + agent.y <= "1/2"


class SumTighter(Invariant):
    def holds(self, agent: Split[Any]) -> Bool:
        return agent.x + agent.y <= "499/1000"


def _nothing(p: NoParameters) -> Split[SumWithin]:
    return Split(x=Real(0), y=Real(0))


def _split(s: Split[I], p: NoParameters, nature: Nature) -> Split[I]:
    first = nature.choose("to x", at_most="1/4")
    second = nature.choose("to y", at_most="1/4" - first)
    return Split(x=s.x / 2 + first, y=s.y / 2 + second)


splitting = Loop[NoParameters, Split[SumWithin]](
    "splitting", parameters=NoParameters, seed=_nothing, step=_split
)


@pytest.mark.parametrize(
    ("scheme", "invariant"),
    [(swap, LowT()), (learning, FewErrors()), (splitting, SumWithin())],
    ids=["no post-fixpoint above the seed", "only after a prefix", "no greatest choice"],
)
def test_schemes_that_look_unsafe_are_proved(scheme: Process, invariant: Invariant) -> None:
    verdict = decide(Claim("looks unsafe", scheme, invariant))
    assert verdict.verdict == "proved", verdict.reason


def test_the_learner_needs_its_prefix() -> None:
    proof = prove(pose(Claim("learner", learning, FewErrors())), QueryBudget(5.0))
    assert isinstance(proof, Certificate)
    assert proof.prefix >= 4  # capability reaches 1, and the error 5/16, after four iterations


def test_the_budget_that_is_split_is_refuted_just_below_its_supremum() -> None:
    verdict = decide(Claim("tighter", splitting, SumTighter()))
    assert verdict.verdict == "refuted"
    assert verdict.trace is not None
    # x + y is at most (1 - 2^-n) / 2 after n iterations, and exceeds 499/1000 first at n = 9.
    assert verdict.trace.run.iteration == 9
    assert verdict.trace.shortest.startswith("proved")


def test_k_induction_needs_depth_two_for_the_swap() -> None:
    problem = pose(Claim("swap", swap, LowT()))
    assert not induct(problem, 1, QueryBudget(5.0))
    assert induct(problem, 2, QueryBudget(5.0))


# --- the noisy memory, against an independent simulation ----------------------------------------


def first_bad_iteration(noise: str, most: int) -> int | None:
    """Simulated in 60-digit decimals, far finer than any gap to the limit in these runs."""
    with localcontext() as context:
        context.prec = 60
        numerator, _, denominator = noise.partition("/")
        eps, error = Decimal(numerator) / Decimal(denominator), Decimal(0)
        for iteration in range(1, most + 1):
            wrong = 3 * error**2 - 2 * error**3
            error = eps * (1 - wrong) + (1 - eps) * wrong
            if error > Decimal("0.4"):
                return iteration
    return None


@pytest.mark.parametrize("noise", ["4/25", "6/37", "1/100", "16216216/100000000"])
def test_noise_up_to_six_thirty_sevenths_is_borne(noise: str) -> None:
    assert first_bad_iteration(noise, 2000) is None
    assert decide(Claim("memory", memory, MostlyRight(), at={"noise": noise})).verdict == "proved"


@pytest.mark.parametrize("noise", ["9/50", "1/6", "163/1000", "1/2", "16217/100000"])
def test_more_noise_is_refuted_at_the_first_bad_iteration(noise: str) -> None:
    verdict = decide(Claim("memory", memory, MostlyRight(), at={"noise": noise}))
    assert verdict.verdict == "refuted"
    assert verdict.trace is not None
    assert verdict.trace.run.iteration == first_bad_iteration(noise, 20_000)


# --- random schemes against brute force ---------------------------------------------------------


class Two(Agent[I]):
    x: Real = between(0, 1)
    y: Real = between(0, 1)


small = st.fractions(min_value=-1, max_value=1, max_denominator=4)
rows = st.tuples(small, small, small, st.fractions(0, Fraction(1, 2), max_denominator=4))
starts = st.tuples(*[st.fractions(0, 1, max_denominator=4)] * 2)
shapes = st.sampled_from(["linear", "quadratic", "threshold"])
Row = tuple[Fraction, Fraction, Fraction, Fraction]


def _raw(row: Row, shape: str, x: Any, y: Any, noise: Any, switch: Any) -> Any:
    a, b, c, _ = row
    base = a * x + b * y + c + noise
    if shape == "quadratic":
        return base * x + y * "1/4" if isinstance(base, Real) else base * x + y / 4
    return switch(base, x) if shape == "threshold" else base


def scheme_of(first: Row, second: Row, shape: str, start: tuple[Fraction, Fraction]) -> Process:
    def seed(p: NoParameters) -> Two[Invariant]:
        return Two(x=Real(start[0]), y=Real(start[1]))

    def step(s: Two[I], p: NoParameters, nature: Nature) -> Two[I]:
        def switch(base: Real, x: Real) -> Real:
            return when(x <= "1/2", base, x / 2 + "1/4")

        n = nature.choose("n", at_most=first[3])
        m = nature.choose("m", at_most=second[3])
        x = _raw(first, shape, s.x, s.y, n, switch)
        y = _raw(second, "linear", s.y, s.x, m, switch)
        return Two(x=maximum(0, minimum(1, x)), y=maximum(0, minimum(1, y)))

    return Loop[NoParameters, Two[Invariant]](
        "random", parameters=NoParameters, seed=seed, step=step
    )


def plain_step(
    first: Row, second: Row, shape: str, x: Fraction, y: Fraction, n: Fraction, m: Fraction
) -> tuple[Fraction, Fraction]:
    """The same step in plain Python, written apart from the language."""

    def switch(base: Fraction, at: Fraction) -> Fraction:
        return base if at <= Fraction(1, 2) else at / 2 + Fraction(1, 4)

    a = _raw(first, shape, x, y, n, switch)
    b = _raw(second, "linear", y, x, m, switch)
    return max(Fraction(0), min(Fraction(1), a)), max(Fraction(0), min(Fraction(1), b))


def brute_force(first: Row, second: Row, shape: str, start: Any, limit: Fraction) -> int | None:
    """The first iteration at which some run, choices at the ends or halfway, breaks the limit."""
    states = {start}
    if start[0] > limit:
        return 0
    for iteration in range(1, 5):
        shares = itertools.product((Fraction(0), Fraction(1, 2), Fraction(1)), repeat=2)
        states = {
            plain_step(first, second, shape, x, y, u * first[3], v * second[3])
            for (x, y), (u, v) in itertools.product(states, list(shares))
        }
        if any(x > limit for x, _ in states):
            return iteration
    return None


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows, rows, shapes, starts, st.fractions(0, 1, max_denominator=5))
def test_random_schemes_agree_with_brute_force(
    first: Row, second: Row, shape: str, start: tuple[Fraction, Fraction], limit: Fraction
) -> None:
    class Limited(Invariant):
        def holds(self, agent: Two[Any]) -> Bool:
            return agent.x <= limit

    claim = Claim("random", scheme_of(first, second, shape, start), Limited())
    verdict = decide(claim, options=Options(timeout=8.0, query=1.0))
    broken = brute_force(first, second, shape, start, limit)
    if broken is not None:
        assert verdict.verdict == "refuted"
    if verdict.verdict == "refuted":
        assert verdict.trace is not None
        run = verdict.trace.run
        if broken is not None:
            assert run.iteration <= broken
        x, y = start
        for step in run.steps[:8]:
            if step.after["x"].low == step.after["x"].high:  # the run is exact up to here
                n, m = step.chosen["n"].low, step.chosen["m"].low
                assert 0 <= n <= first[3]
                assert 0 <= m <= second[3]
                x, y = plain_step(first, second, shape, x, y, n, m)
                assert (x, y) == (step.after["x"].low, step.after["y"].low)
    if verdict.verdict == "proved":
        assert falsify(pose(claim), 60) is None


def test_a_region_must_cover_where_the_prefix_ends() -> None:
    """A cap that the entered box exceeds is not entered, though every interval contains it."""
    agent = pose(Claim("split", splitting, SumWithin())).agent
    x, y = agent.symbols
    half = Fraction(1, 2)
    entered = Region(((Fraction(0), half), (Fraction(0), half))).clauses(agent)
    loose, tight = Region(((Fraction(0), half),) * 2, ((x + y, Fraction(1)),)), half
    assert covers(loose.clauses(agent), entered, QueryBudget(5.0))
    cut = Region(((Fraction(0), half),) * 2, ((x + y, tight),))
    assert not covers(cut.clauses(agent), entered, QueryBudget(5.0))


# --- the pieces ---------------------------------------------------------------------------------


def test_every_obligation_of_a_memory_is_generated() -> None:
    problem = pose(Claim("memory", memory, MostlyRight()))
    found = obligations(problem.steps, problem.seed, problem.clauses)
    assert [obligation.name for obligation in found] == ["(i) seed", "(ii) rewrite"]


class Tiny(Agent[I]):
    x: Real = between(0, 1)


class Half(Invariant):
    def holds(self, agent: Tiny[Any]) -> Bool:
        return agent.x <= "1/2"


def _tiny(p: NoParameters) -> Tiny[Half]:
    return Tiny(x=Real(0))


def _loop(step: Any) -> Process:
    return Loop[NoParameters, Tiny[Half]]("tiny", parameters=NoParameters, seed=_tiny, step=step)


def test_a_narrow_break_is_found_by_the_solver() -> None:
    """Only a choice of exactly 1/3 breaks it, which no search over corners would meet."""

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most=1)
        return Tiny(x=when(n == "1/3", Real(1), Real(0)))

    verdict = decide(Claim("needle", _loop(step), Half()))
    assert verdict.verdict == "refuted"
    assert verdict.method == "bounded model checking"


def test_hypothesis_finds_and_shrinks_a_break() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x + nature.choose("n", at_most="1/4")))

    found = draw(pose(Claim("drift", _loop(step), Half())), 6, 200)
    assert found is not None
    run, plan = found
    assert run.iteration == 3  # 1/4 + 1/4 is still within 1/2
    assert len(plan) == 3


def test_an_empty_choice_proves_nothing() -> None:
    """at_most below at_least would leave no run at all, and so prove anything."""

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_least="1/2", at_most="1/4" + s.x)
        return Tiny(x=n)

    with pytest.raises(SpecError, match='no value for "n"'):
        decide(Claim("empty", _loop(step), Half()))


def test_a_division_that_may_be_by_zero_proves_nothing() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most="1/4")
        return Tiny(x=when(n > 0, n / (n + n), Real(0)) * s.x / (s.x + 1))

    assert decide(Claim("guarded", _loop(step), Half())).verdict == "proved"

    def careless(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        n = nature.choose("n", at_most="1/4")
        return Tiny(x=s.x * (1 / (s.x - n)))

    with pytest.raises(SpecError, match="divides by zero"):
        decide(Claim("careless", _loop(careless), Half()))


def test_leaving_a_domain_is_refuted() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=s.x - "1/8")

    verdict = decide(Claim("below", _loop(step), Half()))
    assert verdict.verdict == "refuted"
    assert verdict.trace is not None
    assert verdict.trace.run.broken == "domain of the agent"


@pytest.mark.parametrize(
    ("noise", "verdict"), [("1/4", "proved"), ("24999/100000", "proved"), ("2501/10000", "refuted")]
)
def test_two_copies_bear_exactly_one_quarter(noise: str, verdict: str) -> None:
    """x' = x^2 + eps has a fixed point iff eps <= 1/4, where it is 1/2 and is touched only."""

    class Within(Invariant):
        def holds(self, agent: Tiny[Any]) -> Bool:
            return agent.x <= "3/4"

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x**2 + Real(noise)))

    found = decide(Claim("two copies", _loop(step), Within()))
    assert found.verdict == verdict
    if noise == "1/4":
        assert found.method == "monotone comparison"
    if found.trace is not None:
        x, iteration = Fraction(0), 0
        while x <= Fraction(3, 4):  # rounded down, so never early; the gap to 3/4 is far larger
            x = Fraction(int((x * x + Fraction(noise)) * 10**40), 10**40)
            iteration += 1
        assert found.trace.run.iteration == iteration


def test_a_long_drift_is_followed_to_its_exact_iteration() -> None:
    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=minimum(1, s.x + nature.choose("n", at_most="1/9999")))

    verdict = decide(Claim("drift", _loop(step), Half()))
    assert verdict.verdict == "refuted"
    assert verdict.trace is not None
    assert verdict.trace.run.iteration == 9999 // 2 + 1


def test_a_supremum_that_is_only_approached_is_not_refuted() -> None:
    """x' = x/2 + 1/4 from 0 never reaches 1/2, so x < 1/2 holds at every finite iteration."""

    class Below(Invariant):
        def holds(self, agent: Tiny[Any]) -> Bool:
            return agent.x < "1/2"

    def step(s: Tiny[I], p: NoParameters, nature: Nature) -> Tiny[I]:
        return Tiny(x=s.x / 2 + "1/4")

    assert decide(Claim("approached", _loop(step), Below())).verdict == "proved"


def test_the_noisy_memory_approaches_one_half_without_reaching_it() -> None:
    class BelowHalf(Invariant):
        def holds(self, agent: Memory[Any]) -> Bool:
            return agent.error < "1/2"

    claim = Claim("memory", memory, BelowHalf(), at={"noise": "3/10"})
    assert decide(claim).verdict in ("proved", "unknown")
    assert decide(claim).verdict == "proved"


def test_unrolled_counterexamples_replay() -> None:
    problem: Problem = pose(Claim("tighter", splitting, SumTighter()))
    assert break_at(problem, 8, QueryBudget(5.0)) == "none"
    values = break_at(problem, 9, QueryBudget(5.0))
    assert not isinstance(values, str)
    run = replay(problem, units_of(problem, values), 9)
    assert run is not None
    assert run.iteration == 9
    assert run.broken == "SumTighter"


def test_engines_that_disagree_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refuted = falsify(pose(Claim("m", memory, MostlyRight(), at={"noise": "9/50"})), 60)
    assert refuted is not None
    monkeypatch.setattr(checker.portfolio.decision, "draw", lambda *_: refuted)
    with pytest.raises(EnginesDisagree, match="iteration 15"):
        decide(Claim("memory", memory, MostlyRight()))


def test_check_raises_with_the_trace() -> None:
    with pytest.raises(AssertionError, match=r"expected proved, got refuted[\s\S]*15 rewrite"):
        check(Claim("memory", memory, MostlyRight(), at={"noise": "9/50"}))


def test_unknown_says_why() -> None:
    """A rotation by an irrational-looking angle stays on a circle that no tool here describes."""

    class Disc(Agent[I]):
        x: Real = between(-2, 2)
        y: Real = between(-2, 2)

    class Near(Invariant):
        def holds(self, agent: Disc[Any]) -> Bool:
            return agent.x <= "101/100"

    def seed(p: NoParameters) -> Disc[Near]:
        return Disc(x=Real(1), y=Real(0))

    def turn(s: Disc[I], p: NoParameters, nature: Nature) -> Disc[I]:
        return Disc(x=s.x * "3/5" - s.y * "4/5", y=s.x * "4/5" + s.y * "3/5")

    rotation = Loop[NoParameters, Disc[Near]](
        "rotation", parameters=NoParameters, seed=seed, step=turn
    )
    verdict = decide(Claim("rotation", rotation, Near()), options=Options(timeout=20.0))
    assert verdict.verdict == "unknown"
    assert "clear to iteration" in verdict.reason
    assert "blocked" in verdict.reason
