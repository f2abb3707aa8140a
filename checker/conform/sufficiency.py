"""A value of a parameter at which steps surely can be taken: from every state that a run can be in,
to every number within what was measured next, of the numbers that read the parameter.

Nature's choices are put at ends that are guessed. A value is found by halving, with the least or
greatest number that each step says over a box at a corner that is guessed too. At that value the
corners are then proved (``Corners``), and every number held against what was measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import cached_property, partial
from typing import Any

import attrs
import z3

from checker.backends.evaluator import EXACT, UNDEFINED, compile_terms
from checker.backends.rounding import decimal_above, decimal_below
from checker.backends.solver import QueryBudget, constants, follows
from checker.conform.corners import Corners
from checker.conform.departure import Window, freed
from checker.conform.direct import Direct
from checker.conform.measured import Measurement, Sense
from checker.conform.relation import Relation
from checker.conform.relation import relation as related
from checker.invariants.interval_analysis import StepTransformer
from checker.system.problem import Problem, Step
from checker.system.region import Box
from checker.system.replay import as_fraction
from spec.nodes import name_of

TURNS = 30
"""How often an interval of values is halved."""
DIGITS = 6
"""The digits of a value that is found."""

Ends = tuple[Fraction, Fraction]
End = Callable[[int, bool], Fraction | None]
"""The least, or greatest, number of a field that a step says."""


@attrs.frozen(slots=False)
class Sufficiency:
    """The steps of a relation with one parameter as an unknown."""

    relation: Relation
    name: str
    budget: QueryBudget
    _made: dict[int, tuple[Corners, list[Any]]] = attrs.field(factory=dict, init=False)
    _ends: dict[int, tuple[bool, ...]] = attrs.field(factory=dict, init=False)
    _read: dict[int, frozenset[int]] = attrs.field(factory=dict, init=False)

    def value(
        self, windows: Iterable[Window], low: Fraction, high: Fraction, whole: Ends
    ) -> Fraction | None:
        """A value in an interval at which every window is proved to be possible whatever the true
        numbers are: the least as it seems, else the greatest.

        Args:
            windows: the windows.
            low: the least value.
            high: the greatest value.
            whole: the values that there are.

        Returns:
            the value; None if none is found, or if any of them would do.
        """
        known = list(windows)
        if any(len(window.places) > 1 for window in known):
            return None
        up = self._moved(known, low, high)
        if up is None:
            return None
        if up > whole[0]:
            found = min(high, Fraction(decimal_above(up, DIGITS)))
        else:
            down = self._moved(known, high, low)
            if down is None or down == whole[1]:
                return None
            found = max(low, Fraction(decimal_below(down, DIGITS)))
        return found if self._proved(known, found) else None

    def _moved(self, windows: list[Window], start: Fraction, to: Fraction) -> Fraction | None:
        """The value nearest to the start at which every window seems to be possible."""
        value = start
        for window in windows:
            if self._seems(window, value):
                continue
            if not self._seems(window, to):
                return None
            far = to
            for _ in range(TURNS):
                middle = (value + far) / 2
                if self._seems(window, middle):
                    far = middle
                else:
                    value = middle
            value = far
        return value

    def _seems(self, window: Window, value: Fraction) -> bool:
        """Whether the window is possible at a value, if the corners are guessed right."""
        if not window.places:
            said = self._seed([EXACT.constant(value)], ())[0]
            numbers = [None if each is UNDEFINED else as_fraction(each) for each in said]
            return self._covered(window, 0, lambda row, _: numbers[row])
        (place,), (box,) = window.places, window.boxes
        corners, programs = self._guesses(place, box)

        def end(row: int, top: bool) -> Fraction | None:
            corner = corners.guessed(row, top, box)
            at = [EXACT.constant(ends[upper]) for ends, upper in zip(box, corner, strict=True)]
            said = programs[row]([*at, EXACT.constant(value)], ())[0][0]
            return None if said is UNDEFINED else as_fraction(said)

        return self._covered(window, place + 1, end)

    def _proved(self, windows: Iterable[Window], value: Fraction) -> bool:
        """Whether every window is proved to be possible at a value."""
        traced = self.relation.problem.traced
        values = {**traced.values, self.name: value}
        problem = related(traced.process, values, self.relation.senses)
        steps: dict[int, Corners] = {}
        for window in windows:
            if not window.places:
                if not self._seems(window, value):  # a seed is worked out exactly
                    return False
                continue
            (place,), (box,) = window.places, window.boxes
            if place not in steps:
                if not _defined(problem.plain.steps[place], self.budget):
                    return False
                step = self._at_ends(problem.plain, place, box)
                steps[place] = Corners(StepTransformer(step), self.budget, within=False)
            if not self._covered(window, place + 1, partial(steps[place].end, box=box)):
                return False
        return True

    def _covered(self, window: Window, after: int, end: End) -> bool:
        """Whether what is said of the numbers that the parameter bounds covers everything within
        what was measured."""
        read = self._rows(window)
        after %= len(self.relation.steps)
        return all(
            _covers(self.relation.sense(after, field), row, end, window.found[field.name])
            for row, field in enumerate(self.relation.positions[after].fields)
            if row in read and field.name in window.found
        )

    def _rows(self, window: Window) -> frozenset[int]:
        """The numbers after a window, or of the seed, that read the parameter."""
        place = window.places[0] if window.places else -1
        if place not in self._read:
            free, symbol = self._free
            terms = free.plain.seed
            if window.places:
                terms = self._at_ends(free.plain, place, window.boxes[0]).stage.outputs
            name = name_of(symbol)
            self._read[place] = frozenset(r for r, t in enumerate(terms) if name in constants(t))
        return self._read[place]

    @cached_property
    def _free(self) -> tuple[Relation, z3.ArithRef]:
        return freed(self.relation.problem.traced.process, self.relation, self.name)

    @cached_property
    def _seed(self) -> Any:
        free, symbol = self._free
        return compile_terms([symbol], (), free.plain.seed).bind(EXACT)

    def _guesses(self, place: int, box: Box) -> tuple[Corners, list[Any]]:
        """The corners of a step at the value that is given, and its numbers at any value."""
        if place not in self._made:
            free, symbol = self._free
            inputs = [*self.relation.positions[place].symbols, symbol]
            step = self._at_ends(free.plain, place, box)
            programs = [compile_terms(inputs, (), [o]).bind(EXACT) for o in step.stage.outputs]
            given = self._at_ends(self.relation.plain, place, box)
            budget = self.budget.within(0.0)  # nothing is proved of these
            self._made[place] = Corners(StepTransformer(given), budget), programs
        return self._made[place]

    def _at_ends(self, plain: Problem, place: int, box: Box) -> Step:
        """A step without choices: the numbers that it says with each at an end."""
        if place not in self._ends:
            self._ends[place] = Direct(self.relation, place).corners(box)[0][len(box) :]
        step = plain.steps[place]
        pairs: list[tuple[z3.ExprRef, z3.ExprRef]] = []
        for choice, upper in zip(step.stage.choices, self._ends[place], strict=False):
            end = z3.substitute(choice.high if upper else choice.low, *pairs)
            pairs.append((choice.symbol, end))
        outputs = tuple(z3.substitute(output, *pairs) for output in step.stage.outputs)
        return Step(attrs.evolve(step.stage, choices=(), outputs=outputs), step.source, step.target)


def _defined(step: Step, budget: QueryBudget) -> bool:
    """Whether a step is defined and leaves nature something to choose in its whole domain."""
    given, needed = [step.source.domain], []
    for choice in step.stage.choices:
        needed.append(z3.Implies(z3.And(*given), choice.low <= choice.high))
        given += choice.within
    needed += [z3.Implies(z3.And(*given), side.condition) for side in step.stage.sides]
    return all(follows([], each, budget).valid for each in needed)


def _covers(sense: Sense, row: int, end: End, measured: Measurement) -> bool:
    """Whether what a step says of a field allows each number of an interval."""
    if sense is Sense.LEAST:
        high = end(row, True)
        return high is not None and high <= measured.low
    low = end(row, False)
    if sense is Sense.MOST:
        return low is not None and low >= measured.high
    return low == end(row, True) == measured.low == measured.high
