"""Inductive boxes, one for each mode: where flags and counts say what comes next.

A loop that audits every fifth round has bounds that hold after an audit and others that hold before
it; no box around all of its states keeps either. The values of the flags and counts are the modes
of the loop (as the locations of a hybrid automaton: Alur et al., "The algorithmic analysis of
hybrid systems", 1995). From the seed on, the box of each mode is moved through the step and joined
to the boxes of the modes that it lands in (interval analysis, Cousot & Cousot 1977), until all
come to rest: ends are rounded outward, so that what converges does, and what keeps moving is
extrapolated.

Where these do not come to rest, or not within the claim, the solver is asked for their ends
(``checker.invariants.mode_ends``). Nothing rests on any of that: the boxes are put to the solver as
a union.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, prod

import numpy as np

from checker.backends.rounding import GRAIN, ceil_to, floor_to
from checker.backends.solver import QueryBudget
from checker.invariants.box_unions import Leak, discharge_union, hull
from checker.invariants.certificate import Certificate
from checker.invariants.interval_analysis import RegionSynthesizer, further
from checker.invariants.mode_ends import MOST_MODES, Mode, edges_of, ends_by_mode, is_discrete
from checker.system.findings import Method
from checker.system.problem import Problem
from checker.system.region import Array, Box, contains, ends_of, seed_box
from spec.fields import FieldDomain

TURNS = 100
PATIENCE = 5
"""Turns between two extrapolations of the ends that still move."""


def has_modes(problem: Problem) -> bool:
    """Whether a loop has fields of few values, and others."""
    return len({is_discrete(field) for field in problem.agent.fields}) == 2


def boxes_by_mode(problem: Problem, budget: QueryBudget) -> Certificate | None:
    """A box for each mode that is reached as a certificate, if the solver finds that they are an
    inductive union within the clauses.

    Args:
        problem: a loop with modes, composed to one step, free parameters anywhere in bounds.
        budget: limits and counts the queries.
    """
    reached = _Reached(problem)
    if reached.rests(budget):
        shown = _shown(problem, reached.boxes, reached.leads, budget)
        if shown is not None:
            return shown
    edges = [] if problem.seed_choices else edges_of(problem)
    ends = ends_by_mode(problem, edges, budget) if edges else None
    if ends is None:
        return None
    leads: dict[Mode, list[Mode]] = {mode: [] for mode in ends}
    for edge in edges:
        leads[edge.source].append(edge.target)
    return _shown(problem, ends, leads, budget)


def _shown(
    problem: Problem,
    boxes: Mapping[Mode, Box],
    leads: Mapping[Mode, Sequence[Mode]],
    budget: QueryBudget,
) -> Certificate | None:
    """The boxes as a certificate, if the solver finds that each leads into those of the modes that
    it is said to, and all are within the clauses."""
    number = {mode: index for index, mode in enumerate(boxes)}
    targets = [sorted({number[after] for after in leads[mode]}) for mode in boxes]
    union = tuple(boxes.values())
    shown = discharge_union(problem, union, budget, targets)
    if isinstance(shown, Leak):
        return None
    held = {problem.agent.name: union}
    return Certificate(Method.BOX_UNION, discharged=shown, boxes=held, form=problem)


class _TooMany(Exception):
    """There are more modes than are looked at."""


class _Reached:
    """The boxes that runs seem to reach, and the modes that each leads to."""

    def __init__(self, problem: Problem) -> None:
        self.fields = problem.agent.fields
        self.seed = seed_box(problem)
        self.synthesizer = RegionSynthesizer(problem)
        (self.step,) = self.synthesizer.transformers
        self.boxes: dict[Mode, Box] = {}
        self.leads: dict[Mode, list[Mode]] = {}
        self.due: set[Mode] = set()

    def rests(self, budget: QueryBudget) -> bool:
        """Whether the boxes come to rest, within the clauses as far as samples tell."""
        try:
            self._join(self._looked_at(self.seed))
            earlier = before = dict(self.boxes)
            for turn in range(1, TURNS + 1):
                if budget.exhausted or not self._turn():
                    return False
                if not self.due:
                    return True
                if turn % PATIENCE == 0:
                    self._leap(before, earlier)
                earlier, before = before, dict(self.boxes)
        except _TooMany:
            pass
        return False

    def _turn(self) -> bool:
        """Move the boxes that grew, in the order in which modes were reached; whether each stays
        within the clauses, and its image within the domain."""
        for mode in list(self.boxes):
            if mode not in self.due:
                continue
            box = self.boxes[mode]
            image = self.step.exact_image(box)
            if image is None or not self._in_domain(image):
                return False
            if not self.synthesizer.seems_safe(self.step, *ends_of(box)):
                return False
            self.due.discard(mode)
            self.leads[mode] = self._join(self._looked_at(image))
        return True

    def _looked_at(self, box: Box) -> Box:
        """A box no further up than engines look: one that reaches so far has no upper end."""
        return tuple(
            (min(low, field.high), min(high, field.high)) if field.unbounded else (low, high)
            for field, (low, high) in zip(self.fields, box, strict=True)
        )

    def _in_domain(self, box: Box) -> bool:
        return all(
            field.holds(low) and field.holds(high)
            for field, (low, high) in zip(self.fields, box, strict=True)
        )

    def _join(self, box: Box) -> list[Mode]:
        """Have the modes that a box lies in cover its parts; those modes."""
        modes = []
        for mode, part in self._split(box):
            modes.append(mode)
            known = self.boxes.get(mode)
            if known is None or not contains(known, part):
                self.boxes[mode] = part if known is None else hull([known, part])
                self.due.add(mode)
        return modes

    def _split(self, box: Box) -> Iterator[tuple[Mode, Box]]:
        """The parts of a box in each mode."""
        ranges = [
            range(ceil(low), floor(high) + 1)
            for field, (low, high) in zip(self.fields, box, strict=True)
            if is_discrete(field)
        ]
        if max(prod(map(len, ranges)), len(self.boxes)) > MOST_MODES:
            raise _TooMany
        for mode in itertools.product(*ranges):
            values = iter(mode)
            yield (
                mode,
                tuple(
                    (Fraction(value := next(values)), Fraction(value))
                    if is_discrete(field)
                    else ends
                    for field, ends in zip(self.fields, box, strict=True)
                ),
            )

    def _leap(self, before: dict[Mode, Box], earlier: dict[Mode, Box]) -> None:
        """Move the ends that still move to where they seem to go."""
        for mode, box in self.boxes.items():
            if mode not in earlier:
                continue
            now, then, once = (_outward(known[mode]) for known in (self.boxes, before, earlier))
            below, above = np.split(further(now - then, then - once), 2)
            ahead = zip(self.fields, box, below.tolist(), above.tolist(), strict=True)
            self.boxes[mode] = tuple(
                (
                    max(field.low, floor_to(low - Fraction(down), _grain(field))) if down else low,
                    min(field.high, ceil_to(high + Fraction(up), _grain(field))) if up else high,
                )
                for field, (low, high), down, up in ahead
            )
            if self.boxes[mode] != box:
                self.due.add(mode)


def _grain(field: FieldDomain) -> Fraction:
    return GRAIN if field.kind == "real" else Fraction(1)


def _outward(box: Box) -> Array:
    """The ends of a box as numbers that grow with it."""
    low, high = ends_of(box)
    return np.concatenate([-low, high])
