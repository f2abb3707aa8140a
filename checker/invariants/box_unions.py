"""Inductive unions of boxes: where no single convex set will do.

The domain is cut into cells along the thresholds that guards and clauses compare a field with, and
then by halving. Starting at the seed's cell, every cell that the image of a kept cell meets is kept
too (outer approximation on a grid, as in Dellnitz & Hohmann, "A subdivision algorithm", 1997),
until nothing is added, or a cell that breaks a clause is: then all cells are halved. Kept cells are
merged into larger boxes. The result is a plain list of boxes, each put to the solver: one step
leads from it into some box of the list.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

import attrs
import numpy as np
import z3

from checker.backends.comparison import comparison_in
from checker.backends.evaluator import FLOATS
from checker.backends.rounding import ceil_to, floor_to
from checker.backends.solver import Entailment, QueryBudget, follows
from checker.invariants.interval_analysis import RegionSynthesizer, StepTransformer
from checker.system.gaps import gaps
from checker.system.obligations import LIMITS, SEED, Duty, Label, entry, preservation
from checker.system.problem import Clause, Problem, numeral_value
from checker.system.region import Array, Box, Region, ends_of, seed_box, within_box
from spec.nodes import name_of, number_in, topological
from spec.terms import numeral

Index = tuple[int, ...]
Union = tuple[Box, ...]
"""The set of the states in some box of the list."""

MOST_FIELDS = 5
MOST_CELLS = 20_000
MOST_BOXES = 1_000
MOST_LOOKED_AT = 500_000
"""Cells that all images of one search may meet, counted as often as they are met."""
ROUNDS = 12
REPAIRS = 60
CORNERS = 64


@attrs.frozen
class Leak:
    """Where a union failed: the box, the obligation, and what the solver said."""

    box: int
    obligation: Label
    clause: str
    outcome: Entailment


def union_clause(problem: Problem, boxes: Sequence[Box]) -> Clause:
    """That the agent lies in one of the boxes."""
    symbols = problem.agent.symbols
    inside = [z3.And(*within_box(problem.agent.fields, symbols, box)) for box in boxes]
    return Clause(f"one of {len(boxes)} boxes", z3.Or(*inside))


Checked = set[tuple[Box, tuple[Box, ...]]]
"""Boxes from which a step was proved to lead into one of those listed."""


def discharge_union(
    problem: Problem,
    union: Union,
    budget: QueryBudget,
    targets: Sequence[Sequence[int]] | None = None,
    checked: Checked | None = None,
) -> tuple[Label, ...] | Leak:
    """Put the obligations of a union of boxes to the solver, box by box.

    The set is that of the states in the domain and in some box. That a step leads from it into
    itself is asked of every box by itself. Returns the obligations' names, or the first to fail.

    Args:
        problem: the loop, composed to one step.
        union: the boxes.
        budget: limits and counts the queries.
        targets: for each box, which boxes are thought to be reached from it; reaching one of these
            is the stronger conclusion. All boxes, if not told.
        checked: what earlier calls for the same problem proved; it is added to.
    """
    (step,) = problem.steps
    agent = problem.agent
    checked = set() if checked is None else checked
    whole = union_clause(problem, union)
    domain = problem.domain(agent)
    beyond = [c for c in domain if not follows([whole.condition], c.condition, budget).valid]
    leak = _leak_at_the_seed(problem, (*domain, whole), budget)
    if leak is not None:
        return leak
    for number, box in enumerate(union):
        here = (*domain, *Region(box).clauses(agent))
        for clause in problem.claimed(agent):
            outcome = follows([c.condition for c in here], clause.condition, budget)
            if not outcome.valid:
                return Leak(number, LIMITS, clause.label, outcome)
        reached = union if targets is None else tuple(union[i] for i in targets[number])
        if (box, reached) in checked:
            continue
        there = (*beyond, union_clause(problem, reached))
        moves = Label(Duty.PRESERVATION, step.name, 2)
        for gap in gaps(preservation(step, here, there, label=moves), budget):
            return Leak(number, gap.obligation, gap.clause.label, gap.outcome)
        checked.add((box, reached))
    moves = Label(Duty.PRESERVATION, step.name, 2)
    return SEED, moves, attrs.evolve(moves, duty=Duty.WELL_DEFINED), LIMITS


def _leak_at_the_seed(
    problem: Problem, clauses: Sequence[Clause], budget: QueryBudget
) -> Leak | None:
    for gap in gaps(entry(problem, clauses), budget):
        return Leak(-1, SEED, gap.clause.label, gap.outcome)
    return None


def inductive_union(
    problem: Problem, budget: QueryBudget
) -> tuple[Union, tuple[Label, ...]] | None:
    """A union of boxes that was checked to be inductive and within the clauses, or None."""
    if len(problem.agent.fields) > MOST_FIELDS:
        return None
    grid = Grid(problem)
    for _ in range(ROUNDS if len(problem.agent.fields) <= 3 else 2 * ROUNDS):
        if budget.exhausted:
            return None
        cells = grid.closure(budget)
        repairs, checked = 0, set[tuple[Box, Union]]()
        while cells is not None and not budget.exhausted and repairs < REPAIRS:
            boxes = grid.merged(cells)
            if len(boxes) > MOST_BOXES:
                return None
            union = tuple(grid.box(low, high) for low, high in boxes)
            answer = discharge_union(problem, union, budget, grid.targets(boxes), checked)
            if not isinstance(answer, Leak):
                return union, answer
            missing = grid.landing(answer)
            if missing is None or missing in cells:
                break
            repairs += 1
            cells = grid.closure(budget, cells | {missing})
        if not grid.halve():
            return None
    return None


class Grid:
    """Cells of the agent's domain, between consecutive edges of every field."""

    def __init__(self, problem: Problem) -> None:
        (step,) = problem.steps
        self.problem = problem
        self.step = step
        self.fields = problem.agent.fields
        self.transformer: StepTransformer = RegionSynthesizer(problem).transformers[0]
        self.guard = problem.guards[problem.agent.name].bind(FLOATS)
        self.edges = [sorted(self._cuts(i)) for i in range(len(self.fields))]
        self.images: dict[Index, tuple[Index, Index] | None] = {}

    def _cuts(self, index: int) -> set[Fraction]:
        """The ends of a field's domain, and the numbers that something compares it with."""
        field, symbol = self.fields[index], self.problem.agent.symbols[index]
        cuts = {field.low, field.high}
        if field.kind != "real":  # a cell for every whole number
            most = 64
            if field.high - field.low <= most:
                halves = range(int(field.low) + 1, int(field.high) + 1)
                cuts |= {Fraction(2 * number - 1, 2) for number in halves}
            return cuts
        roots = [clause.condition for clause in self.problem.clauses[self.problem.agent.name]]
        for node in topological([*roots, *self.step.stage.outputs]):
            if comparison_in(node) is None:
                continue
            for one, other in itertools.permutations(node.children()):
                if one.eq(symbol) and z3.is_rational_value(other):
                    cuts |= {c for c in (numeral_value(other),) if field.low < c < field.high}
        return cuts

    def halve(self) -> bool:
        """Cut every cell in two; only in the field with the fewest cells, if the fields are many.

        Whether there was anything to cut.
        """
        self.images.clear()
        split = [i for i, field in enumerate(self.fields) if field.kind == "real"]
        if len(self.fields) > 3:
            split = sorted(split, key=lambda i: len(self.edges[i]))[:1]
        for index in split:
            edges = self.edges[index]
            middles = [(a + b) / 2 for a, b in itertools.pairwise(edges)]
            self.edges[index] = sorted({*edges, *middles})
        return bool(split)

    def box(self, low: Index, high: Index) -> Box:
        """The box from one cell to another, both included."""
        ends = []
        for edges, field, a, b in zip(self.edges, self.fields, low, high, strict=True):
            bottom, top = edges[a], edges[b + 1]
            if field.kind != "real":
                bottom, top = ceil_to(bottom, Fraction(1)), floor_to(top, Fraction(1))
            ends.append((bottom, top))
        return tuple(ends)

    def closure(self, budget: QueryBudget, start: set[Index] | None = None) -> set[Index] | None:
        """The cells that the seed's cell and the given ones seem to reach; None if one of them
        seems to break a clause, or they are too many."""
        kept = self._cells_of_seeds() if start is None else set(start)
        frontier, looked = kept.copy(), 0
        while frontier:
            if len(kept) > MOST_CELLS or budget.exhausted:
                return None
            self._map([cell for cell in sorted(frontier) if cell not in self.images])
            reached: set[Index] = set()
            for cell in frontier:
                span = self.images[cell]
                if span is None:
                    return None
                looked += math.prod(b - a + 1 for a, b in zip(*span, strict=True))
                if looked > MOST_LOOKED_AT:
                    return None
                reached.update(_between(*span))
            frontier = reached - kept
            kept |= frontier
        return kept

    def _cells_of_seeds(self) -> set[Index]:
        """The cells that the seeds seem to be in: all those that a box around them meets."""
        low, high = (self._cell(ends.tolist()) for ends in ends_of(seed_box(self.problem)))
        return set(_between(low, high))

    def _cell(self, state: Sequence[float]) -> Index:
        found = []
        for value, edges in zip(state, self.edges, strict=True):
            location = int(np.searchsorted([float(e) for e in edges], value, side="right")) - 1
            found.append(min(max(location, 0), len(edges) - 2))
        return tuple(found)

    def _map(self, cells: Sequence[Index]) -> None:
        """Find the cells that each cell's image meets; None for a cell that breaks a clause."""
        if not cells:
            return
        ends = np.array([[(float(a), float(b)) for a, b in self.box(c, c)] for c in cells])
        low, high = ends[:, :, 0], ends[:, :, 1]
        fields, extra = low.shape[1], len(self.step.stage.choices)
        shares = _shares(fields + extra)
        state = low[:, None, :] + shares[None, :, :fields] * (high - low)[:, None, :]
        units = np.broadcast_to(shares[None, :, fields:], (len(cells), len(shares), extra))
        points = np.concatenate([state, units], axis=2).reshape(-1, fields + extra)
        values = self.transformer.outputs(points)[:, :fields].reshape(
            len(cells), len(shares), fields
        )
        middle = 0.5 * (low + high)[:, None, :]
        inward = (middle + (state - middle) * (1 - 1e-9)).reshape(-1, fields)
        truths, _, _ = self.guard(inward.T, ())
        safe: Array = np.ones(len(inward), dtype=bool)
        for truth in truths:
            safe &= np.broadcast_to(np.asarray(truth, dtype=bool), len(inward))
        safe = np.asarray(safe.reshape(len(cells), len(shares)).all(axis=1))
        bottom, top = values.min(axis=1), values.max(axis=1)
        floor, ceiling = self._domain_ends()
        good = safe & np.isfinite(bottom).all(axis=1) & np.isfinite(top).all(axis=1)
        tiny = 1e-9 * (ceiling - floor)
        good &= (bottom >= floor - tiny).all(axis=1) & (top <= ceiling + tiny).all(axis=1)
        first = np.zeros((len(cells), fields), dtype=int)
        last = first.copy()
        for i, edges in enumerate(self.edges):
            grid = np.array([float(edge) for edge in edges])
            # what touches an edge belongs to the cell that it is otherwise in
            first[:, i] = np.searchsorted(grid, bottom[:, i] + tiny[i], side="right") - 1
            last[:, i] = np.searchsorted(grid, top[:, i] - tiny[i], side="left") - 1
            first[:, i] = np.clip(first[:, i], 0, len(edges) - 2)
            last[:, i] = np.clip(np.maximum(last[:, i], first[:, i]), 0, len(edges) - 2)
        for row, cell in enumerate(cells):
            span = (tuple(map(int, first[row])), tuple(map(int, last[row])))
            self.images[cell] = span if good[row] else None

    def _domain_ends(self) -> tuple[Array, Array]:
        low = np.array([float(field.low) for field in self.fields])
        return low, np.array([float(field.high) for field in self.fields])

    def merged(self, cells: set[Index]) -> list[tuple[Index, Index]]:
        """The cells as fewer boxes: runs along each field in turn are joined."""
        boxes = [(cell, cell) for cell in cells]
        for axis in reversed(range(len(self.fields))):
            boxes = list(_joined(boxes, axis))
        return sorted(boxes)

    def targets(self, boxes: Sequence[tuple[Index, Index]]) -> list[list[int]]:
        """For each box, the numbers of the boxes that the images of its cells meet."""
        owner = {cell: number for number, box in enumerate(boxes) for cell in _between(*box)}
        found = []
        for box in boxes:
            reached: set[int] = set()
            for cell in _between(*box):
                span = self.images[cell]
                assert span is not None
                reached |= {owner[target] for target in _between(*span)}
            found.append(sorted(reached))
        return found

    def landing(self, leak: Leak) -> Index | None:
        """The cell of the successor that the solver found outside the union."""
        if not leak.outcome.invalid or leak.obligation.step == "":
            return None
        after = _successor(self.problem, leak.outcome.values)
        return None if after is None else self._cell(after)


