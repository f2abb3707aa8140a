"""Instances: contracts against what can be worked out by hand, degenerate and broken halves."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import checker.contracts.contracts as contracts
from checker.backends.solver import Outcome
from checker.contracts.contracts import (
    CONSULTS,
    CONTRACTS,
    COSTS,
    LANDS,
    PROGRAM,
    RAISES,
    RETURNS,
    SEES,
)
from checker.statements.registry import judge
from checker.system.verdict import Verdict
from models.imitation import Imitation, imitation
from models.reward_modeling import RewardModeling, recursive_reward_modeling
from properties import instances as rows
from spec import (
    EVALUATIONS,
    SAMPLED_ANSWERS,
    Agent,
    Assistant,
    Bool,
    Channel,
    Count,
    Expert,
    I,
    Instance,
    Invariant,
    Loop,
    Nature,
    Overseer,
    Parameters,
    Process,
    Real,
    Scheme,
    SpecError,
    between,
    flag,
    maximum,
    minimum,
    parameter,
    structural,
    when,
    whole,
)
from spec.alignment import Trusted

GENTLE = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
TOP = 10


class Pupil(Agent[I]):
    skill: Real = between(0, TOP, "rank of task")
    wrong: Real = between(0, 1, "probability of a wrong answer")
    price: Real = between(0, 100, "cost of an answer")


class Teacher(Expert[I]):
    skill: Real = between(0, TOP, "rank of task")
    wrong: Real = between(0, 1, "probability of a wrong answer")
    price: Real = between(0, 1000, "cost of an answer")
    secret: Real = between(0, 1, "what no answer shows")


class Right(Invariant):
    """It is seldom wrong."""

    def holds(self, agent: Any) -> Bool:
        return Real(agent.wrong) <= Real("1/2")


class School(Parameters):
    step: Real = parameter(1, 0, 5, "ranks that a round adds")
    slip: Real = parameter("1/10", 0, 1, "most departure from the teacher")
    copies: int = structural(3, 1, 9, "pupils asked")


def first(p: School) -> Pupil[Right]:
    return Pupil(skill=Real(1), wrong=Real("1/5"), price=Real(1))


def teacher(pupil: Pupil[I], p: School, nature: Nature, **other: Real) -> Teacher[I]:
    fields = {
        "skill": minimum(TOP, pupil.skill + p.step),
        "wrong": pupil.wrong / 2,
        "price": 1 + p.copies * pupil.price,
        "secret": Real(0),
    }
    return Teacher(**{**fields, **other})


def ask(pupil: Pupil[I], p: School, nature: Nature) -> Teacher[I]:
    return teacher(pupil, p, nature)


def pupil_of(expert: Teacher[I], p: School, nature: Nature, **other: Real) -> Pupil[I]:
    fields = {"skill": expert.skill / 2, "price": Real(1)}
    if "wrong" not in other:
        fields["wrong"] = minimum(1, expert.wrong + nature.choose("slip", at_most=p.slip))
    return Pupil(**{**fields, **other})


def learn(expert: Teacher[I], p: School, nature: Nature) -> Pupil[I]:
    return pupil_of(expert, p, nature)


def distance(expert: Teacher[Any], student: Pupil[Any], p: School) -> Real:
    """Difference in the probability of a wrong answer."""
    return maximum(expert.wrong - student.wrong, student.wrong - expert.wrong)


ANSWERS = Channel("answers", lambda expert: {"skill": expert.skill, "wrong": expert.wrong})


def scheme(
    amplify: Callable[..., Any] = ask,
    distill: Callable[..., Any] = learn,
    oversight_holds: Callable[..., Bool] | None = None,
    assumptions: tuple[Callable[..., Bool], ...] = (),
) -> Process:
    return Scheme[School, Pupil[Right], Teacher[Right]](
        "school",
        parameters=School,
        seed=first,
        amplify=amplify,
        distill=distill,
        smart_enough=oversight_holds,
        assumptions=assumptions,
    )


def instance(process: Process | None = None, **other: Any) -> Instance:
    said: dict[str, Any] = {
        "channel": ANSWERS,
        "calls": lambda p: p.copies,
        "distance": distance,
        "eps": lambda expert, p: p.slip,
        "capability": "skill",
        "cost": "price",
    }
    return Instance("school", process or scheme(), **{**said, **other})


def failing(verdict: Verdict) -> set[str]:
    """The contracts that a verdict says fail; whatever is not listed must hold."""
    fails = {c for c in CONTRACTS if any(f.startswith(f"fails: {c}") for f in verdict.facts)}
    holds = {c for c in CONTRACTS if any(f.startswith(f"holds: {c}") for f in verdict.facts)}
    assert fails | holds == set(CONTRACTS)
    assert verdict.verdict == ("refuted" if fails else "proved")
    return fails


def broken(**other: Any) -> set[str]:
    step_terms = {
        name: other.pop(name) for name in ("amplify", "distill", "smart") if name in other
    }
    return failing(judge(instance(scheme(**step_terms), **other)))


def test_the_school_is_an_instance() -> None:
    assert broken() == set()


# --- one contract broken at a time ----------------------------------------------------------------


@pytest.mark.parametrize(
    "amplify",
    [
        lambda a, p, n: teacher(a, p, n, price=1 + 2 * a.price),
        lambda a, p, n: teacher(a, p, n, price=1 + 3 * a.price + a.price**2 / 1000),
        lambda a, p, n: teacher(
            a, p, n, price=1 + n.choose("calls", at_least=2, at_most=3) * a.price
        ),
        lambda a, p, n: teacher(a, p, n, wrong=a.wrong / 2 + a.price / 1000),
        lambda a, p, n: teacher(a, p, n, wrong=a.wrong * n.choose("w", at_most=a.price / 1000)),
        lambda a, p, n: teacher(a, p, n, price=3 * a.price + when(a.wrong >= 1, -1, 1)),
    ],
    ids=["fewer", "quadratic", "unsettled", "answers-read-cost", "nature-reads-cost", "refund"],
)
def test_only_programs_over_calls(amplify: Callable[..., Any]) -> None:
    assert PROGRAM in broken(amplify=amplify)
    assert broken(amplify=amplify) <= {PROGRAM, COSTS}


def test_a_program_without_calls() -> None:
    assert PROGRAM in broken(calls=lambda p: 0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda a, n: Real("1/10"),
        lambda a, n: n.choose("anything", at_most=1),
        lambda a, n: a.skill / 100,
    ],
    ids=["constant", "anything", "rank-alone"],
)
def test_only_what_consults_the_agent(wrong: Callable[..., Real]) -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=wrong(a, n))

    assert broken(amplify=amplify) == {CONSULTS}


def test_it_consults_by_what_nature_may_choose() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=n.choose("w", at_most=a.wrong))

    assert broken(amplify=amplify) == set()


def test_what_another_choice_makes_up_for_is_left_open() -> None:
    """The same choice gives another expert, but the experts that nature can make are the same."""

    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        shift = n.choose("shift", at_least=-1 * a.wrong, at_most=1 - a.wrong)
        return teacher(a, p, n, wrong=a.wrong + shift)

    verdict = judge(instance(scheme(amplify=amplify)))
    assert verdict.verdict == "unknown"
    assert verdict.reason == f"left open: {CONSULTS} (of {len(CONTRACTS)} contracts)"


def test_consulting_what_no_answer_shows_is_none() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, wrong=Real("1/10"), secret=a.wrong)

    assert broken(amplify=amplify) == {CONSULTS}


@pytest.mark.parametrize(
    "skill",
    [
        lambda a: a.skill,
        lambda a: minimum(5, a.skill + 1),
        lambda a: when(a.wrong >= 1, a.skill, minimum(TOP, a.skill + 1)),
    ],
    ids=["the-same", "a-ceiling", "not-all"],
)
def test_only_what_raises_capability(skill: Callable[..., Real]) -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, skill=skill(a))

    assert broken(amplify=amplify) == {RAISES}


def test_only_what_costs_more() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, price=a.price)

    assert broken(amplify=amplify, calls=lambda p: 1) == {COSTS}


@pytest.mark.parametrize(
    "distill",
    [
        lambda e, p, n: pupil_of(e, p, n, skill=e.skill / 2 + e.secret),
        lambda e, p, n: pupil_of(e, p, n, skill=(e.skill + n.choose("s", at_most=e.secret)) / 2),
        lambda e, p, n: pupil_of(e, p, n, skill=e.price / 100),
        lambda e, p, n: pupil_of(e, p, n, skill=n.choose("s", at_most=1 - e.price / 1000)),
    ],
    ids=["secret", "bound-reads-secret", "price", "dearer-labels-tell-more"],
)
def test_only_what_sees_through_the_channel(distill: Callable[..., Any]) -> None:
    assert broken(distill=distill) == {SEES}


def test_the_price_may_buy_fewer_labels() -> None:
    def distill(e: Teacher[I], p: School, n: Nature) -> Pupil[I]:
        return pupil_of(e, p, n, skill=n.choose("s", at_most=e.price / 1000))

    assert broken(distill=distill) == set()


@pytest.mark.parametrize(
    "price", [lambda e: Real(2), lambda e: maximum(1, e.wrong + "1/2")], ids=["always", "some"]
)
def test_only_what_returns_cost(price: Callable[..., Real]) -> None:
    def distill(e: Teacher[I], p: School, n: Nature) -> Pupil[I]:
        return pupil_of(e, p, n, price=price(e))

    assert broken(distill=distill) == {RETURNS}


def nothing(expert: Teacher[Any], student: Pupil[Any], p: School) -> Real:
    """No distance at all."""
    return Real(0)


def prices(expert: Teacher[Any], student: Pupil[Any], p: School) -> Real:
    """The student's cost beyond 1, which says nothing of its answers."""
    return student.price - 1


