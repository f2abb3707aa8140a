"""The language: every trap names its line and its mend, and the typed operators mean what they say.

A trap is a function with one line marked ``# trap``. Springing it must raise a ``SpecError`` that
starts with that line and says what to write instead. Traps are written as someone without mypy
would write them, so their agents are untyped.
"""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import flint
import pytest
import z3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker import decide
from checker.compile import BALLS, EXACT, FLOATS, UNDEFINED, compile_terms
from checker.problem import pose
from spec import (
    Agent,
    Bool,
    Claim,
    Count,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    Scheme,
    SpecError,
    Unvetted,
    all_of,
    any_of,
    between,
    budget,
    flag,
    maximum,
    minimum,
    parameter,
    structural,
    when,
    whole,
)
from spec.alignment import Aligned, Benign, Trusted
from spec.invariants import conjuncts, limits_of, satisfied
from spec.nature import Choice
from spec.parameters import settle, symbolic_parameters
from spec.terms import exact, real_term
from spec.trace import Traced, trace

ROOT = Path(__file__).resolve().parent.parent


class Knobs(Parameters):
    noise: Real = parameter("1/10", 0, 1, "most that one round adds")
    copies: int = structural(3, 1, 9, "copies that vote")


class Small(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")
    malign: Real = between(0, 1, "probability of a malign answer")


class SmallExpert(Expert[I]):
    error: Real = between(0, 1, "probability of a wrong answer")
    malign: Real = between(0, 1, "probability of a malign answer")


class Counted(Agent[I]):
    doubt: Real = between(0, 1, "probability that it gives no answer")
    lessons: Count = whole(0, 9, "lessons taken")
    vetted: Bool = flag("somebody has looked at its answers")


def perfect(p: Knobs) -> Small[Unvetted]:
    return Small(error=Real(0), malign=Real(0))


def keep(agent: Any, p: Knobs, nature: Nature) -> Any:
    return agent


def loop(*, step: Callable[..., Any] = keep, seed: Callable[..., Any] = perfect) -> Process:
    return Loop[Knobs, Small[Unvetted]]("loop", parameters=Knobs, seed=seed, step=step)


def traced(step: Callable[..., Any]) -> Traced:
    return trace(loop(step=step))


# --- the traps ----------------------------------------------------------------------------------


class Trap(NamedTuple):
    spring: Callable[[], object]
    source: Callable[..., object]
    mends: tuple[str, ...]


TRAPS: list[Trap] = []


def trap(*mends: str) -> Callable[[Callable[[], object]], None]:
    """A function that makes a mistake when it is called."""

    def add(function: Callable[[], object]) -> None:
        TRAPS.append(Trap(function, function, mends))

    return add


def step_trap(*mends: str) -> Callable[[Callable[..., object]], None]:
    """A step that makes a mistake when it is traced."""

    def add(step: Callable[..., object]) -> None:
        TRAPS.append(Trap(lambda: traced(step), step, mends))

    return add


def marked_line(function: Callable[..., object]) -> int:
    lines, start = inspect.getsourcelines(function)
    (offset,) = [i for i, line in enumerate(lines) if line.rstrip().endswith("# trap")]
    return start + offset


@step_trap("symbolic condition", "write when(condition, a, b), all_of, any_of or ~condition")
def if_on_a_condition(agent: Any, p: Knobs, nature: Nature) -> Any:
    if agent.error <= "1/2":  # trap
        return agent
    return Small(error=Real(0), malign=Real(0))


@step_trap("symbolic number", "when(condition, a, b)")
def if_on_a_number(agent: Any, p: Knobs, nature: Nature) -> Any:
    if agent.error:  # trap
        return agent
    return Small(error=Real(0), malign=Real(0))


@step_trap("chained comparisons", "all_of")
def chained_comparison(agent: Any, p: Knobs, nature: Nature) -> Any:
    inside = 0 <= agent.error <= "1/2"  # trap
    return when(inside, agent, agent)


@step_trap("`and`", "all_of")
def python_and(agent: Any, p: Knobs, nature: Nature) -> Any:
    both = agent.error <= "1/2" and agent.malign <= "1/2"  # trap
    return when(both, agent, agent)


@step_trap("`not`", "~condition")
def python_not(agent: Any, p: Knobs, nature: Nature) -> Any:
    return when(not (agent.error <= "1/2"), agent, agent)  # trap


@step_trap("`if`", "when(condition, a, b)")
def python_min(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=min(agent.error, agent.malign), malign=agent.malign)  # trap


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


@trap("the float 0.5 is not exact", 'write "1/2"')
def float_in_a_domain() -> None:
    class Halved(Agent[I]):
        error: Real = between(0, 0.5)  # type: ignore[arg-type]  # trap


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


@step_trap("a condition is used as a number", "write when(condition, 1, 0)")
def condition_as_a_number(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error * (agent.malign <= 0), malign=agent.malign)  # trap


@trap("the seed's error is 2, outside its domain [0, 1]")
def seed_outside_its_domain() -> None:
    def seed(p: Knobs) -> Small[Unvetted]:  # trap
        return Small(error=Real(2), malign=Real(0))

    pose(Claim("outside", loop(seed=seed), Unvetted()))


@trap("the seed breaks a coupled bound of its fields")
def seed_outside_a_coupled_bound() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: 1 - agent.error)

    def seed(p: Knobs) -> Coupled[Unvetted]:  # trap
        return Coupled(error=Real("3/4"), malign=Real("1/2"))

    coupled = Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=keep)
    pose(Claim("outside", coupled, Unvetted()))


