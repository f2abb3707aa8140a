"""What a question is: a loop written once, what it must keep, the right answer and why.

A ``System`` is an ordinary Python function on numbers. Given symbols of the language it yields the
claim that the solvers get; given fractions it is the plain loop, on which the labels rest.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal

import attrs

import spec
from spec import (
    Agent,
    Bool,
    Claim,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    all_of,
    between,
    budget,
)

Label = Literal["safe", "unsafe"]
State = Sequence[Any]
Step = Callable[[State, State], State]


@attrs.frozen
class Range:
    """A named number between two ends: a field's domain, or what nature may choose."""

    name: str
    low: Fraction
    high: Fraction


@attrs.frozen(eq=False)
class System:
    """A loop: ``state = step(state, choices)`` from ``seed``, each choice anywhere in its range.

    It is safe if after every number of iterations each number of ``watched(state)`` is at most
    ``limit`` and each field is in its range.
    """

    fields: tuple[Range, ...]
    choices: tuple[Range, ...]
    seed: tuple[Fraction, ...]
    step: Step
    limit: Fraction
    watched: Callable[[State], State] = attrs.field(default=lambda state: state[:1])

    def safe(self, state: Sequence[Fraction]) -> bool:
        """Whether a state keeps what it must."""
        inside = (r.low <= v <= r.high for r, v in zip(self.fields, state, strict=True))
        return all(inside) and all(value <= self.limit for value in self.watched(state))


@attrs.frozen(eq=False)
class Chain:
    """The same question as a parametric Markov chain: is P(ever failed) at most ``limit`` for
    every value of the parameters? ``prism`` is the model, with the label "failed"."""

    prism: str
    region: str
    limit: Fraction


@attrs.frozen(eq=False)
class Question:
    """A claim, the right answer, and why it is right.

    ``theory`` checks the reason in exact arithmetic, without the checker, and raises
    AssertionError where it fails; for an unsafe claim it returns the iteration of the first
    violation of the run it follows, if it follows one. ``distance`` is how far the question is from
    the nearest one with the other answer, relative to the threshold (0: the last safe value).
    """

    name: str
    family: str
    claim: Claim
    label: Label
    why: str
    theory: Callable[[], int | None]
    distance: Fraction | None = None
    agents: int = 1
    system: System | None = None
    chain: Chain | None = None


class Nothing(Parameters):
    """No parameters: their values are numbers in the step."""


class Within(Invariant):
    """Everything watched stays within the limit."""

    limit: Real = budget(0, 1000, "the most that is allowed", limit=1)

    def holds(self, agent: Any) -> Bool:
        return all_of(*[value <= self.limit for value in agent.watched()])


def claim_of(name: str, system: System, label: Label) -> Claim:
    """The system in the language, as a claim."""
    names = [field.name for field in system.fields]

    def values(agent: Any) -> State:
        return tuple(getattr(agent, field) for field in names)

    def body(namespace: dict[str, Any]) -> None:
        for field in system.fields:
            namespace[field.name] = between(field.low, field.high)
        namespace["watched"] = lambda agent: system.watched(values(agent))

    base: Any = Agent
    cls: Any = types.new_class("State", (base[spec.I],), exec_body=body)

    def seed(p: Nothing) -> Any:
        return cls(**dict(zip(names, system.seed, strict=True)))

    def step(agent: Any, p: Nothing, nature: Nature) -> Any:
        chosen = tuple(
            nature.choose(c.name, at_least=c.low, at_most=c.high) for c in system.choices
        )
        return cls(**dict(zip(names, system.step(values(agent), chosen), strict=True)))

    loop = Loop[Nothing, cls[Within]](name, parameters=Nothing, seed=seed, step=step)
    expected: Literal["proved", "refuted"] = "proved" if label == "safe" else "refuted"
    return Claim(name, loop, Within(limit=Real(system.limit)), expected=expected)


def question(
    name: str,
    family: str,
    system: System,
    label: Label,
    why: str,
    theory: Callable[[], int | None],
    distance: Fraction | None = None,
    chain: Chain | None = None,
    agents: int = 1,
) -> Question:
    """A question about a system."""
    claim = claim_of(name, system, label)
    return Question(name, family, claim, label, why, theory, distance, agents, system, chain)


def ranges(names: Sequence[str], low: int | str, high: int | str) -> tuple[Range, ...]:
    """The same range for several names."""
    return tuple(Range(name, Fraction(low), Fraction(high)) for name in names)


# What a step may do besides arithmetic, on symbols and on numbers alike. Where an interval leaves
# a condition undecided (None), both branches are covered.


def when(condition: Any, yes: Any, no: Any) -> Any:
    """``yes`` where the condition holds, else ``no``."""
    if isinstance(condition, Bool):
        return spec.when(condition, yes, no)
    if condition is None:
        return spread(yes).hull(spread(no))
    return yes if condition else no


def minimum(a: Any, b: Any) -> Any:
    """The lesser of two numbers."""
    if isinstance(a, Real) or isinstance(b, Real):
        return spec.minimum(a, b)
    if isinstance(a, Interval) or isinstance(b, Interval):
        a, b = spread(a), spread(b)
        return Interval(min(a.low, b.low), min(a.high, b.high))
    return b if b < a else a


def maximum(a: Any, b: Any) -> Any:
    """The greater of two numbers."""
    return -minimum(-a, -b)


# ---------------------------------------------------------------------------------------------


@attrs.frozen
class Interval:
    """A closed interval of rationals. Arithmetic on it covers every value of the operands."""

    low: Fraction
    high: Fraction

    def hull(self, other: Interval) -> Interval:
        """The least interval that covers both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def outward(self, grain: Fraction) -> Interval:
        """The interval with its ends rounded outward to multiples of ``grain``."""
        return Interval((self.low // grain) * grain, -((-self.high) // grain) * grain)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Any) -> Interval:
        o = spread(other)
        return Interval(self.low + o.low, self.high + o.high)

    def __sub__(self, other: Any) -> Interval:
        return self + -spread(other)

    def __rsub__(self, other: Any) -> Interval:
        return spread(other) - self

    def __mul__(self, other: Any) -> Interval:
        o = spread(other)
        by = (o.low,) if o.low == o.high else (o.low, o.high)
        ends = [a * b for a in (self.low, self.high) for b in by]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Any) -> Interval:
        o = spread(other)
        assert o.low > 0 or o.high < 0, "division by an interval with 0"
        return self * Interval(1 / o.high, 1 / o.low)

    def __rtruediv__(self, other: Any) -> Interval:
        return spread(other) / self

    def __pow__(self, exponent: int) -> Interval:
        a, b = self.low**exponent, self.high**exponent
        if exponent % 2 == 0 and self.low < 0 < self.high:
            return Interval(Fraction(0), max(a, b))
        return Interval(min(a, b), max(a, b))

    __radd__ = __add__
    __rmul__ = __mul__

    def __le__(self, other: Any) -> bool | None:
        o = spread(other)
        return True if self.high <= o.low else (False if self.low > o.high else None)

    def __lt__(self, other: Any) -> bool | None:
        o = spread(other)
        return True if self.high < o.low else (False if self.low >= o.high else None)

    def __ge__(self, other: Any) -> bool | None:
        return spread(other) <= self

    def __gt__(self, other: Any) -> bool | None:
        return spread(other) < self


def spread(value: Any) -> Interval:
    """The value as an interval."""
    if isinstance(value, Interval):
        return value
    exact = value if type(value) is Fraction else Fraction(value)
    return Interval(exact, exact)
