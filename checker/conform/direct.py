"""A step taken without the solver: nature's choices at their ends, and the run's own numbers where
what comes next wants them.

What is found is worked out exactly, every condition of the step included, so it shows that the step
can be taken. That nothing is found shows nothing; then the solver is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs
import z3

from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms
from checker.backends.solver import QueryBudget
from checker.conform.corners import Corner, Corners
from checker.conform.measured import Sense
from checker.conform.relation import Relation
from checker.invariants.interval_analysis import StepTransformer
from checker.system.region import Box
from checker.system.replay import as_fraction
from spec.nodes import id_of

GRAIN = Fraction(1, 2**60)
"""The run's own numbers are multiples of this, where there is room for it."""
INWARD = Fraction(1, 2**20)
"""The share of a range by which they stay off its ends, so that rounding cannot pass them."""

State = Sequence[Fraction]


class Preference(Enum):
    """Where within the next box a run is led, as far as it can be."""

    WORST = "worst"
    MIDDLE = "middle"
    BEST = "best"


@attrs.frozen
class Taken:
    """A step that was taken: where each of nature's choices lies in its bounds; what it made."""

    units: tuple[Fraction, ...]
    state: tuple[Fraction, ...]


@attrs.frozen(slots=False)
class Direct:
    """One step of a relation.

    Args:
        relation: what the scheme allows.
        place: the number of the position that the step starts at.
        like: the same step at other parameters, whose corners are tried.
    """

    relation: Relation
    place: int
    like: Direct | None = None
    _corners: list[Corner] = attrs.field(factory=list, init=False)

    def leads(self, box: Box, there: Box) -> bool:
        """Whether a step is found from a corner of one box into the other."""
        fields = self.step.source.fields
        for corner in self.corners(box):
            state = [
                low if field.open_above(high) or not upper else high
                for field, (low, high), upper in zip(fields, box, corner, strict=False)
            ]
            if self._taken(state, corner, there, Preference.BEST) is not None:
                return True
        return False

    def take(self, state: State, there: Box, preference: Preference) -> Taken | None:
        """A step from a state into a box, if one is found."""
        around = tuple((value, value) for value in state)
        for corner in self.corners(around):
            taken = self._taken(state, corner, there, preference)
            if taken is not None:
                return taken
        return None

    def corners(self, box: Box) -> list[Corner]:
        """Corners at which one of the numbers seems greatest, or least, each with the others' ends
        for what it does not read; the first box that it is asked of helps to guess them."""
        if self.like is not None:
            return self.like.corners(box)
        if not self._corners:
            self._corners.extend(dict.fromkeys(self._merged(box)))
        return self._corners

    def _merged(self, box: Box) -> Iterator[Corner]:
        transformer = StepTransformer(self.step)
        corners = Corners(transformer, QueryBudget(0.0))
        rows = range(len(self.step.target.fields))
        for worst in (True, False):
            ends: dict[int, dict[int, bool]] = {}
            for row, field in enumerate(self.step.target.fields):
                top = worst == (self.relation.sense(self.after, field) is not Sense.LEAST)
                corner = corners.guessed(row, top, box)
                ends[row] = {column: corner[column] for column in transformer.reads[row]}
            for first in rows:
                merged: dict[int, bool] = {}
                for row in (*(r for r in rows if r != first), first):
                    merged |= ends[row]
                size = len(box) + len(self.step.stage.choices)
                yield tuple(merged.get(column, worst) for column in range(size))

    @property
    def step(self) -> Any:
        """The step."""
        return self.relation.steps[self.place]

    @property
    def after(self) -> int:
        """The number of the position that it leads to."""
        return (self.place + 1) % len(self.relation.steps)

    @cached_property
    def _program(self) -> Any:
        """What the step makes, then whether every condition holds, exactly."""
        stage, target = self.step.stage, self.step.target
        pairs = list(zip(target.symbols, stage.outputs, strict=True))
        conditions = [
            self.step.source.domain,
            stage.bounds,
            *(side.condition for side in stage.sides),
            z3.substitute(target.domain, *pairs),
        ]
        outputs = [*stage.outputs, z3.And(*conditions)]
        return compile_terms(self.step.source.symbols, stage.choices, outputs).bind(EXACT)

    @cached_property
    def _own(self) -> dict[int, int]:
        """Which choice is the run's own number of a field, by the field's number."""
        numbers = {id_of(c.symbol): n for n, c in enumerate(self.step.stage.choices)}
        outputs = self.step.stage.outputs
        return {
            row: numbers[id_of(output)]
            for row, output in enumerate(outputs)
            if id_of(output) in numbers
            and self.relation.sense(self.after, self.step.target.fields[row]) is not Sense.VALUE
        }

    def _taken(
        self, state: State, corner: Corner, there: Box, preference: Preference
    ) -> Taken | None:
        inputs = [EXACT.constant(value) for value in state]
        units = [Fraction(upper) for upper in corner[len(state) :]]
        for row, choice in self._own.items():  # at first at what the step says
            units[choice] = Fraction(self._sense(row) is Sense.MOST)
        outputs, _, widths = self._program(inputs, [EXACT.constant(unit) for unit in units])
        if UNDEFINED in outputs or UNDEFINED in widths:
            return None
        made = [as_fraction(output) for output in outputs[:-1]]
        for row, choice in self._own.items():
            wanted = self._wanted(row, made[row], there[row], preference)
            if wanted is None:
                return None
            width = as_fraction(widths[choice])
            if width:
                start = made[row] - width * units[choice]
                units[choice] = (wanted - start) / width
        outputs, _, _ = self._program(inputs, [EXACT.constant(unit) for unit in units])
        if outputs[-1] is not True:
            return None
        made = [as_fraction(output) for output in outputs[:-1]]
        fields = self.step.target.fields
        within = all(
            low <= value and (value <= high or field.open_above(high))
            for field, value, (low, high) in zip(fields, made, there, strict=True)
        )
        return Taken(tuple(units), tuple(made)) if within else None

    def _sense(self, row: int) -> Sense:
        return self.relation.sense(self.after, self.step.target.fields[row])

    def _wanted(
        self, row: int, said: Fraction, ends: tuple[Fraction, Fraction], preference: Preference
    ) -> Fraction | None:
        """The run's own number, between what the step says and the range that it must be in."""
        most = self._sense(row) is Sense.MOST
        low, high = (ends[0], min(said, ends[1])) if most else (max(said, ends[0]), ends[1])
        if low > high:
            return None
        inward = (high - low) * INWARD
        if preference is Preference.MIDDLE:
            wanted = (low + high) / 2
        elif (preference is Preference.WORST) == most:
            wanted = high - inward
        else:
            wanted = low + inward
        short = round(wanted / GRAIN) * GRAIN
        return short if low <= short <= high else wanted