@step_trap("Small(...) forgets malign", "pass each one (agent.field to keep it)")
def forgotten_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error)  # type: ignore[call-arg]  # trap


@step_trap("Small has no field treachery", "it has error, malign")
def unknown_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    fields = {"error": agent.error, "malign": agent.malign, "treachery": Real(0)}
    return Small(**fields)  # trap


@step_trap('nature.choose("error") has no bound', "write at_most=...")
def choice_without_a_bound(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=nature.choose("error"), malign=agent.malign)  # trap


@step_trap('nature chooses "slip" twice', "give each choice its own name")
def two_choices_of_one_name(agent: Any, p: Knobs, nature: Nature) -> Any:
    slip = nature.choose("slip", at_most=1)
    return Small(error=slip, malign=nature.choose("slip", at_most=1))  # trap


@step_trap("division by zero")
def division_by_zero(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error / 0, malign=agent.malign)  # trap


@step_trap("an exponent must be a plain whole number >= 0", "make it structural(...)")
def symbolic_exponent(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error**agent.malign, malign=agent.malign)  # trap


@step_trap("an exponent must be a plain whole number >= 0")
def negative_exponent(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error**-1, malign=agent.malign)  # trap


@step_trap("returns_nothing returned nothing", "wants Small(...)")  # trap
def returns_nothing(agent: Any, p: Knobs, nature: Nature) -> Any:
    return None


@step_trap("returns_another_class returned a SmallExpert", "wants Small(...)")  # trap
def returns_another_class(agent: Any, p: Knobs, nature: Nature) -> Any:
    return SmallExpert(error=agent.error, malign=agent.malign)


@step_trap("raises_something_else raised ZeroDivisionError")
def raises_something_else(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.error * (1 // (p.copies - 3)), malign=agent.malign)  # trap


@step_trap("the two sides of when(...) differ: Small and SmallExpert", "one agent class")
def when_with_two_classes(agent: Any, p: Knobs, nature: Nature) -> Any:
    other: Any = SmallExpert(error=Real(0), malign=Real(0))
    return when(agent.error <= 0, agent, other)  # trap


@step_trap("nature.anything(Counted) cannot choose lessons", "only Real fields")
def anything_with_a_count(agent: Any, p: Knobs, nature: Nature) -> Any:
    return nature.anything(Counted)  # trap


@trap("a coupled bound reads error, which is written below it", "reorder the fields")
def coupled_bound_on_a_later_field() -> None:
    class Coupled(Agent[I]):
        malign: Real = between(0, 1, coupled=lambda agent: 1 - agent.error)  # trap
        error: Real = between(0, 1)

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real(0), malign=Real(0))

    def step(agent: Coupled[I], p: Knobs, nature: Nature) -> Coupled[I]:
        return nature.anything(Coupled)

    trace(Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=step))


