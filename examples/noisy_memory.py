"""A memory kept by voting: three copies are read, the majority is written back, with noise.

alignspec check examples/noisy_memory.py
alignspec check examples/noisy_memory.py --param noise=9/50
"""

from typing import Any

from spec import Agent, Bool, I, Invariant, Loop, Nature, Parameters, Real
from spec import between, budget, parameter


class Memory(Agent[I]):
    error: Real = between(0, 1, "probability that the stored answer is wrong")


class MostlyRight(Invariant):
    """The stored answer is wrong at most two times in five."""

    error: Real = budget(0, 1, "probability of a wrong answer", limit="2/5")

    def holds(self, memory: Memory[Any]) -> Bool:
        return memory.error <= self.error


class Noise(Parameters):
    noise: Real = parameter("4/25", 0, "1/2", "probability that a written answer is flipped")


def blank(p: Noise) -> Memory[MostlyRight]:
    return Memory(error=Real(0))


def rewrite(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
    wrong = 3 * memory.error**2 - 2 * memory.error**3  # two or three of three copies are wrong
    return Memory(error=p.noise * (1 - wrong) + (1 - p.noise) * wrong)


memory = Loop[Noise, Memory[MostlyRight]]("memory", parameters=Noise, seed=blank, step=rewrite)
