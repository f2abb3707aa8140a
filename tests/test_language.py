"""The language: every trap names its line and its mend, and the typed operators mean what they say.

A trap is a function with one line marked ``# trap``. Springing it must raise a ``SpecError`` that
starts with that line and says what to write instead. Traps are written as someone without mypy
would write them, so their agents are untyped.
"""

from __future__ import annotations

import inspect
import operator
import pickle
import subprocess
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import flint
import pytest
import z3
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker import decide
from checker.backends.evaluator import BALLS, EXACT, FLOATS, UNDEFINED, compile_terms
from checker.system.problem import pose
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
    some,
    structural,
    uninterpreted,
    when,
    whole,
)
from spec.alignment import Aligned, Benign, Trusted
from spec.fields import domain_of, field_domains, symbolic
from spec.invariants import conjuncts, limits_of, satisfied
from spec.nature import Choice
from spec.parameters import settle, symbolic_parameters
from spec.terms import exact, real_term
from spec.trace import Traced, side_conditions, topological, trace

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


@trap("the field Secret._error begins with an underscore", "call it error")
def field_with_an_underscore() -> None:
    class Secret(Agent[I]):  # trap
        _error: Real = between(0, 1)


@trap("Made has an __init__ of its own", "write a function that returns one")
def agent_with_its_own_init() -> None:
    class Made(Agent[I]):
        error: Real = between(0, 1)

        def __init__(self) -> None:  # trap
            pass


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


@trap("Numeric.holds returned a Real;", "return a condition such as agent.malign <= self.malign")
def invariant_that_is_no_condition() -> None:
    class Numeric(Invariant):
        def holds(self, agent: Any) -> Any:  # trap
            return agent.malign

    pose(Claim("numeric", loop(), Numeric()))


@trap("Patient.holds on Small", "Small has no patience; it has error, malign")
def invariant_on_a_field_the_agent_lacks() -> None:
    class Patient(Invariant):
        def holds(self, agent: Any) -> Bool:
            return Bool(agent.patience >= "1/2")  # trap

    pose(Claim("patient", loop(), Patient()))


@trap("symbolic condition", "all_of")
def if_in_an_invariant() -> None:
    class Branching(Invariant):
        def holds(self, agent: Any) -> Bool:
            return agent.error <= 0 or agent.malign <= 0  # type: ignore[no-any-return]  # trap

    pose(Claim("branching", loop(), Branching()))


@trap("Raising.holds on Small raised KeyError: 'patience'")
def invariant_that_raises() -> None:
    class Raising(Invariant):
        def holds(self, agent: Any) -> Bool:
            return Bool(agent.__dict__["patience"])  # trap

    pose(Claim("raising", loop(), Raising()))


@trap("Endless.holds on Small raised RecursionError", "calls itself without end")
def invariant_that_never_ends() -> None:
    class Endless(Invariant):
        def holds(self, agent: Any) -> Bool:
            return self.holds(agent)  # trap

    pose(Claim("endless", loop(), Endless()))


@trap("Proper.holds is a property", "write `def holds(self, agent: ...) -> Bool:`")
def invariant_that_is_a_property() -> None:
    class Proper(Invariant):  # trap
        holds = property(lambda self: True)


@trap("Misspelt says nothing of an agent", "write `def holds(self, agent: ...) -> Bool:`")
def invariant_that_says_nothing() -> None:
    class Misspelt(Invariant):  # trap
        def hold(self, agent: Any) -> Bool:
            return Bool(agent.malign <= 0)


@trap("Unlimited.malign is no budget", "budget(low, high, 'what it bounds', limit=...)")
def invariant_with_a_field_that_is_no_budget() -> None:
    class Unlimited(Invariant):  # trap
        malign: Real = between(0, 1)

        def holds(self, agent: Any) -> Bool:
            return Bool(agent.malign <= self.malign)


class Doubled(Invariant):
    """An invariant with a helper and a class attribute, which nothing may replace."""

    factor = 2
    malign: Real = budget(0, 1, limit="1/10")

    def scaled(self, agent: Any) -> Any:
        return self.factor * agent.malign

    def holds(self, agent: Any) -> Bool:
        return Bool(self.scaled(agent) <= self.malign)