@pytest.mark.parametrize(
    "said",
    [
        {"eps": lambda e, p: p.slip - "1/1000"},
        {"eps": lambda e, p: 1},
        {"distance": nothing},
        {"distance": prices},
        {"distill": lambda e, p, n: n.anything(Pupil)},
        {"smart": lambda e, s, p: s.wrong > 1},
    ],
    ids=["too-near", "eps-of-everything", "no-distance", "no-answers", "anything", "no-oversight"],
)
def test_only_what_lands_near(said: dict[str, Any]) -> None:
    assert LANDS in broken(**said)
    assert "distill" in said or broken(**said) == {LANDS}


# --- degenerate factorisations --------------------------------------------------------------------


def anything(pupil: Pupil[I], p: School, nature: Nature) -> Teacher[I]:
    return nature.anything(Teacher)


def constant(pupil: Pupil[I], p: School, nature: Nature) -> Teacher[I]:
    return Teacher(skill=Real(TOP), wrong=Real(0), price=Real(50), secret=Real(0))


def the_same(expert: Teacher[I], p: School, nature: Nature) -> Pupil[I]:
    return Pupil(skill=expert.skill, wrong=expert.wrong, price=minimum(100, expert.price))


def test_anything_then_the_identity_is_no_instance() -> None:
    found = broken(amplify=anything, distill=the_same)
    assert {PROGRAM, CONSULTS, RAISES, COSTS, RETURNS} <= found


