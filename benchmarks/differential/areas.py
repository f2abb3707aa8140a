"""Maps of random schemes, held against the oracle at points of their boxes.

Two numbers of a scheme stand open, and a map of them is drawn. What a box says it says of all its
points, corners too, and so of the scheme with the two numbers in place, of which the oracle knows
something of its own.
"""

from __future__ import annotations

import itertools
import random
import time
import traceback
from collections.abc import Iterator, Sequence
from fractions import Fraction

import attrs

from benchmarks.differential import oracle
from benchmarks.differential.edges import ASIDE, OPEN, at, means_something, opened, wrong_of
from benchmarks.differential.language import claim_of
from benchmarks.differential.machines import Machine
from checker.parameters.partition import DecidedCell, Partition, draw_map
from checker.system.parametric import Cell
from spec.statements.base import Answer

BESIDE = "beside"
"""What the second number that stands open is called."""
BOXES = 8
"""Boxes of a map that are looked at, drawn if there are more."""
INSIDE = 2
"""Points drawn within a box, beside its corners."""


@attrs.frozen
class AreaOutcome:
    """What became of one map.

    ``problem`` is a disagreement or a crash; ``proved``, ``refuted`` and ``open`` are shares of the
    area in percent, and ``told`` says of how many points the oracle could say which way it is.
    """

    number: int
    kind: str
    proved: float
    refuted: float
    open: float
    told: int
    seconds: float
    problem: str = ""


def judge_area(number: int, timeout: float, most: int = oracle.LONG) -> AreaOutcome | None:
    """Draw the map of the scheme of a number, and compare; None if no two numbers can stand
    open."""
    given = opened(number, OPEN, BESIDE)
    if given is None:
        return None
    machine, free = given
    started = time.perf_counter()
    try:
        claim = claim_of(f"random {number}", machine, *free)
        found = draw_map(claim, {OPEN: None, BESIDE: None}, undecided=0, timeout=timeout)
    except Exception:
        took = time.perf_counter() - started
        return AreaOutcome(number, machine.kind, 0, 0, 100, 0, took, traceback.format_exc())
    took = time.perf_counter() - started
    problem, told = contradiction(machine, found, number, most, min(ASIDE, timeout))
    kinds = (Answer.PROVED, Answer.REFUTED, Answer.UNKNOWN)
    proved, refuted, left = (round(100 * float(found.area(answer)), 3) for answer in kinds)
    return AreaOutcome(number, machine.kind, proved, refuted, left, told, took, problem)


def judged_areas(numbers: Sequence[int], timeout: float) -> list[AreaOutcome]:
    """The outcomes of the schemes in which two numbers can stand open."""
    found = (judge_area(number, timeout) for number in numbers)
    return [outcome for outcome in found if outcome is not None]


def contradiction(
    machine: Machine, found: Partition, number: int, most: int, aside: float = ASIDE
) -> tuple[str, int]:
    """How a map contradicts the oracle, or a verdict at one point, if it does; and how many points
    the oracle spoke of."""
    draw, spoken = random.Random(number), 0
    for box in looked_at(found, draw):
        claimed, alone = box.decided.answer is Answer.PROVED, False
        for x, y in points(box.cell, draw):
            here = at(at(machine, x), y, BESIDE)
            if not means_something(here):
                continue
            truth = oracle.told(here, number, most)
            knows = truth.first_break is not None or truth.exact
            spoken += knows
            if not knows and alone:  # a verdict takes long, and one for each box will do
                continue
            alone |= not knows
            wrong = wrong_of(here, claimed, truth, aside)
            if wrong:
                said = "holds" if claimed else "breaks"
                return f"{said} at ({x}, {y}), it says, and {wrong}", spoken
    return "", spoken


def looked_at(found: Partition, draw: random.Random) -> list[DecidedCell]:
    """The boxes of a map that are looked at."""
    return draw.sample(found.boxes, min(BOXES, len(found.boxes)))


def points(cell: Cell, draw: random.Random) -> Iterator[tuple[Fraction, ...]]:
    """The corners of a cell, and points within."""
    yield from dict.fromkeys(itertools.product(*cell))
    for _ in range(INSIDE):
        yield tuple(low + Fraction(draw.randint(1, 63), 64) * (high - low) for low, high in cell)
