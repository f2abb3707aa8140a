"""Numbers are exact: text and fractions are read as they are written, and floats are refused."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
import z3
from hypothesis import example, given
from hypothesis import strategies as st

from checker.system.problem import pose
from spec import Bool, Claim, Count, Nature, Real, SpecError, Unvetted, when
from spec.terms import exact
from tests.spec.knobs import REPRODUCIBLE, Knobs, Small, loop
from tests.spec.traps import Trap, Traps, spring
from tests.support import value_of

TRAPS = Traps()
trap, step_trap = TRAPS.trap, TRAPS.step_trap


@step_trap("the float 0.1 is not exact", 'write "1/10" or Fraction("1/10")')
def float_on_the_left(agent: Any, p: Knobs, nature: Nature) -> Any:
    worse = 0.1 + agent.error  # trap
    return Small(error=worse, malign=agent.malign)


@step_trap("the float 0.5 is not exact", 'write "1/2" or Fraction("1/2")')
def float_on_the_right(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(
        error=agent.error,
        malign=agent.malign * 0.5,  # trap
    )


@step_trap("the float 0.5 is not exact", 'write "1/2"')
def float_in_a_comparison(agent: Any, p: Knobs, nature: Nature) -> Any:
    return when(agent.error <= 0.5, agent, agent)  # trap


@step_trap("the float 0.05 is not exact", 'write "1/20"')
def float_in_a_bound(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=nature.choose("error", at_most=0.05), malign=agent.malign)  # type: ignore[arg-type]  # trap


@trap("the float 0.1 is not exact", 'write "1/10"')
def float_in_a_real() -> None:
    Real(0.1)  # trap


@trap('"one half" is not an exact number', 'write it like "1/6", "0.05" or "3"')
def malformed_text() -> None:
    Real("one half")  # trap


@trap('"1/0" is not an exact number', 'write it like "1/6"')
def text_that_divides_by_zero() -> None:
    Real("1/0")  # trap


@trap("5/2 is not a whole number", "use Real")
def fraction_in_a_count() -> None:
    Count("5/2")  # trap


@step_trap("True is a truth value where a number is wanted", "write 0 or 1")
def truth_value_as_a_number(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error + True, malign=agent.malign)  # trap


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_float_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(SpecError, match="is no number; every domain is finite"):
        Real(value)


@trap("a Real is not a whole number", "keep a Count whole with plus and times")
def count_of_a_real() -> None:
    Count(Real(1))  # trap


@trap('"1e999999999" has more than 300 digits', "write a rounder number")
def number_that_would_fill_the_memory() -> None:
    Real("1e999999999")  # trap


@trap("a constant in step has thousands of digits")
def constant_that_grows_out_of_hand() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:  # trap
        return Small(error=agent.error / Real("1e290") ** 20, malign=agent.malign)

    pose(Claim("huge", loop(step=step), Unvetted()))


@given(st.fractions())
@REPRODUCIBLE
@example(Fraction(1, 3))
@example(Fraction(1, 10))
def test_exact_round_trips_every_fraction(number: Fraction) -> None:
    assert exact(str(number)) == number
    assert exact(f"  {number} ") == number
    assert exact(number) == number
    assert value_of(Real(str(number)).term) == number
    assert value_of(Real(number).term) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8))
@REPRODUCIBLE
def test_exact_reads_decimals_as_they_are_written(number: Any) -> None:
    assert exact(str(number)) == Fraction(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
@REPRODUCIBLE
@example(1e-7)
@example(1e300)
@example(0.1)
def test_what_a_message_suggests_for_a_float_is_what_was_written(number: float) -> None:
    with pytest.raises(SpecError) as caught:
        Real(number)
    suggested = caught.value.message.split('"')
    assert suggested[1] == suggested[3]
    with localcontext(prec=1000):
        assert Fraction(suggested[1]) == Fraction(Decimal(repr(number)))


def test_a_typed_number_may_be_wrapped_again() -> None:
    assert value_of(Real(Real("1/6")).term) == Fraction(1, 6)
    assert value_of(Real(Count(2)).term) == 2
    assert z3.is_int(Count(Count(2)).term)
    assert Bool(Bool(True)).term.eq(Bool(True).term)
    assert exact(Real("1/6") / 2) == Fraction(1, 12)
    assert Claim("typed", loop(), Unvetted(), at={"noise": Real("1/6")}).chosen == {
        "noise": Fraction(1, 6)
    }
    with pytest.raises(SpecError, match="a Real stands where a fixed number is wanted"):
        exact(Real(z3.Real("x")))


@given(st.floats(allow_nan=False, allow_infinity=False))
@REPRODUCIBLE
def test_no_float_is_exact(number: float) -> None:
    for refuse in (exact, Real, Count):
        with pytest.raises(SpecError, match="is not exact"):
            refuse(number)


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    spring(sprung, __file__, monkeypatch)