@pytest.mark.parametrize("calls", range(4))
def test_no_number_of_calls_makes_anything_an_amplification(calls: int) -> None:
    assert {PROGRAM, CONSULTS, RAISES, COSTS} <= broken(amplify=anything, calls=lambda p: calls)


def test_a_constant_is_no_amplification() -> None:
    assert {PROGRAM, CONSULTS, COSTS} <= broken(amplify=constant)


def test_the_identity_is_no_distillation() -> None:
    assert RETURNS in broken(distill=the_same)


def test_the_identity_is_no_amplification() -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return Teacher(skill=a.skill, wrong=a.wrong, price=a.price, secret=Real(0))

    assert broken(amplify=amplify, calls=lambda p: 1) == {RAISES, COSTS}


def test_a_loop_has_no_expert() -> None:
    def step(pupil: Pupil[I], p: School, nature: Nature) -> Pupil[I]:
        return learn(ask(pupil, p, nature), p, nature)

    loop = Loop[School, Pupil[Right]]("loop", parameters=School, seed=first, step=step)
    verdict = judge(Instance("loop", loop))
    assert verdict.verdict == "refuted"
    assert "no expert" in verdict.facts[0]


# --- against formulas -----------------------------------------------------------------------------


@GENTLE
@given(
    slope=st.integers(0, 4),
    overhead=st.sampled_from([Fraction(-1), Fraction(0), Fraction(1, 2)]),
    calls=st.integers(0, 4),
    gain=st.sampled_from([Fraction(-1), Fraction(0), Fraction(1, 3)]),
)
def test_affine_amplification(slope: int, overhead: Fraction, calls: int, gain: Fraction) -> None:
    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        skill = minimum(TOP, maximum(0, a.skill + gain))
        return teacher(a, p, n, skill=skill, price=slope * a.price + overhead)

    expected = set()
    if not (slope == calls >= 1 and overhead >= 0):
        expected.add(PROGRAM)
    if not (slope > 1 and overhead >= 0) and not (slope == 1 and overhead > 0):
        expected.add(COSTS)
    if gain <= 0:
        expected.add(RAISES)
    assert broken(amplify=amplify, calls=lambda p: calls) == expected


