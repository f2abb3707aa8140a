"""A run that explains a log: guessed a step at a time, then replayed.

Within the boxes that hold all allowed runs, the solver is asked for a choice of nature that leads
from the state in hand into the box that comes next, and within that as near as can be to where a
run can best go on: the high end of what more is worse of, the low end, or the middle. The run that
comes out is replayed in exact arithmetic or in balls, and every measured number compared with its
interval; what does not pass that explains nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import attrs
import z3

from checker.backends.evaluator import EXACT, UNDEFINED
from checker.backends.solver import QueryBudget, optimum, satisfy
from checker.conform.direct import Direct, Preference
from checker.conform.measured import Measured, Sense
from checker.conform.reach import Reached, inside, leading
from checker.conform.relation import Relation
from checker.system.problem import Problem
from checker.system.region import Box
from checker.system.replay import Enclosure, Run, as_fraction, replay
from checker.system.seeds import ZERO, unit_at
from spec.errors import SpecError
from spec.fields import FieldDomain
from spec.nodes import name_of
from spec.terms import numeral

GUESS_BITS = 1_024
"""A number with more bits than this is guessed from as a short one nearby."""
GUESS_GRAIN = Fraction(1, 2**80)


@attrs.frozen
class Explained:
    """A run that was replayed and lies within every interval up to a slot.

    Args:
        run: the run, up to the slot.
        until: the last slot that is explained.
    """

    run: Run
    until: int


def explain(
    relation: Relation, measured: Measured, reached: Reached, budget: QueryBudget
) -> Explained | None:
    """A run through all of the boxes, or through as many as any that was found.

    Returns:
        the run; None if not even a seed was found.
    """
    best: Explained | None = None
    for ahead, preference in itertools.product((False, True), Preference):
        found = Search(relation, measured, reached, preference, budget, ahead).run()
        if found is not None and (best is None or found.until > best.until):
            best = found
        if budget.exhausted or (best is not None and best.until == len(reached.allowed) - 1):
            break
    return best


@attrs.define(slots=False)
class Search:
    """One run, led one way: by steps that are found without the solver, else by the solver.

    With ``ahead``, a step is only taken to where the step after it can be taken too.
    """

    relation: Relation
    measured: Measured
    reached: Reached
    preference: Preference
    budget: QueryBudget
    ahead: bool = False

    @cached_property
    def programs(self) -> list[Any]:
        """The steps in exact arithmetic."""
        return [step.program.bind(EXACT) for step in self.relation.steps]

    @cached_property
    def _direct(self) -> list[Direct]:
        return [Direct(self.relation, place) for place in range(len(self.relation.steps))]

    def run(self) -> Explained | None:
        """The run as far as it could be led, if it passes the replay that far."""
        start = self._start()
        if start is None:
            return None
        state, units = start, list[Sequence[Fraction]]()
        for slot in range(1, len(self.reached.allowed)):
            made = self._stepped(state, slot)
            if made is None:
                break
            state = made[1]
            units.append(made[0])
        return self.replayed(start, units)

    def _stepped(
        self, state: Sequence[Fraction], slot: int
    ) -> tuple[Sequence[Fraction], Sequence[Fraction]] | None:
        """The choices of a step into the box of a slot, and the state after it."""
        place = (slot - 1) % len(self.relation.steps)
        if not self.ahead:
            taken = self._direct[place].take(state, self.reached.allowed[slot], self.preference)
            if taken is not None:
                return taken.units, _shortened(taken.state)
        chosen = self._choose(state, slot)
        return None if chosen is None else self._advance(state, place, chosen)

    def _start(self) -> Sequence[Fraction] | None:
        if not self.reached.allowed:
            return None
        agent, box = self.relation.positions[0], self.reached.allowed[0]
        values = self._led(0, inside(agent, box), agent.symbols, box)
        if values is None:
            return None
        return [
            values.get(name_of(symbol), low)
            for symbol, (low, _) in zip(agent.symbols, box, strict=True)
        ]

    def _choose(self, state: Sequence[Fraction], slot: int) -> Mapping[str, Fraction] | None:
        """Nature's choices, by symbol, that lead from a state into the box of a slot."""
        length = len(self.relation.steps)
        step, there = self.relation.steps[(slot - 1) % length], self.reached.allowed[slot]
        here = tuple((value, value) for value in state)
        pairs = [
            (symbol, numeral(value) if symbol.is_real() else z3.IntVal(int(value)))
            for symbol, value in zip(step.source.symbols, state, strict=True)
        ]

        def put(term: Any) -> Any:
            return z3.simplify(z3.substitute(term, *pairs))

        within = [*leading(step, here, there), *self._onward(slot, step.stage.outputs)]
        outputs = [put(term) for term in step.stage.outputs]
        return self._led(slot % length, [put(each) for each in within], outputs, there)

    def _onward(self, slot: int, state: Sequence[z3.ExprRef]) -> list[z3.BoolRef]:
        """That the step after a slot can be taken too, if it is looked at."""
        boxes = self.reached.allowed
        if not self.ahead or slot + 1 >= len(boxes):
            return []
        step = self.relation.steps[slot % len(self.relation.steps)]
        pairs = list(zip(step.source.symbols, state, strict=True))
        for choice in step.stage.choices:
            # in front: no symbol of a problem begins with @
            pairs.append((choice.symbol, z3.Real(f"@ahead {name_of(choice.symbol)}")))
        taken = leading(step, boxes[slot], boxes[slot + 1])
        return [z3.substitute(condition, *pairs) for condition in taken]

    def _led(
        self, place: int, within: list[z3.BoolRef], terms: Sequence[z3.ExprRef], box: Box
    ) -> Mapping[str, Fraction] | None:
        """Values at which the conditions hold, the fields led in turn as far as they can be."""
        goals = [
            _goal(self.preference, term, ends, self.relation.sense(place, field))
            for field, term, ends in self._by_weight(place, terms, box)
        ]
        best = optimum(within, goals, self.budget)
        if best is not None:
            return best
        found = satisfy(within, self.budget)
        return found.values if found.sat else None

    def _by_weight(
        self, place: int, terms: Sequence[z3.ExprRef], box: Box
    ) -> list[tuple[FieldDomain, z3.ExprRef, tuple[Fraction, Fraction]]]:
        """The fields that can be led somewhere: those first of which more or less is worse."""
        fields = self.relation.positions[place].fields
        free = [
            (field, term, ends)
            for field, term, ends in zip(fields, terms, box, strict=True)
            if field.kind == "real" and ends[0] < ends[1] and not field.open_above(ends[1])
        ]
        return sorted(free, key=lambda each: self.relation.sense(place, each[0]) is Sense.VALUE)

    def _advance(
        self, state: Sequence[Fraction], place: int, values: Mapping[str, Fraction]
    ) -> tuple[Sequence[Fraction], Sequence[Fraction]] | None:
        """Where the choices lie between their bounds, and the state after the step."""
        step, program = self.relation.steps[place], self.programs[place]
        inputs = [EXACT.constant(value) for value in state]
        units = [Fraction(0)] * len(step.stage.choices)
        for index, choice in enumerate(step.stage.choices):
            _, low, width = program(inputs, [EXACT.constant(unit) for unit in units])
            if low[index] is UNDEFINED or width[index] is UNDEFINED:
                return None
            value = values.get(name_of(choice.symbol))
            units[index] = ZERO if value is None else unit_at(value, low[index], width[index])
        outputs = program(inputs, [EXACT.constant(unit) for unit in units])[0]
        after = outputs[: len(step.target.fields)]
        if UNDEFINED in after:
            return None
        return units, _shortened([as_fraction(value) for value in after])

    def replayed(
        self, start: Sequence[Fraction], units: Sequence[Sequence[Fraction]]
    ) -> Explained | None:
        """The run replayed from its seed, as far as it lies within every interval."""
        problem = _seeded(self.relation, start)
        steps = self.relation.steps
        widths = [len(step.stage.choices) for step in steps]
        rounds = -(-len(units) // len(steps))

        def drawn(iteration: int, stage: int) -> Sequence[Fraction]:
            number = (iteration - 1) * len(steps) + stage
            return units[number] if number < len(units) else [Fraction(0)] * widths[stage]

        try:
            run = replay(problem, drawn, rounds, kept=max(1, rounds))
        except SpecError:
            return None
        if run is None:
            return None
        states = [run.seed, *(step.after for step in run.steps)]
        until = -1
        for slot, state in enumerate(states[: len(units) + 1]):
            if (run.broken is not None and slot == len(states) - 1) or not self._within(
                slot, state
            ):
                break
            until = slot
        if until < 0:
            return None
        iteration, place = divmod(until, len(steps))
        kept = attrs.evolve(
            run,
            steps=run.steps[:until],
            iteration=iteration + (place > 0),
            position=self.relation.positions[place].name,
            broken=None,
            left_domain=False,
        )
        return Explained(kept, until)

    def _within(self, slot: int, state: Mapping[str, Enclosure]) -> bool:
        found = self.measured.at.get(self.relation.at(slot), {})
        return all(
            m.low <= state[field].low and state[field].high <= m.high for field, m in found.items()
        )


def _seeded(relation: Relation, start: Sequence[Fraction]) -> Problem:
    """The problem, begun at a state."""
    problem = relation.problem
    seed = tuple(
        numeral(value) if symbol.is_real() else z3.IntVal(int(value))
        for value, symbol in zip(start, problem.agent.symbols, strict=True)
    )
    return attrs.evolve(problem, traced=problem.traced.starting_at(seed))


def _shortened(state: Sequence[Fraction]) -> Sequence[Fraction]:
    """A state to guess from: itself, or short numbers nearby."""
    if max(each.denominator.bit_length() for each in state) <= GUESS_BITS:
        return state
    return [round(value / GUESS_GRAIN) * GUESS_GRAIN for value in state]


def _goal(preference: Preference, term: Any, ends: tuple[Fraction, Fraction], sense: Sense) -> Any:
    """What is made as great as can be for a field."""
    if preference is Preference.MIDDLE:
        middle = numeral((ends[0] + ends[1]) / 2)
        return z3.If(term > middle, middle - term, term - middle)
    upward = (preference is Preference.WORST) == (sense is not Sense.LEAST)
    return term if upward else -term
