"""These loops of one field have a noise that is left free, and one has a budget to split."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

from hypothesis import HealthCheck, settings

from checker.parameters.found_threshold import FoundThreshold
from checker.parameters.threshold import threshold
from spec import (
    Agent,
    Bool,
    Claim,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    between,
    budget,
    minimum,
    parameter,
)

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class AtMost(Invariant):
    """The error is at most the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error


class Below(Invariant):
    """The error is below the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error < self.error


class Noise(Parameters):
    noise: Real = parameter(0, 0, "1/2", "probability of a flip")
    other: Real = parameter("1/4", 0, 1, "something else")


Rewrite = Callable[[Real, Noise, Nature], Real]


def blank(p: Noise) -> Memory[Any]:
    return Memory(error=Real(0))


def half(p: Noise) -> Memory[Any]:
    return Memory(error=Real("1/2"))


def claim(rewrite: Rewrite, limit: Any, kind: Any = AtMost, seed: Any = blank) -> Claim:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=rewrite(memory.error, p, nature))

    scheme = Loop[Noise, Memory[kind]]("memory", parameters=Noise, seed=seed, step=step)
    return Claim("memory", scheme, kind(error=Real(limit)))


def wrong_votes(copies: int, error: Any) -> Any:
    """P(most of an odd number of independent copies are wrong), of a Real or a Fraction."""
    return sum(
        comb(copies, n) * error**n * (1 - error) ** (copies - n)
        for n in range(copies // 2 + 1, copies + 1)
    )


def majority(copies: int) -> Rewrite:
    def rewrite(error: Real, p: Noise, nature: Nature) -> Real:
        wrong: Real = Real(0) + wrong_votes(copies, error)
        return p.noise * (1 - wrong) + (1 - p.noise) * wrong

    return rewrite


def power(exponent: int) -> Rewrite:
    return lambda error, p, nature: minimum(1, error**exponent + p.noise)


class Split(Agent[I]):
    error: Real = between(0, 1, "mistakes")
    malign: Real = between(0, 1, "treachery")


class SumWithin(Invariant):
    """Mistakes and treachery together."""

    wrong: Real = budget(0, 2, "probability", limit="249/1000")

    def holds(self, agent: Split[Any]) -> Bool:
        return agent.error + agent.malign <= self.wrong


def _split_seed(p: Noise) -> Split[SumWithin]:
    return Split(error=Real(0), malign=Real(0))


def _split(agent: Split[I], p: Noise, nature: Nature) -> Split[I]:
    """The sum tends to the noise: so slowly that few rounds say little, and neither part rises
    alone."""
    departure = nature.choose("departure", at_most=p.noise / 20)
    treachery = nature.choose("treachery", at_most=departure)
    return Split(
        error=minimum(1, "19/20" * agent.malign + departure - treachery),
        malign=minimum(1, "19/20" * agent.error + treachery),
    )


split = Loop[Noise, Split[SumWithin]]("split", parameters=Noise, seed=_split_seed, step=_split)


def split_threshold() -> FoundThreshold:
    return threshold(Claim("split", split, SumWithin()), "noise")
