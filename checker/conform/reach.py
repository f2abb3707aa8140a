"""Where a run can be, position by position, if its scheme and its measurements are both right.

After every step there is a box that holds all states that the allowed runs can be in: the image of
the box before, cut by what was measured. The image's ends come from ball arithmetic over the box;
where a nearer end can be guessed, the solver is asked whether it holds. A box without a state, or a
step of which the solver shows that it leads from no state of one box into the next, proves that no
allowed run has these measurements.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs
import flint
import z3

from checker.backends.evaluator import BALLS, compile_terms
from checker.backends.rounding import GRAIN, precision, shorten_down, shorten_up
from checker.backends.solver import QueryBudget, follows, satisfy
from checker.conform.corners import Corners
from checker.conform.direct import Direct
from checker.conform.measured import Measured, Measurement, Sense
from checker.conform.relation import Relation
from checker.invariants.interval_analysis import StepTransformer
from checker.system.problem import Step
from checker.system.region import Box, seed_box, within_box
from checker.system.replay import high_end, low_end
from spec.fields import FieldDomain
from spec.terms import numeral
from spec.trace import Position

BITS = 64
"""The working precision of the balls."""
NEARER = Fraction(1, 1000)
"""An end that can be guessed nearer by less than this share of the box's width is left as it is."""
QUERY_SECONDS = 0.5
"""Seconds of solving for one end of a box."""


@attrs.frozen
class Reached:
    """The boxes of the run's positions, from the seed on.

    Args:
        boxes: one at each slot. After a departure they go on from what was measured, the fields
            that were not measured taken to be as the step allows.
        images: where each step leads, before its end is cut by what was measured there.
        departs: the slots that no allowed run reaches with what is measured there; of all but the
            first, if what is taken of the fields that were not measured is right.
    """

    boxes: tuple[Box, ...]
    images: tuple[Box, ...]
    departs: tuple[int, ...] = ()

    @property
    def ended(self) -> int | None:
        """The first slot that no allowed run reaches with what is measured there."""
        return self.departs[0] if self.departs else None

    @property
    def allowed(self) -> tuple[Box, ...]:
        """The boxes of allowed runs."""
        return self.boxes[: self.ended]


@attrs.frozen(slots=False)
class Reach:
    """Moves boxes along the steps of a relation.

    Args:
        relation: what the scheme allows.
        budget: limits on the queries.
        asking: whether it is asked of each measurement if some step leads to it.
    """

    relation: Relation
    budget: QueryBudget
    asking: bool = True

    @cached_property
    def _transformers(self) -> tuple[StepTransformer, ...]:
        return tuple(StepTransformer(step) for step in self.relation.steps)

    @cached_property
    def _corners(self) -> tuple[Corners, ...]:
        return tuple(Corners(each, self.budget) for each in self._transformers)

    @cached_property
    def _direct(self) -> tuple[Direct, ...]:
        return tuple(Direct(self.relation, place) for place in range(len(self.relation.steps)))

    @cached_property
    def _balls(self) -> tuple[Any, ...]:
        with precision(BITS):
            return tuple(step.program.bind(BALLS) for step in self.relation.steps)

    def seed(self) -> Box:
        """The seeds that the scheme allows."""
        agent = self.relation.positions[0]
        found = []
        for field, (low, high) in zip(agent.fields, seed_box(self.relation.problem), strict=True):
            sense = self.relation.sense(0, field)
            found.append(
                (
                    field.low if sense is Sense.MOST else low,
                    field.high if sense is Sense.LEAST else high,
                )
            )
        return tuple(found)

    def _seed_ends(self) -> Box:
        """The seed that the scheme says, over all values of parameters that are free."""
        problem = self.relation.problem
        if not problem.free_parameters:
            return seed_box(problem)
        with precision(BITS):
            unit = BALLS.constant(Fraction(0)).union(BALLS.constant(Fraction(1)))
            program = compile_terms((), problem.free_parameters, problem.seed).bind(BALLS)
            outputs = program((), [unit] * len(problem.free_parameters))[0]
            return tuple(map(_ends, problem.agent.fields, outputs))

    def along(self, measured: Measured, last: int) -> Reached:
        """The boxes up to a slot."""
        relation = self.relation
        boxes: list[Box] = []
        images: list[Box] = []
        departs = []
        for slot in range(last + 1):
            place = slot % len(relation.steps)
            found = measured.at.get(relation.at(slot), {})
            image = self.image(boxes[-1], place - 1) if boxes else self.seed()
            there = met(relation.positions[place], image, found)
            if there is None or (boxes and found and self._never(boxes[-1], place - 1, there)):
                departs.append(slot)
                there = replaced(relation.positions[place], image, found)
            boxes.append(there)
            images.append(image)
        return Reached(tuple(boxes), tuple(images), tuple(departs))

    def _never(self, box: Box, place: int, there: Box) -> bool:
        """Whether it is proved that no step leads from a state of one box into the other."""
        if self._direct[place].leads(box, there):
            return False
        return satisfy(leading(self.relation.steps[place], box, there), self.budget).unsat

    def image(self, box: Box, place: int) -> Box:
        """A box around all states after a step from the box, within their domain."""
        fields, corners = self.relation.steps[place].target.fields, self._corners[place]
        ends = [
            (corners.end(row, False, box), corners.end(row, True, box))
            for row in range(len(fields))
        ]
        known = [
            None if low is None or high is None else _clamped(field, low, high)
            for field, (low, high) in zip(fields, ends, strict=True)
        ]
        if all(known):
            return tuple(each for each in known if each is not None)
        return self._enclosed(box, place, known)

    def _enclosed(
        self, box: Box, place: int, known: Sequence[tuple[Fraction, Fraction] | None]
    ) -> Box:
        """The ends that are not known by ball arithmetic, nearer ones where the solver shows it."""
        step = self.relation.steps[place]
        wide = self._ball_image(box, place)
        guessed = self._transformers[place].exact_image(box) or wide
        given = [*inside(step.source, box), step.stage.bounds]
        return tuple(
            self._sharpened(given, output, outer, inner) if there is None else there
            for output, outer, inner, there in zip(
                step.stage.outputs, wide, guessed, known, strict=True
            )
        )

    def _sharpened(
        self,
        given: Sequence[z3.BoolRef],
        output: z3.ExprRef,
        outer: tuple[Fraction, Fraction],
        inner: tuple[Fraction, Fraction],
    ) -> tuple[Fraction, Fraction]:
        """The outer ends, each replaced by the inner one where the solver shows that it holds."""
        slack = max(GRAIN, (outer[1] - outer[0]) * NEARER)
        low, high = outer
        if inner[0] > low + slack and self._holds(given, output >= numeral(inner[0])):
            low = inner[0]
        if inner[1] < high - slack and self._holds(given, output <= numeral(inner[1])):
            high = inner[1]
        return low, high

    def _holds(self, given: Sequence[z3.BoolRef], bound: z3.BoolRef) -> bool:
        return follows(given, bound, self.budget, QUERY_SECONDS).valid

    def _ball_image(self, box: Box, place: int) -> Box:
        """The ends that ball arithmetic gives over the box, cut by the domain."""
        step = self.relation.steps[place]
        with precision(BITS):
            inputs = [
                _over(field, ends) for field, ends in zip(step.source.fields, box, strict=True)
            ]
            unit = BALLS.constant(Fraction(0)).union(BALLS.constant(Fraction(1)))
            outputs = self._balls[place](inputs, [unit] * len(step.stage.choices))[0]
            return tuple(
                _ends(field, value)
                for field, value in zip(step.target.fields, outputs, strict=False)
            )


