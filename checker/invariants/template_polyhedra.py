"""Linear templates: polyhedra with directions guessed from runs, where boxes are too coarse.

The directions are the axes, sums and differences of two fields (Mine, "The octagon abstract
domain", 2006), the directions that the invariants bound, the principal axes of simulated states,
and the images of these under the transposed derivative of the step: a half-space d.x <= c is
mapped into by the half-space J'd.x <= c - ..., so a set of directions that the transpose nearly
maps into itself can follow a turning step. The bounds are found as for boxes: the greatest value
after a step, over the vertices and points between them, widened by a margin until nothing moves.
Where the solver names a state that leaves, the bounds are widened to hold its successor. All of it
is in floats, and all of it a guess.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from checker.backends.evaluator import FLOATS
from checker.backends.rounding import ceil_to, floor_to
from checker.backends.solver import QueryBudget
from checker.invariants.interval_analysis import RegionSynthesizer, StepTransformer
from checker.invariants.preimages import HalfSpace, region
from checker.system.problem import Problem
from checker.system.region import Array, Region, bounded_directions
from checker.system.seeds import some_seeds

MOST_FIELDS = 6
MOST_DIRECTIONS = {1: 2, 2: 32, 3: 40}
MARGINS = (3e-2, 3e-3, 2e-4, 0.0)
"""Of a direction's spread. Without a margin the bounds are taken for short fractions."""
SAMPLED_RUNS, SAMPLED_LENGTH = 64, 160
TURNS = 120
REPAIRS = 6
COMBINATIONS = 12_000
GRAIN = Fraction(1, 100)


