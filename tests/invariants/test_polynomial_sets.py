"""Polynomial sets: random contractions are proved, runs stay within, and nothing false is."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import polynomial
from benchmarks.differential import language
from benchmarks.differential.machines import Field, Kept, Machine, Step, name
from benchmarks.question import Question, Range, System, claim_of, ranges, when
from checker import Options, decide
from checker.backends.evaluator import rational
from checker.backends.solver import QueryBudget
from checker.invariants.polynomial_sets import PolynomialSet, polynomial_set
from checker.portfolio.engine import Task
from checker.portfolio.proofs import PolynomialSets
from checker.system.findings import Method
from checker.system.problem import pose
from checker.system.verdict import Verdict
from spec import Real
from spec.statements.base import Answer
from tests.turning_schemes import TURN, Two
from tests.turning_schemes import claim_of as language_claim

F = Fraction
PLANE = ranges(["x", "y"], -4, 4)
share = st.fractions(0, 1, max_denominator=12)
ENDS = (F(-1), F(0), F(1))


def found(system: System, seconds: float = 60.0) -> PolynomialSet | None:
    """The set that is found for a system whose runs seem to be safe."""
    problem = pose(claim_of("q", system, "safe"))
    budget = QueryBudget(5.0, time.monotonic() + seconds)
    templates = Task(problem, budget).templates
    assert templates is not None
    if templates.broken:
        return None
    return polynomial_set(problem, templates.states, (2, 4), budget)


def value(kept: PolynomialSet, state: Any) -> Fraction:
    """p at a state."""
    ring = kept.polynomial.context()
    scaled = [(v - s.centre) / s.scale for v, s in zip(state, kept.loop.scales, strict=False)]
    padded = [*scaled, *[F(0)] * (ring.nvars() - len(scaled))]
    result = kept.polynomial(*map(rational, padded))
    return F(int(result.p), int(result.q))


def shrinking(shrink: Fraction, bend: Fraction, push: Fraction) -> System:
    """A turn by the angle of 3, 4, 5 that shrinks, the more the farther out, and a push."""

    def step(s: Any, x: Any) -> Any:
        factor = shrink * (1 - bend * (s[0] * s[0] + s[1] * s[1]))
        turned = [factor * (a * s[0] + b * s[1]) for a, b in TURN]
        return (turned[0] + (x[0] if x else 0), turned[1])

    choices = (Range("u", -push, push),) if push else ()
    return System(PLANE, choices, (F(1), F(0)), step, F(5, 4), lambda s: (s[0],))


@settings(max_examples=12, deadline=None)
@given(
    st.fractions(F(1, 2), F(9, 10), max_denominator=12),
    st.fractions(0, F(1, 4), max_denominator=12),
    st.sampled_from([F(0), F(1, 20)]),
    st.lists(st.sampled_from(ENDS), min_size=15, max_size=15),
    share,
    share,
)
def test_contractions_are_proved_and_their_runs_stay_within(
    shrink: Fraction,
    bend: Fraction,
    push: Fraction,
    units: list[Fraction],
    a: Fraction,
    b: Fraction,
) -> None:
    system = shrinking(shrink, bend, push)
    kept = found(system)
    assert kept is not None
    starts = [system.seed, (2 * a - 1, 2 * b - 1)]
    for start in starts:
        state = tuple(start)
        if value(kept, state) > 0:
            assert state != system.seed
            continue
        for unit in units:
            assert system.safe(state)
            state = tuple(
                F(v).limit_denominator(10**40)
                for v in system.step(state, [unit * push] if push else [])
            )
            assert value(kept, state) <= F(1, 10**30)  # for the rounding of the run


SAFE = [question for question in polynomial.QUESTIONS if question.label == "safe"]
UNSAFE = [question for question in polynomial.QUESTIONS if question.label == "unsafe"]


@pytest.mark.parametrize("question", SAFE, ids=lambda q: q.name)
def test_models_are_proved_by_identities_that_hold(question: Question) -> None:
    assert question.system is not None
    kept = found(question.system)
    assert kept is not None
    identities = (*kept.seeded, *kept.within, *kept.kept)
    assert all(identity.holds() for identity in identities)
    assert min(kept.multiples) > 0
    assert kept.rate >= 0
    assert value(kept, question.system.seed) <= 0


@pytest.mark.parametrize("question", UNSAFE[::3], ids=lambda q: q.name)
def test_nothing_is_found_where_a_run_breaks_the_limit(question: Question) -> None:
    """The states are those of a limit that holds, so that the search does not know."""
    safe = next(q for q in SAFE if q.name.split(",")[0] == question.name.split(",")[0])
    budget = QueryBudget(5.0, time.monotonic() + 60)
    templates = Task(pose(safe.claim), budget).templates
    assert templates is not None
    assert polynomial_set(pose(question.claim), templates.states, (2, 4), budget) is None


def test_a_map_that_keeps_areas_is_left_open() -> None:
    """Hénon's: nothing shrinks, so that there is no room."""
    c, s_ = F(3, 5), F(4, 5)

    def step(s: Any, x: Any) -> Any:
        bent = s[1] - s[0] * s[0]
        return (c * s[0] - s_ * bent, s_ * s[0] + c * bent)

    system = System(PLANE, (), (F(1, 10), F(0)), step, F(1, 5), lambda s: (s[0],))
    assert found(system) is None