@trap("Halved.scaled replaces that of Doubled", "give it another name")
def helper_that_is_overridden() -> None:
    class Halved(Doubled):
        def scaled(self, agent: Any) -> Any:  # trap
            return agent.malign / 2


@trap("Mixin.scaled replaces that of Doubled", "give it another name")
def helper_that_is_overridden_from_the_side() -> None:
    class Mixin:
        def scaled(self, agent: Any) -> Any:  # trap
            return 0

    class Halved(Mixin, Doubled):
        pass


@trap("Lax.factor replaces that of Doubled", "give it another name")
def constant_that_is_overridden() -> None:
    class Lax(Doubled):  # trap
        factor = 0


@trap("Hidden.malign replaces that of Doubled", "give it another name")
def budget_that_is_overridden_by_a_property() -> None:
    class Hidden(Doubled):  # trap
        malign = property(lambda self: Real(1))


@trap("Loose.malign has the limit 1/2, but 1/10 in Benign", "claim Loose(malign=Real(...))")
def limit_that_is_overridden() -> None:
    class Loose(Benign):  # trap
        malign: Real = budget(0, 1, limit="1/2")


@trap("Both.malign has the limit 1/10, but 1/5 in Other", "give it another name")
def two_limits_of_one_name() -> None:
    class Other(Invariant):
        malign: Real = budget(0, 1, limit="1/5")

        def holds(self, agent: Any) -> Bool:
            return Bool(agent.malign <= self.malign)

    class Both(Benign, Other):  # trap
        pass


@trap("in Claim(...), invariant=the class Benign is no invariant at its limits", "write Benign()")
def claim_of_a_class() -> None:
    Claim("class", loop(), Benign)  # type: ignore[arg-type]  # trap


@trap("in Claim(...), scheme=a Benign is no scheme")
def claim_with_its_arguments_swapped() -> None:
    Claim("swapped", Benign(), loop())  # type: ignore[arg-type]  # trap


@trap("Benign.malign = 2 is outside [0, 1]", "claim a limit within the budget's domain")
def claim_at_a_limit_outside_its_domain() -> None:
    Claim("loose", loop(), Benign(malign=Real(2)))  # trap


@trap("no parameter nois; Knobs has noise, copies")
def claim_at_an_unknown_parameter() -> None:
    Claim("unknown", loop(), Unvetted(), at={"nois": 0})  # trap


@trap("noise = 2 is outside its domain [0, 1]")
def claim_at_a_parameter_outside_its_domain() -> None:
    Claim("outside", loop(), Unvetted(), at={"noise": 2})  # trap


@trap("at noise: the float 0.5 is not exact", 'write "1/2"')
def claim_at_a_float() -> None:
    Claim("float", loop(), Unvetted(), at={"noise": 0.5})  # type: ignore[dict-item]  # trap


@trap("over='copies' is no real parameter of loop; it has noise")
def claim_over_a_structural_parameter() -> None:
    Claim("over", loop(), Unvetted(), over="copies")  # trap


@trap("expert_limit is set, but loop has no expert")
def claim_about_an_expert_that_is_not_there() -> None:
    Claim("expert", loop(), Unvetted(), expert_limit=Unvetted())  # trap


@trap("Counted.lessons wants a Count, not a Real", "keep it whole with plus and times")
def real_in_a_count_field() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        lessons = agent.lessons + 1
        return Counted(doubt=agent.doubt, lessons=lessons, vetted=agent.vetted)  # trap

    def seed(p: Knobs) -> Counted[Unvetted]:
        return Counted(doubt=Real(0), lessons=Count(0), vetted=Bool(True))

    trace(Loop[Knobs, Counted[Unvetted]]("counted", parameters=Knobs, seed=seed, step=step))


@step_trap("FrozenInstanceError", "return a new one that names every field")
def assignment_to_a_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    agent.error = Real(0)  # trap
    return agent


