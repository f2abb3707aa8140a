"""The typed operators mean what Python's mean, and refuse what has no meaning."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import example, given
from hypothesis import strategies as st

from spec import Bool, Count, Nature, Real, Unvetted, maximum, minimum, when
from tests.spec.knobs import RATIONAL, REPRODUCIBLE, Counted, Knobs, Small
from tests.spec.traps import Trap, Traps, spring
from tests.support import value_of

TRAPS = Traps()
trap, step_trap = TRAPS.trap, TRAPS.step_trap


@step_trap("a condition is used as a number", "write when(condition, 1, 0)")
def condition_as_a_number(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error * (agent.malign <= 0), malign=agent.malign)  # trap


@step_trap("division by zero")
def division_by_zero(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error / 0, malign=agent.malign)  # trap


@step_trap("an exponent must be a plain whole number >= 0", "make it structural(...)")
def symbolic_exponent(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error**agent.malign, malign=agent.malign)  # trap


@step_trap("an exponent must be a plain whole number >= 0")
def negative_exponent(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error**-1, malign=agent.malign)  # trap


@trap("1 is not a condition")
def number_and_condition() -> None:
    1 & (Real(1) <= 2)  # type: ignore[operator]  # trap


@trap("division by zero", "guard the denominator with when(...)")
def division_by_a_count_of_zero() -> None:
    Real(1) / Count(0)  # trap


@trap("division by zero", "guard the denominator with when(...)")
def division_by_a_zero_in_disguise() -> None:
    Real(1) / (Real("1/2") - Real("1/2"))  # trap


@given(st.booleans(), st.booleans())
def test_conditions_combine_with_plain_truth_values_on_either_side(a: bool, b: bool) -> None:
    for combined, wanted in (
        (a & Bool(b), a and b),
        (a | Bool(b), a or b),
        (Bool(a) & b, a and b),
        (Bool(a) | b, a or b),
    ):
        assert z3.is_true(z3.simplify(combined.term)) is wanted


WHOLE = st.integers(-99, 99)


@given(WHOLE, WHOLE.filter(bool))
@REPRODUCIBLE
@example(7, 2)
def test_a_count_divided_is_a_real(top: int, bottom: int) -> None:
    n, m = Count(z3.Int("n")), Count(z3.Int("m"))
    at = [(n.term, z3.IntVal(top)), (m.term, z3.IntVal(bottom))]
    for quotient in (n / m, n / bottom, top / m, Count(top) / Count(bottom), Count(top) / bottom):
        assert type(quotient) is Real
        assert value_of(z3.substitute(quotient.term, *at)) == Fraction(top, bottom)


@given(WHOLE, WHOLE)
@REPRODUCIBLE
def test_counts_stay_whole_only_by_plus_and_times(first: int, second: int) -> None:
    n = Count(first)
    for lifted, value in (
        (n + second, first + second),
        (n - second, first - second),
        (second - n, second - first),
        (n * Count(second), first * second),
        (n**2, first**2),
    ):
        assert type(lifted) is Real
        assert value_of(lifted.term) == value
    for kept, value in (
        (n.plus(second), first + second),
        (n.plus(Count(second)), first + second),
        (n.times(second), first * second),
    ):
        assert type(kept) is Count
        assert z3.is_int(kept.term)
        assert z3.simplify(kept.term).as_long() == value


@given(st.lists(RATIONAL, min_size=1, max_size=5))
@REPRODUCIBLE
@example([Fraction(1, 2), Fraction(1, 2)])
def test_minimum_and_maximum_agree_with_python(numbers: list[Fraction]) -> None:
    assert value_of(minimum(*numbers).term) == min(numbers)
    assert value_of(maximum(*numbers).term) == max(numbers)


@given(st.booleans(), RATIONAL, RATIONAL, st.integers(0, 9), st.integers(0, 9), st.booleans())
@REPRODUCIBLE
def test_when_agrees_with_python(
    yes: bool, a: Fraction, b: Fraction, n: int, m: int, truth: bool
) -> None:
    for condition in (yes, Bool(yes)):
        assert value_of(when(condition, a, b).term) == (a if yes else b)
        assert value_of(when(condition, Real(a), n).term) == (a if yes else n)
        count = when(condition, Count(n), Count(m))
        assert type(count) is Count
        assert z3.simplify(count.term).as_long() == (n if yes else m)
        flagged = when(condition, Bool(truth), not truth)
        assert z3.is_true(z3.simplify(flagged.term)) is (truth if yes else not truth)
        chosen = when(
            condition,
            Counted[Unvetted](doubt=Real(a), lessons=Count(n), vetted=Bool(truth)),
            Counted[Unvetted](doubt=Real(b), lessons=Count(m), vetted=Bool(not truth)),
        )
        assert type(chosen) is Counted
        assert value_of(chosen.doubt.term) == (a if yes else b)
        assert z3.simplify(chosen.lessons.term).as_long() == (n if yes else m)
        assert z3.is_true(z3.simplify(chosen.vetted.term)) is (truth if yes else not truth)


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
