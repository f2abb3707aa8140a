"""A replayed run is the run in plain fractions: its states, choices and plan, and where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.system.problem import pose
from checker.system.replay import (
    EXACT_BITS,
    FAR,
    ArithmeticKind,
    Enclosure,
    Run,
    TraceStep,
    Units,
    high_end,
    low_end,
    replay,
)
from spec import Claim, SpecError, exp
from spec.nature import ChoiceRole
from tests.system.overseen import FewErrors, overseen
from tests.turning_schemes import Two, claim_of

F = Fraction


def exact(value: Fraction | int) -> Enclosure:
    return Enclosure(F(value), F(value))


def none(_iteration: int, _step: int) -> list[Fraction]:
    """Nothing for nature to choose."""
    return []


def drift(limit: Fraction, square: bool = False) -> Claim:
    """x grows by what nature chooses from -1/8 to 1/4, y counts halves of what x was."""

    def step(s: Any, nature: Any) -> list[Any]:
        x = s.x * s.x if square else s.x
        return [x + nature.choose("n", at_least="-1/8", at_most="1/4"), s.x / 2]

    return claim_of(Two, ["1/8", "0"], step, lambda agent: agent.x <= limit)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from([F(0), F(1, 3), F(1)]), min_size=1, max_size=9),
    st.integers(1, 4),
    st.sampled_from([F(1, 2), F(1), F(9)]),
)
def test_a_run_is_the_one_in_fractions(places: list[Fraction], kept: int, limit: Fraction) -> None:
    most = len(places)
    run = replay(pose(drift(limit)), lambda iteration, _: [places[iteration - 1]], most, kept)
    assert run is not None
    states = [(F(1, 8), F(0))]
    for place in places:
        x, _ = states[-1]
        states.append((x - F(1, 8) + place * F(3, 8), x / 2))
        if not all(-2 <= v <= 2 for v in states[-1]) or states[-1][0] > limit:
            break
    last = len(states) - 1
    broke = states[-1][0] > min(limit, F(2))
    assert (run.iteration, run.position) == (last if broke else most, "agent")
    assert run.seed == {"x": exact(F(1, 8)), "y": exact(0)}
    numbers = [n for n in range(1, last + 1) if n <= kept or n > last - kept]
    assert [step.iteration for step in run.steps] == numbers
    for step in run.steps:
        n, place = step.iteration, places[step.iteration - 1]
        assert step.before == dict(zip("xy", map(exact, states[n - 1]), strict=True))
        assert step.after == dict(zip("xy", map(exact, states[n]), strict=True))
        assert step.chosen == {"n": exact(-F(1, 8) + place * F(3, 8))}
    expanded = [p for count, stretch in run.plan for p in [*stretch] * count]
    assert expanded == places[:last]
    assert all(one[1] != two[1] for one, two in zip(run.plan, run.plan[1:], strict=False))
    assert (run.broken is not None, run.left_domain) == (broke, broke and limit > 2)


def test_a_seed_that_breaks_the_claim_ends_at_once() -> None:
    run = replay(pose(drift(F(0))), lambda iteration, _: [F(0)], 3)
    assert run is not None
    assert (run.iteration, run.steps, run.broken is not None) == (0, (), True)


def test_a_run_of_long_numbers_goes_on_in_balls_and_keeps_its_answer() -> None:
    """x^2 + 1/4 from 1/8 stays below 1/2; its digits double at every iteration."""
    run = replay(pose(drift(F(1, 2), square=True)), lambda iteration, _: [F(1)], 40)
    assert run is not None
    assert (run.arithmetic.kind, run.broken) == (ArithmeticKind.BALLS, None)
    value = flint.fmpq(1, 8)
    for _ in range(9):
        value = value * value + flint.fmpq(1, 4)
    told = run.steps[8].after["x"]
    assert told.low <= F(int(value.p), int(value.q)) <= told.high
    assert told.high - told.low < F(1, 2**60)
    short = replay(pose(drift(F(1, 2), square=True)), lambda iteration, _: [F(1)], 9)
    assert short is not None
    assert short.arithmetic.kind is ArithmeticKind.EXACT


def test_numbers_are_exact_up_to_a_size_and_no_further() -> None:
    """3 to the n over 4 to the n: 2 n bits below and 1.58 n above."""

    def run(iterations: int) -> Run | None:
        claim = claim_of(
            Two, ["1", "0"], lambda s, nature: [s.x * F(3, 4), s.y], lambda agent: agent.x <= 1
        )
        return replay(pose(claim), lambda iteration, _: [], iterations)

    fits = next(n for n in range(1000, 2000) if (3**n).bit_length() + 2 * n + 1 > EXACT_BITS) - 1
    for iterations, kind in ((fits, ArithmeticKind.EXACT), (fits + 2, ArithmeticKind.BALLS)):
        found = run(iterations)
        assert found is not None
        assert found.arithmetic.kind is kind


def test_what_no_precision_decides_is_no_run() -> None:
    """x is a third for ever, which no ball shows to be at most a third, and y makes it long."""

    def step(s: Any, nature: Any) -> list[Any]:
        return [s.x + (s.y - s.y * s.y) * 0 + (s.x - F(1, 3)) / 3, s.y * s.y]

    claim = claim_of(Two, ["1/3", "2/3"], step, lambda agent: agent.x <= F(1, 3))
    assert replay(pose(claim), none, 30) is None


def test_a_seed_that_just_meets_a_limit_is_a_seed_of_a_run_in_balls() -> None:
    """Balls do not tell 1/3 from a limit of 1/3; of the seed, and of nothing later, it is known."""

    def grow(s: Any, nature: Any) -> list[Any]:
        return [s.x * exp("1/10"), s.y]

    run = replay(pose(claim_of(Two, ["1/3", "0"], grow, lambda agent: agent.x <= "1/3")), none, 3)
    assert run is not None
    assert run.iteration == 1
    assert run.arithmetic.kind is ArithmeticKind.BALLS
    rests = claim_of(Two, ["1/3", "0"], lambda s, n: [s.x, exp(s.y)], lambda a: a.x <= "1/3")
    assert replay(pose(rests), none, 3) is None
    above = claim_of(Two, ["1/3", "0"], grow, lambda agent: agent.x < "1/3")
    broken = replay(pose(above), none, 3)
    assert broken is not None
    assert broken.iteration == 0


def test_a_break_counts_only_if_nothing_before_it_is_open() -> None:
    """What is false is a break where it stands before what is undecided, and none after it."""
    long = F(10**30 + 1, 2 * 10**30)  # y halves, and is too long for fractions after 20 iterations

    def step(s: Any, nature: Any) -> list[Any]:
        return [s.x + (s.x - F(1, 3)) / 3, s.y * long]

    for turned in (False, True):

        def kept(agent: Any, turned: bool = turned) -> Any:
            large = agent.y >= F(1, 2**39) * F(3, 4)
            third = (agent.x <= F(1, 3)) | large
            return large & third if turned else third & large

        run = replay(pose(claim_of(Two, ["1/3", "1"], step, kept)), none, 45)
        assert (run is not None and run.iteration == 40) == turned


def test_a_division_by_zero_and_a_choice_without_a_value_name_their_iteration() -> None:
    def divides(s: Any, nature: Any) -> list[Any]:
        return [s.x / 2, 1 / (s.x - "1/4") / 100]

    claim = claim_of(Two, ["1", "0"], divides, lambda agent: agent.x <= 1)
    with pytest.raises(SpecError, match="divides by zero at iteration 3"):
        replay(pose(claim), lambda iteration, _: [], 5)

    def chooses(s: Any, nature: Any) -> list[Any]:
        return [s.x / 2, nature.choose("n", at_least=F(1, 3), at_most=s.x)]

    claim = claim_of(Two, ["1", "0"], chooses, lambda agent: agent.x <= 1)
    with pytest.raises(SpecError, match='no value for "n" at iteration 3'):
        replay(pose(claim), lambda iteration, _: [F(0)], 5)


def test_steps_and_choices_of_two_stages_are_told_apart() -> None:
    from checker.system.seeds import begun

    units: Sequence[Sequence[Fraction]] = [[], [F(1), F(1, 2), F(0), F(0)]]
    problem = begun(pose(Claim("overseen", overseen, FewErrors())), [F(1)])
    along: Units = lambda iteration, index: units[index]  # noqa: E731
    run = replay(problem, along, 2)
    assert run is not None
    assert run.seed_chosen == {"first": exact(F(1, 10))}
    assert [(s.iteration, s.step) for s in run.steps] == [
        *((n, step) for n in (1, 2) for step in ("amplify", "distill"))
    ]
    # error 1/10, halved at rank 0; the expert's rank 1 allows a slip of 1/100, and half again
    amplified, distilled = run.steps[:2]
    assert amplified.after["error"] == exact(F(1, 20))
    assert distilled.after["error"] == exact(F(1, 20) + F(1, 100) + F(1, 200))
    assert (amplified.oversight_holds, distilled.oversight_holds) == (None, True)
    assert set(distilled.made) == {"slip", "more"}
    assert not distilled.oversight_failed
    assert run.plan == ((2, (F(1), F(1, 2), F(0), F(0))),)


@pytest.mark.parametrize(
    ("oversight", "roles", "high", "failed", "arbitrary", "made"),
    [
        (True, ChoiceRole.UNOVERSEEN, 1, False, False, False),
        (False, ChoiceRole.UNOVERSEEN, 1, True, False, True),
        (None, ChoiceRole.UNOVERSEEN, 1, True, False, True),
        (None, ChoiceRole.UNOVERSEEN, 0, False, False, False),
        (None, ChoiceRole.ARBITRARY, 1, False, True, True),
        (True, ChoiceRole.BOUNDED, 1, False, False, True),
        (None, ChoiceRole.BOUNDED, 0, False, False, False),
    ],
)
def test_what_a_step_says_of_nature(
    oversight: bool | None, roles: Any, high: int, failed: bool, arbitrary: bool, made: bool
) -> None:
    step = TraceStep(1, "distill", {}, {"c": exact(high)}, {}, oversight, {"c": roles})
    assert (step.oversight_failed, step.left_arbitrary) == (failed, arbitrary)
    assert ("c" in step.made) == made


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.fractions(-2, 2), st.integers(-90_000, 90_000), st.booleans())
@example(F(1), -70_000, False)
@example(F(-1), -70_000, False)
@example(F(-1), 70_000, False)
@example(F(1), 70_000, True)
def test_the_ends_of_a_ball_are_on_its_sides(value: Fraction, power: int, wide: bool) -> None:
    """Also where the end is a number of too many bits, which is rounded outward."""
    number = flint.arb(flint.fmpq(value.numerator, value.denominator)) * flint.arb(2) ** power
    ball = number.union(number * 2) if wide else number
    low, high = low_end(ball), high_end(ball)
    true = (value, 2 * value) if wide else (value, value)
    if abs(power) < 3000:
        scale = F(2) ** power
        assert low <= min(true) * scale
        assert max(true) * scale <= high
        assert high - low <= (max(true) - min(true)) * scale + abs(value) * scale / 2**20
    assert (low <= 0 or value > 0) if value else low <= 0 <= high
    assert low <= high
    if value < 0 and power < -FAR - 64:
        assert high == 0
    if value > 0 and power < -FAR - 64:
        assert 0 < high <= F(1, 2**FAR)
        assert low == 0
    if value < 0 and power > FAR + 64 and abs(value) > F(1, 2**20):
        assert high == -F(2 ** (FAR - 1))


def test_a_number_is_shown_short() -> None:
    assert str(exact(F(1, 3))) == "1/3"
    assert str(Enclosure(F(1, 3), F(1, 2))) == "0.416667"
    assert len(str(exact(F(10**30 + 1, 10**30)))) < 16
