"""Budgets: the least numbers at which an invariant covers a set, which state a proof."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

import attrs
import z3

from checker.backends.comparison import comparison_in
from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms
from checker.backends.rounding import ceil_to, floor_to
from checker.system.problem import Clause, Problem
from checker.system.region import Region
from checker.system.replay import as_fraction
from spec.invariants import Invariant, conjuncts, limits_of, with_symbolic_budgets
from spec.nodes import id_of, topological
from spec.terms import numeral
from spec.trace import Position

GRAIN = Fraction(1, 10**6)


@attrs.frozen
class Budgets:
    """Values by budget name, and the invariant at those values as clauses."""

    values: Mapping[str, Fraction]
    clauses: tuple[Clause, ...]


def budgets_of(problem: Problem, position: Position, region: Region | None) -> Budgets:
    """Budgets at which the carried and the claimed invariants cover the region.

    Without a region, the claimed limits. A budget that is compared to an expression gets that
    expression's extreme value over the box's corners, rounded up to a millionth; the result is a
    candidate that the solver confirms with everything else.
    """
    values: dict[str, Fraction] = {}
    clauses: list[Clause] = []
    limit = problem.limit
    carried = position.carrier.carries
    classes: list[type[Invariant]] = [carried]
    if not issubclass(carried, type(limit)) and position.name == problem.agent.name:
        classes.append(type(limit))
    for cls in classes:
        invariant, symbols = with_symbolic_budgets(cls, f"budget of {position.name}")
        found = conjuncts(invariant, position.record)
        limits = limits_of(limit) if issubclass(cls, type(limit)) else {}
        if region is not None:
            limits |= _covering([c.term for _, c in found], symbols, position, region)
        pairs = [(symbols[name], numeral(value)) for name, value in limits.items()]
        for label, condition in found:
            read = {id_of(node) for node in topological([condition.term])}
            if all(name in limits for name, s in symbols.items() if id_of(s) in read):
                clauses.append(Clause(label, z3.substitute(condition.term, *pairs)))
        values |= limits
    return Budgets(values, tuple(clauses))


def _covering(
    conditions: Sequence[z3.BoolRef],
    symbols: Mapping[str, z3.ExprRef],
    position: Position,
    region: Region,
) -> dict[str, Fraction]:
    values: dict[str, Fraction] = {}
    for node in topological(conditions):
        said = comparison_in(node)
        if said is None or said.strict:
            continue
        small, large, _ = said
        for name, symbol in symbols.items():
            if large.eq(symbol):
                found = _extremes(small, position, region)
                if found is not None:
                    most = ceil_to(found[1], GRAIN)
                    values[name] = max(values.get(name, most), most)
            elif small.eq(symbol):
                found = _extremes(large, position, region)
                if found is not None:
                    least = floor_to(found[0], GRAIN)
                    values[name] = min(values.get(name, least), least)
    return values


def _extremes(
    term: z3.ExprRef, position: Position, region: Region
) -> tuple[Fraction, Fraction] | None:
    """The least and greatest value of a term over the corners of the fields it reads, the
    greatest cut to the region's cap if the term is one of its directions."""
    read = {id_of(node) for node in topological([term])}
    free = [i for i, symbol in enumerate(position.symbols) if id_of(symbol) in read]
    if len(free) > 6:
        return None
    try:
        program = compile_terms(position.symbols, (), [term]).bind(EXACT)
    except (NotImplementedError, KeyError):
        return None
    values = []
    for tops in itertools.product((0, 1), repeat=len(free)):
        state = [low for low, _ in region.box]
        for index, top in zip(free, tops, strict=True):
            state[index] = region.box[index][top]
        (value,), _, _ = program([EXACT.constant(v) for v in state], ())
        if value is UNDEFINED:
            return None
        values.append(as_fraction(value))
    caps = [cap for direction, cap in region.caps if direction.eq(z3.simplify(term))]
    return min(values), min([max(values), *caps])
