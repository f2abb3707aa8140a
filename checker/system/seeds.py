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
from spec.nature import Choice
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
    return _points_of(problem.seed_choices)


def _points_of(choices: Sequence[Choice]) -> list[Point]:
    found = dict.fromkeys(unit_corners(len(choices), MOST_CHOICES))
    if choices:
        found[(Fraction(1, 2),) * len(choices)] = None
        for row in np.random.default_rng(20187).integers(0, 17, size=(DRAWN, len(choices))):
            found[tuple(Fraction(int(unit), 16) for unit in row)] = None
    return list(found)


def open_in_seed(problem: Problem) -> tuple[Choice, ...]:
    """What is open of where runs begin: the free parameters, and nature's choices."""
    return (*problem.free_parameters, *problem.seed_choices)


def some_seeds(problem: Problem) -> Any:
    """Seeds in floats, a row each: from points of all that is open of them."""
    free = open_in_seed(problem)
    return _in_floats(problem, free, _points_of(free))


def seeds_in_floats(problem: Problem, units: Sequence[Point]) -> Any:
    """The seeds at some points of the set, a row each."""
    return _in_floats(problem, problem.seed_choices, units)


def _in_floats(problem: Problem, free: Sequence[Choice], units: Sequence[Point]) -> Any:
    table = np.array([[float(unit) for unit in point] for point in units], dtype=float)
    program = compile_terms((), free, problem.seed).bind(FLOATS)
    with np.errstate(all="ignore"):
        outputs, _, _ = program((), list(table.reshape(len(units), -1).T))
    found = np.empty((len(units), len(outputs)))
    for column, value in enumerate(outputs):
        found[:, column] = value
    return found


def exact_corners(problem: Problem) -> list[tuple[Fraction, ...]]:
    """The seeds at the corners of all that is open of them, exactly but for curves; the seed where
    nothing is."""
    free = open_in_seed(problem)
    backend = PLAIN if has_curves([*problem.seed, *(c.high for c in free)]) else EXACT
    program = compile_terms((), free, problem.seed).bind(backend)
    found = []
    for corner in unit_corners(len(free), MOST_CHOICES):
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
