"""The tests of comparison share these loops, and compare them both ways."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings

from checker.backends.solver import QueryBudget
from checker.refinement.compared import ComparedScheme, Ranges, Side
from checker.refinement.correspondence import pair
from checker.refinement.refinement import Refinement, refines
from spec import I, Loop, Nature, Process, Real, minimum
from spec.parameters import settle
from tests.parameters.memories import AtMost, Memory, Noise, blank

GENTLE = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
WHOLE = (Fraction(0), Fraction(1, 2))


def loop(name: str, rewrite: Any) -> Process:
    def step(memory: Memory[I], p: Noise, nature: Nature) -> Memory[I]:
        return Memory(error=rewrite(memory.error, p, nature))

    return Loop[Noise, Memory[AtMost]](name, parameters=Noise, seed=blank, step=step)


def contraction(name: str, slope: Fraction, low: Fraction, high: Fraction) -> Process:
    """slope * error + x with x in [low, high]."""
    return loop(
        name,
        lambda e, p, nature: e * slope + nature.choose("slip", at_least=low, at_most=high),
    )


def both(left: Process, right: Process, over: Ranges) -> tuple[Refinement, Refinement]:
    one = ComparedScheme(left, settle(left.parameters, {}), Side.LEFT)
    two = ComparedScheme(right, settle(right.parameters, {}), Side.RIGHT)
    pairing = pair(left, right)
    found = []
    for a, b, links in ((one, two, pairing.links), (two, one, pairing.swapped().links)):
        found.append(refines(a, b, links, over, QueryBudget(2.0, time.monotonic() + 30)))
    return found[0], found[1]


def confirm(e: Real, p: Noise, nature: Nature) -> Real:
    return minimum(1, e**2 + p.noise)