@trap("Bare.error has no domain", "write `error: Real = between(low, high, 'what it measures')`")
def field_without_a_domain() -> None:
    class Bare(Agent[I]):  # trap
        error: Real

    def seed(p: Knobs) -> Bare[Unvetted]:
        return Bare(error=Real(0))

    trace(Loop[Knobs, Bare[Unvetted]]("bare", parameters=Knobs, seed=seed, step=keep))


@trap("an empty domain: 1 is above 1/2", "swap the two bounds")
def empty_domain() -> None:
    class Nobody(Agent[I]):
        error: Real = between(1, "1/2")  # trap


@trap("Plain.noise is no parameter", "write `noise: Real = parameter(default, low, high)`")
def parameter_without_a_domain() -> None:
    class Plain(Parameters):  # trap
        noise: Real

    trace(Loop[Plain, Small[Unvetted]]("plain", parameters=Plain, seed=perfect, step=keep))  # type: ignore[arg-type]


@trap("the default 2 is outside the domain [0, 1]")
def default_outside_its_domain() -> None:
    class Wild(Parameters):
        noise: Real = parameter(2, 0, 1)  # trap


@trap("the limit 2 is outside the budget's domain [0, 1]")
def limit_outside_its_domain() -> None:
    class Loose(Invariant):
        error: Real = budget(0, 1, limit=2)  # trap


@trap("Numeric.holds returned Real", "return a condition such as agent.malign <= self.malign")
def invariant_that_is_no_condition() -> None:
    class Numeric(Invariant):  # trap
        def holds(self, agent: Any) -> Any:
            return agent.malign

    pose(Claim("numeric", loop(), Numeric()))


@trap("Patient.holds cannot read Small", "patience")
def invariant_on_a_field_the_agent_lacks() -> None:
    class Patient(Invariant):  # trap
        def holds(self, agent: Any) -> Bool:
            return Bool(agent.patience >= "1/2")

    pose(Claim("patient", loop(), Patient()))


@trap("symbolic condition", "all_of")
def if_in_an_invariant() -> None:
    class Branching(Invariant):
        def holds(self, agent: Any) -> Bool:
            return agent.error <= 0 or agent.malign <= 0  # type: ignore[no-any-return]  # trap

    pose(Claim("branching", loop(), Branching()))


@trap('"bare" does not say what it carries', "write Scheme[Parameters, Agent[I], Expert[I]](...)")
def scheme_without_brackets() -> None:
    def amplify(agent: Small[Unvetted], p: Knobs, nature: Nature) -> SmallExpert[Unvetted]:
        return SmallExpert(error=agent.error, malign=agent.malign)

    def distill(expert: SmallExpert[Unvetted], p: Knobs, nature: Nature) -> Small[Unvetted]:
        return Small(error=expert.error, malign=expert.malign)

    bare = Scheme("bare", parameters=Knobs, seed=perfect, amplify=amplify, distill=distill)  # trap
    trace(bare)


@trap('"bare" does not say what it carries', "write Loop[Parameters, Agent[I]](...)")
def loop_without_brackets() -> None:
    bare = Loop("bare", parameters=Knobs, seed=perfect, step=keep)  # trap
    trace(bare)


