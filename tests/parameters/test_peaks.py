"""How far noise can drive a linear loop: against all strategies at the ends, and by hand."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs
import flint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import checker.parameters.peaks as module
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
    name,
    term,
)
from checker import Options, decide
from checker.backends.affine import Linear
from checker.backends.algebraic import rational
from checker.backends.solver import QueryBudget
from checker.parameters.meaning import Meaning, Span
from checker.parameters.obstacles import NotExact
from checker.parameters.peaks import Touch
from checker.parameters.peaks_condition import PeaksWithin, peaks_within
from checker.parameters.ranges import RangeSearch
from checker.system.parametric import ParametricProblem
from spec.statements.base import Answer
from tests.parameters.memories import SLOW

F = Fraction
UNIT = Free(OPEN, F(1, 4), F(0), F(1))
FEW = settings(SLOW, max_examples=12)
X, Y, P = name("x"), name("y"), name(OPEN)
EIGHTHS = st.integers(-3, 3).map(lambda n: F(n, 8))


def machine(
    seed: Sequence[Any],
    outputs: Sequence[Term],
    limit: Fraction,
    *choices: Choice,
    strict: bool = False,
) -> Machine:
    """A loop of one or two fields, far from the ends of their domains, that bounds x."""
    fields = tuple(Field(each, low=F(-99), high=F(99)) for each in ("x", "y")[: len(outputs)])
    step = Step(tuple(choices), tuple(outputs))
    return Machine("linear", fields, tuple(seed), (step,), (Kept(X, limit, strict),))


def condition(of: Machine, free: Free = UNIT) -> PeaksWithin:
    parametric = ParametricProblem(claim_of("linear", of, free), (OPEN,), {})
    meaning = Meaning(parametric.symbols[0], parametric.meaningful, QueryBudget(5.0))
    return peaks_within(parametric, (free.low, free.high), meaning)


def ranges_of(
    of: PeaksWithin, low: Fraction, high: Fraction
) -> list[tuple[Answer, Fraction, Fraction]]:
    search = RangeSearch(of, lambda: False, UNIT.value, (9,))
    return [(r.answer, r.low.nearest, r.high.nearest) for r in search.ranges((low, high))]


def ranges(of: Machine) -> list[tuple[Answer, Fraction, Fraction]]:
    return ranges_of(condition(of), F(0), F(1))


def peaks(of: Machine, most: int) -> list[Fraction]:
    """The greatest x of the states that strategies at the ends lead to, iteration by iteration."""
    begun = itertools.product((F(0), F(1)), repeat=len(of.spread))
    states = {oracle.begin(of, each) for each in begun} if of.spread else {of.seed}
    found = list[Fraction]()
    for _ in range(most + 1):
        found.append(max(state[0] for state in states))
        corners = list(itertools.product((F(0), F(1)), repeat=len(of.steps[0].choices)))
        after = (oracle.moved(of, 0, state, units) for state in states for units in corners)
        states = {state for state in after if state is not None}
    return found


@FEW
@given(st.lists(EIGHTHS, min_size=4, max_size=4), st.data())
def test_the_answer_is_that_of_all_strategies_at_the_ends(
    matrix: list[Fraction], data: Any
) -> None:
    """Rows whose coefficients come to less than 1/2, so that what ten iterations leave is known."""
    a, _, c, d = (value / 2 for value in matrix)
    value = data.draw(st.fractions(-F(1, 4), F(1, 4), max_denominator=12))
    noise = Choice("n", low=term(F(-1, 8)), high=term(F(1, 4)))
    outputs = (X * a + Y * P + name("n"), X * c + Y * d - name("n"))
    limit = data.draw(st.fractions(0, 2, max_denominator=40))
    given_ = machine((F(1, 2), F(-1, 4)), outputs, limit, noise)
    loop = condition(given_, Free(OPEN, F(0), F(-1, 4), F(1, 4))).loop
    known = peaks(at(given_, value), 9)
    answer = loop.answer(value, value)
    if max(known) > limit:
        assert answer is Answer.REFUTED
    if max(known) + F(1, 2) ** 8 < limit:  # no peak is above 1, of which 1/2 ** 10 is left
        assert answer is Answer.PROVED


@FEW
@given(st.lists(EIGHTHS, min_size=4, max_size=4), st.data())
def test_of_a_set_of_seeds_it_is_that_of_all_its_corners(matrix: list[Fraction], data: Any) -> None:
    a, b, c, d = (value / 2 for value in matrix)
    value = data.draw(st.fractions(0, F(1, 4), max_denominator=12))
    noise = Choice("n", high=term(F(1, 16)))
    outputs = (X * a + Y * b + name("n"), X * c + Y * d - name("n"))
    wide = data.draw(EIGHTHS.map(abs))
    limit = data.draw(st.fractions(0, 1, max_denominator=40))
    begun = machine((P, F(-1, 4)), outputs, limit, noise)
    spread: Any = (wide, P)
    given_ = attrs.evolve(begun, spread=spread)
    here = at(given_, value)
    known = peaks(here, 9)
    answer = condition(given_, Free(OPEN, F(1, 8), F(0), F(1, 4))).loop.answer(value, value)
    if max(known) > limit:
        assert answer is Answer.REFUTED
    if max(known) + F(1, 2) ** 8 < limit:
        assert answer is Answer.PROVED


@FEW
@given(st.lists(EIGHTHS, min_size=4, max_size=4), st.fractions(0, 1, max_denominator=30))
def test_a_choice_within_what_another_leaves(matrix: list[Fraction], limit: Fraction) -> None:
    a, b, c, d = matrix
    first = Choice("a", high=term(F(3, 16)))
    second = Choice("b", high=term(F(3, 16)) - name("a"))
    third = Choice("c", low=X - term(F(1, 16)), high=X + P)
    outputs = (X * (a / 2) + name("a") * b + name("b") * c + name("c") * (d / 2),)
    given_ = machine((F(1, 4),), outputs, limit, first, second, third)
    known = peaks(at(given_, F(1, 8)), 3)
    answer = condition(given_).loop.answer(F(1, 8), F(1, 8))
    if max(known) > limit:
        assert answer is Answer.REFUTED
    if answer is Answer.PROVED:
        assert max(known) <= limit


def first_peak(strict: bool) -> Machine:
    """x' = p y + n, y' = y / 8, from y = 1: the first peak is p + 1/10, and later ones less."""
    noise = Choice("n", high=term(F(1, 10)))
    return machine((F(0), F(1)), (Y * P + name("n"), Y / 8), F(2, 5), noise, strict=strict)


@pytest.mark.parametrize("strict", [True, False])
def test_an_end_where_a_peak_is_at_its_limit_is_named(strict: bool) -> None:
    found = ranges(first_peak(strict))
    assert [(answer, low, high) for answer, low, high in found] == [
        (Answer.PROVED, 0, F(3, 10)),
        (Answer.REFUTED, F(3, 10), 1),
    ]
    at_the_end = Answer.REFUTED if strict else Answer.PROVED
    assert condition(first_peak(strict)).at(rational(F(3, 10))) is at_the_end


def test_bounds_that_no_step_breaks_need_no_peaks() -> None:
    """y comes to 0, its least value, without end; but no step leads below it."""
    found = first_peak(strict=False)
    within = attrs.evolve(found, agent=(Field("x"), Field("y")))
    assert ranges(within) == ranges(found)


def test_a_bound_that_a_step_breaks_is_no_kept_one() -> None:
    """x' = p y + n is above its greatest value 1 from p = 9/10 on, though 2 is claimed."""
    found = first_peak(strict=False)
    within = attrs.evolve(found, agent=(Field("x"), Field("y")), kept=(Kept(X, F(2)),))
    (_, _, end), (answer, _, _) = ranges(within)
    assert end == F(9, 10)
    assert answer is Answer.REFUTED


