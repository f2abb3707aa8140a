"""The tests of every kind of statement share these loops of one field."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings

from spec import (
    Agent,
    Bool,
    Expert,
    I,
    Invariant,
    Loop,
    Nature,
    Parameters,
    Real,
    Scheme,
    between,
    budget,
    minimum,
    parameter,
)

F = Fraction
FEW = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class Teacher(Expert[I]):
    error: Real = between(0, 1, "probability of a wrong answer")


class AtMost(Invariant):
    """The error is at most the limit."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="1/2")

    def holds(self, memory: Memory[Any] | Teacher[Any]) -> Bool:
        return memory.error <= self.error


class Noise(Parameters):
    noise: Real = parameter("1/10", 0, "1/2", "noise of one iteration")


class Halves(Parameters):
    slip: Real = parameter("1/100", 0, 1, "imperfection of amplification")
    blur: Real = parameter("1/100", 0, 1, "imperfection of distillation")


def clean(p: Any) -> Memory[AtMost]:
    return Memory(error=Real(0))


def loop(step: Callable[..., Memory[Any]]) -> Loop[Noise, Memory[AtMost]]:
    return Loop[Noise, Memory[AtMost]]("loop", parameters=Noise, seed=clean, step=step)


def affine(slope: Fraction, push: Fraction) -> Loop[Noise, Memory[AtMost]]:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=slope * memory.error + nature.choose("push", at_most=push))

    return loop(step)


def vote(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    return Memory(error=3 * memory.error**2 - 2 * memory.error**3)


def anchored(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    wrong = 3 * memory.error**2 - 2 * memory.error**3
    return Memory(error=minimum(1, p.noise + wrong / 3))


def halves(amplifier: int, distiller: int) -> Scheme[Halves, Memory[AtMost], Teacher[AtMost]]:
    return halved(lambda slip: amplifier * slip, lambda blur: distiller * blur)


def halved(
    amplifier: Callable[[Real], Real],
    distiller: Callable[[Real], Real],
    seed: Callable[[Halves], Memory[AtMost]] = clean,
) -> Scheme[Halves, Memory[AtMost], Teacher[AtMost]]:
    """Half of an error is kept; each half of the loop adds what its imperfection amounts to."""

    def amplify(memory: Memory[I], p: Halves, nature: Nature) -> Teacher[I]:
        return Teacher(error=minimum(1, memory.error / 2 + amplifier(p.slip)))

    def distill(teacher: Teacher[I], p: Halves, nature: Nature) -> Memory[I]:
        blur = nature.choose("blur", at_most=distiller(p.blur))
        return Memory(error=minimum(1, teacher.error + blur))

    return Scheme[Halves, Memory[AtMost], Teacher[AtMost]](
        "halves", parameters=Halves, seed=seed, amplify=amplify, distill=distill
    )