def test_the_pieces_of_a_step_are_each_kept() -> None:
    def step(s: Any, x: Any) -> Any:
        return (s[0] + s[1] / 10, s[1] - (s[0] + s[0] ** 3 + when(s[1] >= 0, s[1], s[1] / 4)) / 10)

    system = System(PLANE, (), (F(1), F(0)), step, F(5, 4), lambda s: (-s[0],))
    kept = found(system)
    assert kept is not None
    assert len(kept.kept) == 2
    away = attrs.evolve(
        system,
        step=lambda s, x: tuple(
            when(s[1] >= 0, a, b) for a, b in zip(system.step(s, x), (s[0], 2 * s[1]), strict=True)
        ),
    )
    assert found(away) is None


X, Y = name("x"), name("y")
TURNED = ((X * 3 - Y * 4) / 5, (X * 4 + Y * 3) / 5)
FIELDS = tuple(Field(each, F(-4), F(4)) for each in "xy")
LIMIT = (Kept(X, F(3, 2)),)


def bent(sign: int) -> tuple[Any, Any]:
    """Each number nearer to 0, or farther from it."""
    return (X - X * X * X * sign / 4, Y - Y * Y * Y * sign / 4)


def decided(machine: Machine) -> Verdict:
    options = Options(timeout=30, engines=("polynomial-sets",))
    return decide(language.claim_of("turning", machine), options=options)


def test_two_steps_are_taken_together() -> None:
    for sign, answer in ((1, Answer.PROVED), (-1, Answer.UNKNOWN)):
        steps = (Step((), TURNED), Step((), bent(sign)))
        seed = (F(1), F(1, 4))
        verdict = decided(Machine("turning", FIELDS, seed, steps, LIMIT, expert=FIELDS))
        assert verdict.answer is answer
        if answer is Answer.PROVED:
            assert verdict.method is Method.POLYNOMIAL


def test_what_lies_between_two_steps_must_be_in_its_domain() -> None:
    narrow = (Field("x", F(-4), F(4)), Field("y", F(-4), F(1, 2)))  # the turn leads beyond
    steps = (Step((), TURNED), Step((), bent(1)))
    wide = Machine("turning", FIELDS, (F(1), F(1, 4)), steps, LIMIT, expert=FIELDS)
    assert decided(wide).answer is Answer.PROVED
    assert decided(attrs.evolve(wide, expert=narrow)).answer is Answer.UNKNOWN


@pytest.mark.parametrize(("least", "answer"), [("-1", Answer.PROVED), ("0", Answer.UNKNOWN)])
def test_nature_must_have_a_choice(least: str, answer: Answer) -> None:
    """Where x < 0 there is none between 0 and x, so that a set with such states shows nothing."""

    def step(s: Any, nature: Any) -> list[Real]:
        n = nature.choose("n", at_least=least, at_most=s.x)
        return [
            TURN[0][0] * s.x + TURN[0][1] * s.y + n / 20,
            (s.x * 4 + s.y * 3) / 5 * Real("9/10"),
        ]

    claim = language_claim(Two, ["1/2", "0"], step, lambda at: at.x <= 1)
    options = Options(timeout=30, engines=("polynomial-sets",))
    assert decide(claim, options=options).answer is answer


@pytest.mark.parametrize(("width", "answer"), [(F(1, 4), Answer.PROVED), (F(4), Answer.UNKNOWN)])
def test_a_set_of_seeds(width: Fraction, answer: Answer) -> None:
    turn = tuple(each * 9 / 10 for each in TURNED)
    steps, seed = (Step((), turn),), (F(1, 2), F(0))
    verdict = decided(Machine("turning", FIELDS, seed, steps, LIMIT, spread=(width, F(1, 4))))
    assert verdict.answer is answer
    if verdict.certificate is not None:
        assert any(lemma.seed for lemma in verdict.certificate.lemmas)


def test_the_numbers_of_a_set_are_needed() -> None:
    kept = found(shrinking(F(9, 10), F(1, 4), F(0)))
    assert kept is not None
    (identity,) = kept.kept
    one = kept.loop.fields[0] * 0 + 1
    wrong = attrs.evolve(identity, left=identity.left + one / 10**9)
    assert identity.holds()
    assert not wrong.holds()


def test_the_search_ends_with_its_budget_and_where_a_run_breaks_the_claim() -> None:
    system = shrinking(F(9, 10), F(1, 4), F(0))
    assert found(system, seconds=0.0) is None
    problem = pose(claim_of("q", system, "safe"))
    templates = Task(problem, QueryBudget(5.0)).templates
    assert templates is not None
    for budget in (QueryBudget(5.0, processor=0.0), QueryBudget(5.0)):
        kept = polynomial_set(problem, templates.states, (2,), budget)
        assert (kept is None) is budget.exhausted
    task = Task(pose(UNSAFE[0].claim), QueryBudget(5.0))
    assert task.seems_broken
    assert PolynomialSets().attempt(task) is None


def test_the_same_claim_has_the_same_set() -> None:
    system = shrinking(F(4, 5), F(1, 8), F(1, 20))
    first, second = found(system), found(system)
    assert first is not None
    assert second is not None
    assert first.polynomial == second.polynomial
    assert list(first.lemmas) == list(second.lemmas)