@trap("smart_enough returned True", "return a condition")
def oversight_that_is_no_condition() -> None:
    def amplify(agent: Small[I], p: Knobs, nature: Nature) -> SmallExpert[I]:
        return SmallExpert(error=agent.error, malign=agent.malign)

    def distill(expert: SmallExpert[I], p: Knobs, nature: Nature) -> Small[I]:
        return Small(error=expert.error, malign=expert.malign)

    def smart_enough(expert: Any, student: Any, p: Knobs) -> Any:  # trap
        return True

    sure = Scheme[Knobs, Small[Unvetted], SmallExpert[Unvetted]](
        "sure",
        parameters=Knobs,
        seed=perfect,
        amplify=amplify,
        distill=distill,
        smart_enough=smart_enough,
    )
    trace(sure)


@trap('nature has no value for "slip"', "order the two bounds")
def choice_between_crossed_bounds() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        slip = nature.choose("slip", at_least="1/2", at_most=agent.error)  # trap
        return Small(error=slip, malign=agent.malign)

    decide(Claim("crossed", loop(step=step), Unvetted()))


@pytest.mark.parametrize("sprung", TRAPS, ids=lambda sprung: sprung.source.__name__)
def test_a_trap_names_its_line_and_its_mend(sprung: Trap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SpecError) as caught:
        sprung.spring()
    text = str(caught.value)
    assert text.startswith(f"tests/test_language.py:{marked_line(sprung.source)}: ")
    for mend in sprung.mends:
        assert mend in text
    assert len(text.splitlines()) == 1


def test_a_place_outside_the_working_folder_is_a_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        Real(0.1)
    assert caught.value.place.rsplit(":", 1)[0] == str(Path(__file__).resolve())


def test_the_same_without_a_trap_is_accepted() -> None:
    """The harness itself springs nothing."""
    process = traced(keep)
    assert not process.stages[0].choices
    assert [str(output) for output in process.stages[0].outputs] == ["agent.error", "agent.malign"]
    problem = pose(Claim("kept", loop(), Unvetted()))
    assert [str(term) for term in problem.seed] == ["0", "0"]


def test_a_divisor_that_may_be_zero_is_an_obligation_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        share = agent.error / agent.malign  # trap
        return Small(error=when(agent.malign >= "1/2", share, 0), malign=agent.malign)

    (side,) = traced(step).stages[0].sides
    place = f"tests/test_language.py:{marked_line(step)}"
    assert side.label == f"no division by zero at {place}"
    # It is asked only where the quotient is read: malign = 0 takes the other branch.
    assert z3.is_true(z3.simplify(z3.substitute(side.condition, (z3.Real("agent.malign"), ZERO))))


def test_a_run_that_divides_by_zero_is_an_error_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=agent.error / agent.malign, malign=agent.malign)  # trap

    with pytest.raises(SpecError) as caught:
        decide(Claim("divided", loop(step=step), Unvetted()))
    assert f"no division by zero at tests/test_language.py:{marked_line(step)}" in str(caught.value)
    assert "guard the denominator with when(...)" in str(caught.value)


# --- parameters and limits ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"nois": Fraction(0)}, "no parameter nois; Knobs has noise, copies"),
        ({"noise": Fraction(2)}, "noise = 2 is outside its domain [0, 1]"),
        ({"noise": Fraction(-1, 2)}, "noise = -1/2 is outside its domain [0, 1]"),
        ({"copies": Fraction(5, 2)}, "copies = 5/2, but copies is a whole number"),
    ],
)
def test_a_parameter_value_is_checked(chosen: Mapping[str, Fraction], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        settle(Knobs, chosen)
    assert message in str(caught.value)
    with pytest.raises(SpecError) as caught:
        pose(Claim("chosen", loop(), Unvetted()), chosen)
    assert message in str(caught.value)


def test_chosen_values_replace_defaults_and_structural_ones_are_plain() -> None:
    assert settle(Knobs, {}) == {"noise": Fraction(1, 10), "copies": 3}
    values = settle(Knobs, {"copies": Fraction(9), "noise": Fraction(1)})
    assert values == {"noise": 1, "copies": 9}
    parameters, symbols = symbolic_parameters(Knobs, values)
    assert type(parameters.copies) is int
    assert parameters.copies == 9
    assert list(symbols) == ["noise"]
    assert parameters.noise.term.eq(symbols["noise"])


def test_a_claimed_limit_outside_its_domain_is_refused() -> None:
    assert limits_of(Benign(malign=Real(1))) == {"malign": 1}
    with pytest.raises(SpecError, match=r"Benign\.malign = 2 is outside \[0, 1\]"):
        pose(Claim("loose", loop(), Benign(malign=Real(2))))


def test_a_symbolic_limit_is_refused() -> None:
    with pytest.raises(SpecError, match=r"Benign\.malign is not an exact number"):
        limits_of(Benign(malign=Real(z3.Real("x"))))


# --- exact numbers ------------------------------------------------------------------------------

ZERO = z3.RatVal(0, 1)
REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=200)


