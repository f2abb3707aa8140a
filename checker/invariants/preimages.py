"""Affine preimages: the polyhedron of the states from which no run leaves the affine clauses.

A half-space d.x <= c is kept by an affine step exactly where the greatest value of d.F(x, w) over
nature's choices w is at most c, which is a half-space again, its preimage. Adding preimages until
each is implied by the others gives the largest inductive set within the clauses (the maximal
output admissible set: Gilbert & Tan, IEEE Trans. Automatic Control 36, 1991). It is finite where
the step contracts, in whatever norm, so it finds the polygons that boxes cannot express. Where a
step has branches, every branch is asked to keep every half-space. Half-spaces that eigenfunctions
of the step keep are put first: the preimages may come ever nearer to one and never reach it. The
result is a candidate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import attrs
import z3

from checker.backends.comparison import Comparison, comparison_said
from checker.backends.solver import QueryBudget, follows, parts
from checker.invariants.eigenfunctions import eigenfunctions
from checker.system.problem import Problem
from checker.system.region import Region
from checker.system.seeds import exact_corners
from spec.nature import Choice
from spec.nodes import children_of, id_of, kind_of, number_in, topological
from spec.terms import numeral
from spec.trace import Position

Affine = Mapping[int, Fraction]
"""Coefficients by the id of a constant; ``ONE`` has the number without a constant."""

Pieces = list[dict[int, Fraction]] | None
"""The affine expressions that a term takes over its branches; None if some are not affine."""

ONE = -1
MOST_PIECES = 16
MOST_ROWS = 64
MOST_DIGITS = 4_000
STRICT = Fraction(1, 10**9)
"""How far a strict bound is drawn in, so that a closed set can keep it."""


@attrs.frozen
class HalfSpace:
    """The half-space of the states with coefficients . x <= bound."""

    coefficients: tuple[Fraction, ...]
    bound: Fraction

    def term(self, position: Position) -> Any:
        """The left side, its terms in field order."""
        total: Any = None
        for value, symbol in zip(self.coefficients, position.symbols, strict=True):
            if value:
                product: Any = symbol if abs(value) == 1 else numeral(abs(value)) * symbol
                if total is None:
                    total = product if value > 0 else -product
                else:
                    total = total + product if value > 0 else total - product
        return total

    def at(self, state: Sequence[Fraction]) -> Fraction:
        """The left side at a state."""
        return sum((a * x for a, x in zip(self.coefficients, state, strict=True)), Fraction(0))

    def condition(self, position: Position) -> z3.BoolRef:
        """The half-space as a condition on a position's symbols."""
        return self.term(position) <= numeral(self.bound)


def polyhedron(problem: Problem, budget: QueryBudget) -> Region | None:
    """The largest polyhedron within the affine clauses that no branch of the step leaves.

    Only for a problem composed to one step. None where the step is not piecewise affine, the seed
    is outside, or the half-spaces do not come to an end.
    """
    (step,) = problem.steps
    agent = problem.agent
    columns = {id_of(symbol): i for i, symbol in enumerate(agent.symbols)}
    outputs = [affine_pieces(output) for output in step.stage.outputs]
    seeds = exact_corners(problem)
    kept = list(_from_eigenfunctions(outputs, list(columns), seeds))
    todo = list(first_rows(problem, columns))
    while todo:
        row = todo.pop(0)
        if not any(row.coefficients) and row.bound >= 0:
            continue
        if any(row.at(seed) > row.bound for seed in seeds):
            return None
        hypotheses = [other.condition(agent) for other in kept]
        if kept and follows(hypotheses, row.condition(agent), budget).valid:
            continue
        digits = max(len(str(value)) for value in row.coefficients)
        if len(kept) >= MOST_ROWS or digits > MOST_DIGITS or budget.exhausted:
            return None
        kept.append(row)
        fresh = _preimage(row, outputs, step.stage.choices, columns)
        if fresh is None:
            return None
        todo += fresh
    return region(agent, _irredundant(kept, agent, budget))


