"""Regions: guesses of where a loop can go, by moving the ends of intervals through its steps.

A region is a box, cut by bounds on a few directions (error + malign, say) that the invariants
name. Nothing here decides anything: signs are sampled in floats and ends are moved to the corners
that they suggest. Whatever comes out is a candidate, which ``checker.invariants.certificate`` puts
to the solver.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property, reduce
from typing import Any

import attrs
import numpy as np
import z3

from checker.backends.curves import has_curves
from checker.backends.evaluator import EXACT, FLOATS, UNDEFINED, compile_terms
from checker.backends.rounding import GRAIN, ceil_to, floor_to, shorten_down, shorten_up
from checker.backends.solver import QueryBudget, constants
from checker.system.problem import Problem, Step
from checker.system.region import (
    Array,
    Box,
    Region,
    bounded_directions,
    contains,
    ends_of,
    seed_box,
)
from checker.system.replay import as_fraction
from spec.nodes import name_of
from spec.trace import Position

SAMPLES = 24
MIXED = 2
PATTERNS = 8
"""Colours of inputs up to which every combination of their ends is sampled."""
PATIENCE = 40
"""Iterations between two extrapolations of the ends that still move."""


@attrs.frozen(slots=False)
class StepTransformer:
    """Moves regions through one step. Its outputs are the target's fields, then directions."""

    step: Step
    source_directions: tuple[z3.ExprRef, ...] = ()
    target_directions: tuple[z3.ExprRef, ...] = ()

    @cached_property
    def _terms(self) -> list[z3.ExprRef]:
        stage = self.step.stage
        pairs = list(zip(stage.target.symbols, stage.outputs, strict=True))
        slopes = [z3.substitute(term, *pairs) for term in self.target_directions]
        return [*stage.outputs, *slopes]

    @cached_property
    def _program(self) -> Any:
        stage = self.step.stage
        return compile_terms(stage.source.symbols, stage.choices, self._terms)

    @cached_property
    def _curved(self) -> bool:
        """Whether the step has values that are no fractions."""
        return has_curves(self.step.stage.terms)

    @cached_property
    def reads(self) -> list[list[int]]:
        """Per output, the inputs that its term reads, the bounds of its choices included."""
        stage = self.step.stage
        columns: dict[str, int] = {}
        reached: dict[str, frozenset[int]] = {}
        for symbol in stage.source.symbols:
            columns[name_of(symbol)] = len(columns)
            reached[name_of(symbol)] = frozenset([columns[name_of(symbol)]])
        for choice in stage.choices:
            columns[name_of(choice.symbol)] = len(columns)
            own = frozenset([columns[name_of(choice.symbol)]])
            names = constants(choice.low) | constants(choice.high)
            reached[name_of(choice.symbol)] = own.union(*[reached.get(name, own) for name in names])
        return [
            sorted(frozenset[int]().union(*[reached.get(n, ()) for n in constants(term)]))
            for term in self._terms
        ]

    @cached_property
    def _colours(self) -> Array:
        """A colour per input, such that no output reads two inputs of the same colour.

        Inputs of one colour can be moved at once, and each output still sees one of them move; so
        what is sampled grows with the reach of a field and not with the number of fields.
        """
        size = len(self.step.source.fields) + len(self.step.stage.choices)
        beside: list[set[int]] = [set() for _ in range(size)]
        for read in self.reads:
            for column in read:
                beside[column].update(read)
        colours = np.full(size, -1)
        for column in range(size):
            taken = {int(colours[other]) for other in beside[column]}
            colours[column] = next(c for c in itertools.count() if c not in taken)
        return colours

    @cached_property
    def _floats(self) -> Any:
        return self._program.bind(FLOATS)

    @cached_property
    def _exact(self) -> list[Any]:
        """Per field of the target, its own exact program: an end costs what the field reads."""
        stage, fields = self.step.stage, len(self.step.source.fields)
        programs = []
        for output, read in zip(stage.outputs, self.reads, strict=False):
            choices = [stage.choices[column - fields] for column in read if column >= fields]
            programs.append(compile_terms(stage.source.symbols, choices, [output]).bind(EXACT))
        return programs

    @cached_property
    def slopes(self) -> Array:
        """The coefficients of the source's directions, taken as linear."""
        fields = len(self.step.source.fields)
        if not self.source_directions:
            return np.zeros((0, fields))
        points = np.concatenate([np.zeros((1, fields)), np.eye(fields)])
        values = self.direction_values(points)
        slopes: Array = (values[1:] - values[0]).T
        return slopes

    @cached_property
    def _direction_program(self) -> Any:
        return compile_terms(self.step.source.symbols, (), self.source_directions).bind(FLOATS)

    def direction_values(self, points: Array) -> Array:
        """The source's directions at many points."""
        with np.errstate(all="ignore"):
            values, _, _ = self._direction_program(points.T[: len(self.step.source.fields)], ())
        return _columns(values, len(points))

    def outputs(self, points: Array) -> Array:
        """The outputs at many points (columns: source fields, then nature's units)."""
        fields = len(self.step.source.fields)
        with np.errstate(all="ignore"):
            outputs, _, _ = self._floats(points.T[:fields], points.T[fields:])
        return _columns(outputs, len(points))

    def signs(self, low: Array, high: Array) -> Array:
        """Per output and input: +1 rises, -1 falls, 0 ignores, MIXED, as far as samples tell."""
        size = len(low)
        base = low + _shares(size, (0.0, 1.0, 0.5, 0.25, 0.9), SAMPLES, size) * (high - low)
        colours = self._colours
        count = int(colours.max()) + 1 if size else 0
        below = np.repeat(base[:, None, :], count, axis=1)
        above = below.copy()
        index = np.arange(size)
        below[:, colours, index], above[:, colours, index] = low, high
        points = np.concatenate([below.reshape(-1, size), above.reshape(-1, size)])
        values = self.outputs(points)
        values = values.reshape(2, SAMPLES, count, values.shape[1])
        with np.errstate(all="ignore"):  # a division by zero is infinite, and has no sign
            change = values[1] - values[0]
            tiny = 1e-12 * (1 + np.abs(values).max(axis=(0, 1, 2)))
            rises, falls = (change > tiny).any(axis=0), (change < -tiny).any(axis=0)
        by_colour = np.where(rises & falls, MIXED, rises.astype(int) - falls.astype(int)).T
        found = np.zeros((len(self.reads), size), dtype=int)
        for row, read in enumerate(self.reads):
            found[row, read] = by_colour[row, colours[read]]
        return found

    def image(self, low: Array, high: Array, caps: Array) -> tuple[Array, Array, Array]:
        """The ends of the outputs over a region of fields, nature's units anywhere."""
        low, high = self._with_units(low, high)
        signs = self.signs(low, high)
        rising = signs > 0
        corners = [np.where(rising, high, low), np.where(rising, low, high)]
        count = int(self._colours.max()) + 1 if len(low) else 0
        if (signs == MIXED).any() and count <= PATTERNS:  # every corner of what each output reads
            tops = np.array(list(itertools.product((False, True), repeat=count)))
            corners.append(np.where(tops[:, self._colours], high, low))
        shares = _shares(7, (0.0, 1.0, 0.0, 1.0, 0.5), 64, len(low))
        points = np.concatenate([*corners, low + shares * (high - low)])
        values = self.outputs(self.cut(points, low, high, caps))
        fields = len(self.step.target.fields)
        return (
            values[:, :fields].min(axis=0),
            values[:, :fields].max(axis=0),
            values[:, fields:].max(axis=0),
        )

    def cut(self, points: Array, low: Array, high: Array, caps: Array) -> Array:
        """The points moved within the caps, fields in order and in reverse order."""
        if not len(caps):
            return points
        moved = []
        for order in (range(self.slopes.shape[1]), reversed(range(self.slopes.shape[1]))):
            cut, fields = points.copy(), list(order)
            for row, cap in enumerate(caps):
                excess = self.direction_values(cut)[:, row] - cap
                for field in fields:
                    slope = self.slopes[row, field]
                    if slope:
                        end = low[field] if slope > 0 else high[field]
                        room = np.abs(cut[:, field] - end)
                        step = np.clip(excess / abs(slope), 0, room)
                        cut[:, field] -= np.sign(slope) * step
                        excess = excess - step * abs(slope)
            moved.append(cut)
        return np.concatenate(moved)

    def _with_units(self, low: Array, high: Array) -> tuple[Array, Array]:
        extra = len(self.step.stage.choices)
        return np.concatenate([low, np.zeros(extra)]), np.concatenate([high, np.ones(extra)])

    def exact_image(self, box: Box) -> Box | None:
        """A box's image with exact ends, rounded outward when they grow long; None if undefined."""
        low, high = ends_of(box)
        signs = self.signs(*self._with_units(low, high))
        if (signs == MIXED).any() or self._curved:
            a, b, _ = self.image(low, high, np.zeros(0))
            if not (np.isfinite(a).all() and np.isfinite(b).all()):
                return None
            return tuple(
                (
                    floor_to(Fraction(float(x)) - GRAIN, GRAIN),
                    ceil_to(Fraction(float(y)) + GRAIN, GRAIN),
                )
                for x, y in zip(a, b, strict=True)
            )
        ends = []
        for row in range(len(self.step.target.fields)):
            pair = [self.at_corner(row, box, (signs[row] > 0) == top) for top in (False, True)]
            found = [value for value in pair if value is not None]
            if len(found) < len(pair):
                return None
            ends.append((shorten_down(min(found)), shorten_up(max(found))))
        return tuple(ends)

    def at_corner(self, row: int, box: Box, upper: Sequence[bool]) -> Fraction | None:
        """An output at a corner of a box: for each field, then each of nature's choices, whether it
        is at its upper end; None where the output is undefined."""
        fields, units = [EXACT.constant(Fraction(0))] * len(box), []
        for column in self.reads[row]:
            if column < len(box):
                fields[column] = EXACT.constant(box[column][bool(upper[column])])
            else:
                units.append(EXACT.constant(Fraction(bool(upper[column]))))
        outputs, _, _ = self._exact[row](fields, units)
        return None if outputs[0] is UNDEFINED else as_fraction(outputs[0])