def value_of(term: z3.ExprRef) -> Fraction:
    value = z3.simplify(term)
    assert z3.is_rational_value(value), value
    return Fraction(value.as_fraction())


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
def test_no_float_is_exact(number: float) -> None:
    for refuse in (exact, Real, Count):
        with pytest.raises(SpecError, match="is not exact"):
            refuse(number)


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


RATIONAL = st.fractions(-20, 20, max_denominator=12)


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


# --- compiled evaluation against Python and z3 --------------------------------------------------

# A tree is an operator's name and its operands. The same tree is evaluated on Python's fractions
# and on typed symbols; "over" divides by a denominator that is never zero.

PLAIN: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "over": lambda a, b: a / (1 + b * b),
    "neg": operator.neg,
    "power": operator.pow,
    "min": min,
    "max": max,
    "when": lambda test, a, b: a if test else b,
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
    "!=": operator.ne,
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": operator.not_,
}
# A comparison of two constants is already a plain truth value.
TYPED = PLAIN | {
    "min": minimum,
    "max": maximum,
    "when": when,
    "and": lambda a, b: a & b if isinstance(a, Bool) else all_of(a, b),
    "or": lambda a, b: a | b if isinstance(a, Bool) else any_of(a, b),
    "not": lambda a: ~a if isinstance(a, Bool) else not a,
}


def evaluate(tree: Any, at: Mapping[str, Any], meaning: Mapping[str, Callable[..., Any]]) -> Any:
    if isinstance(tree, str):
        return at[tree]
    if not isinstance(tree, tuple):
        return tree
    name, *operands = tree
    return meaning[name](*[evaluate(operand, at, meaning) for operand in operands])


@cache
def numbers(depth: int) -> st.SearchStrategy[Any]:
    leaves = st.sampled_from(["x", "y", "n"]) | RATIONAL
    if depth == 0:
        return leaves
    part = numbers(depth - 1)
    return st.one_of(
        leaves,
        st.tuples(st.sampled_from(["+", "-", "*", "over", "min", "max"]), part, part),
        st.tuples(st.just("/"), part, RATIONAL.filter(bool)),
        st.tuples(st.just("neg"), part),
        st.tuples(st.just("power"), part, st.integers(0, 3)),
        st.tuples(st.sampled_from(["min", "max"]), part, part, part),
        st.tuples(st.just("when"), conditions(depth - 1), part, part),
    )


@cache
def conditions(depth: int) -> st.SearchStrategy[Any]:
    part = numbers(max(0, depth - 1))
    compared = st.tuples(st.sampled_from(["<=", "<", ">=", ">", "==", "!="]), part, part)
    if depth == 0:
        return compared
    below = conditions(depth - 1)
    return st.one_of(
        compared,
        st.tuples(st.sampled_from(["and", "or"]), below, below),
        st.tuples(st.just("not"), below),
    )


VALUES = st.fixed_dictionaries({"x": RATIONAL, "y": RATIONAL, "n": st.integers(0, 9).map(Fraction)})
X, Y, N = z3.Real("x"), z3.Real("y"), z3.Int("n")
SYMBOLS = {"x": Real(X), "y": Real(Y), "n": Count(N)}