def _from_eigenfunctions(
    outputs: Sequence[Pieces], columns: Sequence[int], seeds: Sequence[Sequence[Fraction]]
) -> Iterator[HalfSpace]:
    """The half-spaces that the step's eigenfunctions keep, from their values at the seeds."""
    several: list[dict[int, Fraction]] = [{}, {}]  # of a field that is not affine nothing is known
    branches = [several if pieces is None else pieces for pieces in outputs]
    for found in eigenfunctions(branches, columns, ONE):
        ranges = [found.range(seed) for seed in seeds]
        least, most = min(a for a, _ in ranges), max(b for _, b in ranges)
        for sign, end in ((1, most), (-1, -least)):
            affine = dict(zip([*columns, ONE], (sign * v for v in found.row), strict=True))
            affine[ONE] -= end
            row = row_of(affine, {key: place for place, key in enumerate(columns)})
            if row is not None:
                yield row


def _preimage(
    row: HalfSpace,
    outputs: Sequence[Pieces],
    choices: Sequence[Choice],
    columns: Mapping[int, int],
) -> list[HalfSpace] | None:
    """The half-spaces from which no branch of the step leaves a half-space; None if some branch is
    not affine."""
    combined: Pieces = [{ONE: -row.bound}]
    for i, value in enumerate(row.coefficients):
        if value:
            combined = _sum(combined, _scaled(outputs[i], value))
    found = []
    if combined is None:
        return None
    for piece in combined:
        halfspace = row_of(worst(piece, choices), columns)
        if halfspace is None:
            return None
        # a constant branch may be unreachable
        if any(halfspace.coefficients) or halfspace.bound >= 0:
            found.append(halfspace)
    return found


def region(position: Position, rows: Sequence[HalfSpace]) -> Region:
    """The rows as a box, cut by those that read more than one field."""
    low = [field.low for field in position.fields]
    high = [field.high for field in position.fields]
    caps = []
    for row in rows:
        used = [i for i, value in enumerate(row.coefficients) if value]
        if len(used) == 1:
            (i,), slope = used, row.coefficients[used[0]]
            if slope > 0:
                high[i] = min(high[i], row.bound / slope)
            else:
                low[i] = max(low[i], row.bound / slope)
        else:
            caps.append((row.term(position), row.bound))
    return Region(tuple(zip(low, high, strict=True)), tuple(caps))


def _irredundant(
    rows: Sequence[HalfSpace], position: Position, budget: QueryBudget
) -> list[HalfSpace]:
    """The rows without those that the later ones imply."""
    left = list(rows)
    for row in rows:
        others = [other.condition(position) for other in left if other is not row]
        if others and follows(others, row.condition(position), budget).valid:
            left = [other for other in left if other is not row]
    return left


def first_rows(problem: Problem, columns: Mapping[int, int]) -> Iterator[HalfSpace]:
    """The affine clauses, and what the step needs to be defined and to leave nature a choice."""
    (step,) = problem.steps
    choices = step.stage.choices
    for clause in problem.clauses[problem.agent.name]:
        for found in half_spaces(clause.condition):
            row = row_of(found, columns)
            if row is not None:
                yield row
    for number, choice in enumerate(choices):
        for piece in affine_pieces(choice.low - choice.high) or ():
            row = row_of(worst(piece, choices[:number]), columns)
            if row is not None:
                yield row
    for side in step.stage.sides:
        for found in half_spaces(side.condition):
            row = row_of(worst(found, choices), columns)
            if row is not None:
                yield row


def half_spaces(condition: z3.BoolRef) -> Iterator[Affine]:
    """The conjuncts of the form affine <= 0 (several, where the expression has branches)."""
    for part in parts(condition):
        for left, right, strict in comparisons(part):
            for piece in affine_pieces(left - right) or ():
                yield {**piece, ONE: piece.get(ONE, Fraction(0)) + STRICT * strict}


def comparisons(condition: z3.BoolRef) -> list[Comparison]:
    """The inequalities that a condition is: two for an equation; none for one of another kind."""
    if z3.is_eq(condition) and not z3.is_bool(condition.arg(0)):
        low, high = condition.children()
        return [Comparison(low, high, False), Comparison(high, low, False)]
    said = comparison_said(condition)
    return [] if said is None else [said]


