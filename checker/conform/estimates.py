"""What a log says of the parameters of its scheme, one at a time, the others at their values.

A value is excluded when the solver shows that some steps between two measurements cannot be taken
at it, from anywhere that an allowed run could be at any value that is not excluded yet. What is
left is an interval that holds the parameter whenever all intervals of the log hold and the scheme
describes the run; it may be wider than need be, since steps are looked at by themselves.

A parameter that only bounds nature has no greatest value that explains a log. But what the run
needs of it, step by step, has two sides: below one value some step cannot be taken whatever the
true numbers are; at another one every step can be taken whatever they are, if any value explains
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

import attrs
import z3

from checker.backends.solver import QueryBudget, constants, satisfy
from checker.conform.departure import (
    Window,
    freed,
    measured_box,
    path,
    seed_conditions,
    window_before,
)
from checker.conform.direct import Direct
from checker.conform.extremes import greatest, least
from checker.conform.findings import Estimate, Observed, Silent
from checker.conform.measured import At, Measured, Measurement, Sense
from checker.conform.observed import observe
from checker.conform.reach import Reach, Reached
from checker.conform.relation import Relation, bounding
from checker.conform.relation import relation as related
from checker.conform.sufficiency import Sufficiency
from checker.system.announcements import announce
from spec.nature import Choice
from spec.nodes import name_of
from spec.parameters import ParameterDomain, parameter_domains
from spec.terms import numeral

ROUNDS = 2
"""How often the boxes are made anew with what was excluded."""
NEARER = Fraction(1, 1000)
"""They are not if less than this share of the interval was excluded at either end."""
MOST_MEASURED = 400
"""The positions that are looked at, from the seed on: of a longer log the work would grow without
end, and what a prefix excludes is excluded."""


def estimates(
    relation: Relation, measured: Measured, budget: QueryBudget
) -> Iterator[tuple[Estimate, ...]]:
    """What is known after each parameter that is no whole number; of those that were not looked at
    yet, that."""
    looked_at, observed = first_of(measured), {o.name: o for o in observe(relation, measured)}
    domains = free_domains(relation)
    found: list[Estimate] = []
    for number, domain in enumerate(domains):
        announce(f"estimating {domain.name}")
        fresh = Parameter(relation, looked_at, domain, budget).estimate()
        if looked_at.last != measured.last:
            fresh = attrs.evolve(fresh, until=looked_at.last[0])
        found.append(combined(fresh, observed.get(domain.name)))
        yield (*found, *(blank(relation, rest) for rest in domains[number + 1 :]))


def first_of(measured: Measured) -> Measured:
    """The log up to the last whole iteration within ``MOST_MEASURED`` positions."""
    if len(measured.at) <= MOST_MEASURED:
        return measured
    after = list(measured.at)[MOST_MEASURED][0]
    return measured.until(max(0, after - 1))


def blank(relation: Relation, domain: ParameterDomain) -> Estimate:
    """What is said of a parameter that was not looked at."""
    given = relation.problem.traced.values[domain.name]
    whole = domain.low, domain.high
    return Estimate(domain.name, given, whole, *whole, cut_short=True)


def combined(estimate: Estimate, observed: Observed | None) -> Estimate:
    """What the fields say of a parameter, and what was measured of it."""
    if observed is None:
        return estimate
    low, high = estimate.low, estimate.high
    if observed.sense is not Sense.LEAST:
        low = max(low, observed.low)
    if observed.sense is not Sense.MOST:
        high = min(high, observed.high)
    empty = estimate.empty or low > high
    return attrs.evolve(
        estimate, low=low, high=high, empty=empty, measured=(observed.low, observed.high)
    )


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
    _at: dict[Fraction, list[Direct]] = attrs.field(factory=dict, init=False)
    _known: dict[tuple[Fraction, Fraction], Reached] = attrs.field(factory=dict, init=False)

    def estimate(self) -> Estimate:
        """The values that the log does not exclude."""
        given = self.relation.problem.traced.values[self.domain.name]
        whole = self.assumed()
        blank = Estimate(self.domain.name, given, whole, *whole)
        reads = self._reading()
        if not reads:
            return attrs.evolve(blank, silent=Silent.UNREAD)
        low, high = whole
        for _ in range(ROUNDS):
            if self.budget.exhausted:
                return attrs.evolve(blank, low=low, high=high, cut_short=True)
            ends = self.narrowed(low, high)
            if ends is None:
                return attrs.evolve(blank, empty=True)
            little = (high - low) * NEARER
            settled = ends[0] <= low + little and ends[1] >= high - little
            low, high = ends
            if settled:
                break
        late = self.budget.exhausted
        enough = None if late else self.sufficient(low, high, whole)
        there = {(at[1], field) for at, field, _ in self.measured}
        silent = Silent.HIDDEN if reads & there else Silent.UNMEASURED
        positions = self.relation.positions
        through = sorted(f"{positions[place].name}'s {field}" for place, field in reads)
        return attrs.evolve(
            blank,
            low=low,
            high=high,
            enough=enough,
            cut_short=late,
            silent=silent,
            through=tuple(through),
        )

    def _reading(self) -> frozenset[tuple[int, str]]:
        """The fields, by position, that a step or the seed says with the parameter."""
        free, symbol = self._free
        name, found = name_of(symbol), set()
        seed = free.plain.seed
        for field, term in zip(free.positions[0].fields, seed, strict=True):
            if name in constants(term):
                found.add((0, field.name))
        for place, step in enumerate(free.plain.steps):
            stage, after = step.stage, (place + 1) % len(free.steps)
            reading = {name}
            for choice in stage.choices:
                if reading & (constants(choice.low) | constants(choice.high)):
                    reading.add(name_of(choice.symbol))
            found |= {
                (after, field.name)
                for field, term in zip(step.target.fields, stage.outputs, strict=True)
                if reading & constants(term)
            }
        return frozenset(found)

    def sufficient(
        self, low: Fraction, high: Fraction, whole: tuple[Fraction, Fraction]
    ) -> Fraction | None:
        """A value at which each step that reads the parameter surely can be taken; None if none is
        known or any would do."""
        reached = self._reached(low, high)
        windows = (self._cut(window, reached, at) for at, window in self._windows(reached))
        steps = Sufficiency(self.relation, self.domain.name, self.budget)
        return steps.value(windows, low, high, whole)

    def _cut(self, window: Window, reached: Reached, at: At) -> Window:
        """The window with no more of what was measured than some value explains."""
        slot = self.relation.slot(at)
        fields, box = self.relation.positions[at[1]].fields, reached.boxes[slot]
        ends = {field.name: each for field, each in zip(fields, box, strict=True)}
        found = {
            name: attrs.evolve(m, low=ends[name][0], high=ends[name][1])
            for name, m in window.found.items()
        }
        return attrs.evolve(window, found=found)

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
        reached = self._reached(low, high)
        if reached.ended is not None and not strictest:
            return None
        for at, window in self._windows(reached):
            looked_at = self._strictest(self._cut(window, reached, at), at) if strictest else window
            ends = self._ends(looked_at, low, high)
            if ends is None:
                return None
            low, high = ends
        return low, high

    def _reached(self, low: Fraction, high: Fraction) -> Reached:
        """Where a run can be with the parameter anywhere in an interval, anew at every step."""
        if (low, high) not in self._known:
            last = self.relation.slot(self.measured.last)
            over = self._over(low, high)
            reach = Reach(over, self.budget, asking=False)
            self._known.clear()
            self._known[low, high] = reach.along(self.measured, last)
        return self._known[low, high]

    def _windows(self, reached: Reached) -> Iterator[tuple[At, Window]]:
        """The steps before each measurement that read the parameter."""
        for at in self.measured.at:
            window = window_before(
                self.relation, self.measured, reached.boxes, self.relation.slot(at)
            )
            if any(place in self._places for place in window.places or (-1,)):
                yield at, window

    @cached_property
    def _places(self) -> frozenset[int]:
        """The places whose steps read the parameter; -1 stands for the seed."""
        free, symbol = self._free
        read = {place: step.stage.terms for place, step in enumerate(free.steps)}
        return frozenset(
            place
            for place, terms in ({-1: free.problem.seed} | read).items()
            if any(name_of(symbol) in constants(term) for term in terms)
        )

    @cached_property
    def _free(self) -> tuple[Relation, z3.ArithRef]:
        """The relation with the parameter as a symbol."""
        return freed(self.relation.problem.traced.process, self.relation, self.domain.name)

    def assumed(self) -> tuple[Fraction, Fraction]:
        """The values in the domain that the scheme's assumptions leave, the others at theirs."""
        free, _ = self._free
        assumed = [condition for _, _, condition in free.problem.traced.assumptions]
        ends = self._extremes(assumed, self.domain.low, self.domain.high)
        return ends or (self.domain.low, self.domain.high)

    def _read(self) -> bool:
        """Whether the steps or the seed read the parameter."""
        free, symbol = self._free
        terms = [*free.problem.seed, *(t for s in free.steps for t in s.stage.terms)]
        return any(name_of(symbol) in constants(term) for term in terms)

    def _over(self, low: Fraction, high: Fraction) -> Relation:
        """The relation with the parameter anywhere in an interval, anew at every step."""
        free, symbol = self._free
        name = f"parameter {self.domain.name}"
        choice = Choice(name, symbol, numeral(low), numeral(high), "", "")
        return bounding(free.plain.over([choice]), free.senses)

    def _conditions(self, window: Window) -> list[z3.BoolRef]:
        free, _ = self._free
        assumed = [condition for _, _, condition in free.problem.traced.assumptions]
        if not window.places:
            return [*seed_conditions(free, window.found), *assumed]
        steps = [free.steps[place] for place in window.places]
        return [*path(steps, window, overseen=False), *assumed]

    def _ends(
        self, window: Window, low: Fraction, high: Fraction
    ) -> tuple[Fraction, Fraction] | None:
        """The values in an interval that a window does not exclude; None if there is none."""
        if self._possible(window, low) and self._possible(window, high):
            return low, high
        return self._extremes(self._conditions(window), low, high)

    def _possible(self, window: Window, value: Fraction) -> bool:
        """Whether the window's one step is found to be possible at a value."""
        if len(window.places) != 1:
            return False
        (place,) = window.places
        there = measured_box(self.relation.steps[place].target, window.found)
        return self._direct(value)[place].leads(window.boxes[0], there)

    @cached_property
    def _given(self) -> list[Direct]:
        """The steps at the value that is given."""
        return [Direct(self.relation, place) for place in range(len(self.relation.steps))]

    def _direct(self, value: Fraction) -> list[Direct]:
        if value not in self._at:
            traced = self.relation.problem.traced
            values = {**traced.values, self.domain.name: value}
            relation = related(traced.process, values, self.relation.senses)
            self._at[value] = [
                Direct(relation, place, like) for place, like in enumerate(self._given)
            ]
        return self._at[value]

    def _extremes(
        self, conditions: list[z3.BoolRef], low: Fraction, high: Fraction
    ) -> tuple[Fraction, Fraction] | None:
        _, symbol = self._free
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