def test_nature_may_have_no_room_at_the_end_of_a_cell() -> None:
    """From p = 0 on, and where the room is p (1 - p), to p = 1."""
    for room in (P, P * (term(F(1)) - P)):
        loop = condition(machine((F(0),), (X / 2 + name("n"),), F(4), Choice("n", high=room))).loop
        assert loop.answer(F(0), F(1)) is Answer.PROVED


@FEW
@given(st.lists(EIGHTHS, min_size=1, max_size=5), st.tuples(EIGHTHS, EIGHTHS))
def test_what_is_never_negative_is_so_at_all_points(
    coefficients: list[Fraction], ends: tuple[Fraction, Fraction]
) -> None:
    low, high = sorted(ends)
    plain = flint.fmpq_poly([flint.fmpq(*each.as_integer_ratio()) for each in coefficients])
    for polynomial in (plain, plain * plain):
        least = min(
            polynomial(flint.fmpq(*(low + F(n, 16) * (high - low)).as_integer_ratio()))
            for n in range(17)
        )
        if module.never_negative(polynomial, low, high):
            assert least >= 0
        if least < 0 or polynomial.degree() <= 1:
            assert module.never_negative(polynomial, low, high) is bool(least >= 0)


def test_an_end_that_peaks_come_near_without_end_is_bracketed() -> None:
    """x' = n - p x, n from -1/8 to 1/8: peaks come to 1 / (8 - 8 p), which is 1/4 at 1/2."""
    noise = Choice("n", low=term(F(-1, 8)), high=term(F(1, 8)))
    found = ranges(machine((F(0),), (name("n") - X * P,), F(1, 4), noise))
    assert [answer for answer, _, _ in found] == [
        Answer.PROVED,
        Answer.UNKNOWN,
        Answer.REFUTED,
    ]
    (_, low, high) = found[1]
    assert low <= F(1, 2) <= high
    assert high - low <= F(1, 10**9)