def row_of(affine: Affine | None, columns: Mapping[int, int]) -> HalfSpace | None:
    """The half-space affine <= 0, its largest coefficient scaled to 1; None if it reads more."""
    if affine is None:
        return None
    coefficients = [Fraction(0)] * len(columns)
    for key, value in affine.items():
        if key != ONE:
            if key not in columns:
                return None
            coefficients[columns[key]] = value
    scale = max((abs(value) for value in coefficients), default=Fraction(0)) or Fraction(1)
    return HalfSpace(
        tuple(value / scale for value in coefficients), -affine.get(ONE, Fraction(0)) / scale
    )


def worst(affine: Affine, choices: Sequence[Choice]) -> Affine | None:
    """The greatest value over nature's choices, the last first because it may read the others.

    None if a bound that matters is not affine.
    """
    current = dict(affine)
    for choice in reversed(choices):
        slope = current.pop(id_of(choice.symbol), Fraction(0))
        if slope:
            pieces = affine_pieces(choice.high if slope > 0 else choice.low)
            if pieces is None or len(pieces) != 1:
                return None
            for key, value in pieces[0].items():
                current[key] = current.get(key, Fraction(0)) + slope * value
    return current


def affine_pieces(term: z3.ExprRef) -> Pieces:
    """The affine expressions that a term takes over its branches; None if some are not affine."""
    found: dict[int, Pieces] = {}
    for node in topological([term]):
        if z3.is_arith(node):
            found[id_of(node)] = _pieces(node, found)
    return found[id_of(term)]


def _pieces(node: z3.ExprRef, found: Mapping[int, Pieces]) -> Pieces:
    number = number_in(node)
    if number is not None:
        return [{ONE: number}]
    kind = kind_of(node)
    if kind == z3.Z3_OP_UNINTERPRETED:
        return [{id_of(node): Fraction(1)}]
    children = [found[id_of(child)] for child in children_of(node) if z3.is_arith(child)]
    if any(child is None for child in children):
        return None
    if kind == z3.Z3_OP_ITE:
        both = _distinct([piece for branch in children for piece in branch or ()])
        return both if len(both) <= MOST_PIECES else None
    if kind == z3.Z3_OP_TO_REAL:
        return children[0]
    if kind == z3.Z3_OP_UMINUS:
        return _scaled(children[0], Fraction(-1))
    combine = _COMBINE.get(kind)
    return None if combine is None else reduce(combine, children)


def _distinct(pieces: Sequence[dict[int, Fraction]]) -> list[dict[int, Fraction]]:
    seen = {tuple(sorted(piece.items())): piece for piece in pieces}
    return list(seen.values())


def _scaled(pieces: Pieces, factor: Fraction) -> Pieces:
    if pieces is None:
        return None
    return [{key: factor * value for key, value in piece.items()} for piece in pieces]


def _sum(first: Pieces, second: Pieces) -> Pieces:
    if first is None or second is None or len(first) * len(second) > MOST_PIECES:
        return None
    return _distinct(
        [
            {key: a.get(key, Fraction(0)) + b.get(key, Fraction(0)) for key in {**a, **b}}
            for a in first
            for b in second
        ]
    )


def _product(
    first: Pieces,
    second: Pieces,
    *,
    divide: bool,
) -> Pieces:
    """A product with, or a quotient by, a number."""
    if first is None or second is None:
        return None
    if not divide and len(first) == 1 and set(first[0]) <= {ONE}:
        first, second = second, first
    if len(second) != 1 or not set(second[0]) <= {ONE}:
        return None
    factor = second[0].get(ONE, Fraction(0))
    if divide and not factor:
        return None
    return _scaled(first, 1 / factor if divide else factor)


_COMBINE: dict[int, Callable[[Pieces, Pieces], Pieces]] = {
    z3.Z3_OP_ADD: _sum,
    z3.Z3_OP_SUB: lambda a, b: _sum(a, _scaled(b, Fraction(-1))),
    z3.Z3_OP_MUL: lambda a, b: _product(a, b, divide=False),
    z3.Z3_OP_DIV: lambda a, b: _product(a, b, divide=True),
}
