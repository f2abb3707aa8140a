"""Regions: guesses of where a loop can go, by moving the ends of intervals through its steps.

A region is a box, cut by bounds on a few directions (error + malign, say) that the invariants
name. Nothing here decides anything: signs are sampled in floats and ends are moved to the corners
that they suggest. Whatever comes out is a candidate that ``checker.certify`` puts to the solver.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

import attrs
import numpy as np
import z3

from checker.compile import EXACT, FLOATS, UNDEFINED, compile_terms
from checker.problem import Clause, Problem, Step, numeral_value
from checker.run import as_fraction
from spec.invariants import conjuncts
from spec.terms import numeral
from spec.trace import Position, topological

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
Box = tuple[tuple[Fraction, Fraction], ...]
"""A closed interval per field, in slot order."""

SAMPLES = 24
MIXED = 2
GRAIN = Fraction(1, 10**12)
PATIENCE = 40
"""Iterations between two extrapolations of the ends that still move."""


@attrs.frozen
class Region:
    """A box, and the greatest value of each of a position's directions within it."""

    box: Box
    caps: tuple[tuple[z3.ExprRef, Fraction], ...] = ()

    def clauses(self, position: Position) -> tuple[Clause, ...]:
        """One clause for each bound that says more than the domain does."""
        found = []
        for slot, symbol, (low, high) in zip(
            position.slots, position.symbols, self.box, strict=True
        ):
            if low > slot.low:
                found.append(Clause(f"{slot.name} >= {low}", symbol >= numeral(low)))
            if high < slot.high:
                found.append(Clause(f"{slot.name} <= {high}", symbol <= numeral(high)))
        for term, cap in self.caps:
            name = str(term).replace(f"{position.name}.", "")
            found.append(Clause(f"{name} <= {cap}", term <= numeral(cap)))
        return tuple(found)


def directions(problem: Problem, position: Position) -> tuple[z3.ExprRef, ...]:
    """The expressions over two or more fields that the carried and claimed invariants bound."""
    conditions = [clause.condition for clause in problem.claimed(position)]
    carried = position.carrier.carries
    conditions += [condition.term for _, condition in conjuncts(carried(), position.record)]
    own = {symbol.get_id() for symbol in position.symbols}
    found: dict[int, z3.ExprRef] = {}
    for node in topological(conditions):
        if not (z3.is_le(node) or z3.is_ge(node)):
            continue
        small, large = node.children() if z3.is_le(node) else reversed(node.children())
        term = z3.simplify(small if z3.is_rational_value(large) else small - large)
        read = {part.get_id() for part in topological([term])} & own
        if len(read) >= 2:
            found[term.get_id()] = term
    return tuple(found.values())


@attrs.frozen(slots=False)
class Mover:
    """Moves regions through one step. Its outputs are the target's fields, then directions."""

    step: Step
    source_directions: tuple[z3.ExprRef, ...] = ()
    target_directions: tuple[z3.ExprRef, ...] = ()

    @cached_property
    def _program(self) -> Any:
        stage = self.step.stage
        pairs = list(zip(stage.target.symbols, stage.outputs, strict=True))
        slopes = [z3.substitute(term, *pairs) for term in self.target_directions]
        return compile_terms(stage.source.symbols, stage.choices, [*stage.outputs, *slopes])

    @cached_property
    def _floats(self) -> Any:
        return self._program.bind(FLOATS)

    @cached_property
    def _exact(self) -> Any:
        return self._program.bind(EXACT)

    @cached_property
    def slopes(self) -> Array:
        """The coefficients of the source's directions, taken as linear."""
        fields = len(self.step.source.slots)
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
            values, _, _ = self._direction_program(points.T[: len(self.step.source.slots)], ())
        columns = [np.broadcast_to(np.asarray(v, float), len(points)) for v in values]
        return np.stack(columns, axis=1)

    def outputs(self, points: Array) -> Array:
        """The outputs at many points (columns: source fields, then nature's units)."""
        fields = len(self.step.source.slots)
        with np.errstate(all="ignore"):
            outputs, _, _ = self._floats(points.T[:fields], points.T[fields:])
        columns = [np.broadcast_to(np.asarray(v, float), len(points)) for v in outputs]
        return np.stack(columns, axis=1)

    def signs(self, low: Array, high: Array) -> Array:
        """Per output and input: +1 rises, -1 falls, 0 ignores, MIXED, as far as samples tell."""
        size = len(low)
        generator = np.random.default_rng(size)
        shares = generator.choice([0.0, 1.0, 0.5, 0.25, 0.9], size=(SAMPLES, size))
        base = low + shares * (high - low)
        below = np.repeat(base[:, None, :], size, axis=1)
        above = below.copy()
        index = np.arange(size)
        below[:, index, index], above[:, index, index] = low, high
        points = np.concatenate([below.reshape(-1, size), above.reshape(-1, size)])
        values = self.outputs(points)
        values = values.reshape(2, SAMPLES, size, values.shape[1])
        with np.errstate(all="ignore"):  # a division by zero is infinite, and has no sign
            change = values[1] - values[0]
            tiny = 1e-12 * (1 + np.abs(values).max(axis=(0, 1, 2)))
            rises, falls = (change > tiny).any(axis=0), (change < -tiny).any(axis=0)
        return np.where(rises & falls, MIXED, rises.astype(int) - falls.astype(int)).T

    def image(self, low: Array, high: Array, caps: Array) -> tuple[Array, Array, Array]:
        """The ends of the outputs over a region of fields, nature's units anywhere."""
        low, high = self._with_units(low, high)
        rising = self.signs(low, high) > 0
        corners = [np.where(rising, high, low), np.where(rising, low, high)]
        generator = np.random.default_rng(7)
        shares = generator.choice([0.0, 1.0, 0.0, 1.0, 0.5], size=(64, len(low)))
        points = np.concatenate([*corners, low + shares * (high - low)])
        values = self.outputs(self.cut(points, low, high, caps))
        fields = len(self.step.target.slots)
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
        if (signs == MIXED).any():
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
        for row in range(len(self.step.target.slots)):
            pair = []
            for top in (False, True):
                upward = [bool((sign > 0) == top) for sign in signs[row]]
                fields = [EXACT.constant(box[i][up]) for i, up in enumerate(upward[: len(box)])]
                units = [EXACT.constant(Fraction(up)) for up in upward[len(box) :]]
                outputs, _, _ = self._exact(fields, units)
                if outputs[row] is UNDEFINED:
                    return None
                pair.append(as_fraction(outputs[row]))
            ends.append((shorten_down(min(pair)), shorten_up(max(pair))))
        return tuple(ends)