def leading(step: Step, box: Box, there: Box) -> list[z3.BoolRef]:
    """That a step, with nature within its bounds, leads from a box into another."""
    stage, target = step.stage, step.target
    pairs = list(zip(target.symbols, stage.outputs, strict=True))
    sides = [side.condition for side in stage.sides]
    into = within_box(target.fields, stage.outputs, there)
    return [
        *inside(step.source, box),
        stage.bounds,
        *sides,
        *into,
        z3.substitute(target.domain, *pairs),
    ]


def inside(position: Position, box: Box) -> list[z3.BoolRef]:
    """That a state lies in a box and its domain."""
    return [*within_box(position.fields, position.symbols, box), position.domain]


def met(position: Position, box: Box, found: Mapping[str, Measurement]) -> Box | None:
    """The part of a box that lies within what was measured; None if there is none."""
    cut = []
    for field, (low, high) in zip(position.fields, box, strict=True):
        measurement = found.get(field.name)
        if measurement is not None:
            # an end at the reach of an engine's guesses is no end; a measured one is
            high = measurement.high if field.open_above(high) else min(high, measurement.high)
            low = max(low, measurement.low)
        if low > high and not field.open_above(high):
            return None
        cut.append((low, high))
    return tuple(cut)


def replaced(position: Position, box: Box, found: Mapping[str, Measurement]) -> Box:
    """A box with what was measured in place of its own ends."""
    return tuple(
        (found[field.name].low, found[field.name].high) if field.name in found else ends
        for field, ends in zip(position.fields, box, strict=True)
    )


def _over(field: FieldDomain, ends: tuple[Fraction, Fraction]) -> Any:
    if field.open_above(ends[1]):
        return flint.arb("+/- inf")
    return BALLS.constant(ends[0]).union(BALLS.constant(ends[1]))


def _ends(field: FieldDomain, value: Any) -> tuple[Fraction, Fraction]:
    if not isinstance(value, flint.arb) or not value.is_finite():
        return field.low, field.high
    return _clamped(field, low_end(value), high_end(value))


def _clamped(field: FieldDomain, low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    """Ends made short, outward, and cut by the domain."""
    low, high = shorten_down(low), shorten_up(high)
    return max(low, field.low), high if field.unbounded else min(high, field.high)
