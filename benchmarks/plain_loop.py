"""A question as a plain Python loop with a contract, for CrossHair. ``SYSTEM`` is the question.

Without choices the loop is in exact fractions. Nature's choices are floats, because CrossHair fails
on symbolic fractions; a counterexample counts only if ``breaks`` says so in exact fractions.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import attrs

from benchmarks.question import Range, System

SYSTEM = System((), (), (), lambda state, choices: state, Fraction(0))


def in_floats(system: System) -> System:
    """The same loop in floats."""
    nearest: Any = float

    def rounded(found: Sequence[Range]) -> tuple[Range, ...]:
        return tuple(Range(r.name, nearest(r.low), nearest(r.high)) for r in found)

    return attrs.evolve(
        system,
        fields=rounded(system.fields),
        choices=rounded(system.choices),
        seed=tuple(map(nearest, system.seed)),
        limit=nearest(system.limit),
    )


def allowed(chosen: tuple[Any, ...]) -> bool:
    """Whether nature's choices of one iteration are within their bounds."""
    return all(c.low <= x <= c.high for c, x in zip(SYSTEM.choices, chosen, strict=True))


def chosen_loop(iterations: list[tuple[float, ...]]) -> bool:
    """Nature chooses anew at each iteration.

    pre: all(allowed(chosen) for chosen in iterations)
    post: __return__
    """
    state = SYSTEM.seed
    for chosen in iterations:
        if not SYSTEM.safe(state):
            return False
        state = tuple(SYSTEM.step(state, chosen))
    return SYSTEM.safe(state)


def counted_loop(iterations: int) -> bool:
    """Nature has nothing to choose.

    pre: iterations >= 0
    post: __return__
    """
    state = SYSTEM.seed
    for _ in range(iterations):
        if not SYSTEM.safe(state):
            return False
        state = tuple(SYSTEM.step(state, ()))
    return SYSTEM.safe(state)


def breaks(system: System, iterations: Sequence[Sequence[float]]) -> bool:
    """Whether these choices break the system in exact fractions, each moved to its bounds."""
    state: Sequence[Any] = system.seed
    for chosen in iterations:
        within = zip(system.choices, chosen, strict=True)
        state = system.step(state, [min(max(Fraction(x), c.low), c.high) for c, x in within])
        if not system.safe(state):
            return True
    return False
