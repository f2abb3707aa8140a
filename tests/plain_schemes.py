"""These small schemes are shared by the tests of several packages."""

from __future__ import annotations

from typing import Any

from spec import (
    Agent,
    Bool,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Process,
    Real,
    between,
    minimum,
)


class NoParameters(Parameters):
    """None."""


class Pair(Agent[I]):
    a: Real = between(0, 1)
    b: Real = between(0, 1)
    t: Real = between(0, 1)


class LowT(Invariant):
    def holds(self, agent: Pair[Any]) -> Bool:
        return agent.t <= "1/2"


def _pair(p: NoParameters) -> Pair[LowT]:
    return Pair(a=Real(1), b=Real(0), t=Real(0))


def _swap(s: Pair[I], p: NoParameters, nature: Nature) -> Pair[I]:
    return Pair(a=s.b, b=s.a, t=minimum(s.a, s.b))


swap = Loop[NoParameters, Pair[LowT]]("swap", parameters=NoParameters, seed=_pair, step=_swap)


class Learner(Agent[I]):
    capability: Real = between(0, 1)
    error: Real = between(0, 1)


class FewErrors(Invariant):
    def holds(self, agent: Learner[Any]) -> Bool:
        return agent.error <= "5/16"


def _novice(p: NoParameters) -> Learner[FewErrors]:
    return Learner(capability=Real(0), error=Real(0))


def _learn(s: Learner[I], p: NoParameters, nature: Nature) -> Learner[I]:
    return Learner(
        capability=minimum(1, s.capability + "1/4"), error=s.error + (1 - s.capability) / 8
    )


learning = Loop[NoParameters, Learner[FewErrors]](
    "learning", parameters=NoParameters, seed=_novice, step=_learn
)


class Split(Agent[I]):
    x: Real = between(0, 1)
    y: Real = between(0, 1)


class SumWithin(Invariant):
    def holds(self, agent: Split[Any]) -> Bool:
        return agent.x + agent.y <= "1/2"


class SumTighter(Invariant):
    def holds(self, agent: Split[Any]) -> Bool:
        return agent.x + agent.y <= "499/1000"


def _nothing(p: NoParameters) -> Split[SumWithin]:
    return Split(x=Real(0), y=Real(0))


def _split(s: Split[I], p: NoParameters, nature: Nature) -> Split[I]:
    first = nature.choose("to x", at_most="1/4")
    second = nature.choose("to y", at_most="1/4" - first)
    return Split(x=s.x / 2 + first, y=s.y / 2 + second)


splitting = Loop[NoParameters, Split[SumWithin]](
    "splitting", parameters=NoParameters, seed=_nothing, step=_split
)


class Tiny(Agent[I]):
    x: Real = between(0, 1)


class Half(Invariant):
    def holds(self, agent: Tiny[Any]) -> Bool:
        return agent.x <= "1/2"


def nothing_yet(p: NoParameters) -> Tiny[Half]:
    return Tiny(x=Real(0))


def tiny_loop(step: Any) -> Process:
    return Loop[NoParameters, Tiny[Half]](
        "tiny", parameters=NoParameters, seed=nothing_yet, step=step
    )