@cache
def _shares(seed: int, values: tuple[float, ...], rows: int, columns: int) -> Array:
    """How far between its ends each input lies at each point that is sampled: drawn once."""
    drawn: Array = np.random.default_rng(seed).choice(values, size=(rows, columns))
    drawn.flags.writeable = False
    return drawn


@attrs.frozen(slots=False)
class RegionSynthesizer:
    """Guesses inductive regions for a problem."""

    problem: Problem

    @cached_property
    def directions(self) -> dict[str, tuple[z3.ExprRef, ...]]:
        """For each position, the expressions over several fields that the invariants bound."""
        return {p.name: bounded_directions(self.problem, p) for p in self.problem.traced.positions}

    @cached_property
    def transformers(self) -> list[StepTransformer]:
        """One per step."""
        return [
            StepTransformer(
                step, self.directions[step.source.name], self.directions[step.target.name]
            )
            for step in self.problem.steps
        ]

    @cached_property
    def _guards(self) -> dict[str, Any]:
        return {name: program.bind(FLOATS) for name, program in self.problem.guards.items()}

    def chain(self, iterations: int, budget: QueryBudget | None = None) -> list[Box]:
        """Where the first iterations can go: the seed, then one box after every step.

        Ends early where a clause seems to break, a box is beyond all floats, or the budget is used
        up.
        """
        boxes = [seed_box(self.problem)]
        for transformer in itertools.chain.from_iterable(
            itertools.repeat(self.transformers, iterations)
        ):
            if budget is not None and budget.exhausted:
                break
            image = transformer.exact_image(boxes[-1])
            if image is None:
                break
            low, high = ends_of(image)
            if not np.isfinite([low, high]).all() or not self.seems_safe(transformer, low, high):
                break
            boxes.append(image)
        return boxes

    def seems_safe(
        self, transformer: StepTransformer, low: Array, high: Array, caps: Array | None = None
    ) -> bool:
        """Whether every sampled corner of a region meets the clauses of the step's target."""
        size = len(low)
        if size <= 8:
            shares = np.array(list(itertools.product((0.0, 1.0), repeat=size)))
        else:
            shares = _shares(3, (0.0, 1.0), 256, size)
        inward = shares + (0.5 - shares) * 1e-9  # a touch inside, so that rounding cannot mislead
        points = low + inward * (high - low)
        if caps is not None:  # only asked of the loop's end, which is also its start
            points = self.transformers[0].cut(points, low, high, caps)
        truths, _, _ = self._guards[transformer.step.target.name](points.T, ())
        return all(bool(np.all(truth)) for truth in truths)

    def inflate(
        self, start: Box, margin: float, most: int = 400, budget: QueryBudget | None = None
    ) -> dict[str, Region] | None:
        """A region per position that the loop, started in ``start``, should not leave.

        Every step is widened by ``margin`` (of a field's domain, at most 1), so that regions are
        mapped strictly inside themselves and rounding cannot hurt (epsilon-inflation, as in Rump,
        "Verification methods", 2010). Ends that keep moving are extrapolated, and sent to the end
        of the domain when they do not slow down. None where that takes more than ``most`` turns or
        than the budget allows.
        """
        low, high = ends_of(start)
        cut = len(low)
        caps = self._caps_over(start)
        ends = np.concatenate([-low, high, caps])  # every entry is an upper bound
        origin, before = ends, np.zeros_like(ends)
        for turn in range(1, most + 1):
            if budget is not None and budget.exhausted:
                return None
            low, high, caps = -ends[:cut], ends[cut : 2 * cut], ends[2 * cut :]
            shapes = self._around(low, high, caps, margin)
            if shapes is None:
                return None
            last = shapes[-1]
            grown = np.maximum(np.maximum(origin, ends), np.concatenate([-last[0], *last[1:]]))
            moved = grown - ends
            if moved.max() <= margin * 1e-3:
                return self._rounded([(low, high, caps), *shapes[:-1]], margin)
            if turn % PATIENCE == 0:
                grown = grown + further(moved, before)
            low, high = self._clamped(self.problem.agent, -grown[:cut], grown[cut : 2 * cut])
            before, ends = moved, np.concatenate([-low, high, grown[2 * cut :]])
            if not self.seems_safe(self.transformers[-1], low, high, ends[2 * cut :]):
                return None
        return None

    def sharpen(self, start: Box, margin: float, turns: int = 400) -> dict[str, Region] | None:
        """The same as ``inflate``, extrapolating by Aitken's method every few turns.

        Near a threshold plain iteration creeps towards the region. Where the ends move along a
        convex curve, the usual case, extrapolation from two moves stays below their limit.
        """
        low, high = ends_of(start)
        cut = len(low)
        origin = ends = np.concatenate([-low, high, self._caps_over(start)])
        before = np.inf
        for turn in range(turns):
            low, high, caps = -ends[:cut], ends[cut : 2 * cut], ends[2 * cut :]
            shapes = self._around(low, high, caps, margin)
            if shapes is None:
                return None
            last = shapes[-1]
            change = np.maximum(origin, np.concatenate([-last[0], *last[1:]])) - ends
            size = float(np.abs(change).max())
            if size <= margin * 1e-2:
                return self._rounded([(low, high, caps), *shapes[:-1]], margin)
            if not self.seems_safe(self.transformers[-1], low, high, caps):
                return None
            ratio = size / before
            leaps = turn % 4 == 3 and ratio < 1 - 1e-12
            ends = ends + (change / (1 - ratio) if leaps else change)
            before = size if turn % 4 != 3 else np.inf
        return None

    def seems_inductive(self, regions: Mapping[str, Region]) -> bool:
        """Whether sampled images of the regions stay within them; a filter before a proof."""
        start = seed_box(self.problem)
        if not contains(regions[self.problem.agent.name].box, start):
            return False
        for transformer in self.transformers:
            region, target = (
                regions[transformer.step.source.name],
                regions[transformer.step.target.name],
            )
            caps = np.array([float(cap) for _, cap in region.caps])
            low, high, tops = transformer.image(*ends_of(region.box), caps)
            bottom, top = ends_of(target.box)
            most = np.array([float(cap) for _, cap in target.caps])
            if not all(np.isfinite(ends).all() for ends in (low, high, tops)):
                return False
            if (low < bottom).any() or (high > top).any() or (tops > most).any():
                return False
        return True

    def _caps_over(self, start: Box) -> Array:
        if not self.directions[self.problem.agent.name]:
            return np.zeros(0)
        transformer, (low, high) = self.transformers[0], ends_of(start)
        corners = np.where(transformer.slopes > 0, high, low)
        return np.diagonal(transformer.direction_values(corners)).copy()

    def _around(
        self, low: Array, high: Array, caps: Array, margin: float
    ) -> list[tuple[Array, Array, Array]] | None:
        shapes = []
        for transformer in self.transformers:
            low, high, caps = transformer.image(low, high, caps)
            if not all(np.isfinite(ends).all() for ends in (low, high, caps)):
                return None
            fields = transformer.step.target.fields
            scale = np.array([min(1.0, float(s.high - s.low)) * (s.kind == "real") for s in fields])
            low, high = self._clamped(
                transformer.step.target, low - margin * scale, high + margin * scale
            )
            caps = caps + margin
            shapes.append((low, high, caps))
        return shapes

    @staticmethod
    def _clamped(position: Position, low: Array, high: Array) -> tuple[Array, Array]:
        bottom = np.array([float(field.low) for field in position.fields])
        top = np.array([float(field.high) for field in position.fields])
        return np.clip(low, bottom, top), np.clip(high, bottom, top)

    def _rounded(
        self, shapes: Sequence[tuple[Array, Array, Array]], margin: float
    ) -> dict[str, Region]:
        grain = GRAIN
        while grain * 160 <= Fraction(margin):
            grain *= 10
        rounded = {}
        for position, (low, high, caps) in zip(self.problem.traced.positions, shapes, strict=True):
            box = tuple(
                (
                    max(field.low, floor_to(Fraction(float(a)), grain)),
                    min(field.high, ceil_to(Fraction(float(b)), grain)),
                )
                for field, a, b in zip(position.fields, low, high, strict=True)
            )
            bounds = [ceil_to(Fraction(float(cap)), grain) for cap in caps]
            terms = self.directions[position.name]
            rounded[position.name] = Region(box, tuple(zip(terms, bounds, strict=True)))
        return rounded


