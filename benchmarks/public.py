"""Questions from published models, each at its threshold, just within it and just beyond.

The maps are written anew from the formulas of their sources. Each rises in its one field on the
interval that is kept, so that the answer is that of one run and its fixed point.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import attrs

from benchmarks.question import Label, Question, State, System, question, ranges
from benchmarks.theory import climbs, first_break, keeps_box, keeps_interval, rises

F = Fraction
ZERO = F(0)
DISTANCES = (F(0), F(1, 1000), F(1, 10**6))
"""Relative to the threshold. At 0 and 1/1000 within it is safe, at the last two beyond unsafe."""


@attrs.frozen
class Model:
    """A map of one number with a parameter and a known threshold.

    Args:
        name: of the model.
        source: where the model and its threshold are from.
        system: the loop at a value of the parameter.
        threshold: the last safe value.
        harmful: whether greater values are worse.
        kept: the interval that the map keeps at every safe value near the threshold.
        degree: of the map, a polynomial.
    """

    name: str
    source: str
    system: Callable[[Fraction], System]
    threshold: Fraction
    harmful: bool
    kept: tuple[Fraction, Fraction]
    degree: int

    def ask(self, distance: Fraction, label: Label) -> Question:
        """The question at a distance from the threshold."""
        outward = (label == "unsafe") == self.harmful
        value = self.threshold * (1 + distance if outward else 1 - distance)
        system = self.system(value)

        def theory() -> int | None:
            if label == "safe":
                keeps_interval(system, *self.kept, self.degree)
                return None
            climbs(system, self.degree)
            rises(system, system.seed[0], system.limit, self.degree)
            return first_break(system, rising=True)

        side = "at its end" if not distance else f"{float(distance):.0e}"
        where = "within" if label == "safe" else "beyond"
        name = f"{self.name}: {side}" + (f" {where}" if distance else "")
        why = f"{self.source}: the last safe value is {self.threshold}"
        return question(name, "public", system, label, why, theory, distance)


def of_one(
    step: Callable[[Fraction, State], State], limit: Fraction, seed: Fraction = ZERO
) -> Callable[[Fraction], System]:
    """Systems of one number in [0, 1]."""

    def system(value: Fraction) -> System:
        return System(ranges(["x"], 0, 1), (), (seed,), lambda s, x: step(value, s), limit)

    return system


def epidemic(rate: Fraction, s: State) -> State:
    return (s[0] + rate * s[0] * (1 - s[0]) - s[0] / 5,)


def harvest(taken: Fraction, s: State) -> State:
    left = 1 - s[0]
    return (1 - (left + left * (1 - left) - taken),)


def branching(two: Fraction, s: State) -> State:
    return (1 - two + two * s[0] ** 2,)


def percolation(bond: Fraction, s: State) -> State:
    return ((1 - bond + bond * s[0]) ** 3,)


def wrong_of_five(error: Any) -> Any:
    return 10 * error**3 - 15 * error**4 + 6 * error**5


def gates(noise: Fraction, s: State) -> State:
    return (noise + (1 - 2 * noise) * wrong_of_five(s[0]),)


def square(added: Fraction, s: State) -> State:
    return (s[0] ** 2 + added,)


def concatenated(failure: Fraction) -> System:
    return System(ranges(["x"], 0, 1), (), (failure,), lambda s, x: (21 * s[0] ** 2,), F(1, 2))


TWO_FIFTHS = F(2, 5)
FIVE = (TWO_FIFTHS - wrong_of_five(TWO_FIFTHS)) / (1 - 2 * wrong_of_five(TWO_FIFTHS))

MODELS = (
    Model(
        "epidemic without immunity",
        "Allen, Some discrete-time SI, SIR and SIS epidemic models (1994)",
        of_one(epidemic, F(1, 2), F(1, 100)),
        F(2, 5),
        True,
        (F(0), F(1, 2)),
        2,
    ),
    Model(
        "constant harvest",
        "the Schaefer model with constant harvest, a saddle node",
        of_one(harvest, F(1, 2)),
        F(1, 4),
        True,
        (F(0), F(1, 2)),
        2,
    ),
    Model(
        "extinction of a branching process",
        "Harris, The theory of branching processes (1963)",
        of_one(branching, F(1, 2)),
        F(2, 3),
        False,
        (F(0), F(1, 2)),
        2,
    ),
    Model(
        "finite clusters on a Bethe lattice",
        "Fisher and Essam, Some cluster size and percolation problems (1961)",
        of_one(percolation, F(1, 8)),
        F(4, 7),
        False,
        (F(0), F(1, 8)),
        3,
    ),
    Model(
        "noisy gates of five inputs",
        "Evans and Schulman, On the maximum tolerable noise of k-input gates (2003)",
        of_one(gates, TWO_FIFTHS),
        FIVE,
        True,
        (F(0), TWO_FIFTHS),
        5,
    ),
    Model(
        "square and add",
        "Douady and Hubbard: the cusp of the Mandelbrot set",
        of_one(square, F(1, 2)),
        F(1, 4),
        True,
        (F(0), F(1, 2)),
        2,
    ),
    Model(
        "concatenated codes",
        "Preskill, Reliable quantum computers (1998)",
        concatenated,
        F(1, 21),
        True,
        (F(0), F(1, 21)),
        2,
    ),
)


def inverting(noise: str, label: Label) -> Question:
    """Two wires through noisy gates that invert, from Evans and Pippenger, On the maximum tolerable
    noise for reliable computation by formulas (1998). They stay a tenth apart up to the root
    0.08792066... of 796 x^2 - 1196 x + 99."""
    value = F(noise)

    def step(s: State, x: State) -> State:
        up, down = s
        rest = 1 - 2 * value
        return (value + rest * (1 - down**2), value + rest * (1 - up**2))

    system = System(
        ranges(["up", "down"], 0, 1), (), (F(1), F(0)), step, F(9, 10), lambda s: (1 - s[0] + s[1],)
    )

    def theory() -> int | None:
        if label == "unsafe":
            return first_break(system)
        up, down, grain = F(1), F(0), 10**9
        for _ in range(4000):  # towards the fixed point from the better side
            up, down = (F(round(v * grain), grain) for v in step((up, down), ()))
        room = F(1, 10**6)  # along the direction in which errors shrink least
        more = room * F(math.isqrt(10**6 * int(grain * up) // int(grain * down)), 1000)
        keeps_box(system, ((up - room, F(1)), (F(0), down + more)))
        return None

    why = "the fixed point is a tenth apart at 0.08792066..., from where on it is nearer"
    name = f"inverting gates, noise {noise}"
    return question(name, "public", system, label, why, theory, None, agents=2)


def _models() -> tuple[Question, ...]:
    found = []
    for model in MODELS:
        found += [model.ask(distance, "safe") for distance in DISTANCES[:2]]
        found += [model.ask(distance, "unsafe") for distance in DISTANCES[1:]]
    return tuple(found)


QUESTIONS: tuple[Question, ...] = (
    *_models(),
    inverting("1/20", "safe"),
    inverting("87/1000", "safe"),
    inverting("879/10000", "safe"),
    inverting("88/1000", "unsafe"),
    inverting("89/1000", "unsafe"),
    inverting("1/10", "unsafe"),
)
