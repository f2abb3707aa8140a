"""Seeds that are sets: what nature may choose of the first agent, and the points of the set.

A claim about a set of seeds is that it holds from each of them. A proof quantifies over nature's
choices (``checker.system.obligations``); a run begins at one point, given by where each choice lies
between its bounds.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import attrs
import numpy as np
import z3

from checker.backends.curves import has_curves
from checker.backends.evaluator import EXACT, FLOATS, PLAIN, UNDEFINED, compile_terms
from checker.system.problem import Problem, SeedChoice
from checker.system.replay import as_fraction
from spec.errors import SpecError, location_of
from spec.scheme import Process
from spec.terms import numeral
from spec.trace import Traced

ZERO, ONE = Fraction(0), Fraction(1)
MOST_CHOICES = 6
"""Choices of a seed of which all corners are looked at."""
DRAWN = 192
"""Points within the set that are looked at beside its corners."""

Point = tuple[Fraction, ...]
"""Where each choice of the seed lies between its bounds, in [0, 1]."""


def begun(problem: Problem, units: Sequence[Fraction]) -> Problem:
    """The same problem from one point of its set of seeds; itself where there is no choice."""
    if not problem.seed_choices:
        return problem
    pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    taken: list[SeedChoice] = []
    for choice, unit in zip(problem.seed_choices, units, strict=True):
        low, high = (z3.substitute(end, *pairs) for end in (choice.low, choice.high))
        inner = low + numeral(unit) * (high - low)
        value = z3.simplify({ZERO: low, ONE: high}.get(unit, inner))
        pairs.append((choice.symbol, value))
        taken.append(SeedChoice(attrs.evolve(choice, low=low, high=high), unit, value))
    sides = tuple(
        attrs.evolve(side, condition=z3.simplify(z3.substitute(side.condition, *pairs)))
        for side in problem.traced.seed_sides
    )
    traced = attrs.evolve(
        problem.traced,
        seed=tuple(z3.simplify(z3.substitute(term, *pairs)) for term in problem.seed),
        seed_sides=sides,
        seed_choices=(),
    )
    return attrs.evolve(problem, traced=traced, began=tuple(taken))


def units_of_seed(problem: Problem, values: Mapping[str, Fraction]) -> Point:
    """Where chosen values of the seed lie between their bounds; as near as can be, outside them."""
    bounds = [end for choice in problem.seed_choices for end in (choice.low, choice.high)]
    backend = PLAIN if has_curves(bounds) else EXACT
    program = compile_terms((), problem.seed_choices, ()).bind(backend)
    units: list[Fraction] = []
    for index, choice in enumerate(problem.seed_choices):
        padded = units + [ZERO] * (len(problem.seed_choices) - index)
        _, low, width = program((), [backend.constant(unit) for unit in padded])
        units.append(unit_at(values[choice.name], low[index], width[index]))
    return tuple(units)


def unit_at(value: Fraction, low: Any, width: Any) -> Fraction:
    """Where a value lies between bounds; as near as can be outside them, and at the lower end where
    they meet or are undefined."""
    if low is UNDEFINED or width is UNDEFINED or not width:
        return ZERO
    return min(ONE, max(ZERO, (value - as_fraction(low)) / as_fraction(width)))


def unit_corners(count: int, most: int) -> Iterator[Point]:
    """The corners of a cube, all of up to ``most`` dimensions; of more, so many drawn at random."""
    if count <= most:
        yield from itertools.product((ZERO, ONE), repeat=count)
        return
    yield (ZERO,) * count
    yield (ONE,) * count
    for row in np.random.default_rng(20186).integers(0, 2, size=(2**most, count)):
        yield tuple(Fraction(int(unit)) for unit in row)


def corners(problem: Problem) -> Iterator[Point]:
    """The corners of the choices, all at their low ends first."""
    return unit_corners(len(problem.seed_choices), MOST_CHOICES)


def points(problem: Problem) -> list[Point]:
    """Points of the set: its corners, its middle, and others at random; the one point of no set."""
    found = dict.fromkeys(corners(problem))
    if problem.seed_choices:
        found[(Fraction(1, 2),) * len(problem.seed_choices)] = None
        size = (DRAWN, len(problem.seed_choices))
        for row in np.random.default_rng(20187).integers(0, 17, size=size):
            found[tuple(Fraction(int(unit), 16) for unit in row)] = None
    return list(found)


def seeds_in_floats(problem: Problem, units: Sequence[Point]) -> Any:
    """The seeds at some points of the set, a row each."""
    table = np.array([[float(unit) for unit in point] for point in units], dtype=float)
    program = compile_terms((), problem.seed_choices, problem.seed).bind(FLOATS)
    with np.errstate(all="ignore"):
        outputs, _, _ = program((), list(table.reshape(len(units), -1).T))
    found = np.empty((len(units), len(outputs)))
    for column, value in enumerate(outputs):
        found[:, column] = value
    return found


def exact_corners(problem: Problem) -> list[tuple[Fraction, ...]]:
    """The seeds at the corners of the choices, exactly but for curves; the seed where there
    is no choice."""
    curved = has_curves([*problem.seed, *(c.high for c in problem.seed_choices)])
    backend = PLAIN if curved else EXACT
    program = compile_terms((), problem.seed_choices, problem.seed).bind(backend)
    found = []
    for corner in corners(problem):
        outputs, _, _ = program((), [backend.constant(unit) for unit in corner])
        if all(value is not UNDEFINED for value in outputs):
            found.append(tuple(as_fraction(value) for value in outputs))
    return list(dict.fromkeys(found))


def require_a_point(traced: Traced, what: str) -> None:
    """Refuse a seed that is a set, for what is said of one first agent only.

    Raises:
        SpecError: naming nature's first choice in the seed.
    """
    if traced.seed_choices:
        process: Process = traced.process
        raise SpecError(
            f"{what} for a seed that is a set: the seed of {process.name} leaves "
            f'"{traced.seed_choices[0].name}" to nature; make it a parameter, or use `check`',
            location_of(process.seed),
        )