def sampled_signs(problem: Problem, *boxes: Box) -> Array:
    """Which way each output of a one-step problem moves with each field and choice, in any of the
    boxes."""
    step = RegionSynthesizer(problem).transformers[0]
    units = len(problem.steps[0].stage.choices)
    found = []
    for box in boxes:
        low, high = ends_of(box)
        ends = np.concatenate([low, np.zeros(units)]), np.concatenate([high, np.ones(units)])
        found.append(step.signs(*ends))
    return reduce(either, found)


def either(first: Array, second: Array) -> Array:
    """What either of two samples says of signs; ``MIXED`` where they clash."""
    clash = (first != 0) & (second != 0) & (first != second)
    return np.where(clash, MIXED, np.where(first == 0, second, first))


def further(moved: Array, before: Array) -> Array:
    """How much further an end should go: geometrically if its steps shrink, else everywhere."""
    with np.errstate(all="ignore"):
        ratio = np.where(before > 0, moved / before, 0.0)
        ahead = np.where(ratio < 0.999, moved * ratio / (1 - ratio) * 1.01, 1e9)
    return np.where(moved > 0, np.nan_to_num(ahead, nan=1e9, posinf=1e9), 0.0)


def _columns(values: Sequence[Any], count: int) -> Array:
    """What a program gave at many points, a column each; a constant is the same at all of them."""
    table = np.empty((count, len(values)))
    for column, value in enumerate(values):
        table[:, column] = value
    return table
