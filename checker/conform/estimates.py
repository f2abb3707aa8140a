"""What a log says of the parameters of its scheme, one at a time, the others at their values.

A value is excluded when the solver shows that some steps between two measurements cannot be taken
at it, from anywhere that an allowed run could be at any value that is not excluded yet. What is
left is an interval that holds the parameter whenever all intervals of the log hold and the scheme
describes the run; it may be wider than need be, since steps are looked at by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, name_of, satisfy
from checker.conform.departure import Window, freed, path, seed_conditions, window_before
from checker.conform.extremes import greatest, least
from checker.conform.findings import Estimate
from checker.conform.measured import At, Measured, Measurement, Sense
from checker.conform.reach import Reach
from checker.conform.relation import Relation, bounding
from checker.system.announcements import announce
from spec.nature import Choice
from spec.parameters import ParameterDomain, parameter_domains
from spec.terms import numeral

ROUNDS = 2
"""How often the boxes are made anew with what was excluded."""


def estimates(relation: Relation, measured: Measured, budget: QueryBudget) -> tuple[Estimate, ...]:
    """The interval of every parameter that is no whole number."""
    found = []
    for domain in free_domains(relation):
        announce(f"estimating {domain.name}")
        found.append(Parameter(relation, measured, domain, budget).estimate())
    return tuple(found)


def free_domains(relation: Relation) -> list[ParameterDomain]:
    """The parameters that are no whole numbers."""
    process = relation.problem.traced.process
    return [d for d in parameter_domains(process.parameters).values() if not d.structural]


@attrs.frozen(slots=False)
class Parameter:
    """One parameter of a relation as an unknown, against a log."""

    relation: Relation
    measured: Measured
    domain: ParameterDomain
    budget: QueryBudget

    def estimate(self) -> Estimate:
        """The values that the log does not exclude."""
        given = self.relation.problem.traced.values[self.domain.name]
        whole = self.assumed()
        blank = Estimate(self.domain.name, given, whole, *whole)
        if not self._read():
            return blank
        low, high = whole
        for _ in range(ROUNDS):
            if self.budget.exhausted:
                return attrs.evolve(blank, low=low, high=high, cut_short=True)
            ends = self.narrowed(low, high)
            if ends is None:
                return attrs.evolve(blank, empty=True)
            if ends == (low, high):
                break
            low, high = ends
        return attrs.evolve(blank, low=low, high=high, cut_short=self.budget.exhausted)

    def narrowed(
        self, low: Fraction, high: Fraction, *, strictest: bool = False
    ) -> tuple[Fraction, Fraction] | None:
        """The values in an interval that no steps between measurements exclude.

        Args:
            low: the least value.
            high: the greatest value.
            strictest: whether the steps must be possible between the worst ends of what was
                measured, the better one before and the worse one after, and not between some.

        Returns:
            the interval; None if nothing is left.
        """
        free, symbol = freed(self.relation.problem.traced.process, self.relation, self.domain.name)
        last = self.relation.slot(self.measured.last)
        reached = Reach(self._over(free, symbol, low, high), self.budget, asking=False).along(
            self.measured, last
        )
        if reached.ended is not None and not strictest:
            return None
        for at in self.measured.at:
            slot = self.relation.slot(at)
            window = window_before(self.relation, self.measured, reached.boxes, slot)
            if strictest:
                window = self._strictest(window, at)
            conditions = self._conditions(free, window)
            if not conditions or not any(name_of(symbol) in constants(c) for c in conditions):
                continue
            ends = self._ends(conditions, symbol, low, high)
            if ends is None:
                return None
            low, high = ends
        return low, high

    def assumed(self) -> tuple[Fraction, Fraction]:
        """The values in the domain that the scheme's assumptions leave, the others at theirs."""
        free, symbol = freed(self.relation.problem.traced.process, self.relation, self.domain.name)
        assumed = [condition for _, _, condition in free.problem.traced.assumptions]
        ends = self._ends(assumed, symbol, self.domain.low, self.domain.high)
        return ends or (self.domain.low, self.domain.high)

    def _read(self) -> bool:
        """Whether the steps or the seed read the parameter."""
        free, symbol = freed(self.relation.problem.traced.process, self.relation, self.domain.name)
        terms = [*free.problem.seed, *(t for s in free.steps for t in s.stage.terms)]
        return any(name_of(symbol) in constants(term) for term in terms)

    def _over(self, free: Relation, symbol: z3.ArithRef, low: Fraction, high: Fraction) -> Relation:
        """The relation with the parameter anywhere in an interval, anew at every step."""
        name = f"parameter {self.domain.name}"
        choice = Choice(name, symbol, numeral(low), numeral(high), "", "")
        return bounding(free.plain.over([choice]), free.senses)

    def _conditions(self, free: Relation, window: Window) -> list[z3.BoolRef]:
        assumed = [condition for _, _, condition in free.problem.traced.assumptions]
        if not window.places:
            return [*seed_conditions(free, window.found), *assumed]
        steps = [free.steps[place] for place in window.places]
        return [*path(steps, window, overseen=False), *assumed]

    def _ends(
        self, conditions: list[z3.BoolRef], symbol: z3.ArithRef, low: Fraction, high: Fraction
    ) -> tuple[Fraction, Fraction] | None:
        if not satisfy([*conditions, symbol == numeral(low)], self.budget).sat:
            found = least(conditions, symbol, low, high, self.budget)
            if found is None:
                return None
            low = found.least
        if not satisfy([*conditions, symbol == numeral(high)], self.budget).sat:
            found = greatest(conditions, symbol, low, high, self.budget)
            if found is None:
                return None
            high = found.least
        return low, high

    def _strictest(self, window: Window, at: At) -> Window:
        """The window from the best that was measured before to the worst that was after."""
        found = {field: self._end(m, at[1], field, worse=True) for field, m in window.found.items()}
        if not window.places:
            return attrs.evolve(window, found=found)
        slot = self.relation.slot(at) - len(window.places)
        before = self.measured.at.get(self.relation.at(slot), {})
        place = window.places[0]
        box: list[tuple[Fraction, Fraction]] = []
        fields = self.relation.positions[place].fields
        for field, ends in zip(fields, window.boxes[0], strict=True):
            m = before.get(field.name)
            if m is not None:
                better = self._end(m, place, field.name, worse=False)
                ends = better.low, better.high
            box.append(ends)
        return attrs.evolve(window, found=found, boxes=(tuple(box), *window.boxes[1:]))

    def _end(self, m: Measurement, place: int, field: str, *, worse: bool) -> Measurement:
        sense = self.relation.senses[self.relation.positions[place].name, field]
        if sense is Sense.VALUE:
            return m
        upper = worse == (sense is Sense.MOST)
        return attrs.evolve(m, low=m.high if upper else m.low, high=m.high if upper else m.low)


def bounding_parameters(relation: Relation) -> Iterator[tuple[str, ...]]:
    """For each choice of nature, the parameters that its bounds read: those that the scheme's own
    class declares before those that it inherits."""
    names = [domain.name for domain in reversed(free_domains(relation))]
    free = {name: freed(relation.problem.traced.process, relation, name) for name in names}
    for place in range(len(relation.steps)):
        for index in range(len(relation.own(place))):
            reading = []
            for name, (each, symbol) in free.items():
                choice = each.own(place)[index]
                if name_of(symbol) in constants(choice.low) | constants(choice.high):
                    reading.append(name)
            yield tuple(reading)