def floor_to(value: Fraction, grain: Fraction) -> Fraction:
    """The greatest multiple of ``grain`` at or below the value."""
    return (value // grain) * grain


def ceil_to(value: Fraction, grain: Fraction) -> Fraction:
    """The least multiple of ``grain`` at or above the value."""
    return -((-value) // grain) * grain


def shorten_down(value: Fraction) -> Fraction:
    """The value, or a shorter number just below it."""
    return value if value.denominator < 10**15 else floor_to(value, GRAIN)


def shorten_up(value: Fraction) -> Fraction:
    """The value, or a shorter number just above it."""
    return value if value.denominator < 10**15 else ceil_to(value, GRAIN)


def contains(outer: Box, inner: Box) -> bool:
    """Whether one box lies within another."""
    return all(a <= c and d <= b for (a, b), (c, d) in zip(outer, inner, strict=True))


def seed_box(problem: Problem) -> Box:
    """The seed as a box: without extent, but for parameters that are free."""
    if not problem.knobs:
        return tuple((numeral_value(t), numeral_value(t)) for t in problem.seed)
    program = compile_terms((), problem.knobs, problem.seed).bind(EXACT)
    units = (EXACT.constant(Fraction(0)), EXACT.constant(Fraction(1)))
    corners = [
        [as_fraction(value) for value in program((), corner)[0]]
        for corner in itertools.product(units, repeat=len(problem.knobs))
    ]
    return tuple((min(values), max(values)) for values in zip(*corners, strict=True))


def ends_of(box: Box) -> tuple[Array, Array]:
    """The ends of a box in floats."""
    return np.array([float(a) for a, _ in box]), np.array([float(b) for _, b in box])


@attrs.frozen(slots=False)
class Guesser:
    """Guesses inductive regions for a problem."""

    problem: Problem

    @cached_property
    def _directions(self) -> dict[str, tuple[z3.ExprRef, ...]]:
        return {p.name: directions(self.problem, p) for p in self.problem.traced.positions}

    @cached_property
    def movers(self) -> list[Mover]:
        """One per step."""
        return [
            Mover(step, self._directions[step.source.name], self._directions[step.target.name])
            for step in self.problem.steps
        ]

    @cached_property
    def _guards(self) -> dict[str, Any]:
        return {name: program.bind(FLOATS) for name, program in self.problem.guards.items()}

    def chain(self, iterations: int) -> list[Box]:
        """Where the first iterations can go: the seed, then one box after every step.

        Ends early where a clause seems to break.
        """
        boxes = [seed_box(self.problem)]
        for mover in itertools.chain.from_iterable(itertools.repeat(self.movers, iterations)):
            image = mover.exact_image(boxes[-1])
            if image is None or not self.seems_safe(mover, *ends_of(image)):
                break
            boxes.append(image)
        return boxes

    def seems_safe(self, mover: Mover, low: Array, high: Array, caps: Array | None = None) -> bool:
        """Whether every sampled corner of a region meets the clauses of the mover's target."""
        size = len(low)
        if size <= 8:
            shares = np.array(list(itertools.product((0.0, 1.0), repeat=size)))
        else:
            shares = np.random.default_rng(3).integers(0, 2, size=(256, size)).astype(float)
        inward = shares + (0.5 - shares) * 1e-9  # a touch inside, so that rounding cannot mislead
        points = low + inward * (high - low)
        if caps is not None:  # only asked of the loop's end, which is also its start
            points = self.movers[0].cut(points, low, high, caps)
        truths, _, _ = self._guards[mover.step.target.name](points.T, ())
        return all(bool(np.all(truth)) for truth in truths)

    def inflate(self, start: Box, margin: float, most: int = 400) -> dict[str, Region] | None:
        """A region per position that the loop, started in ``start``, should not leave.

        Every step is widened by ``margin`` (of a field's domain, at most 1), so that regions are
        mapped strictly inside themselves and rounding cannot hurt (epsilon-inflation, as in Rump,
        "Verification methods", 2010). Ends that keep moving are extrapolated, and sent to the end
        of the domain when they do not slow down.
        """
        low, high = ends_of(start)
        cut = len(low)
        caps = self._caps_over(start)
        ends = np.concatenate([-low, high, caps])  # every entry is an upper bound
        origin, before = ends, np.zeros_like(ends)
        for turn in range(1, most + 1):
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
                grown = grown + _leap(moved, before)
            low, high = self._clamped(self.problem.agent, -grown[:cut], grown[cut : 2 * cut])
            before, ends = moved, np.concatenate([-low, high, grown[2 * cut :]])
            if not self.seems_safe(self.movers[-1], low, high, ends[2 * cut :]):
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
            if not self.seems_safe(self.movers[-1], low, high, caps):
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
        for mover in self.movers:
            region, target = regions[mover.step.source.name], regions[mover.step.target.name]
            caps = np.array([float(cap) for _, cap in region.caps])
            low, high, tops = mover.image(*ends_of(region.box), caps)
            bottom, top = ends_of(target.box)
            most = np.array([float(cap) for _, cap in target.caps])
            if not all(np.isfinite(ends).all() for ends in (low, high, tops)):
                return False
            if (low < bottom).any() or (high > top).any() or (tops > most).any():
                return False
        return True

    def _caps_over(self, start: Box) -> Array:
        if not self._directions[self.problem.agent.name]:
            return np.zeros(0)
        mover, (low, high) = self.movers[0], ends_of(start)
        corners = np.where(mover.slopes > 0, high, low)
        return np.diagonal(mover.direction_values(corners)).copy()

    def _around(
        self, low: Array, high: Array, caps: Array, margin: float
    ) -> list[tuple[Array, Array, Array]] | None:
        shapes = []
        for mover in self.movers:
            low, high, caps = mover.image(low, high, caps)
            if not all(np.isfinite(ends).all() for ends in (low, high, caps)):
                return None
            slots = mover.step.target.slots
            scale = np.array([min(1.0, float(s.high - s.low)) * (s.kind == "real") for s in slots])
            low, high = self._clamped(
                mover.step.target, low - margin * scale, high + margin * scale
            )
            caps = caps + margin
            shapes.append((low, high, caps))
        return shapes

    @staticmethod
    def _clamped(position: Position, low: Array, high: Array) -> tuple[Array, Array]:
        bottom = np.array([float(slot.low) for slot in position.slots])
        top = np.array([float(slot.high) for slot in position.slots])
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
                    max(slot.low, floor_to(Fraction(float(a)), grain)),
                    min(slot.high, ceil_to(Fraction(float(b)), grain)),
                )
                for slot, a, b in zip(position.slots, low, high, strict=True)
            )
            bounds = [ceil_to(Fraction(float(cap)), grain) for cap in caps]
            terms = self._directions[position.name]
            rounded[position.name] = Region(box, tuple(zip(terms, bounds, strict=True)))
        return rounded


def _leap(moved: Array, before: Array) -> Array:
    """How much further an end should go: geometrically if its steps shrink, else everywhere."""
    with np.errstate(all="ignore"):
        ratio = np.where(before > 0, moved / before, 0.0)
        ahead = np.where(ratio < 0.999, moved * ratio / (1 - ratio) * 1.01, 1e9)
    return np.where(moved > 0, np.nan_to_num(ahead, nan=1e9, posinf=1e9), 0.0)