def put(term: z3.ExprRef, values: Mapping[str, Fraction]) -> z3.ExprRef:
    x, y = (z3.RatVal(values[k].numerator, values[k].denominator) for k in "xy")
    return z3.simplify(z3.substitute(term, (X, x), (Y, y), (N, z3.IntVal(int(values["n"])))))


def run(term: z3.ExprRef, values: Mapping[str, Fraction], backend: Any) -> Any:
    program = compile_terms([X, Y, N], [], [term]).bind(backend)
    (output,), chosen, widths = program([backend.constant(values[k]) for k in "xyn"], [])
    assert chosen == widths == []
    return output


def dyadic(end: Any) -> Fraction:
    mantissa, exponent = end.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


@given(numbers(4), VALUES)
@settings(REPRODUCIBLE, max_examples=300)
@example(("-", ("/", "x", Fraction(3)), "x"), {"x": Fraction(1), "y": Fraction(0), "n": 0})
@example(("power", ("-", 1, "x"), 0), {"x": Fraction(1), "y": Fraction(0), "n": 0})
def test_every_back_end_agrees_with_python_and_z3(tree: Any, values: dict[str, Fraction]) -> None:
    wanted = evaluate(tree, values, PLAIN)
    term = real_term(evaluate(tree, SYMBOLS, TYPED))
    assert value_of(put(term, values)) == wanted
    for form in (term, z3.simplify(term)):
        found = run(form, values, EXACT)
        assert Fraction(int(found.p), int(found.q)) == wanted
        ball = run(form, values, BALLS)
        middle, radius = dyadic(ball.mid()), dyadic(ball.rad())
        assert abs(wanted - middle) <= radius
        # At 53 bits a float strays about as far as the ball's radius says it may.
        assert abs(Fraction(float(run(form, values, FLOATS))) - wanted) <= 8 * radius


@given(conditions(3), VALUES)
@REPRODUCIBLE
def test_conditions_agree_and_balls_never_decide_wrongly(
    tree: Any, values: dict[str, Fraction]
) -> None:
    wanted = evaluate(tree, values, PLAIN)
    typed = evaluate(tree, SYMBOLS, TYPED)
    condition = typed if isinstance(typed, Bool) else Bool(typed)
    simple = put(condition.term, values)
    assert (z3.is_true(simple), z3.is_false(simple)) == (wanted, not wanted)
    for form in (condition.term, z3.simplify(condition.term)):
        assert run(form, values, EXACT) is wanted
        assert run(form, values, BALLS) in (wanted, None)


def test_balls_decide_a_comparison_as_soon_as_they_are_narrow_enough() -> None:
    """An enclosure that was always undecided would be right too, and of no use."""
    near = Fraction(1, 3) + Fraction(1, 2**70)
    values = {"x": Fraction(1, 3), "y": near, "n": Fraction(0)}
    assert flint.ctx.prec == 53
    assert run(X < Y, values, BALLS) is None
    flint.ctx.prec = 128
    try:
        assert run(X < Y, values, BALLS) is True
        assert run(X >= Y, values, BALLS) is False
        assert run(X == Y, values, BALLS) is False
    finally:
        flint.ctx.prec = 53


def test_an_undecided_branch_is_a_ball_over_both_sides() -> None:
    values = {"x": Fraction(1, 3), "y": Fraction(5), "n": Fraction(0)}
    x, y = Real(X), Real(Y)
    either = when(3 * x <= 1, y, 2 * y).term  # three balls around 1/3 straddle 1
    assert run(either, values, EXACT) == 5
    ball = run(either, values, BALLS)
    assert ball.contains(5)
    assert ball.contains(10)
    assert not ball.contains(11)


def test_a_division_by_zero_is_undefined_where_it_is_read() -> None:
    values = {"x": Fraction(0), "y": Fraction(2), "n": Fraction(0)}
    x, y = Real(X), Real(Y)
    for spread in (1 / x, 1 - y / x, when(x <= 0, y / x, y), when(1 / x <= 1, 0, 1)):
        assert run(real_term(spread), values, EXACT) is UNDEFINED
    assert run((1 / x <= 1).term, values, EXACT) is None
    assert run(all_of(1 / x <= 1, y <= 1).term, values, EXACT) is False
    assert run(when(x >= 1, 1 / x, y).term, values, EXACT) == 2
    assert not run((1 / x).term, values, BALLS).is_finite()
    assert run((1 / x <= 1).term, values, BALLS) is None


