"""Where the number that a step makes is greatest, or least, over a box: at a corner, proved once.

The corner is guessed by climbing from corner to corner in floats. The solver is then asked, once
for all boxes: for any state, any choice of nature there, and any second state that lies from it the
way of the corner, is the number at the first at most that at the second with its choices at the
corner? If so the greatest number over a box is the one at its corner, which is worked out exactly.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import attrs
import numpy as np
import z3

from checker.backends.solver import QueryBudget, follows
from checker.invariants.interval_analysis import StepTransformer
from checker.system.problem import with_choices
from checker.system.region import Array, Box, ends_of
from spec.nodes import name_of
from spec.trace import Position

PROOF_SECONDS = 0.5
"""Seconds of solving for one proof."""
SAMPLES = 100
"""Boxes at which the climb looks, beside the first that it is asked of and the domain."""
FAR = 4.0
"""How far above the low ends of the domain they reach at most."""

Corner = tuple[bool, ...]
"""For each field, then each of nature's choices: whether it is at its upper end."""


@attrs.frozen(slots=False)
class Corners:
    """The corners of one step, found out when they are first asked for.

    Args:
        transformer: the step.
        budget: limits on the queries.
        within: whether only numbers within the domain of their field count.
    """

    transformer: StepTransformer
    budget: QueryBudget
    within: bool = True
    _guessed: dict[tuple[int, bool], Corner] = attrs.field(factory=dict, init=False)
    _proved: dict[tuple[int, bool], bool] = attrs.field(factory=dict, init=False)

    def end(self, row: int, top: bool, box: Box) -> Fraction | None:
        """The greatest, or least, number over a box; None where no corner is proved to have it."""
        corner = self.guessed(row, top, box)
        fields = self.transformer.step.source.fields
        for column in self.transformer.reads[row]:
            if column < len(box) and corner[column] and fields[column].open_above(box[column][1]):
                return None
        if (row, top) not in self._proved:
            self._proved[row, top] = self._holds(row, top, corner)
        return self.transformer.at_corner(row, box, corner) if self._proved[row, top] else None

    def guessed(self, row: int, top: bool, box: Box) -> Corner:
        """The corner at which a number seems greatest, or least; guessed with the first box."""
        if (row, top) not in self._guessed:
            self._guessed[row, top] = self._climbed(row, top, box)
        return self._guessed[row, top]

    def _climbed(self, row: int, top: bool, box: Box) -> Corner:
        """Move one end at a time while that improves the number, over some boxes together."""
        source = self.transformer.step.source
        lows, highs = _sampled(tuple((field.low, field.high) for field in source.fields))
        here, choices = ends_of(box), len(self.transformer.step.stage.choices)
        low, high = np.vstack([here[0], lows]), np.vstack([here[1], highs])
        low = np.hstack([low, np.zeros((len(low), choices))])
        high = np.hstack([high, np.ones((len(high), choices))])
        columns, sign = self.transformer.reads[row], 1 if top else -1
        corner = np.full(low.shape[1], top)

        def value(at: Array) -> float:
            values = self.transformer.outputs(np.where(at, high, low))[:, row]
            return float(sign * np.nan_to_num(values).sum())

        best, improved = value(corner), True
        while improved:
            improved = False
            for column in columns:
                moved = corner.copy()
                moved[column] = not moved[column]
                if (now := value(moved)) > best:
                    corner, best, improved = moved, now, True
        return tuple(bool(each) for each in corner)

    def _holds(self, row: int, top: bool, corner: Corner) -> bool:
        step = self.transformer.step
        output, symbols = step.stage.outputs[row], step.source.symbols
        if not isinstance(output, z3.ArithRef):
            return False
        there = [z3.Const(f"{name_of(symbol)} (corner)", symbol.sort()) for symbol in symbols]
        given = [step.source.domain, step.stage.bounds, *(s.condition for s in step.stage.sides)]
        if self.within:
            given += step.target.fields[row].conditions(output)
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = list(zip(symbols, there, strict=True))
        for column, (symbol, other) in enumerate(pairs):
            given += [z3.substitute(c, (symbol, other)) for c in _range(step.source, column)]
            given.append(symbol <= other if corner[column] else symbol >= other)
        pairs = with_choices(pairs, step.stage.choices, corner[len(symbols) :])
        at = z3.substitute(output, *pairs)
        bound = output <= at if top else output >= at
        return follows(given, bound, self.budget, PROOF_SECONDS).valid


def _range(source: Position, column: int) -> list[z3.BoolRef]:
    """That a field lies in its domain, coupled bounds aside."""
    return source.fields[column].conditions(source.symbols[column])


@cache
def _sampled(domain: Box) -> tuple[Array, Array]:
    """The ends of the domain, and of boxes within the part of it that is near its low ends, where
    bounds are not at their caps; a row each."""
    bottom, top = ends_of(domain)
    generator = np.random.default_rng(len(domain))
    shape = (SAMPLES, len(domain))
    spans = np.minimum(FAR, top - bottom) / 2.0 ** generator.integers(0, 7, size=shape)
    shares = np.sort(generator.integers(0, 65, size=(2, *shape)) / 64, axis=0)
    lows, highs = bottom + shares[0] * spans, bottom + shares[1] * spans
    return np.vstack([bottom, lows]), np.vstack([top, highs])
