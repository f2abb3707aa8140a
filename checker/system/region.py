"""Regions: boxes, cut by bounds on a few directions that the invariants name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import attrs
import numpy as np
import z3

from checker.backends.curves import has_curves
from checker.backends.evaluator import BALLS, EXACT, UNDEFINED, compile_terms
from checker.backends.rounding import GRAIN, ceil_to, floor_to
from checker.backends.solver import QueryBudget, connected, constants
from checker.system.problem import Bound, Clause, Problem, bound_on, numeral_value
from checker.system.replay import as_fraction, high_end, low_end
from checker.system.seeds import open_in_seed, some_seeds, unit_corners
from spec.fields import FieldDomain
from spec.invariants import conjuncts
from spec.nature import Choice
from spec.nodes import id_of, name_of, number_in, topological
from spec.terms import numeral
from spec.trace import Position

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

OPTIMUM_SECONDS = 0.2
"""For the end of a box; its domain is taken if the solver needs more."""

MOST_FREE = 10
"""Free numbers of a seed of which all corners are looked at."""
ROUGHLY = 1e-9
BETWEEN = 0.01
"""How far beyond the seeds that were drawn others may lie, of the width of all."""

Box = tuple[tuple[Fraction, Fraction], ...]
"""A closed interval per field, in field order."""


@attrs.frozen
class Region:
    """A box, and the greatest value of each of a position's directions within it."""

    box: Box
    caps: tuple[tuple[z3.ExprRef, Fraction], ...] = ()

    def clauses(self, position: Position) -> tuple[Clause, ...]:
        """One clause for each bound that says more than the domain does."""
        found = []
        for field, symbol, (low, high) in zip(
            position.fields, position.symbols, self.box, strict=True
        ):
            if low > field.low:
                found.append(bound_on(field.name, symbol, ">=", low))
            if not field.reaches_top(high):
                found.append(bound_on(field.name, symbol, "<=", high))
        for term, cap in self.caps:
            name = " ".join(str(term).replace(f"{position.name}.", "").split())
            found.append(bound_on(name, term, "<=", cap))
        return tuple(found)


def pinned(box: Box, values: Mapping[int, Fraction]) -> Box:
    """The part of a box in which some fields, by their indices, have single values."""
    return tuple((values[i], values[i]) if i in values else ends for i, ends in enumerate(box))


def bounds_of(clauses: Iterable[Clause]) -> tuple[Bound, ...]:
    """The bounds among some clauses, as plain data."""
    return tuple(clause.bound for clause in clauses if clause.bound is not None)


def bounded_directions(problem: Problem, position: Position) -> tuple[z3.ExprRef, ...]:
    """The expressions over two or more fields that the carried and claimed invariants bound."""
    conditions = [clause.condition for clause in problem.claimed(position)]
    carried = position.carrier.carries
    conditions += [condition.term for _, condition in conjuncts(carried(), position.record)]
    own = {id_of(symbol) for symbol in position.symbols}
    found: dict[int, z3.ExprRef] = {}
    for node in topological(conditions):
        if not (z3.is_le(node) or z3.is_ge(node)):
            continue
        small, large = node.children() if z3.is_le(node) else reversed(node.children())
        term = z3.simplify(small if z3.is_rational_value(large) else small - large)
        read = {id_of(part) for part in topological([term])} & own
        if len(read) >= 2:
            found[id_of(term)] = term
    return tuple(found.values())


def within_box(
    fields: Sequence[FieldDomain], terms: Sequence[z3.ExprRef], box: Box
) -> list[z3.BoolRef]:
    """That terms for some fields lie in a box, which has no end where it has none in the domain."""
    conditions = []
    for field, term, (low, high) in zip(fields, terms, box, strict=True):
        conditions.append(term >= numeral(low))
        if not field.open_above(high):
            conditions.append(term <= numeral(high))
    return conditions