UNIT = st.fractions(0, 1, max_denominator=8)


@given(RATIONAL, RATIONAL, st.tuples(UNIT, UNIT))
@REPRODUCIBLE
def test_a_unit_says_where_between_its_bounds_a_choice_lies(
    low: Fraction, high: Fraction, units: tuple[Fraction, Fraction]
) -> None:
    first, second = z3.Reals("first second")
    choices = [
        Choice("first", first, X, Y, "", ""),
        Choice("second", second, ZERO, first, "", ""),
    ]
    program = compile_terms([X, Y], choices, [first - second]).bind(EXACT)
    (output,), chosen, widths = program(
        [EXACT.constant(low), EXACT.constant(high)], [EXACT.constant(unit) for unit in units]
    )
    wanted = low + units[0] * (high - low)
    assert [Fraction(str(value)) for value in chosen] == [wanted, units[1] * wanted]
    assert [Fraction(str(value)) for value in widths] == [high - low, wanted]
    assert Fraction(str(output)) == wanted - units[1] * wanted


# --- invariants ---------------------------------------------------------------------------------

SHARE = st.fractions(0, 1, max_denominator=20)


def in_set(invariant: Invariant, agent: object) -> bool:
    value = z3.simplify(satisfied(invariant, agent).term)
    assert z3.is_true(value) or z3.is_false(value)
    return bool(z3.is_true(value))


@given(SHARE, SHARE, SHARE, st.fractions(0, 3, max_denominator=4))
@REPRODUCIBLE
@example(Fraction(1), Fraction(0), Fraction(1, 10), Fraction(3))
@example(Fraction(1, 10), Fraction(1, 10), Fraction(1, 10), Fraction(1, 2))
def test_an_override_never_enlarges_the_set(
    malign: Fraction, error: Fraction, within: Fraction, factor: Fraction
) -> None:
    class Scaled(Benign):
        def holds(self, agent: Any) -> Bool:
            return Bool((agent.malign <= factor * self.malign).term)

    class Anything(Scaled):
        def holds(self, agent: Any) -> Bool:
            return Bool(True)

    agent = Small[Unvetted](error=Real(error), malign=Real(malign))
    assert in_set(Benign(malign=Real(within)), agent) == (malign <= within)
    for override in (Scaled, Anything):
        wanted = malign <= within and malign <= factor * within
        assert in_set(override(malign=Real(within)), agent) == wanted


@given(SHARE, SHARE, SHARE, SHARE)
@REPRODUCIBLE
def test_invariants_joined_by_inheritance_mean_both(
    malign: Fraction, error: Fraction, wrong: Fraction, within: Fraction
) -> None:
    class Joined(Aligned, Benign):
        def holds(self, agent: Any) -> Bool:
            return Bool(True)

    agent = Small[Unvetted](error=Real(error), malign=Real(malign))
    joined = Joined(wrong=Real(wrong), malign=Real(within))
    assert in_set(joined, agent) == (error + malign <= wrong and malign <= within)


def test_each_conjunct_bears_its_class_and_parents_come_first() -> None:
    class Stricter(Trusted):
        def holds(self, agent: Any) -> Bool:
            return Bool((agent.cost <= 1).term)

    class Free:
        error = malign = resistance = Real(0)
        cost = Real(2)

    found = conjuncts(Stricter(), Free())
    assert sorted(name for name, _ in found) == ["Aligned", "Benign", "Corrigible", "Stricter"]
    assert found[-1][0] == "Stricter"
    assert [z3.is_true(z3.simplify(condition.term)) for _, condition in found] == [True] * 3 + [
        False
    ]
