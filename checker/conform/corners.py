"""Where the number that a step makes is greatest, or least, over a box: at a corner, proved once.

The corner is guessed by climbing from corner to corner in floats. The solver is then asked, once
for all boxes: for any state, any choice of nature there, and any second state that lies from it the
way of the corner, is the number at the first at most that at the second with its choices at the
corner? If so the greatest number over a box is the one at its corner, which is worked out exactly.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import attrs
import numpy as np
import z3

from checker.backends.solver import QueryBudget, follows, name_of
from checker.invariants.interval_analysis import StepTransformer
from checker.system.region import Array, Box, ends_of
from spec.trace import Position

PROOF_SECONDS = 0.5
"""Seconds of solving for one proof."""
SAMPLES = 100
"""Boxes at which the climb looks, beside the first that it is asked of and the domain."""
FAR = Fraction(4)
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
        boxes = [ends_of(each) for each in (box, *_sampled(source))]
        choices = len(self.transformer.step.stage.choices)
        low = np.array([np.concatenate([a, np.zeros(choices)]) for a, _ in boxes])
        high = np.array([np.concatenate([b, np.ones(choices)]) for _, b in boxes])
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
        for choice, upper in zip(step.stage.choices, corner[len(symbols) :], strict=True):
            end = choice.high if upper else choice.low
            pairs.append((choice.symbol, z3.substitute(end, *pairs)))
        at = z3.substitute(output, *pairs)
        bound = output <= at if top else output >= at
        return follows(given, bound, self.budget, PROOF_SECONDS).valid


def _range(source: Position, column: int) -> list[z3.BoolRef]:
    """That a field lies in its domain, coupled bounds aside."""
    return source.fields[column].conditions(source.symbols[column])


def _sampled(source: Position) -> Iterator[Box]:
    """The domain, and boxes within the part of it that is near its low ends, where bounds are not
    at their caps."""
    yield tuple((field.low, field.high) for field in source.fields)
    generator = random.Random(len(source.fields))
    for _ in range(SAMPLES):
        box = []
        for field in source.fields:
            span = min(FAR, field.high - field.low) / 2 ** generator.randint(0, 6)
            low, high = sorted(Fraction(generator.randint(0, 64), 64) for _ in range(2))
            box.append((field.low + low * span, field.low + high * span))
        yield tuple(box)