def test_a_cell_with_both_answers_has_none() -> None:
    loop = condition(first_peak(strict=False)).loop
    assert loop.answer(F(1, 4), F(1, 3)) is Answer.UNKNOWN
    assert loop.answer(F(1, 4), F(3, 10)) is Answer.UNKNOWN
    beside = Touch(rational(F(3, 10)), -1)
    assert loop.answer(F(1, 4), F(3, 10), beside) is Answer.PROVED
    assert loop.answer(F(3, 10), F(1, 3), Touch(rational(F(3, 10)), +1)) is Answer.REFUTED
    elsewhere = Touch(rational(F(1, 3)), -1)  # no peak is at its limit there
    assert loop.answer(F(1, 4), F(1, 3), elsewhere) is Answer.UNKNOWN


def test_nothing_is_answered_when_the_time_is_up() -> None:
    found = condition(first_peak(strict=False))
    value = rational(F(1, 10))
    assert found.at(value) is Answer.PROVED
    budget = found.meaning.budget
    budget.deadline = 0.0
    assert found._at_number(value, []) is Answer.UNKNOWN
    assert not found.all_over(Span(value, rational(F(2, 10))), Answer.PROVED)


@pytest.mark.parametrize(("value", "answer"), [("4/5", Answer.PROVED), ("9/10", Answer.REFUTED)])
def test_what_many_small_pushes_add_up_to_is_not_forgotten(value: str, answer: Answer) -> None:
    """x' = p x + n, n up to 1/8: peaks come to 1 / (8 - 8 p), which is 5/8 and 5/4."""
    noise = Choice("n", high=term(F(1, 8)))
    loop = condition(machine((F(0),), (X * P + name("n"),), F(1), noise)).loop
    assert loop.answer(F(value), F(value)) is answer


def test_a_weight_that_may_be_nothing_is_added_all_the_same() -> None:
    form = [module.NOTHING]
    module._add(form, Linear(flint.arb(0, 1)), {0: Linear(flint.arb(1))})
    low, high = form[0].ends()
    assert low <= -1
    assert high >= 1


def test_nothing_is_said_where_nature_may_have_no_choice() -> None:
    noise = Choice("n", high=P - term(F(1, 2)))
    found = condition(machine((F(0),), (X / 2 + name("n"),), F(9), noise))
    assert found.loop.answer(F(3, 4), F(3, 4)) is Answer.PROVED
    assert found.loop.answer(F(1, 4), F(1, 4)) is Answer.UNKNOWN
    assert found.loop.answer(F(1, 4), F(3, 4)) is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("output", "choices"),
    [
        pytest.param(X * Y, (), id="a product of fields"),
        pytest.param(X * name("n"), (Choice("n", high=term(F(1, 2))),), id="with a choice"),
        pytest.param(name("n"), (Choice("n", low=X, high=X * 2),), id="room that reads a field"),
        pytest.param(
            name("m"),
            (Choice("n", low=X, high=X), Choice("m", low=term(F(0)), high=name("n") / 2)),
            id="room that reads one by way of a choice",
        ),
        pytest.param(Term("max", (X, term(F(0)))) * P, (), id="a conditional number"),
    ],
)
def test_other_loops_are_refused(output: Term, choices: tuple[Choice, ...]) -> None:
    with pytest.raises(NotExact):
        condition(machine((F(1, 4), F(1, 4)), (output, Y / 2), F(1), *choices))


def test_another_answer_is_looked_for_in_the_span() -> None:
    found = condition(first_peak(strict=False))
    span = Span(rational(F(0)), rational(F(1)))
    value = found.another(span, Answer.PROVED)
    assert value is not None
    assert value > F(3, 10) - F(1, 10)
    assert not found.all_over(span, Answer.PROVED)
    assert found.all_over(Span(rational(F(0)), rational(F(3, 10))), Answer.PROVED)
    assert not found.all_over(Span(rational(F(0)), rational(F(31, 100))), Answer.PROVED)


def test_the_threshold_of_a_turning_loop_with_noise_is_found() -> None:
    """Every other condition is silent on it: it turns, and noise has no worst end."""
    noise = Choice("n", low=term(F(-1, 8)), high=term(F(1, 8)))
    outputs = (X * F(2, 5) - Y * P + name("n"), X * P + Y * F(2, 5))
    given_ = machine((F(1, 2), F(0)), outputs, F(1, 2), noise)
    first, gap, last = ranges_of(condition(given_), F(0), F(3, 4))
    assert [each[0] for each in (first, gap, last)] == [
        Answer.PROVED,
        Answer.UNKNOWN,
        Answer.REFUTED,
    ]
    assert gap[2] - gap[1] < F(1, 10**8)
    for answer, beside in (
        (Answer.PROVED, gap[1] - F(1, 100)),
        (Answer.REFUTED, gap[2] + F(1, 100)),
    ):
        alone = decide(claim_of("alone", at(given_, beside)), options=Options(timeout=20.0))
        assert alone.answer is answer
