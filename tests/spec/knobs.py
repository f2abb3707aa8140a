"""The tests of the language share this small loop and its agents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import z3
from hypothesis import settings
from hypothesis import strategies as st

from spec import (
    Agent,
    Bool,
    Count,
    Expert,
    I,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    Unvetted,
    between,
    flag,
    parameter,
    structural,
    whole,
)
from spec.trace import Traced, trace


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


class AnyAgent(Agent[I]):
    """A class without fields: an arbitrary set."""


ZERO = z3.RatVal(0, 1)
REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=200)


RATIONAL = st.fractions(-20, 20, max_denominator=12)