class Polyhedra:
    """Guesses of polyhedra for a problem composed to one step."""

    def __init__(self, problem: Problem) -> None:
        (step,) = problem.steps
        self.problem = problem
        self.agent = problem.agent
        self.transformer: StepTransformer = RegionSynthesizer(problem).transformers[0]
        self.guard = problem.guards[problem.agent.name].bind(FLOATS)
        self.units = _corners(len(step.stage.choices), 32)
        self.states = self._simulated()
        self.broken = not len(self.states)
        if not len(self.states):
            return
        spread = self.states.max(axis=0) - self.states.min(axis=0)
        self.spread = np.where(spread > 1e-9, spread, 1e-9)
        self.rows = self._directions()
        self.wider = self._support(self.states)

    def candidates(self, budget: QueryBudget) -> Iterator[Region]:
        """Regions, the widest margin first. ``widen`` may be called between two of them.

        None where a simulated run breaks a clause, and none once the budget is used up.
        """
        if not len(self.states):
            return
        for margin in MARGINS:
            self.wider = self._support(self.states)
            for _ in range(REPAIRS):
                found = self._inflate(self.wider, margin, budget)
                if found is None:
                    break
                before = self.wider.copy()
                yield self._rounded(found, margin)
                if np.array_equal(before, self.wider):  # nobody named a state that leaves
                    break

    def widen(self, values: Mapping[str, Fraction]) -> None:
        """Take in the successor of the state and choices at which the solver says it fails."""
        state = np.array([[float(values.get(str(s), 0)) for s in self.agent.symbols]])
        after = self._after(state)
        after = after[np.isfinite(after).all(axis=1)]
        if len(after):
            self.wider = np.maximum(self.wider, self._support(after))

    def _simulated(self) -> Array:
        generator = np.random.default_rng(5)
        fields, width = len(self.agent.fields), self.units.shape[1]
        seeds = some_seeds(self.problem)
        state = np.resize(seeds, (SAMPLED_RUNS, fields))
        kept = [state]
        constant = generator.choice([0.0, 1.0], size=(SAMPLED_RUNS // 2, width))
        for _ in range(SAMPLED_LENGTH):
            mixed = generator.choice([0.0, 0.5, 1.0], size=(SAMPLED_RUNS - len(constant), width))
            units = np.concatenate([constant, mixed])
            after = self.transformer.outputs(np.concatenate([state, units], axis=1))[:, :fields]
            if not np.isfinite(after).all() or not self._safe(after):
                return np.zeros((0, fields))
            state = after
            kept.append(state)
        return np.unique(np.concatenate(kept).round(12), axis=0)

    def _after(self, states: Array) -> Array:
        """The successors of every state under every corner of nature's choices."""
        fields, corners = states.shape[1], len(self.units)
        points = np.concatenate(
            [np.repeat(states, corners, axis=0), np.tile(self.units, (len(states), 1))], axis=1
        )
        return self.transformer.outputs(points)[:, :fields]

    def _support(self, states: Array) -> Array:
        greatest: Array = (states @ self.rows.T).max(axis=0)
        return greatest

    def _directions(self) -> Array:
        fields = len(self.agent.fields)
        axes = np.eye(fields)
        found: list[Array] = [axis * sign for axis in axes for sign in (1.0, -1.0)]
        named = bounded_directions(self.problem, self.agent)
        if named:
            slopes = StepTransformer(self.problem.steps[0], named, ()).slopes
            found += list(slopes)
        pairs = list(itertools.combinations(range(fields), 2)) if fields <= 4 else []
        octagon = [axes[i] * a + axes[j] * b for i, j in pairs for a in (1, -1) for b in (1, -1)]
        scaled = [row / self.spread for row in octagon]
        turned = self._transposed(found)
        centred = (self.states - self.states.mean(axis=0)) / self.spread
        _, _, principal = np.linalg.svd(centred, full_matrices=False)
        principal = principal / self.spread
        found += [*turned, *octagon, *scaled, *principal, *-principal]
        most = MOST_DIRECTIONS.get(fields, 40)
        kept: list[Array] = []
        for row in found:
            size = np.abs(row).max()
            if not np.isfinite(size) or size < 1e-12:
                continue
            rounded = np.round(row / size, 2)
            unit = rounded * self.spread
            unit = unit / np.linalg.norm(unit)
            near = (float(unit @ (o * self.spread)) for o in kept)
            norms = (np.linalg.norm(o * self.spread) for o in kept)
            if all(a < 0.997 * n for a, n in zip(near, norms, strict=True)):
                kept.append(rounded)
            if len(kept) >= most:
                break
        return np.array(kept)

    def _transposed(self, found: Sequence[Array]) -> list[Array]:
        """The images of directions under the transposed derivatives at a few visited states."""
        places = self.states[:: max(1, len(self.states) // 3)][:3]
        places = np.concatenate([self.states.mean(axis=0, keepdims=True), places])
        fields, turned = self.states.shape[1], []
        middle = np.full((1, self.units.shape[1]), 0.5)
        for location in places:
            step = 1e-5 * self.spread
            ends = np.concatenate([location + np.diag(step), location - np.diag(step)])
            units = np.repeat(middle, 2 * fields, axis=0)
            values = self.transformer.outputs(np.concatenate([ends, units], axis=1))[:, :fields]
            derivative = (values[:fields] - values[fields:]) / (
                2 * step[:, None]
            )  # [input, output]
            if not np.isfinite(derivative).all():
                continue
            for row in found:
                for _ in range(12):
                    row = derivative @ row
                    size = np.abs(row).max()
                    if not np.isfinite(size) or size < 1e-9:
                        break
                    row = row / size
                    turned.append(row)
        return turned

    def _inflate(self, start: Array, margin: float, budget: QueryBudget) -> Array | None:
        ends, before = start, np.zeros_like(start)
        widening = margin * np.abs(self.rows) @ self.spread
        domain, tiny = self._domain(), 1e-11 * np.abs(self.rows) @ self.spread
        for turn in range(1, TURNS + 1):
            points = None if budget.exhausted else self._points(ends)
            if points is None or not self._safe(points):
                return None
            after = self._after(points)
            if not np.isfinite(after).all():
                return None
            wanted = self._support(after) + widening
            grown = np.minimum(np.maximum(ends, wanted), np.maximum(ends, domain))
            moved = grown - ends
            if (moved <= np.maximum(widening * 1e-2, tiny)).all():
                return ends
            if turn % 30 == 0:
                with np.errstate(all="ignore"):
                    ratio = np.where(before > 0, moved / before, 0.0)
                    ahead = np.where(ratio < 0.99, moved * ratio / (1 - ratio), 20 * moved)
                grown = grown + np.where(moved > 0, ahead, 0.0)
            ends, before = grown, moved
        return None

    def _domain(self) -> Array:
        """The greatest value of each direction over the box of the domain."""
        low = np.array([float(field.low) for field in self.agent.fields])
        high = np.array([float(field.high) for field in self.agent.fields])
        greatest: Array = np.where(self.rows > 0, self.rows * high, self.rows * low).sum(axis=1)
        return greatest

    def _safe(self, points: Array) -> bool:
        centre = points.mean(axis=0)
        inward = centre + (points - centre) * (1 - 1e-9)
        truths, _, _ = self.guard(inward.T, ())
        return all(bool(np.all(truth)) for truth in truths)

    def _points(self, ends: Array) -> Array | None:
        """The vertices of the polyhedron, or points on its boundary, and points between them."""
        fields = self.rows.shape[1]
        generator = np.random.default_rng(11)
        if fields == 1 or math.comb(len(self.rows), fields) <= COMBINATIONS:
            chosen = np.array(list(itertools.combinations(range(len(self.rows)), fields)))
            systems, sides = self.rows[chosen], ends[chosen]
            size = np.abs(np.linalg.det(systems))
            good = size > 1e-6 * np.prod(np.linalg.norm(systems, axis=2), axis=1)
            if not good.any():
                return None
            found = np.linalg.solve(systems[good], sides[good][:, :, None])[:, :, 0]
            slack = 1e-9 * (1 + np.abs(ends))
            found = found[(found @ self.rows.T <= ends + slack).all(axis=1)]
        else:
            inside = self.states.mean(axis=0)
            rays = generator.normal(size=(1500, fields)) * self.spread
            speed = rays @ self.rows.T
            with np.errstate(all="ignore"):
                times = np.where(speed > 1e-12, (ends - inside @ self.rows.T) / speed, np.inf)
            reach = times.min(axis=1)
            found = inside + np.where(np.isfinite(reach), np.maximum(reach, 0), 0)[:, None] * rays
        if not len(found):
            return None
        mixed = generator.dirichlet(np.full(min(len(found), 64), 0.4), size=96)
        some = found[generator.choice(len(found), size=mixed.shape[1], replace=False)]
        return np.concatenate([found, mixed @ some])

    def _rounded(self, ends: Array, margin: float) -> Region:
        """The bounds rounded outward, those that no vertex meets left out."""
        points = self._points(ends)
        assert points is not None
        slack = 1e-7 * (1 + np.abs(ends))
        active = np.asarray((points @ self.rows.T >= ends - slack).any(axis=0))
        rows = []
        for direction, end, used in zip(self.rows, ends, active, strict=True):
            if used:
                exact = tuple(Fraction(round(float(v) * 100), 100) for v in direction)
                rows.append(HalfSpace(exact, _outward(float(end), margin)))
        found = region(self.agent, rows)
        box = tuple((floor_to(a, GRAIN**4), ceil_to(b, GRAIN**4)) for a, b in found.box)
        return Region(
            tuple(
                (max(a, field.low), min(b, field.high))
                for (a, b), field in zip(box, self.agent.fields, strict=True)
            ),
            found.caps,
        )


def _outward(end: float, margin: float) -> Fraction:
    near = Fraction(end).limit_denominator(1000)
    if not margin and abs(float(near) - end) < 1e-8:
        return near
    grain = Fraction(1, 10**9)
    while grain * 100 <= Fraction(margin) * Fraction(max(abs(end), 1e-6)):
        grain *= 10
    return ceil_to(Fraction(end), grain)


def _corners(width: int, most: int) -> Array:
    """The corners of nature's choices, and the middle; a sample of them if they are many."""
    if 2**width <= most:
        corners = np.array(list(itertools.product((0.0, 1.0), repeat=width))).reshape(
            2**width, width
        )
    else:
        corners = np.random.default_rng(13).integers(0, 2, size=(most, width)).astype(float)
    return np.concatenate([corners, np.full((1, width), 0.5)]) if width else corners