def _successor(problem: Problem, values: Mapping[str, Fraction]) -> list[float] | None:
    (step,) = problem.steps
    known = [*step.source.symbols, *[choice.symbol for choice in step.stage.choices]]
    pairs = []
    for symbol in known:
        value = values.get(name_of(symbol), Fraction(0))
        exact = z3.IntVal(int(value)) if symbol.is_int() else numeral(value)
        pairs.append((symbol, exact))
    found = []
    for output in step.stage.outputs:
        number = number_in(z3.simplify(z3.substitute(output, *pairs)))
        if number is None:
            return None
        found.append(float(number))
    return found


def _shares(size: int) -> Array:
    """Where in a cell, and where between the bounds of nature's choices, samples are taken."""
    generator = np.random.default_rng(17)
    if 2**size <= CORNERS:
        corners = np.array(list(itertools.product((0.0, 1.0), repeat=size))).reshape(2**size, size)
    else:
        corners = generator.integers(0, 2, size=(CORNERS, size)).astype(float)
    inner = generator.choice([0.0, 0.25, 0.5, 0.75, 1.0], size=(16, size))
    return np.concatenate([corners, np.full((1, size), 0.5), inner])


def _between(low: Index, high: Index) -> Iterator[Index]:
    return itertools.product(*[range(a, b + 1) for a, b in zip(low, high, strict=True)])


def _joined(boxes: Sequence[tuple[Index, Index]], axis: int) -> Iterator[tuple[Index, Index]]:
    def others(box: tuple[Index, Index]) -> tuple[Index, Index]:
        low, high = box
        return low[:axis] + low[axis + 1 :], high[:axis] + high[axis + 1 :]

    def location(box: tuple[Index, Index]) -> int:
        return box[0][axis]

    key: Callable[[tuple[Index, Index]], tuple[Index, Index]] = others
    for _, group in itertools.groupby(sorted(boxes, key=lambda b: (key(b), location(b))), key):
        current: tuple[Index, Index] | None = None
        for low, high in group:
            if current is not None and current[1][axis] + 1 == low[axis]:
                current = (current[0], high)
                continue
            if current is not None:
                yield current
            current = (low, high)
        if current is not None:
            yield current


def hull(union: Sequence[Box]) -> Box:
    """The least box around a union."""
    return tuple(
        (min(low for low, _ in ends), max(high for _, high in ends))
        for ends in zip(*union, strict=True)
    )