@step_trap("Small has no eror; it has error, malign")
def misspelt_field(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(error=agent.eror, malign=agent.malign)  # trap


@step_trap("Small(...) takes its fields by name", "write Small(error=..., malign=...)")
def fields_without_names(agent: Any, p: Knobs, nature: Nature) -> Any:
    return Small(agent.error, agent.malign)  # type: ignore[call-arg]  # trap


@trap("step reads parameter.noise0, which is none of its arguments")
def number_kept_from_elsewhere() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:  # trap
        return Small(error=Real(z3.Real("parameter.noise0")), malign=agent.malign)

    traced(step)


@trap("Strange.holds reads x, which no agent has")
def invariant_on_a_number_kept_from_elsewhere() -> None:
    class Strange(Invariant):
        def holds(self, agent: Any) -> Bool:  # trap
            return Bool(agent.error <= Real(z3.Real("x")))

    pose(Claim("strange", loop(), Strange()))


@trap("the coupled bound of malign raised AttributeError: Coupled has no eror", "it has error")
def typo_in_a_coupled_bound() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: 1 - agent.eror)  # trap

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real(0), malign=Real(0))

    trace(Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=keep))


@trap("the coupled bound of malign: a condition is used as a number", "write when")
def coupled_bound_that_is_no_number() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: agent.error <= 1)  # trap

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real(0), malign=Real(0))

    trace(Loop[Knobs, Coupled[Unvetted]]("coupled", parameters=Knobs, seed=seed, step=keep))


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_float_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(SpecError, match="is no number; every domain is finite"):
        Real(value)


@trap("a Real is not a whole number", "keep a Count whole with plus and times")
def count_of_a_real() -> None:
    Count(Real(1))  # trap


@trap("1 is not a condition")
def number_and_condition() -> None:
    1 & (Real(1) <= 2)  # type: ignore[operator]  # trap


@trap("structural(5/2, 1, 9) shapes the step", "round them, or use parameter(...)")
def structural_fraction() -> None:
    structural(Fraction(5, 2), 1, 9)  # type: ignore[arg-type]  # trap


@trap("a Count has whole bounds, not 1/2 to 2", "use between(...)")
def count_with_a_fraction_for_a_bound() -> None:
    whole("1/2", 2)  # type: ignore[arg-type]  # trap


@trap("division by zero", "guard the denominator with when(...)")
def division_by_a_count_of_zero() -> None:
    Real(1) / Count(0)  # trap


@trap("division by zero", "guard the denominator with when(...)")
def division_by_a_zero_in_disguise() -> None:
    Real(1) / (Real("1/2") - Real("1/2"))  # trap


@trap('"1e999999999" has more than 300 digits', "write a rounder number")
def number_that_would_fill_the_memory() -> None:
    Real("1e999999999")  # trap


@trap("a constant in step has thousands of digits")
def constant_that_grows_out_of_hand() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:  # trap
        return Small(error=agent.error / Real("1e290") ** 20, malign=agent.malign)

    pose(Claim("huge", loop(step=step), Unvetted()))


@trap("the seed divides by zero at these parameters", "guard the denominator with when(...)")
def seed_that_divides_by_zero() -> None:
    def seed(p: Knobs) -> Small[Unvetted]:  # trap
        return Small(error=1 / (p.noise - "1/10"), malign=Real(0))

    pose(Claim("divided", loop(seed=seed), Unvetted()))


@trap("distinct divides by zero at these parameters", "guard the denominator with when(...)")
def assumption_that_divides_by_zero() -> None:
    def distinct(p: Knobs) -> Bool:  # trap
        return 1 / (p.noise - "1/10") <= 5

    pose(Claim("divided", assuming(distinct), Unvetted()))


@trap("noisy returned a Real; return a condition")
def assumption_that_is_no_condition() -> None:
    def noisy(p: Knobs) -> Any:  # trap
        return p.noise

    pose(Claim("noisy", assuming(noisy), Unvetted()))


def assuming(*conditions: Callable[..., Any]) -> Process:
    return Loop[Knobs, Small[Unvetted]](
        "assuming", parameters=Knobs, seed=perfect, step=keep, assumptions=conditions
    )


@trap('seed of "called" is a Small, not a function', "without calling it")
def seed_that_was_called() -> None:
    seed = cast(Any, Small(error=Real(0), malign=Real(0)))
    Loop[Knobs, Small[Unvetted]]("called", parameters=Knobs, seed=seed, step=keep)  # trap