@GENTLE
@given(st.fractions(0, 1, max_denominator=20), st.fractions(0, 1, max_denominator=20))
def test_departure_against_eps(slip: Fraction, eps: Fraction) -> None:
    """It lands iff slip <= eps, and that says something iff eps < 9/10.

    The first expert is wrong with probability 1/10, so no student is further from it than that.
    """
    verdict = judge(instance(eps=lambda e, p: Real(eps), at={"slip": slip}))
    assert failing(verdict) == (set() if slip <= eps < Fraction(9, 10) else {LANDS})


def test_answers_that_make_no_difference_are_named() -> None:
    """Evaluations do not show the regret of the evaluator, the only thing it is passed on to."""
    (rrm,) = [f for f in judge(rows.rrm_instance.statements[0]).facts if CONSULTS in f]
    assert rrm.endswith("; its regret alone makes no difference")
    (cloning,) = [f for f in judge(rows.imitation_instance.statements[0]).facts if CONSULTS in f]
    assert "no difference" not in cloning


COEFFICIENTS = st.integers(-2, 2).map(lambda n: Fraction(n, 8))


@GENTLE
@given(st.tuples(*[COEFFICIENTS] * 2), st.tuples(*[st.just(Fraction(0)) | COEFFICIENTS] * 4))
def test_linear_distillation(plain: tuple[Fraction, ...], leaks: tuple[Fraction, ...]) -> None:
    """It sees through the channel iff no coefficient of what is hidden is used, and the price only
    widens what nature may choose."""
    skill, choice = plain
    by_secret, by_price, bound_by_secret, bound_by_price = leaks

    def distill(e: Teacher[I], p: School, n: Nature) -> Pupil[I]:
        most = 1 + bound_by_secret * e.secret + bound_by_price * e.price / 1000
        drawn = choice * n.choose("drawn", at_most=most)
        leaked = by_secret * e.secret + by_price * e.price / 1000
        return pupil_of(e, p, n, skill=skill * e.skill + drawn + leaked)

    sees = by_secret == by_price == bound_by_secret == 0 and bound_by_price >= 0
    assert broken(distill=distill) == (set() if sees else {SEES})


# --- parameters left free -------------------------------------------------------------------------


def test_contracts_hold_for_all_values_of_a_free_parameter() -> None:
    assert failing(judge(instance(over={"step": ("1/100", 5), "slip": (0, 1)}))) == set()


def test_a_free_parameter_that_breaks_one_is_named() -> None:
    verdict = judge(instance(over={"step": (0, 5)}))
    assert failing(verdict) == {RAISES}
    assert any(fact.endswith("at step = 0") for fact in verdict.facts)


def test_overriding_a_free_parameter_fixes_it() -> None:
    statement = instance(over={"step": (0, 5)})
    assert judge(statement, {"step": Fraction(1)}).verdict == "proved"
    assert judge(statement, {"step": Fraction(0)}).verdict == "refuted"


