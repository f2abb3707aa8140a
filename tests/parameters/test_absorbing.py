"""Claims about absorbing chains: against formulas, all fixed choices, and what is not said."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.differential import oracle
from benchmarks.differential.edges import OPEN, at
from benchmarks.differential.language import Free, claim_of
from benchmarks.differential.machines import (
    Choice,
    Field,
    Kept,
    Machine,
    Step,
    Term,
    evaluate,
    name,
    term,
)
from checker.backends.algebraic import Algebraic, rational
from checker.backends.solver import QueryBudget
from checker.parameters.absorbing import Chain, met
from checker.parameters.ends_up import EndsUp, chain_of, ends_up
from checker.parameters.found_threshold import FoundBy
from checker.parameters.linear import LinearClause
from checker.parameters.meaning import Meaning, Span
from checker.parameters.obstacles import NotExact
from checker.parameters.ranges import RangeSearch
from checker.parameters.threshold import threshold
from checker.system.parametric import ParametricProblem
from spec.statements.base import Answer
from tests.parameters.memories import SLOW

F = Fraction
ZERO, ONE = F(0), F(1)
FEW = settings(SLOW, max_examples=10)
UNIT = Free(OPEN, F(1, 4), ZERO, ONE)


def parametric(machine: Machine, free: Free = UNIT) -> ParametricProblem:
    return ParametricProblem(claim_of("a chain", machine, free), (OPEN,), {})


def condition(machine: Machine, free: Free = UNIT) -> EndsUp:
    given = parametric(machine, free)
    budget = QueryBudget(5.0)
    meaning = Meaning(given.symbols[0], given.meaningful, budget)
    return ends_up(given, (free.low, free.high), meaning)


def ranges(machine: Machine, free: Free = UNIT) -> list[tuple[Answer, Algebraic, Algebraic]]:
    search = RangeSearch(condition(machine, free), lambda: False, free.value)
    return [(r.answer, r.low, r.high) for r in search.ranges((free.low, free.high))]


def gambler(most: int, start: int, limit: Fraction) -> Machine:
    """A walk between 0 and ``most``, which wins a step with a chance that stands open."""
    fields = tuple(Field(f"at{place}") for place in range(most + 1))
    here, win = [name(field.name) for field in fields], name(OPEN)
    after: list[Term] = []
    for place in range(most + 1):
        total = here[place] if place in (0, most) else term(0)
        if place - 1 > 0:
            total = total + here[place - 1] * win
        if place + 1 < most:
            total = total + here[place + 1] * (term(1) - win)
        after.append(total)
    seed = tuple(F(place == start) for place in range(most + 1))
    kept = (Kept(here[0], limit),)
    return Machine("gambler", fields, seed, (Step((), tuple(after)),), kept)


def ruin(most: int, start: int, win: Fraction) -> Fraction:
    """How likely it is that a gambler is ruined (Feller, An Introduction to Probability Theory,
    volume 1, XIV.2)."""
    if win == 0:
        return ONE
    odds = (1 - win) / win
    if odds == 1:
        return 1 - F(start, most)
    return (odds**start - odds**most) / (1 - odds**most)


@FEW
@given(st.integers(2, 5), st.data())
def test_a_gambler_is_ruined_as_often_as_the_formula_says(most: int, data: Any) -> None:
    start = data.draw(st.integers(1, most - 1))
    limit = data.draw(st.fractions(F(1, 10), F(9, 10), max_denominator=10))
    free = Free(OPEN, F(1, 2), F(1, 10), F(9, 10))
    found = ranges(gambler(most, start, limit), free)
    assert Answer.UNKNOWN not in [answer for answer, _, _ in found]
    for answer, low, high in found:
        for value in (low.nearest, (low.nearest + high.nearest) / 2, high.nearest):
            beyond = ruin(most, start, value) - limit
            assert abs(beyond) < F(1, 10**9) or (answer is Answer.REFUTED) is (beyond > 0)


@pytest.mark.parametrize(("place", "answers"), [(0, "refuted proved"), (3, "proved refuted")])
def test_the_end_is_named_and_the_claim_holds_at_it(place: int, answers: str) -> None:
    """With 1 of 3 the end is irrational, for ruin and for riches."""
    machine = gambler(3, 1, F(1, 2))
    machine = attrs.evolve(machine, kept=(Kept(name(f"at{place}"), F(1, 2)),))
    (one, _, edge), (other, _, _) = ranges(machine)
    assert f"{one} {other}" == answers
    assert len(edge.coefficients) > 2
    assert condition(machine).at(edge) is Answer.PROVED


shares = st.integers(0, 3).map(lambda n: F(n, 8))


@st.composite
def chains(draw: Any) -> Machine:
    """Two passing states and two absorbing ones; nature shifts a little, and a number is open."""
    fields = tuple(Field(each) for each in ("a", "b", "lost", "won"))
    a, b = name("a"), name("b")
    p = Choice("p", term(draw(shares) / 2), term(draw(shares) / 2 + F(3, 16)))
    stay, over, lost = draw(shares), draw(shares), draw(shares)
    back, open_to = draw(shares), draw(st.sampled_from(["lost", "b", "p"]))
    out = {"lost": name(OPEN), "b": term(back), "p": name("p") * name(OPEN)}[open_to]
    after = (
        a * stay + b * name("p"),
        a * over + b * back * F(1, 2),
        name("lost") + a * lost * F(1, 2) + b * out * F(1, 2),
        name("won") + a * F(1, 8) + b * F(1, 8),
    )
    kept = Kept(name("lost") - name("won") * draw(shares), draw(shares) + F(1, 16))
    return Machine("chain", fields, (ONE, ZERO, ZERO, ZERO), (Step((p,), after),), (kept,))


def most_of_all(machine: Machine, iterations: int) -> Fraction:
    """The greatest excess over a clause, or the domain, along runs of fixed choices."""
    found = F(-1)
    for unit in (ZERO, ONE):
        state: Any = machine.seed
        for _ in range(iterations):
            after = oracle.moved(machine, 0, state, [unit])
            assert after is not None
            state = tuple(F(value).limit_denominator(10**12) for value in after)
            values = oracle.named(machine.agent, state)
            lost = values["lost"] - F(1)
            (clause,) = machine.kept
            excess = evaluate(clause.quantity, values) - clause.limit
            found = max(found, lost, excess, *(v - 1 for v in state))
    return found


@FEW
@given(chains())
def test_answers_are_those_of_all_fixed_choices(machine: Machine) -> None:
    try:
        found = ranges(machine)
    except NotExact:
        return
    for answer, low, high in found:
        value = (low.nearest + high.nearest) / 2
        excess = most_of_all(at(machine, value), 200)
        if answer is Answer.PROVED:
            assert excess < F(1, 10**6)
        elif answer is Answer.REFUTED:
            assert excess > -F(1, 10**3)


def leak(**changes: Any) -> Machine:
    """Half stays, the open share of it is lost, in each iteration."""
    a, lost = name("a"), name("lost")
    step = Step((), (a * F(1, 2), lost + a * name(OPEN)))
    fields = (Field("a"), Field("lost"))
    machine = Machine("leak", fields, (ONE, ZERO), (step,), (Kept(lost, F(1, 2)),))
    return attrs.evolve(machine, **changes)


def test_a_leak_ends_up_as_the_series_does() -> None:
    """lost = open (1 + 1/2 + 1/4 + ...) = 2 open."""
    (one, _, edge), (other, _, _) = ranges(leak())
    assert (one, other, edge.fraction) == (Answer.PROVED, Answer.REFUTED, F(1, 4))


def test_a_threshold_says_where_it_ends_up() -> None:
    found = threshold(claim_of("leak", leak(), UNIT), OPEN, timeout=30)
    assert found.method is FoundBy.CONDITIONS
    assert (found.exact, found.included, found.rising) == (rational(F(1, 4)), True, True)
    assert found.counterexample is not None
    assert found.counterexample_at is not None
    assert found.counterexample_at > F(1, 4)


def test_of_a_strict_limit_that_is_only_come_near_nothing_is_said() -> None:
    strict = (Kept(name("lost"), F(1, 2), strict=True),)
    found = condition(leak(kept=strict))
    answers = [found.at(rational(value)) for value in (F(1, 5), F(1, 4), F(1, 3))]
    assert answers == [Answer.PROVED, Answer.UNKNOWN, Answer.REFUTED]


a, lost = name("a"), name("lost")
GROWS = Step((), (a * 1, lost + a * name(OPEN)))
REFUSED = {
    "absorbing for one choice alone": Step(
        (Choice("n", high=term(F(1, 2))),),
        (a * F(1, 2), lost * (term(1) - name("n")) + a * name(OPEN)),
    ),
    "a constant": Step((), (a * F(1, 2) + F(1, 8), lost + a * name(OPEN))),
    "a product": Step((), (a * a, lost + a * name(OPEN))),
    "nothing absorbs": Step((), (a * F(1, 2), lost * F(1, 2) + a * name(OPEN))),
    "what is absorbed feeds another": Step(
        (), (a * F(1, 2) + lost * F(1, 8), lost + a * name(OPEN))
    ),
    "a choice squared": Step(
        (Choice("n", high=term(F(1, 2))),), (a * F(1, 2), lost + a * name("n") * name("n"))
    ),
    "bounds that read the state": Step(
        (Choice("n", high=name("a")),), (a * F(1, 2), lost + name("n") * name(OPEN))
    ),
}


@pytest.mark.parametrize("step", REFUSED.values(), ids=list(REFUSED))
def test_other_loops_are_no_absorbing_chains(step: Step) -> None:
    given = parametric(leak(steps=(step,)))
    assert chain_of(given.problem.composed(), given.symbols[0]) is None


def test_what_is_below_zero_is_no_chain() -> None:
    given = parametric(leak(agent=(Field("a", F(-1)), Field("lost"))))
    assert chain_of(given.problem.composed(), given.symbols[0]) is None


def test_of_what_does_not_pass_nothing_is_said() -> None:
    """All of a stays: lost grows for ever, and no limit of a series says so."""
    with pytest.raises(NotExact):
        condition(leak(steps=(GROWS,)))


def test_a_share_below_zero_is_not_kept() -> None:
    """Where more than all goes elsewhere, a is -1/4 after one iteration."""
    b = name("b")
    step = Step(
        (), (a * (term(F(1, 4)) - name(OPEN)), b * F(1, 2) + a * F(1, 4), lost + b * F(1, 8))
    )
    fields = (Field("a"), Field("b"), Field("lost"))
    machine = leak(agent=fields, seed=(ONE, ZERO, ZERO), steps=(step,))
    found = condition(machine)
    assert found.at(rational(F(1, 8))) is Answer.PROVED
    assert found.at(rational(F(1, 2))) is not Answer.PROVED


def test_choices_that_cross_show_nothing() -> None:
    found, beyond = (
        condition(
            leak(
                steps=(
                    Step(
                        (Choice("n", term(least), name(OPEN)),),
                        (a * F(1, 2), lost + a * name("n")),
                    ),
                )
            )
        )
        for least in (F(1, 4), F(3, 8))
    )
    assert found.at(rational(F(1, 8))) is Answer.UNKNOWN
    assert found.at(rational(F(1, 4))) is Answer.PROVED
    assert found.at(rational(F(1, 2))) is Answer.REFUTED
    assert beyond.at(rational(F(1, 8))) is Answer.UNKNOWN
    assert beyond.at(rational(F(3, 8))) is Answer.REFUTED


def test_one_reason_here_and_another_there() -> None:
    """Which end of a choice is the worse turns in the middle: all that is lost is 1/2, or open."""
    step = Step(
        (Choice("n", high=term(F(1))),),
        (a * F(1, 2), lost + a * (name("n") * (name(OPEN) - F(1, 2)) + F(1, 2)) * F(1, 2)),
    )
    found = condition(leak(steps=(step,), kept=(Kept(lost, ONE),)))
    whole = Span(rational(ZERO), rational(ONE))
    assert found.all_over(whole, Answer.PROVED)
    tighter = condition(leak(steps=(step,), kept=(Kept(lost, F(3, 4)),)))
    assert not tighter.all_over(whole, Answer.PROVED)
    assert tighter.all_over(Span(rational(ZERO), rational(F(3, 4))), Answer.PROVED)
    assert tighter.all_over(Span(rational(F(3, 4)), rational(ONE)), Answer.REFUTED)
    value = tighter.another(whole, Answer.PROVED)
    assert value is not None
    assert value > F(3, 4)


def test_a_clause_of_two_factors_is_left_to_others() -> None:
    found = chain_of(
        parametric(leak(kept=(Kept(lost * a, F(1, 2)),))).problem.composed(),
        parametric(leak()).symbols[0],
    )
    assert found is not None
    assert found.keeps(F(1, 8)) is None


def test_every_combination_of_two_choices_is_looked_at() -> None:
    """At n, m = 0, 1 the most is lost; at 0, 0 and 1, 1 less than is allowed."""
    step = Step(
        (Choice("n"), Choice("m")),
        (
            a * F(1, 2),
            lost + a * ((term(1) - name("n")) * name("m")) * name(OPEN),
        ),
    )
    (one, _, edge), (other, _, _) = ranges(leak(steps=(step,)))
    assert (one, other, edge.fraction) == (Answer.PROVED, Answer.REFUTED, F(1, 4))


def poly(*coefficients: Any) -> Any:
    return flint.fmpq_poly([flint.fmpq(*F(each).as_integer_ratio()) for each in coefficients])


def plain_chain(seed: list[Any], passing: list[list[Any]], row: list[Any], limit: Any) -> Chain:
    """What passes is lost as it is; one clause and no domain."""
    size = len(seed)
    matrix = [
        *([*map(poly, each), poly()] for each in passing),
        [*(poly(1) for _ in passing), poly(1)],
    ]
    clause = LinearClause(tuple(map(poly, row)), poly(limit), False)
    steps = (tuple(map(tuple, matrix)),)
    return Chain(tuple(map(poly, seed)), steps, (), (clause,), True, (size - 1,))


def says(chain: Chain) -> tuple[bool, bool]:
    """Whether there is a reason why it breaks, and one why it holds, at one value like another."""
    return any(met(reason, ZERO) for reason in chain.breaks), chain.keeps(ZERO) is not None


def test_a_limit_is_one_of_what_passes() -> None:
    half = F(1, 2)
    assert says(plain_chain([half, 0], [[half]], [0, 1], F(3, 4))) == (True, False)
    assert says(plain_chain([half, 0], [[half]], [0, 1], 1)) == (False, True)
    # it doubles: nothing of nothing is lost, whatever the series would say
    assert says(plain_chain([0, 0], [[2]], [0, 1], half)) == (False, False)
    # two double, and the determinant is positive: more and more is lost, and never less
    two = [[2, 0], [0, 2]]
    assert says(plain_chain([F(1, 8), F(1, 8), half], two, [0, 0, -1], F(-3, 8))) == (False, True)


def test_what_begins_beyond_its_limit_is_not_kept() -> None:
    assert says(plain_chain([F(1, 8), F(3, 4)], [[2]], [0, 1], F(1, 2))) == (False, False)


def test_what_begins_below_zero_is_not_kept_above() -> None:
    assert says(plain_chain([F(-1, 8), 0], [[F(1, 2)]], [0, -1], 0)) == (True, False)