@trap("has Small in its brackets where its expert's Expert belongs")
def agent_in_the_place_of_an_expert() -> None:
    flat = Scheme[Knobs, Small[Unvetted], Small[Unvetted]](  # type: ignore[type-var]  # trap
        "flat", parameters=Knobs, seed=perfect, amplify=keep, distill=keep
    )
    trace(flat)


@trap("has AnyAgent and SmallExpert in its brackets", "give both fields, or neither")
def fields_on_one_side_only() -> None:
    def seed(p: Knobs) -> AnyAgent[Unvetted]:
        return some(AnyAgent, "seed")

    lopsided = Scheme[Knobs, AnyAgent[Unvetted], SmallExpert[Unvetted]](  # trap
        "lopsided", parameters=Knobs, seed=seed, amplify=keep, distill=keep
    )
    trace(lopsided)


class AnyAgent(Agent[I]):
    """A class without fields: an arbitrary set."""


@trap("AnyAgent() stands for no agent", 'some(AnyAgent, "name")')
def agent_without_fields_out_of_nothing() -> None:
    def seed(p: Knobs) -> AnyAgent[Unvetted]:  # trap
        return AnyAgent()

    trace(Loop[Knobs, AnyAgent[Unvetted]]("nobody", parameters=Knobs, seed=seed, step=keep))


@step_trap('uninterpreted("good") speaks of arbitrary sets, but Small has fields')
def relation_on_a_record_with_fields(agent: Any, p: Knobs, nature: Nature) -> Any:
    return when(uninterpreted("good", agent), agent, agent)  # trap


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


def test_an_error_says_the_same_in_another_process() -> None:
    for error in (SpecError("wrong", "mine.py:3"), SpecError("wrong", "")):
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.message, again.location) == (str(error), "wrong", error.location)


def test_a_place_in_code_without_a_file() -> None:
    """As in a notebook: the place is the cell, and the class needs no source."""
    text = "class Bare(Agent[I]):\n    error: Real\n\nslots_of(Bare)"
    with pytest.raises(SpecError) as caught:
        exec(compile(text, "<cell 3>", "exec"), {**globals(), "slots_of": field_domains})
    assert str(caught.value).startswith("<cell 3>:1: Bare.error has no domain")