def test_assumptions_that_nothing_meets() -> None:
    def many(p: School) -> Bool:
        """At least four copies."""
        return Bool(p.copies >= 4)

    def small(p: School) -> Bool:
        """Slips are rarer than one in twenty."""
        return p.slip <= "1/20"

    assert judge(instance(scheme(assumptions=(many,)))).verdict == "vacuous"
    over = {"slip": (0, 1)}
    assert judge(instance(scheme(assumptions=(small,)), over=over)).verdict == "vacuous"
    careful = instance(scheme(assumptions=(small,)), over=over, at={"slip": "1/20"})
    assert failing(judge(careful)) == set()


def test_what_the_solver_leaves_open_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def undecided(*_: Any, **__: Any) -> Outcome:
        return Outcome("undecided")

    monkeypatch.setattr(contracts, "satisfy", undecided)
    monkeypatch.setattr(contracts, "follows", undecided)
    verdict = judge(instance())
    assert verdict.verdict == "unknown"
    assert all(contract in verdict.reason for contract in CONTRACTS)


def test_a_counterexample_that_is_none_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that the exact evaluation does not confirm leave the contract open."""

    def wrong(conditions: Any, budget: Any, seconds: Any = None) -> Outcome:
        return Outcome("fails", {})

    monkeypatch.setattr(contracts, "satisfy", wrong)

    def amplify(a: Pupil[I], p: School, n: Nature) -> Teacher[I]:
        return teacher(a, p, n, skill=when(a.skill >= 1, a.skill, a.skill + 1))

    verdict = judge(instance(scheme(amplify=amplify)))
    assert verdict.verdict == "unknown"
    assert any(fact.startswith(f"undecided: {RAISES}") for fact in verdict.facts)


# --- agents of another make -----------------------------------------------------------------------


class Player(Agent[I]):
    level: Count = whole(0, 9, "rank of task")
    honest: Bool = flag("whether it says what it knows")
    cost: Real = between(0, 100, "cost of an answer")


class Team(Expert[I]):
    level: Count = whole(0, 9, "rank of task")
    honest: Bool = flag("whether it says what it knows")
    cost: Real = between(0, 1000, "cost of an answer")


class Honest(Invariant):
    """It says what it knows."""

    def holds(self, agent: Any) -> Bool:
        return Bool(agent.honest)


def differently_honest(expert: Team[Any], student: Player[Any], p: School) -> Real:
    """Whether one of them says what it knows and the other does not."""
    return when(expert.honest == student.honest, 0, 1)


@pytest.mark.parametrize(("up", "lies"), [(1, False), (0, False), (1, True)])
def test_whole_numbers_and_truth_values(up: int, lies: bool) -> None:
    def player(p: School) -> Player[Honest]:
        return Player(level=Count(1), honest=Bool(True), cost=Real(1))

    def team(a: Player[I], p: School, n: Nature) -> Team[I]:
        level = when(a.level < 9, a.level.plus(up), Count(9))
        return Team(level=level, honest=a.honest, cost=2 * a.cost)

    def train(e: Team[I], p: School, n: Nature) -> Player[I]:
        return Player(level=e.level, honest=Bool(True) if lies else e.honest, cost=Real(1))

    process = Scheme[School, Player[Honest], Team[Honest]](
        "team", parameters=School, seed=player, amplify=team, distill=train
    )
    statement = Instance(
        "team",
        process,
        channel=SAMPLED_ANSWERS,
        calls=lambda p: 2,
        distance=differently_honest,
        eps=lambda e, p: 0,
        capability="level",
    )
    assert failing(judge(statement)) == ({RAISES} if not up else set()) | (
        {LANDS} if lies else set()
    )


class Mixed(Imitation, RewardModeling):
    """Parameters of both."""


@pytest.mark.parametrize("first", [imitation, recursive_reward_modeling], ids=lambda p: p.name)
def test_halves_of_two_instances_make_an_instance(first: Any) -> None:
    """Each contract is about one half."""
    other = recursive_reward_modeling if first is imitation else imitation
    mixed = Scheme[Mixed, Assistant[Trusted], Overseer[Trusted]](
        "mixed",
        parameters=Mixed,
        seed=first.seed,
        amplify=first.amplify,
        distill=other.distill,
        smart_enough=other.smart_enough,
        assumptions=other.assumptions,
    )
    near = (rows.total_variation, rows.departures)
    paid = (rows.beyond_the_verdicts, rows.fitted)
    distance, eps = near if other is imitation else paid
    statement = Instance(
        "mixed",
        mixed,
        channel=SAMPLED_ANSWERS,
        calls=rows.consultations,
        distance=distance,
        eps=eps,
    )
    assert failing(judge(statement)) == set()


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"channel": None}, "is no channel"),
        ({"calls": 3}, "calls=3 is no function"),
        ({"distance": lambda e, s, p: e.wrong}, "no docstring"),
        ({"capability": "rank"}, "is no field of Pupil, which has skill, wrong, price"),
        ({"at": {"steps": 1}}, "no parameter steps"),
        ({"over": {"step": (0, 9)}}, "outside its domain"),
        ({"over": {"step": (2, 5)}}, "step = 1 is not within 2 to 5"),
        ({"over": {"copies": (1, 5)}}, "shapes the steps"),
    ],
)
def test_mistakes_in_a_statement(other: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        instance(**other)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"calls": lambda p: p.slip}, "count them as a plain int"),
        ({"calls": lambda p: True}, "count them as a plain int"),
        ({"eps": lambda e, p: e.wrong <= 1}, "return a number"),
        ({"eps": lambda e, p: e.error}, "has no error"),
        ({"channel": Channel("none", lambda e: {})}, "shows returned"),
        ({"channel": Channel("odds", lambda e: {"odds": 1 / e.wrong})}, "may not divide"),
    ],
)
def test_mistakes_in_what_it_is_given(other: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        judge(instance(**other))


# --- the rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "contracts"),
    [
        ("what-is-not/fixed-evaluator", {PROGRAM, CONSULTS, RAISES, COSTS}),
        ("what-is-not/self-distillation", {RAISES, COSTS}),
        ("what-is-not/amplification-alone", {SEES, RETURNS}),
        ("what-is-not/overoptimised", {LANDS}),
        ("what-is-not/anything", set(CONTRACTS) - {LANDS}),
        ("rrm-instance/no-gain", {RAISES}),
        ("imitation-instance/cloning-compounds", {LANDS}),
        ("rrm-strict-subset/imitation-needs-answers", {SEES}),
        ("rrm-strict-subset/rrm-is-not-near", {LANDS}),
        ("debate-not-prima-facie/contracts", {PROGRAM, CONSULTS, RAISES, COSTS, SEES, LANDS}),
    ],
)
def test_which_contract_fails(name: str, contracts: set[str]) -> None:
    row = next(r for r in vars(rows).values() if getattr(r, "name", "") == name.split("/")[0])
    assert failing(judge(next(s for s in row.statements if s.name == name))) == contracts


def test_the_bare_judge_stops_following() -> None:
    """Nothing goes wrong until a debater is beyond the judge, and then at once."""
    trace = judge(rows.debate_not_prima_facie.statements[0]).trace
    assert trace is not None
    oversight_holds = [step.oversight_holds for step in trace.run.steps if step.step == "distill"]
    assert oversight_holds == [*[True] * 8, False]


@pytest.mark.parametrize("process", [imitation, recursive_reward_modeling], ids=lambda p: p.name)
@pytest.mark.parametrize("short", [-1, 1])
def test_shipped_schemes_make_exactly_their_calls(process: Process, short: int) -> None:
    statement = Instance(
        "calls",
        process,
        channel=SAMPLED_ANSWERS,
        calls=lambda p: p.fan_out * p.copies + short,
        distance=rows.total_variation,
        eps=lambda e, p: 1,
    )
    assert PROGRAM in failing(judge(statement))


@pytest.mark.parametrize("channel", [EVALUATIONS, SAMPLED_ANSWERS], ids=lambda c: c.name)
def test_who_sees_answers_sees_evaluations(channel: Channel) -> None:
    statement = Instance(
        "seen",
        recursive_reward_modeling,
        channel=channel,
        calls=rows.consultations,
        distance=rows.beyond_the_verdicts,
        eps=rows.fitted,
    )
    assert failing(judge(statement)) == set()