def contains(outer: Box, inner: Box) -> bool:
    """Whether one box lies within another."""
    return all(a <= c and d <= b for (a, b), (c, d) in zip(outer, inner, strict=True))


def seed_box(problem: Problem) -> Box:
    """A box around the seed, as the corners of what is free in it suggest: without extent, but for
    free parameters and nature's choices."""
    free = open_in_seed(problem)
    if has_curves([*problem.seed, *(end for c in free for end in (c.low, c.high))]):
        return _around_curves(problem, free)
    if not free:
        return tuple((numeral_value(t), numeral_value(t)) for t in problem.seed)
    program = compile_terms((), free, problem.seed).bind(EXACT)
    corners = [
        program((), [EXACT.constant(unit) for unit in corner])[0]
        for corner in unit_corners(len(free), MOST_FREE)
    ]
    exact = [list(map(as_fraction, corner)) for corner in corners if UNDEFINED not in corner]
    box = tuple((min(values), max(values)) for values in zip(*exact, strict=True))
    return box if problem.free_parameters else _widened(problem, box)


def _around_curves(problem: Problem, free: Sequence[Choice]) -> Box:
    """A box around the seeds that holds all of them, by balls; not always a tight one."""
    program = compile_terms((), free, problem.seed).bind(BALLS)
    anywhere = BALLS.constant(Fraction(0)).union(BALLS.constant(Fraction(1)))
    values, _, _ = program((), [anywhere] * len(free))
    return tuple(
        (floor_to(low_end(value), GRAIN), ceil_to(high_end(value), GRAIN))
        if value.is_finite()
        else (field.low, field.high)
        for field, value in zip(problem.agent.fields, values, strict=True)
    )


def _widened(problem: Problem, box: Box) -> Box:
    """The box, wide enough for the seeds between the corners that are drawn."""
    seeds = some_seeds(problem)
    seeds = seeds[np.isfinite(seeds).all(axis=1)]
    found = []
    for (low, high), least, most in zip(box, seeds.min(axis=0), seeds.max(axis=0), strict=True):
        room = max(ROUGHLY, (most - least) * BETWEEN)
        if least < low - ROUGHLY:
            low = floor_to(Fraction(float(least - room)), GRAIN)
        if most > high + ROUGHLY:
            high = ceil_to(Fraction(float(most + room)), GRAIN)
        found.append((low, high))
    return tuple(found)


def ends_of(box: Box) -> tuple[Array, Array]:
    """The ends of a box in floats; infinite where an end is beyond all floats."""
    return np.array([_as_float(a) for a, _ in box]), np.array([_as_float(b) for _, b in box])


def _as_float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def region_of(problem: Problem, position: Position | None = None) -> Box:
    """A box around the states that meet the clauses, of the agent unless told otherwise."""
    agent = position or problem.agent
    read = [constants(clause.condition) for clause in problem.clauses[agent.name]]
    bounded = {name for clause in problem.claimed(agent) for name in constants(clause.condition)}
    bounded |= {name for names in read if len(names) > 1 for name in names}
    box, safe = [], [clause.condition for clause in problem.clauses[agent.name]]
    for field, symbol in zip(agent.fields, agent.symbols, strict=True):
        found = [field.low, field.high]
        if name_of(symbol) not in bounded:  # nothing but its domain bounds the field
            box.append((found[0], found[1]))
            continue
        for top in (False, True):
            optimizer = z3.Optimize()
            QueryBudget(OPTIMUM_SECONDS).bind(optimizer)
            optimizer.add(*connected(safe, symbol))
            goal = optimizer.maximize(symbol) if top else optimizer.minimize(symbol)
            if optimizer.check() == z3.sat:
                _, end, _ = goal.upper_values() if top else goal.lower_values()
                number = number_in(z3.simplify(end))  # of an end that is not reached, the end
                if number is not None:
                    found[top] = min(max(number, field.low), field.high)
        box.append((found[0], found[1]))
    return tuple(box)