@pytest.mark.parametrize(
    ("last_line", "said"),
    [
        ('claim = Claim("c", memory, MostlyRight(error=Real(2)))', "is outside [0, 1]"),
        ('claim = Claim("c", memory, MostlyRight(), at={"nose": 1})', "no parameter nose"),
        ("memory.seed = lambda p: Memory(error=p.nose)", "Noise has no nose; it has noise"),
        ("raise SystemExit", "the file exits while it is read"),
    ],
)
def test_the_command_names_the_line_in_the_file(last_line: str, said: str, tmp_path: Path) -> None:
    text = (ROOT / "examples" / "noisy_memory.py").read_text()
    lines = [*text.replace("import between", "import Claim, between").splitlines(), last_line]
    (tmp_path / "mine.py").write_text("\n".join(lines) + "\n")
    command = [sys.executable, "-c", "from checker.cli import main; main()", "check", "mine.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout
    assert done.stderr.startswith(f"alignspec: mine.py:{len(lines)}: ")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_error_of_the_call_itself_has_no_place() -> None:
    """Neither the installed command nor its caller is the user's specification."""
    target = str(ROOT / "examples" / "noisy_memory.py")
    code = "from checker.cli import main; main()"
    command = [sys.executable, "-c", code, "check", target, "--param", "noise=2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr.startswith("alignspec: noise = 2 is outside its domain")


def test_the_caller_of_the_command_is_no_place(tmp_path: Path) -> None:
    """An error of the engines, with no line of the user's on the way, names no line at all."""
    (tmp_path / "mine.py").write_text(
        "from models.amplification import Preserved, iterated_amplification\n"
        "from spec import Claim\n"
        'claim = Claim("c", iterated_amplification, Preserved(), dropping="luck")\n'
    )
    command = [sys.executable, "-c", "from checker.cli import main; main()", "check", "mine.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith('alignspec: no premise "luck"; drop one of: an aligned start;')


def test_a_place_outside_the_working_folder_is_a_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SpecError) as caught:
        Real(0.1)
    assert caught.value.location.rsplit(":", 1)[0] == str(Path(__file__).resolve())


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
    location = f"tests/test_language.py:{marked_line(step)}"
    assert side.label == f"no division by zero at {location}"
    # It is asked only where the quotient is read: malign = 0 takes the other branch.
    assert z3.is_true(z3.simplify(z3.substitute(side.condition, (z3.Real("agent.malign"), ZERO))))


class Ratio(Invariant):
    ratio: Real = budget(0, 10, limit=1)

    def holds(self, agent: Any) -> Bool:
        return Bool(agent.error / (1 - agent.malign) <= self.ratio)  # trap


def drifting(error: str, malign: Fraction) -> Process:
    """Malign rises by the same amount in every round; error is what it is."""

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=Real(error), malign=minimum(1, agent.malign + malign))

    return loop(step=step)


@given(st.integers(1, 9), st.integers(0, 3))
@settings(derandomize=True, database=None, deadline=None, max_examples=12)
def test_an_invariant_that_divides_by_zero_is_broken_there(rounds: int, more: int) -> None:
    """With no error the ratio is 0 for ever, until its denominator is: then it is no number."""
    broken = decide(Claim("ratio", drifting("0", Fraction(1, rounds)), Ratio())).trace
    assert broken is not None
    assert broken.run.iteration == rounds
    assert broken.run.broken is not None
    assert broken.run.broken.startswith("Ratio: no division by zero at ")
    assert broken.run.broken.endswith(f"test_language.py:{marked_line(Ratio.holds)}")
    # A run whose ratio is too large one round before breaks there, for what the invariant says.
    earlier = decide(Claim("ratio", drifting("1", Fraction(1, rounds + 1)), Ratio())).trace
    assert earlier is not None
    assert (earlier.run.iteration, earlier.run.broken) == (1, "Ratio")


def test_an_invariant_that_divides_is_proved_where_its_denominator_stays_positive() -> None:
    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(
            error=agent.error / 2 + nature.choose("error", at_most=p.noise),
            malign=agent.malign / 2 + nature.choose("malign", at_most="1/4"),
        )

    verdict = decide(Claim("ratio", loop(step=step), Ratio()))
    assert verdict.verdict == "proved"  # error tends to 1/5 and malign to 1/2 at the worst

    # As good a bound on the ratio, but malign may reach 1.
    def reckless(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=Real(0), malign=nature.choose("malign", at_most=1))

    verdict = decide(Claim("ratio", loop(step=reckless), Ratio()))
    assert verdict.verdict == "refuted"


def test_a_guarded_division_in_an_invariant_may_stand() -> None:
    class Guarded(Invariant):
        def holds(self, agent: Any) -> Bool:
            share = when(agent.malign <= 0, 0, agent.error / agent.malign)
            return Bool(share <= 1)

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        malign = nature.choose("malign", at_most=1)
        return Small(error=nature.choose("error", at_most=malign), malign=malign)

    assert decide(Claim("guarded", loop(step=step), Guarded())).verdict == "proved"


def test_a_coupled_bound_that_divides_by_zero_is_broken_there() -> None:
    class Coupled(Agent[I]):
        error: Real = between(0, 1)
        malign: Real = between(0, 1, coupled=lambda agent: (1 - agent.error) / agent.error)

    def seed(p: Knobs) -> Coupled[Unvetted]:
        return Coupled(error=Real("1/2"), malign=Real(0))

    def step(agent: Any, p: Knobs, nature: Nature) -> Any:
        return Coupled(error=maximum(0, agent.error - "1/4"), malign=agent.malign)

    divided = Loop[Knobs, Coupled[Unvetted]]("divided", parameters=Knobs, seed=seed, step=step)
    found = decide(Claim("divided", divided, Unvetted())).trace
    assert found is not None
    assert found.run.iteration == 2
    assert found.run.broken is not None
    assert "no division by zero" in found.run.broken


def test_a_denominator_of_one_sign_is_asked_to_be_of_that_sign() -> None:
    """So that monotone comparison can read it; where both signs occur it stays a disequality."""

    class Signs(Invariant):
        def holds(self, agent: Any) -> Bool:
            up, down = 1 / (1 - agent.malign), 1 / (agent.malign - 1)
            either = 1 / (agent.malign - agent.error)
            return all_of(up <= 100, down <= 100, either <= 100)

    clauses = pose(Claim("signs", loop(), Signs())).claimed(traced(keep).stages[0].source)
    kinds = [c.condition.decl().kind() for c in clauses if "no division" in c.label]
    assert sorted(kinds) == sorted([z3.Z3_OP_GT, z3.Z3_OP_LT, z3.Z3_OP_DISTINCT])


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


@given(st.booleans(), st.booleans())
def test_conditions_combine_with_plain_truth_values_on_either_side(a: bool, b: bool) -> None:
    for combined, wanted in (
        (a & Bool(b), a and b),
        (a | Bool(b), a or b),
        (Bool(a) & b, a and b),
        (Bool(a) | b, a or b),
    ):
        assert z3.is_true(z3.simplify(combined.term)) is wanted


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
        st.tuples(st.sampled_from(["and", "or", "==", "!="]), below, below),
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


def fields_of_tree(tree: Any) -> Any:
    """The tree with every "over" made a plain division, whose denominator may be zero."""
    if not isinstance(tree, tuple):
        return tree
    name, *operands = tree
    return ("/" if name == "over" else name, *map(fields_of_tree, operands))


@given(conditions(4), VALUES)
@settings(REPRODUCIBLE, max_examples=400)
@example(
    ("<=", ("when", ("<=", ("over", 1, "x"), 1), ("over", 1, "y"), 0), 5),
    {"x": Fraction(0), "y": Fraction(0), "n": Fraction(0)},
)
@example(
    ("<=", ("over", 1, ("over", 1, "x")), 5),
    {"x": Fraction(0), "y": Fraction(0), "n": Fraction(0)},
)
def test_a_condition_is_undefined_only_after_a_side_condition_fails(
    tree: Any, values: dict[str, Fraction]
) -> None:
    try:
        typed = evaluate(fields_of_tree(tree), SYMBOLS, TYPED)
    except (SpecError, ZeroDivisionError):
        return  # a zero that is seen where it is written
    condition = typed if isinstance(typed, Bool) else Bool(typed)
    told = [run(side.condition, values, EXACT) for side in side_conditions([condition.term])]
    first = next((truth for truth in told if truth is not True), None)
    found = run(condition.term, values, EXACT)
    if all(told):
        assert found is evaluate_lazily(fields_of_tree(tree), values)
    else:
        assert first is False


def evaluate_lazily(tree: Any, at: Mapping[str, Any]) -> Any:
    """As ``evaluate`` on fractions, but only the branch of a ``when`` that is taken."""
    if isinstance(tree, tuple) and tree[0] == "when":
        test, yes, no = tree[1:]
        return evaluate_lazily(yes if evaluate_lazily(test, at) else no, at)
    if not isinstance(tree, tuple):
        return at[tree] if isinstance(tree, str) else tree
    return PLAIN[tree[0]](*[evaluate_lazily(operand, at) for operand in tree[1:]])


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


def test_a_budget_may_be_said_again_at_the_same_limit() -> None:
    class Narrower(Benign):
        malign: Real = budget(0, "1/5", "the same budget in a smaller domain", limit="1/10")

    assert limits_of(Narrower()) == {"malign": Fraction(1, 10)}
    with pytest.raises(SpecError, match="is outside"):
        limits_of(Narrower(malign=Real("1/4")))


# --- schemes ------------------------------------------------------------------------------------


def test_a_scheme_may_be_subclassed_with_its_brackets() -> None:
    class Fixed(Loop[Knobs, Small[Benign]]):
        """All brackets filled."""

    A = TypeVar("A", bound=Agent[Any])

    class Half(Loop[Knobs, A]):
        """One bracket left open."""

    class Bare(Loop[Any, Any]):
        """Nothing said."""

    seed = cast(Any, perfect)
    fixed = Fixed("fixed", parameters=Knobs, seed=seed, step=keep)
    half = Half[Small[Benign]]("half", parameters=Knobs, seed=seed, step=keep)
    for process in (fixed, half):
        assert (process.agent.cls, process.agent.carries) == (Small, Benign)
        assert len(trace(process).stages) == 1
    with pytest.raises(SpecError, match="in its brackets"):
        trace(Bare("bare", parameters=Knobs, seed=seed, step=keep))


def test_names_in_any_alphabet_serve_every_engine() -> None:
    class Gedächtnis(Agent[I]):
        fehler: Real = between(0, 1)
        größe: Real = between(0, 1)

    class Winzig(Invariant):
        ε: Real = budget(0, 1, limit="1/2")

        def holds(self, agent: Any) -> Bool:
            return Bool(agent.fehler + agent.größe <= self.ε)

    class Störung(Parameters):
        δ: Real = parameter("1/10", 0, 1)

    def anfang(p: Störung) -> Gedächtnis[Winzig]:
        return Gedächtnis(fehler=Real(0), größe=Real(0))

    def schritt(a: Any, p: Störung, nature: Nature) -> Any:
        störung = nature.choose("Störung |λ|", at_most=p.δ)
        return Gedächtnis(fehler=a.fehler / 2 + störung, größe=a.größe**2 + störung / 2)

    process = Loop[Störung, Gedächtnis[Winzig]](
        "Gedächtnis", parameters=Störung, seed=anfang, step=schritt
    )
    assert decide(Claim("gut", process, Winzig())).verdict == "proved"
    broken = decide(Claim("schlecht", process, Winzig(), at={"δ": "1/2"}))
    assert broken.trace is not None
    assert broken.trace.run.iteration == 1
    assert set(broken.trace.run.steps[0].after) == {"fehler", "größe"}


def test_when_chooses_between_agents_without_fields() -> None:
    """A step that keeps a good agent and else trains anything: it preserves goodness only if
    whatever it may train is good."""

    class Good(Invariant):
        def holds(self, agent: Any) -> Bool:
            return uninterpreted("good", agent)

    def seed(p: Knobs) -> AnyAgent[Good]:
        return some(AnyAgent, "seed")

    def careful(agent: Any, p: Knobs, nature: Nature) -> Any:
        return when(uninterpreted("good", agent), agent, nature.related("trains", agent, AnyAgent))

    process = Loop[Knobs, AnyAgent[Good]]("careful", parameters=Knobs, seed=seed, step=careful)
    good, other = z3.Consts("good other", z3.DeclareSort("AnyAgent"))
    (output,) = trace(process).stages[0].outputs
    assert z3.is_app_of(output, z3.Z3_OP_ITE)
    predicate = z3.Function("good", good.sort(), z3.BoolSort())
    source, trained = output.arg(1), output.arg(2)
    solver = z3.Solver()
    solver.add(predicate(source), output != source)
    assert solver.check() == z3.unsat
    solver = z3.Solver()
    solver.add(z3.Not(predicate(source)), output != trained)
    assert solver.check() == z3.unsat
    assert decide(Claim("careful", process, Good())).verdict == "proved"
    assert not source.eq(other)


def test_no_term_of_a_trace_is_an_empty_conjunction() -> None:
    """SMT-LIB has none: a bare ``and`` would be read as a name."""

    def amplify(agent: Any, p: Knobs, nature: Nature) -> Any:
        return SmallExpert(error=agent.error, malign=agent.malign)

    def distill(expert: Any, p: Knobs, nature: Nature) -> Any:
        return Small(error=expert.error, malign=expert.malign)

    both = Scheme[Knobs, Small[Unvetted], SmallExpert[Unvetted]](
        "both", parameters=Knobs, seed=perfect, amplify=amplify, distill=distill
    )
    problem = pose(Claim("both", both, Unvetted()))
    composed = problem.composed()
    terms = [problem.safe(position) for position in problem.traced.positions]
    for stage in (*trace(both).stages, *problem.traced.stages, *composed.traced.stages):
        terms += [stage.constraint, stage.bounds, *(side.condition for side in stage.sides)]
    nobody = symbolic(AnyAgent, "nobody")[0]
    for node in topological([*terms, domain_of(nobody), all_of().term, any_of().term]):
        empty = node.num_args() == 0
        assert not (empty and node.decl().kind() in (z3.Z3_OP_AND, z3.Z3_OP_OR)), node.sexpr()
